// An agent whose phone is rung for an alarm has no caller at the same time, and the other way round.
#include "domain/agents/agent_machine.hpp"
#include "domain/rescue/alert_share.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;

namespace {

const instant noon = from_micros(1'795'600'800'000'000);

agent_model ready_agent() {
  agent_model a;
  a.account = "8001";
  (void)step(a, reachability{true, true}, noon);
  return a;
}
const reserve_agent call{{1, 1}, {2, 2}, "96333", 1, noon + 30s};
const alert_agent alert{{9, 9}, noon + 90s, false};

} // namespace

TEST_CASE("agent: one that is rung for an alarm is offered no caller, and is ready again afterwards") {
  auto a = ready_agent();
  REQUIRE(step(a, alert, noon + 1s).accepted);
  CHECK(visible_state(a) == agent_state::reserved);
  CHECK_FALSE(offerable(a));
  CHECK_FALSE(step(a, call, noon + 2s).accepted);
  CHECK_FALSE(step(a, alert_over{{8, 8}}, noon + 3s).accepted); // of another ring
  CHECK_FALSE(step(a, phone_ringing{{9, 9}}, noon + 3s).accepted);
  REQUIRE(step(a, alert_over{{9, 9}}, noon + 4s).accepted);
  CHECK(visible_state(a) == agent_state::ready);
  CHECK(a.ready_since == noon); // it keeps its place among the idle ones
  CHECK(a.misses == 0);
  CHECK(step(a, call, noon + 5s).accepted);
}

TEST_CASE("agent: one that has a caller, is away or cannot be reached is not rung for an alarm") {
  auto a = ready_agent();
  SECTION("a caller") { REQUIRE(step(a, call, noon).accepted); }
  SECTION("not ready") { REQUIRE(step(a, agent_order{agent_verb::not_ready, "meal", {}, {}}, noon).accepted); }
  SECTION("signed out") { REQUIRE(step(a, agent_order{agent_verb::logout, {}, {}, {}}, noon).accepted); }
  SECTION("no phone") { REQUIRE(step(a, reachability{false, false}, noon).accepted); }
  CHECK_FALSE(step(a, alert, noon + 1s).accepted);
}

TEST_CASE("agent: a supervisor is rung whether signed in or not, but only with a phone and without a caller") {
  auto whoever = alert;
  whoever.whoever = true;
  agent_model away;
  away.reachable = true;
  CHECK(step(away, whoever, noon).accepted);
  agent_model unreachable;
  CHECK_FALSE(step(unreachable, whoever, noon).accepted);
  auto busy = ready_agent();
  REQUIRE(step(busy, call, noon).accepted);
  CHECK_FALSE(step(busy, whoever, noon).accepted);
}

TEST_CASE("agent: an alert that nobody ends is over with its deadline, and with a restart") {
  auto a = ready_agent();
  REQUIRE(step(a, alert, noon).accepted);
  SECTION("deadline") {
    const auto outcome = step(a, agent_clock{}, noon + 90s);
    CHECK_FALSE(outcome.overdue); // no reservation of the dispatcher's
  }
  SECTION("restart") {
    recover_after_restart(a, 10s, noon + 5s);
    a.reachable = true;
  }
  CHECK(visible_state(a) == agent_state::ready);
}

TEST_CASE("alerts: all free phones ring for one alarm, else each alarm gets one before any gets a second") {
  CHECK(share_phones({0}, 3) == std::vector<std::size_t>{0, 0, 0});
  CHECK(share_phones({0, 0}, 3) == std::vector<std::size_t>{0, 1, 0});
  CHECK(share_phones({2, 0}, 1) == std::vector<std::size_t>{1});
  CHECK(share_phones({0, 0, 0}, 2) == std::vector<std::size_t>{0, 1});
  CHECK(share_phones({}, 2).empty());
}
