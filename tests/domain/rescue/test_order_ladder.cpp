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
  CHECK(b.may_rest());
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

TEST_CASE("order: nobody for level 1 goes to a station at once - the lift that is linked brings its firm", "[order]") {
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
