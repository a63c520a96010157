// The alert of our own people: who is rung and when, what ends it, and who has taken it.
#include "test_order_fixture.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {

/// An alarm that no agent has taken.
struct untaken : order_bench {
  untaken() {
    auto r = a_report(report_channel::mobile);
    r.confirmed = true;
    open(r);
  }
};

} // namespace

TEST_CASE("order alert: agents after 15 s, the supervisor after 30 s, the backup numbers after 60 s", "[order]") {
  untaken b;
  b.pass(15s - 1us);
  CHECK(b.s.alert.stage == alert_stage::none);
  b.pass(1us);
  CHECK(b.s.alert.stage == alert_stage::agents);
  CHECK(b.s.alert.since == noon + 15s);
  CHECK(b.s.alert.has(alert_reason::unacknowledged));
  CHECK(b.count(order_step::alerted_agents) == 1);
  b.pass(15s);
  CHECK(b.s.alert.stage == alert_stage::supervisor);
  CHECK(b.count(order_step::alerted_supervisor) == 1);
  b.pass(30s);
  CHECK(b.s.alert.stage == alert_stage::backup);
  CHECK(b.count(order_step::alerted_backup) == 1);
  b.pass(5min);
  CHECK(b.s.alert.stage == alert_stage::backup); // until somebody takes it
}

TEST_CASE("order alert: who presses the key has taken the alarm", "[order]") {
  untaken b;
  b.pass(20s);
  REQUIRE(b.give(alert_answer{"mei", true}));
  CHECK(b.s.acknowledged == noon + 20s);
  CHECK(b.s.acknowledged_by == "mei");
  CHECK(b.s.agent == "mei");
  CHECK(b.last(order_step::alert_taken).by == "mei");
  CHECK(b.last(order_step::alert_taken).via == step_via::phone_key);
  CHECK(b.s.alert.stage == alert_stage::none);
  b.pass(2min);
  CHECK(b.s.alert.stage == alert_stage::none);
  CHECK(b.count(order_step::alerted_supervisor) == 0);
  const auto version = b.s.version;
  REQUIRE(b.give(alert_answer{"wang", true})); // was slower
  CHECK(b.s.version == version);
  CHECK(b.s.acknowledged_by == "mei");
}

TEST_CASE("order alert: a backup number can take it, and is nobody's account", "[order]") {
  untaken b;
  b.pass(70s);
  REQUIRE(b.give(alert_answer{"13912345678", false}));
  CHECK(b.s.acknowledged_by == "13912345678");
  CHECK(b.s.agent.empty());
}

TEST_CASE("order alert: it ends with its reason", "[order]") {
  untaken b;
  b.pass(40s);
  REQUIRE(b.s.alert.stage == alert_stage::supervisor);
  SECTION("acknowledged at the desk") { REQUIRE(b.act(order_verb::acknowledge)); }
  SECTION("dismissed") { REQUIRE(b.act(order_verb::dismiss, {{"reason", "false alarm"}})); }
  CHECK(b.s.alert.stage == alert_stage::none);
  CHECK(b.s.alert_backup_due == never);
  b.pass(40s);
  CHECK(b.count(order_step::alerted_backup) == 0);
}

TEST_CASE("order alert: a note does not take an alarm, but a person who works on it ends any other alert", "[order]") {
  untaken b;
  b.pass(16s);
  REQUIRE(b.act(order_verb::note, {{"text", "the firm has called"}}));
  CHECK(b.s.alert.stage == alert_stage::agents);
  order_bench known; // taken by telephone, but nobody can be called
  known.lines_free_ = false;
  known.open();
  known.pass(20s);
  REQUIRE(known.s.alert.has(alert_reason::not_rung));
  REQUIRE(known.act(order_verb::note, {{"text", "called them from my own phone"}}));
  CHECK(known.s.alert.stage == alert_stage::none);
  known.pass(30min);
  CHECK(known.s.alert.has(alert_reason::not_rung)); // at the review it comes up again
}

TEST_CASE("order alert: nobody on the way rings the supervisor, and one who comes ends it", "[order]") {
  order_bench b;
  b.open();
  b.call("101", attempt_outcome::refused);
  b.call("201", attempt_outcome::refused);
  b.call("211", attempt_outcome::refused);
  b.call("119", attempt_outcome::refused);
  CHECK(b.count(order_step::exhausted) == 1);
  CHECK(b.s.alert.stage == alert_stage::supervisor);
  CHECK(b.s.alert.has(alert_reason::exhausted));
  REQUIRE(b.word(rescuer_word::accept, "near"));
  CHECK(b.s.alert.stage == alert_stage::none);
}

TEST_CASE("order alert: reported again after the rescue rings at once until a person has looked", "[order]") {
  order_bench b;
  b.open();
  b.word(rescuer_word::completed);
  auto again = a_report(report_channel::mobile);
  again.message_id = "m2";
  b.give(report_merged{again});
  CHECK(b.s.alert.stage == alert_stage::supervisor);
  CHECK(b.s.alert.has(alert_reason::reported_again));
  REQUIRE(b.act(order_verb::confirm, {{"with", "trapped person"}}));
  CHECK(b.s.alert.stage == alert_stage::none);
}

TEST_CASE("order alert: it rings on after a restart", "[order][restart]") {
  untaken b;
  b.pass(20s);
  b.down(5s);
  CHECK(b.s.alert.stage == alert_stage::agents);
  b.pass(10s);
  CHECK(b.s.alert.stage == alert_stage::supervisor);
}
