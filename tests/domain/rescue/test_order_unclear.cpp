// Alarms of which nobody knows where they are: shown and rung, and nobody is sent before somebody says where.
#include "test_order_fixture.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {

/// As a platform sends it: of no known lift, perhaps with what cannot be believed.
alarm_report stray(report_channel channel = report_channel::iot) {
  auto r = a_report(channel);
  r.lift.clear();
  r.caller_phone.clear();
  r.doubts = {"the message is not JSON: wrong at byte 1"};
  return r;
}

} // namespace

TEST_CASE("order: an alarm that is not understood dials nobody and rings until somebody takes it", "[order]") {
  const auto channel = GENERATE(report_channel::iot, report_channel::lift_phone, report_channel::mobile);
  order_bench b;
  auto r = stray(channel);
  r.injured = GENERATE(0u, 1u);
  r.confirmed = channel == report_channel::mobile;
  b.open(r, std::nullopt);
  CHECK(b.s.unclear == "the message is not JSON: wrong at byte 1");
  CHECK(b.s.status == order_status::open);
  b.pass(1s);
  CHECK(b.count(order_step::alerted_agents) == 1); // at once: nobody else works for it
  CHECK(b.last(order_step::alerted_agents).note == "not understood: the message is not JSON: wrong at byte 1");
  b.pass(30s);
  CHECK(b.count(order_step::alerted_supervisor) == 1);
  CHECK(b.last(order_step::alerted_supervisor).note.starts_with("not understood: "));
  b.pass(3h);
  CHECK(b.attempts.empty());
  CHECK(b.s.deployments.empty());
  CHECK(b.s.level == 0);
}

TEST_CASE("order: a place that only a device tells in words sends nobody", "[order]") {
  order_bench b;
  auto r = stray();
  r.place = "纬度 33.5 经度 119.1";
  r.doubts.clear();
  b.open(r, std::nullopt);
  CHECK(b.s.unclear == "no known lift says where");
  CHECK(b.s.address == "纬度 33.5 经度 119.1"); // for a person to read
  b.pass(1h);
  CHECK(b.attempts.empty());
}

TEST_CASE("order: a known lift, or a person, says where", "[order]") {
  order_bench b;
  SECTION("a known lift, whatever else is wrong") {
    auto r = a_report(report_channel::iot);
    r.doubts = {"code: missing, taken for an entrapment"};
    b.open(r);
  }
  SECTION("an agent, who has the caller on the telephone") { b.open(a_report(), std::nullopt); }
  SECTION("a person speaks through the authority's software") {
    auto r = stray();
    r.confirmed = true;
    r.place = "淮海路 12 号";
    b.open(r, std::nullopt);
  }
  CHECK(b.s.unclear.empty());
  CHECK_FALSE(b.attempts.empty());
}

TEST_CASE("order: whoever says where an alarm is sends the rescuers", "[order]") {
  order_bench b;
  b.open(stray(), std::nullopt);
  b.pass(5s);
  REQUIRE(b.attempts.empty());
  SECTION("the lift is linked") {
    REQUIRE(b.act(order_verb::link_lift));
    CHECK(b.ringing() == std::vector<std::string>{"101"});
  }
  SECTION("the address is told") {
    REQUIRE(b.act(order_verb::edit, {{"address", "淮海路 12 号"}, {"district", "320803"}}));
    CHECK(b.s.level == 2);
  }
  SECTION("somebody is sent by hand") {
    REQUIRE(b.act(order_verb::engage, {{"party", "far"}, {"level", "2"}, {"reason", "told by radio"}}));
    CHECK(b.ringing() == std::vector<std::string>{"211"});
    b.pass(4min); // and the ladder goes on from there
    CHECK(b.engaged("fire"));
  }
  SECTION("the level is climbed by hand") {
    REQUIRE(b.act(order_verb::escalate, {{"level", "3"}, {"reason", "smoke"}}));
    CHECK(b.ringing() == std::vector<std::string>{"119"});
  }
  SECTION("a caller tells an agent") {
    auto r = a_report();
    r.lift.clear();
    r.message_id = "m2";
    r.place = "淮海路 12 号";
    b.give(report_merged{r});
    CHECK(b.s.address == "淮海路 12 号");
    CHECK(b.s.level == 2);
    CHECK(b.s.acknowledged_by == "mei");
  }
  CHECK(b.s.unclear.empty());
  CHECK(b.s.status == order_status::dispatched);
}

TEST_CASE("order: what is not understood is promoted once its place is known, and not before", "[order]") {
  order_bench b;
  auto r = stray();
  b.open(r, std::nullopt);
  CHECK_FALSE(b.act(order_verb::promote, {{"note", "go"}}));
  CHECK(b.refusal.code == errc::conflict);
  CHECK(b.refusal.message.find("link its lift") != std::string::npos);
  CHECK(b.s.acknowledged == never);
  order_bench told;
  r.place = "淮海路 12 号";
  told.open(r, std::nullopt);
  REQUIRE(told.act(order_verb::promote, {{"note", "called back"}}));
  CHECK(told.s.unclear.empty());
  CHECK(told.s.level == 2);
}

TEST_CASE("order: an alarm that is neither understood nor to be dispatched waits for a person twice over", "[order]") {
  order_bench b;
  auto r = stray();
  r.door_open = true;
  b.open(r, std::nullopt);
  CHECK(b.s.status == order_status::filtered);
  CHECK_FALSE(b.act(order_verb::promote));
  REQUIRE(b.act(order_verb::link_lift));
  CHECK(b.attempts.empty()); // the filter is another question
  REQUIRE(b.act(order_verb::promote));
  CHECK(b.ringing() == std::vector<std::string>{"101"});
}

TEST_CASE("order: what is not understood stays so over a restart, and is reminded of once somebody has it", "[order]") {
  order_bench b;
  b.open(stray(), std::nullopt);
  b.down(2h);
  CHECK(b.attempts.empty());
  CHECK(b.count(order_step::alerted_agents) == 1);
  REQUIRE(b.act(order_verb::acknowledge));
  b.pass(61min);
  CHECK(b.count(order_step::reminded) >= 2);
  CHECK(b.last(order_step::reminded).note.find("not understood, nobody is sent") != std::string::npos);
  CHECK(b.attempts.empty());
  REQUIRE(b.act(order_verb::dismiss, {{"reason", "a test of the platform"}}));
  CHECK(b.s.status == order_status::dismissed);
}
