// The ladder, scenario by scenario, under a virtual clock.
#include "test_order_fixture.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

TEST_CASE("order: an entrapment calls the lift's firm, which accepts, arrives and completes", "[order]") {
  order_bench b;
  b.open();
  CHECK(b.s.status == order_status::dispatched);
  CHECK(b.s.level == 1);
  CHECK(b.s.address == "1 Long Street");
  CHECK(b.s.acknowledged_by == "mei");
  CHECK(b.s.answered == noon);
  CHECK(b.ringing() == std::vector<std::string>{"101"});
  b.now_ += 20s;
  REQUIRE(b.call("101", attempt_outcome::accepted));
  CHECK(b.s.status == order_status::accepted);
  CHECK(b.s.accepted == noon + 20s);
  CHECK(b.of("firm").arrival_due == noon + 20s + 30min);
  CHECK(b.last(order_step::accepted).took == 20s);
  CHECK(b.last(order_step::accepted).via == step_via::phone_key);
  b.now_ += 12min;
  b.word(rescuer_word::arrived);
  CHECK(b.s.status == order_status::arrived);
  CHECK(arrival_time(b.s) == 12min + 20s);
  b.now_ += 3min;
  b.give(rescuer_report{"firm", rescuer_word::completed, step_via::signed_link, {}, "door"});
  CHECK(b.s.status == order_status::rescued);
  CHECK(on_site_time(b.s) == 3min);
  CHECK(b.s.fault_cause == "door");
  CHECK(next_deadline(b.s) == b.now_ + 10min);
  b.pass(25min);
  CHECK(b.count(order_step::reminded) == 2);
  REQUIRE(b.act(order_verb::confirm, {{"with", "trapped person"}}));
  CHECK(b.s.status == order_status::confirmed);
  CHECK(b.rests == 1);
  CHECK(next_deadline(b.s) == never);
  REQUIRE(b.act(order_verb::follow_up, {{"result", "content"}, {"satisfaction", "1"}}));
  REQUIRE(b.act(order_verb::quality_check, {{"score", "95"}}, role::quality));
  REQUIRE(b.act(order_verb::close));
  REQUIRE(b.act(order_verb::archive));
  CHECK(b.s.status == order_status::archived);
}

TEST_CASE("order: phones are called one by one, in rounds with a pause", "[order]") {
  order_bench b;
  b.plan_.limits.level1.answer = 1h;
  b.open();
  for (int round = 0; round < 3; ++round) {
    CHECK(b.ringing() == std::vector<std::string>{"101"});
    b.call("101", attempt_outcome::no_answer);
    CHECK(b.ringing() == std::vector<std::string>{"102"});
    b.call("102", round == 1 ? attempt_outcome::heard : attempt_outcome::busy);
    CHECK_FALSE(b.attempt_to("101"));
    if (round < 2) {
      b.pass(19s);
      CHECK_FALSE(b.attempt_to("101"));
      b.pass(1s);
    }
  }
  // All rounds are over long before the limit: waiting on would help nobody.
  CHECK(b.of("firm").phase == deployment_phase::unanswered);
  CHECK_FALSE(b.of("firm").answer_overdue);
  CHECK(b.s.level == 2);
  CHECK(b.ringing() == std::vector<std::string>{"201"});
  b.pass(1h);
  CHECK(b.of("firm").answer_overdue);
}

TEST_CASE("order: phones at once, and the first acceptance gives the others up", "[order]") {
  order_bench b;
  auto parties = small_book();
  parties[0].order = dial_order::all_at_once;
  b.book(parties);
  b.open();
  CHECK(b.ringing() == std::vector<std::string>{"101", "102"});
  const auto other = *b.attempt_to("101");
  b.call("102", attempt_outcome::accepted);
  CHECK(b.ringing().empty());
  CHECK(b.given_up == std::vector<attempt_id>{other});
  CHECK(b.calls.back().outcome == attempt_outcome::withdrawn);
  const auto version = b.s.version;
  b.give(attempt_result{other, attempt_outcome::no_answer, 1s, {}, {}}); // its result no longer matters
  CHECK(b.s.version == version);
}

TEST_CASE("order: no free line and an interrupted attempt do not use a phone up", "[order]") {
  for (const auto outcome : {attempt_outcome::no_line, attempt_outcome::interrupted}) {
    order_bench b;
    b.open();
    b.call("101", outcome);
    CHECK(b.ringing().empty());
    b.pass(4s);
    CHECK(b.ringing().empty());
    b.pass(1s);
    CHECK(b.ringing() == std::vector<std::string>{"101"});
  }
  order_bench b;
  auto parties = small_book();
  parties[0].order = dial_order::all_at_once;
  b.book(parties);
  b.open();
  b.call("101", attempt_outcome::no_line);
  b.call("102", attempt_outcome::busy);
  CHECK(b.ringing().empty());
  b.pass(5s);
  CHECK(b.ringing() == std::vector<std::string>{"101"});
  CHECK(b.calls_to("102") == 1);
}

TEST_CASE("order: no answer in time climbs to the nearest station, and the firm still counts", "[order]") {
  order_bench b;
  b.open();
  b.pass(3min - 1us);
  CHECK(b.s.level == 1);
  b.pass(1us);
  CHECK(b.s.level == 2);
  CHECK(b.of("firm").answer_overdue);
  CHECK(b.engaged("near"));
  CHECK_FALSE(b.engaged("far"));
  // The firm's phone that rang at the limit may still bring the answer.
  REQUIRE(b.word(rescuer_word::accept, "firm"));
  CHECK(b.count(order_step::accepted_late) == 1);
  CHECK(b.s.status == order_status::accepted);
  CHECK(b.of("near").phase == deployment_phase::dispatched); // never cancelled by itself
  CHECK(b.attempt_to("201"));
}

TEST_CASE("order: a call that rings at the limit ends as unanswered, or as a late acceptance", "[order]") {
  for (const bool accepts : {false, true}) {
    order_bench b;
    b.plan_.limits.level1.answer = 20s;
    b.open();
    b.pass(20s);
    CHECK(b.of("firm").phase == deployment_phase::dispatched);
    CHECK(b.s.level == 2);
    REQUIRE(b.call("101", accepts ? attempt_outcome::accepted : attempt_outcome::no_answer));
    CHECK(b.of("firm").phase == (accepts ? deployment_phase::accepted : deployment_phase::unanswered));
    CHECK(b.calls_to("102") == 0);
    CHECK(b.count(accepts ? order_step::accepted_late : order_step::unanswered) == 1);
    CHECK(b.count(order_step::escalated) == 1);
  }
}

TEST_CASE("order: a refusal climbs at once: station, next station, public rescue", "[order]") {
  order_bench b;
  b.open();
  b.call("101", attempt_outcome::refused);
  CHECK(b.of("firm").phase == deployment_phase::refused);
  CHECK(b.s.level == 2);
  CHECK(b.s.status == order_status::dispatched);
  b.call("201", attempt_outcome::refused);
  CHECK(b.engaged("far"));
  CHECK(b.s.level == 2);
  b.call("211", attempt_outcome::refused);
  CHECK(b.s.level == 3);
  CHECK(b.engaged("fire"));
  CHECK_FALSE(b.engaged("farthest"));
  CHECK(b.s.level_exhausted);
  CHECK(b.count(order_step::exhausted) == 0);
  b.call("119", attempt_outcome::accepted);
  CHECK(b.of("fire").arrival_due == noon + 30min);
}

TEST_CASE("order: a station that does not answer in time goes to public rescue", "[order]") {
  order_bench b;
  b.open();
  b.pass(3min);
  CHECK(b.s.level == 2);
  b.pass(3min);
  CHECK(b.s.level == 3);
  CHECK_FALSE(b.engaged("far"));
  b.pass(3min); // nor does public rescue
  CHECK(b.count(order_step::exhausted) == 1);
  CHECK(b.count(order_step::alerted_supervisor) == 1);
  b.pass(30min);
  CHECK(b.count(order_step::alerted_supervisor) == 2); // again at each review
  b.call("119", attempt_outcome::accepted);
  b.word(rescuer_word::accept, "fire");
  CHECK(b.s.status == order_status::accepted);
}

TEST_CASE("order: without public rescue in the book a person must act, and the next station is tried", "[order]") {
  order_bench b;
  auto parties = small_book();
  parties.pop_back();
  b.book(parties);
  b.open();
  b.pass(6min);
  CHECK(b.count(order_step::exhausted) == 1);
  CHECK(b.count(order_step::alerted_supervisor) == 1);
  CHECK(b.engaged("far"));
  CHECK(b.s.level_exhausted);
}

TEST_CASE("order: nobody at all is known, and the supervisor is told at once and again", "[order]") {
  order_bench b;
  b.book({});
  b.open(a_report(), std::nullopt);
  CHECK(b.s.status == order_status::open);
  CHECK(b.count(order_step::exhausted) == 1);
  CHECK(b.count(order_step::alerted_supervisor) == 1);
  b.pass(61min);
  CHECK(b.count(order_step::alerted_supervisor) == 3);
}

TEST_CASE("order: arrival overdue climbs, and the one on the way keeps going", "[order]") {
  order_bench b;
  b.open();
  b.call("101", attempt_outcome::accepted);
  b.pass(30min);
  CHECK(b.of("firm").arrival_overdue);
  CHECK(b.s.level == 2);
  CHECK(b.s.status == order_status::accepted);
  b.word(rescuer_word::arrived, "firm"); // during the escalation
  CHECK(b.s.status == order_status::arrived);
  CHECK(b.attempt_to("201")); // the station is told by a person, or when all is done
  b.word(rescuer_word::completed, "firm");
  CHECK(b.of("near").phase == deployment_phase::withdrawn);
  CHECK(b.ringing().empty());
}

TEST_CASE("order: a station on the way too long goes to public rescue", "[order]") {
  order_bench b;
  b.open();
  b.call("101", attempt_outcome::refused);
  b.call("201", attempt_outcome::accepted);
  b.pass(30min);
  CHECK(b.of("near").arrival_overdue);
  CHECK(b.s.level == 3);
  CHECK(b.engaged("fire"));
}

TEST_CASE("order: injury, fire and medical need engage public rescue at once besides the firm", "[order]") {
  for (const int what : {0, 1, 2}) {
    order_bench b;
    auto r = a_report();
    r.injured = what == 0 ? 1 : 0;
    r.fire = what == 1;
    r.medical = what == 2;
    b.open(r);
    CHECK(b.ringing() == std::vector<std::string>{"101", "119"});
    CHECK(b.s.level == 3);
    b.call("101", attempt_outcome::refused); // who knows lifts is still needed
    CHECK(b.engaged("near"));
  }
}

TEST_CASE("order: injury that is known later engages public rescue then, by edit or by report", "[order]") {
  for (const bool edited : {true, false}) {
    order_bench b;
    b.open();
    b.call("101", attempt_outcome::accepted);
    if (edited) {
      REQUIRE(b.act(order_verb::edit, {{"injured", "1"}}));
    } else {
      auto r = a_report(report_channel::mobile);
      r.message_id = "m2";
      r.injured = 1;
      b.give(report_merged{r});
    }
    CHECK(b.s.level == 3);
    CHECK(b.attempt_to("119"));
    CHECK(b.of("firm").phase == deployment_phase::accepted);
  }
}

TEST_CASE("order: a fault climbs to stations but never to public rescue by itself", "[order]") {
  order_bench b;
  b.open(a_report(report_channel::phone, report_kind::fault));
  CHECK(b.ringing() == std::vector<std::string>{"101"});
  b.pass(3min);
  CHECK(b.engaged("near"));
  b.pass(3min);
  CHECK(b.engaged("far"));
  b.pass(2h);
  CHECK_FALSE(b.engaged("fire"));
  CHECK(b.s.level == 2);
  CHECK(b.count(order_step::exhausted) == 1);
  REQUIRE(b.act(order_verb::edit, {{"type", "entrapment"}})); // now somebody is trapped
  CHECK(b.engaged("fire"));
}

TEST_CASE("order: complaints and enquiries have no ladder and come up for review", "[order]") {
  for (const auto kind : {report_kind::complaint, report_kind::enquiry}) {
    order_bench b;
    b.open(a_report(report_channel::mobile, kind));
    CHECK(b.s.status == order_status::open);
    CHECK(b.s.deployments.empty());
    b.pass(61min);
    CHECK(b.count(order_step::reminded) == 2);
    CHECK(b.count(order_step::alerted_agents) == 0);
    CHECK_FALSE(b.act(order_verb::close));
    CHECK(b.refusal.field == "result");
    REQUIRE(b.act(order_verb::close, {{"result", "explained"}}));
    CHECK(b.s.status == order_status::closed);
    CHECK(b.s.confirmed != never);
  }
}

TEST_CASE("order: the firm is in no book, so the phones of the lift's record are called", "[order]") {
  order_bench b;
  auto lift = a_lift();
  lift.maintenance_firm = "unheard of";
  lift.maintenance_manager_phone = "131"; // twice the same
  b.open(a_report(), lift);
  REQUIRE(b.s.deployments.size() == 1);
  CHECK(b.s.deployments[0].party.empty());
  CHECK(b.s.deployments[0].name == "unheard of");
  CHECK(b.s.deployments[0].phones == std::vector<std::string>{"131", "132"});
  REQUIRE(b.act(order_verb::accept_for, {{"party", "unheard of"}}));
  CHECK(b.s.status == order_status::accepted);
}

TEST_CASE("order: nobody for level 1 goes to a station at once; the lift that is linked brings its firm", "[order]") {
  order_bench b;
  auto r = a_report();
  r.place = "the tower by the river";
  b.open(r, std::nullopt);
  CHECK(b.s.address == "the tower by the river");
  CHECK(b.s.level == 2);
  CHECK(b.s.deployments.size() == 1);
  REQUIRE(b.act(order_verb::link_lift));
  CHECK(b.s.lift == "100001");
  CHECK(b.engaged("firm"));
  CHECK(b.s.level == 2);
  CHECK(b.s.notes.size() == 1);
  const auto parties = b.s.deployments.size();
  REQUIRE(b.act(order_verb::link_lift)); // once more changes nobody
  CHECK(b.s.deployments.size() == parties);
}

TEST_CASE("order: a party whose phones are none is not waited for", "[order]") {
  order_bench b;
  auto parties = small_book();
  parties[0].phones.clear();
  parties[1].phones.clear();
  b.book(parties);
  auto lift = a_lift();
  lift.duty_phone = lift.maintenance_worker_phone = lift.maintenance_manager_phone = "";
  b.open(a_report(), lift);
  CHECK(b.of("firm").phase == deployment_phase::unanswered);
  CHECK(b.of("near").phase == deployment_phase::unanswered);
  CHECK(b.ringing() == std::vector<std::string>{"211"});
}

TEST_CASE("order: districts have their own limits", "[order]") {
  order_bench b;
  b.plan_.districts["320803"].level1 = {1min, 10min};
  b.open();
  CHECK(b.of("firm").answer_due == noon + 1min);
  b.call("101", attempt_outcome::accepted);
  CHECK(b.of("firm").arrival_due == noon + 10min);
}

TEST_CASE("order: a party's software is told besides its phones, of urging and of withdrawal too", "[order]") {
  order_bench b;
  auto parties = small_book();
  parties[0].webhook = "https://firm.example/orders";
  b.book(parties);
  b.open();
  CHECK(b.ringing() == std::vector<std::string>{"101", "https://firm.example/orders"});
  CHECK(b.call("https://firm.example/orders", attempt_outcome::delivered));
  b.give(rescuer_report{"firm", rescuer_word::accept, step_via::webhook, {}, {}});
  CHECK(b.s.status == order_status::accepted);
  CHECK(b.ringing().empty());
  b.pass(10min);
  REQUIRE(b.attempt_to("https://firm.example/orders"));
  CHECK(b.attempts.back().purpose == attempt_purpose::urge);
  REQUIRE(b.act(order_verb::withdraw, {{"party", "firm"}, {"reason", "another comes"}}));
  CHECK(b.attempts.back().purpose == attempt_purpose::withdrawal);
  CHECK(b.s.status == order_status::open);
}

TEST_CASE("order: a firm with software only is climbed over when that fails for good", "[order]") {
  order_bench b;
  auto parties = small_book();
  parties[0].phones.clear();
  parties[0].webhook = "https://firm.example/orders";
  b.book(parties);
  auto lift = a_lift();
  lift.duty_phone = lift.maintenance_worker_phone = lift.maintenance_manager_phone = "";
  b.open(a_report(), lift);
  CHECK(b.s.level == 1);
  b.call("https://firm.example/orders", attempt_outcome::failed);
  CHECK(b.s.level == 2);
}

TEST_CASE("order: urging by schedule calls the phones once through until somebody has heard it", "[order]") {
  order_bench b;
  b.open();
  b.call("101", attempt_outcome::accepted);
  b.pass(10min);
  CHECK(b.count(order_step::urged) == 1);
  CHECK(b.attempts.back().purpose == attempt_purpose::urge);
  b.call("101", attempt_outcome::no_answer);
  b.call("102", attempt_outcome::heard);
  CHECK(b.ringing().empty());
  b.pass(10min);
  CHECK(b.count(order_step::urged) == 2);
  b.call("101", attempt_outcome::arrived); // by key during the urging
  CHECK(b.s.status == order_status::arrived);
  b.pass(1h);
  CHECK(b.count(order_step::urged) == 2);
}

TEST_CASE("order: urging by hand calls those again whom nobody calls any more", "[order]") {
  order_bench b;
  b.plan_.dial_rounds = 1;
  b.open();
  b.call("101", attempt_outcome::busy);
  b.call("102", attempt_outcome::busy);
  REQUIRE(b.of("firm").phase == deployment_phase::unanswered);
  REQUIRE(b.act(order_verb::urge, {{"party", "firm"}}));
  CHECK(b.attempts.back().purpose == attempt_purpose::dispatch); // it may still accept
  b.call("101", attempt_outcome::accepted);
  CHECK(b.of("firm").phase == deployment_phase::accepted);
  CHECK(b.count(order_step::accepted_late) == 1);
  for (int i = 0; i < 60; ++i)
    REQUIRE(b.act(order_verb::urge));
  CHECK(b.s.urged.size() == 50);
}

TEST_CASE("order: an acceptance taken back climbs, and another party's stays", "[order]") {
  order_bench b;
  b.open();
  b.call("101", attempt_outcome::accepted);
  b.word(rescuer_word::refuse);
  CHECK(b.s.status == order_status::dispatched);
  CHECK(b.engaged("near"));
  b.call("201", attempt_outcome::accepted);
  b.word(rescuer_word::accept, "firm"); // after all
  CHECK(b.s.status == order_status::accepted);
  CHECK(b.count(order_step::accepted_late) == 1);
}

TEST_CASE("order: arrival and completion before acceptance carry it with them", "[order]") {
  order_bench b;
  b.open();
  b.now_ += 9min;
  b.word(rescuer_word::completed);
  CHECK(b.s.status == order_status::rescued);
  CHECK(b.of("firm").accepted == b.now_);
  CHECK(b.of("firm").arrived == b.now_);
  CHECK(b.ringing().empty());
}

TEST_CASE("order: a word of nobody who is engaged is noted and changes nothing else", "[order]") {
  order_bench b;
  b.open();
  b.word(rescuer_word::arrived, "stranger");
  CHECK(b.s.status == order_status::dispatched);
  CHECK(b.last(order_step::noted).party == "stranger");
}

TEST_CASE("order: a word pressed in a call that was given up meanwhile still counts, once", "[order]") {
  order_bench b;
  b.open();
  const auto call = *b.attempt_to("101");
  b.restart(); // the call lives on in a party's ear
  REQUIRE(b.attempt_to("101") != call);
  b.give(attempt_result{call, attempt_outcome::accepted, 3s, {}, {}});
  CHECK(b.s.status == order_status::accepted);
  CHECK(b.ringing().empty());
  const auto version = b.s.version;
  b.give(attempt_result{call, attempt_outcome::refused, 3s, {}, {}});
  CHECK(b.s.version == version);
}

TEST_CASE("order: an attempt whose result never comes is given up, and the next phone is called", "[order]") {
  order_bench b;
  b.open();
  const auto call = *b.attempt_to("101");
  b.pass(30s + 45s + attempt_margin + attempt_grace);
  CHECK(b.given_up == std::vector<attempt_id>{call});
  CHECK(b.ringing() == std::vector<std::string>{"102"});
}

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
    CHECK(b.rests == 1);
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

TEST_CASE("order: withdrawing the only party alerts the supervisor when nobody else is engaged", "[order]") {
  order_bench b;
  b.open();
  REQUIRE(b.act(order_verb::withdraw, {{"party", "firm"}, {"reason", "wrong firm"}}));
  CHECK(b.s.status == order_status::open);
  b.pass(30s);
  CHECK(b.count(order_step::alerted_supervisor) == 1);
  REQUIRE(b.act(order_verb::engage, {{"party", "far"}, {"level", "2"}, {"reason", "is next door"}}));
  b.call("211", attempt_outcome::accepted);
  b.pass(29min);
  CHECK(b.count(order_step::alerted_supervisor) == 1);
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
