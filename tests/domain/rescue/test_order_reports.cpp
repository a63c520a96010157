// Reports, acknowledgement, and what devices say of the end.
#include "test_order_fixture.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

TEST_CASE("order: unacknowledged alarms alert the agents, then the supervisor, until acknowledged", "[order]") {
  order_bench b;
  b.open(a_report(report_channel::mobile));
  CHECK(b.s.answered == never);
  b.call("101", attempt_outcome::accepted);
  b.pass(15s);
  CHECK(b.count(order_step::alerted_agents) == 1);
  CHECK(b.count(order_step::alerted_supervisor) == 0);
  b.pass(15s);
  CHECK(b.count(order_step::alerted_supervisor) == 1);
  b.word(rescuer_word::arrived);
  b.pass(31min);
  CHECK(b.count(order_step::alerted_agents) == 2);
  CHECK(b.count(order_step::alerted_supervisor) == 2);
  REQUIRE(b.act(order_verb::acknowledge));
  CHECK(b.s.answered == b.now_);
  b.pass(2h);
  CHECK(b.count(order_step::alerted_agents) == 2);
  CHECK(b.count(order_step::alerted_supervisor) == 2);
}

TEST_CASE("order: a filtered alarm is dispatched when a person promotes it, and is never forgotten", "[order]") {
  order_bench b;
  auto r = a_report(report_channel::iot);
  r.door_open = true;
  b.open(r);
  CHECK(b.s.status == order_status::filtered);
  CHECK(b.s.filtered_because == "door open");
  CHECK(b.s.deployments.empty());
  b.pass(61min);
  CHECK(b.count(order_step::reminded) == 2);
  SECTION("by a person") { REQUIRE(b.act(order_verb::promote)); }
  SECTION("by a report that is not filtered") {
    auto again = a_report(report_channel::mobile);
    again.message_id = "m2";
    b.give(report_merged{again});
  }
  CHECK(b.count(order_step::promoted) == 1);
  CHECK(b.s.status == order_status::dispatched);
  CHECK(b.ringing() == std::vector<std::string>{"101"});
}

TEST_CASE("order: reports are merged with every caller, once each", "[order]") {
  order_bench b;
  b.open(a_report(report_channel::iot));
  auto r = a_report(report_channel::mobile);
  r.message_id = "m2";
  r.trapped = 5;
  r.children = true;
  r.caller_phone = "13911111111";
  b.give(report_merged{r});
  CHECK(b.s.callers.size() == 2);
  CHECK(b.s.trapped == 5);
  CHECK(b.s.children);
  const auto version = b.s.version;
  b.give(report_merged{r});
  CHECK(b.s.version == version);
  for (int i = 0; i < 600; ++i) {
    r.message_id = "n" + std::to_string(i);
    b.give(report_merged{r});
  }
  CHECK(b.s.callers.size() == 500);
  CHECK(b.s.callers.front().message_id == "m1"); // is called back
  CHECK(b.s.callers.back().message_id == "n599");
}

TEST_CASE("order: an agent's report merged into an unacknowledged alarm acknowledges it", "[order]") {
  order_bench b;
  b.open(a_report(report_channel::iot));
  auto r = a_report();
  r.message_id = "m2";
  b.give(report_merged{r});
  CHECK(b.s.acknowledged_by == "mei");
  b.pass(1min);
  CHECK(b.count(order_step::alerted_agents) == 0);
}

TEST_CASE("order: a complaint whose lift then traps somebody becomes an alarm", "[order]") {
  order_bench b;
  b.open(a_report(report_channel::mobile, report_kind::complaint));
  auto r = a_report(report_channel::lift_phone);
  r.message_id = "m2";
  b.give(report_merged{r});
  CHECK(b.s.type == order_type::entrapment);
  CHECK(b.ringing() == std::vector<std::string>{"101"});
  b.pass(15s);
  CHECK(b.count(order_step::alerted_agents) == 1);
}

TEST_CASE("order: a device's recovery is pending until a person has called back", "[order]") {
  order_bench b;
  b.open(a_report(report_channel::iot));
  auto r = a_report(report_channel::iot, report_kind::recovered);
  r.message_id = "m2";
  b.give(report_merged{r});
  CHECK(b.s.self_release_pending);
  CHECK(b.s.status == order_status::dispatched);
  CHECK_FALSE(b.ringing().empty()); // the ladder goes on
  b.call("101", attempt_outcome::accepted);
  b.pass(10min);
  CHECK(b.count(order_step::reminded) == 1);
  REQUIRE(b.act(order_verb::self_released, {{"note", "called back"}}));
  CHECK(b.s.status == order_status::rescued);
  CHECK(b.s.self_released);
  CHECK_FALSE(b.s.self_release_pending);
  CHECK(b.of("firm").phase == deployment_phase::withdrawn);
  b.pass(3h);
  CHECK(b.s.status == order_status::rescued);
  REQUIRE(b.act(order_verb::confirm, {{"with", "using unit"}}));
}

TEST_CASE("order: a reset at the device ends an alarm only when somebody has arrived", "[order]") {
  order_bench b;
  b.open();
  auto reset = a_report(report_channel::lift_phone, report_kind::reset);
  reset.message_id = "r1";
  b.give(report_merged{reset});
  CHECK(b.s.self_release_pending);
  CHECK(b.count(order_step::device_reset) == 1);
  CHECK(b.s.status == order_status::dispatched);
  b.word(rescuer_word::arrived);
  SECTION("from the device") {
    reset.message_id = "r2";
    b.give(report_merged{reset});
    CHECK(b.s.status == order_status::confirmed);
    CHECK(b.s.confirmed_with == "device reset");
    CHECK(b.last(order_step::confirmed).via == step_via::device);
    CHECK(b.s.rescued == b.now_);
    CHECK(b.may_rest());
  }
  SECTION("a phone page is no device") {
    auto said = a_report(report_channel::mobile, report_kind::reset);
    said.message_id = "r3";
    b.give(report_merged{said});
    CHECK(b.s.status == order_status::arrived);
  }
}

TEST_CASE("order: a report after the rescue alerts people at once, one after the end starts the ladder again",
          "[order]") {
  order_bench b;
  b.open();
  b.word(rescuer_word::completed);
  auto r = a_report(report_channel::lift_phone);
  r.message_id = "m2";
  b.give(report_merged{r});
  CHECK(b.s.status == order_status::rescued);
  CHECK(b.count(order_step::alerted_agents) == 1);
  CHECK(next_deadline(b.s) == b.now_ + 30s);
  REQUIRE(b.act(order_verb::confirm, {{"with", "other"}}));
  r.message_id = "m3";
  b.give(report_merged{r});
  CHECK(b.count(order_step::reopened) == 1);
  CHECK(b.s.status == order_status::dispatched);
  CHECK(b.s.confirmed == never);
  CHECK(b.s.acknowledged == never);
  CHECK(b.ringing() == std::vector<std::string>{"101"});
}

TEST_CASE("order: a mass event brings level 2 in parallel, once", "[order]") {
  order_bench b;
  b.open();
  b.give(mass_event_set{3});
  CHECK(b.s.mass_group == 3);
  CHECK(b.ringing() == std::vector<std::string>{"101", "201"});
  const auto version = b.s.version;
  b.give(mass_event_set{3});
  CHECK(b.s.version == version);
  b.give(mass_event_set{0});
  CHECK(b.s.mass_group == 0);
  b.give(mass_event_set{4});
  CHECK_FALSE(b.engaged("far"));
  REQUIRE(b.act(order_verb::leave_mass, {{"reason", "own fault"}}));
  CHECK(b.count(order_step::mass_left) == 2);
}

TEST_CASE("order: whom a person has called back is not called again by the next report", "[order]") {
  order_bench b;
  auto r = a_report();
  r.injured = 1;
  b.open(r);
  REQUIRE(b.act(order_verb::withdraw, {{"party", "fire"}, {"reason", "a bruise"}}));
  REQUIRE(b.act(order_verb::withdraw, {{"party", "firm"}, {"reason", "wrong firm"}}));
  r.message_id = "m2";
  r.channel = report_channel::mobile;
  b.give(report_merged{r});
  CHECK(b.s.deployments.size() == 2);
  CHECK(b.ringing().empty());
}

TEST_CASE("order: an urgent alarm without public rescue in the book asks for a person once, not at each report",
          "[order]") {
  order_bench b;
  auto parties = small_book();
  parties.pop_back();
  b.book(parties);
  auto r = a_report(report_channel::mobile);
  r.fire = true;
  b.open(r);
  CHECK(b.count(order_step::exhausted) == 1);
  CHECK(b.ringing() == std::vector<std::string>{"101", "201"}); // a station instead
  for (int i = 2; i < 9; ++i) {
    r.message_id = "m" + std::to_string(i);
    b.give(report_merged{r});
  }
  CHECK(b.count(order_step::exhausted) == 1);
  CHECK(b.s.deployments.size() == 2);
}
