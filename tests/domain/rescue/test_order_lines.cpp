// Calls to rescuers that wait for a line: nobody is late for that but we, and a person hears of it.
#include "test_order_fixture.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {

struct no_lines : order_bench {
  no_lines() { lines_free_ = false; }
};

} // namespace

TEST_CASE("order: a call waits for its line, and its limits begin when it is dialled", "[order]") {
  no_lines b;
  b.open();
  REQUIRE(b.ringing() == std::vector<std::string>{"101"});
  CHECK(waits_for_line(b.of("firm").attempts.front()));
  CHECK(b.of("firm").rung == never);
  b.pass(15s);
  REQUIRE(b.line("101"));
  const auto& a = b.of("firm").attempts.front();
  CHECK(a.dialled == noon + 15s);
  CHECK(a.deadline == noon + 15s + b.plan_.ring_timeout + b.plan_.answer_patience + attempt_margin);
  CHECK(b.of("firm").rung == noon + 15s);
  CHECK(b.of("firm").answer_due == noon + 15s + 3min);
  b.pass(29s);
  CHECK(b.ringing() == std::vector<std::string>{"101"});
  CHECK(b.count(order_step::not_rung) == 0);
}

TEST_CASE("order: a party that cannot be rung is said to be so, agents are asked, and it is not late", "[order]") {
  no_lines b;
  b.open();
  b.pass(20s - 1us);
  CHECK(b.count(order_step::not_rung) == 0);
  b.pass(1us);
  CHECK(b.count(order_step::not_rung) == 1);
  CHECK(b.last(order_step::not_rung).party == "firm");
  CHECK(b.s.alert.stage == alert_stage::agents);
  CHECK(b.s.alert.has(alert_reason::not_rung));
  b.pass(1h);
  // The ladder climbs for what a party does, and this one has done nothing.
  CHECK(b.s.level == 1);
  CHECK(b.count(order_step::answer_overdue) == 0);
  CHECK(b.count(order_step::unanswered) == 0);
  CHECK(b.of("firm").phase == deployment_phase::dispatched);
  CHECK(b.s.alert.stage == alert_stage::backup); // nobody has taken the alert
  CHECK(b.ringing() == std::vector<std::string>{"101"});
  // It can be rung: the alert ends, and its time begins.
  REQUIRE(b.line("101"));
  CHECK(b.s.alert.stage == alert_stage::none);
  CHECK(b.of("firm").answer_due == b.now_ + 3min);
  b.lines_free_ = true;
  b.pass(3min);
  CHECK(b.count(order_step::answer_overdue) == 1);
  CHECK(b.s.level == 2);
}

TEST_CASE("order: with an injured person public rescue waits for a line besides, and nobody is marked late",
          "[order]") {
  no_lines b;
  auto r = a_report();
  r.injured = 1;
  b.open(r);
  CHECK(b.ringing() == std::vector<std::string>{"101", "119"});
  b.pass(10min);
  CHECK(b.count(order_step::answer_overdue) == 0);
  CHECK(b.count(order_step::not_rung) == 2);
  REQUIRE(b.line("119"));
  CHECK(b.s.alert.has(alert_reason::not_rung)); // the firm still waits
  REQUIRE(b.call("119", attempt_outcome::accepted));
  CHECK(b.s.status == order_status::accepted);
}

TEST_CASE("order: a call that has waited for long is made anew and keeps its phone", "[order]") {
  no_lines b;
  b.open();
  const auto first = *b.attempt_to("101");
  b.give(attempt_result{first, attempt_outcome::no_line, {}, "no line is free", {}});
  CHECK_FALSE(b.attempt_to("101"));
  b.pass(retry_pause);
  REQUIRE(b.attempt_to("101"));
  CHECK(*b.attempt_to("101") != first);
  // One whose actor is lost while it waits: the same phone again, soon.
  const auto second = *b.attempt_to("101");
  b.pass(longest_line_wait + attempt_grace + retry_pause);
  REQUIRE(b.attempt_to("101"));
  CHECK(*b.attempt_to("101") != second);
  CHECK(b.calls_to("102") == 0);
}

TEST_CASE("order: software that has taken the order makes the party know of it, whatever the lines do", "[order]") {
  no_lines b;
  auto parties = small_book();
  parties[0].webhook = "https://firm.example/orders";
  b.book(parties);
  b.open();
  b.pass(5s);
  REQUIRE(b.call("https://firm.example/orders", attempt_outcome::delivered));
  b.pass(1min);
  CHECK(b.count(order_step::not_rung) == 0);
  b.lines_free_ = true;
  b.pass(2min);
  CHECK(b.count(order_step::answer_overdue) == 1); // it knew for 3 minutes
}

TEST_CASE("order: calls that fail on the way do not count against the party", "[order]") {
  order_bench b;
  b.plan_.dial_rounds = 1;
  b.open();
  b.call("101", attempt_outcome::failed);
  b.call("102", attempt_outcome::failed);
  CHECK(b.of("firm").phase == deployment_phase::unanswered);
  CHECK(b.last(order_step::not_rung).note == "every call has failed");
  CHECK(b.count(order_step::unanswered) == 0);
  CHECK(b.s.alert.has(alert_reason::not_rung));
  CHECK(b.engaged("near")); // another may be reached
  b.call("201", attempt_outcome::accepted);
  b.pass(10min);
  CHECK(b.count(order_step::answer_overdue) == 0);
  REQUIRE(b.word(rescuer_word::accept, "firm"));
  CHECK(b.of("firm").phase == deployment_phase::accepted);
}

TEST_CASE("order: one phone that was rung is enough for the party to be late", "[order]") {
  order_bench b;
  b.open();
  b.pass(20s);
  b.call("101", attempt_outcome::no_answer);
  b.pass(1s);
  b.call("102", attempt_outcome::failed);
  b.pass(3min);
  CHECK(b.count(order_step::answer_overdue) == 1);
}

TEST_CASE("order: an answer whose dialling nobody has told shows that it was dialled", "[order]") {
  no_lines b;
  b.open();
  REQUIRE(b.call("101", attempt_outcome::accepted)); // the bench's proof would find what was never dialled
  CHECK(b.s.status == order_status::accepted);
  CHECK(b.of("firm").rung == noon);
}

TEST_CASE("order: after a restart what waited for a line waits again, and is still not late", "[order][restart]") {
  no_lines b;
  b.open();
  b.pass(30s);
  b.down(1h);
  CHECK(b.ringing() == std::vector<std::string>{"101"});
  CHECK(b.count(order_step::answer_overdue) == 0);
  CHECK(b.s.level == 1);
}
