#include "domain/base/restart_policy.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <vector>

using namespace lifeline::domain;

namespace {

constexpr auto t0 = instant{span{1'000'000'000}};

restart_rules rules_of(std::uint32_t max_restarts, span period, backoff delays = {}) {
  return {{max_restarts, period}, delays};
}

} // namespace

TEST_CASE("a child is started again as its restart type says") {
  struct row {
    restart_type type;
    bool normal;
    restart_action expected;
  };
  const auto each = GENERATE(row{restart_type::permanent, true, restart_action::restart_now},
                             row{restart_type::permanent, false, restart_action::restart_now},
                             row{restart_type::transient, true, restart_action::nothing},
                             row{restart_type::transient, false, restart_action::restart_now},
                             row{restart_type::temporary, true, restart_action::nothing},
                             row{restart_type::temporary, false, restart_action::nothing});
  CAPTURE(static_cast<int>(each.type), each.normal);
  restart_history history;
  restart_row child;
  const auto decision = decide(rules_of(3, 5s), history, child, each.type, each.normal, t0);
  CHECK(decision == restart_decision{each.expected, 0s});
  // Only a restart is counted.
  const auto counted = each.expected == restart_action::restart_now ? 1u : 0u;
  CHECK(history.times().size() == counted);
  CHECK(child.length == counted);
}

TEST_CASE("one restart more than the intensity allows escalates, and is not counted") {
  restart_history history;
  restart_row child;
  const auto rules = rules_of(2, 10s);
  const auto crash = [&](span after) {
    return decide(rules, history, child, restart_type::permanent, false, t0 + after).action;
  };
  CHECK(crash(0s) == restart_action::restart_now);
  CHECK(crash(4s) == restart_action::restart_now);
  CHECK(crash(5s) == restart_action::escalate);
  // At an age of exactly the period a restart still counts; just after it no longer does.
  CHECK(crash(10s) == restart_action::escalate);
  CHECK(crash(10s + 1us) == restart_action::restart_now);
  CHECK(crash(14s) == restart_action::escalate);
  CHECK(history.times() == std::deque<instant>{t0 + 4s, t0 + 10s + 1us});
}

TEST_CASE("an intensity of zero escalates at the first crash, but not at an end that needs no restart") {
  restart_history history;
  restart_row child;
  const auto rules = rules_of(0, 5s);
  CHECK(decide(rules, history, child, restart_type::transient, true, t0).action == restart_action::nothing);
  CHECK(decide(rules, history, child, restart_type::temporary, false, t0).action == restart_action::nothing);
  CHECK(decide(rules, history, child, restart_type::transient, false, t0).action == restart_action::escalate);
}

TEST_CASE("the back-off grows by its factor up to its maximum") {
  const backoff doubling{100ms, 2.0, 1s};
  CHECK(delay_of(doubling, 0) == 0s);
  CHECK(delay_of(doubling, 1) == 100ms);
  CHECK(delay_of(doubling, 2) == 200ms);
  CHECK(delay_of(doubling, 4) == 800ms);
  CHECK(delay_of(doubling, 5) == 1s);
  CHECK(delay_of(doubling, 4'000'000'000) == 1s);
  CHECK(delay_of({0s, 2.0, 1s}, 7) == 0s);
  CHECK(delay_of({100ms, 0.5, 1s}, 9) == 100ms);
  CHECK(delay_of({2s, 2.0, 1s}, 1) == 1s);
}

TEST_CASE("a row of restarts ends when the child stayed up for a period after its delay") {
  restart_history history;
  restart_row child;
  const auto rules = rules_of(100, 5s, {8s, 2.0, 60s});
  const auto crash = [&](instant at) {
    return decide(rules, history, child, restart_type::permanent, false, at).delay;
  };
  CHECK(crash(t0) == 8s);
  // Up since t0 + 8 s: less than a period ago, although the first crash is longer ago than a period.
  CHECK(crash(t0 + 12s) == 16s);
  // Up since t0 + 28 s, for exactly a period.
  CHECK(crash(t0 + 33s) == 8s);
}

TEST_CASE("rows are per child, the intensity is for all children of a supervisor") {
  restart_history history;
  restart_row first;
  restart_row second;
  const auto rules = rules_of(3, 5s, {10ms, 2.0, 1s});
  CHECK(decide(rules, history, first, restart_type::permanent, false, t0).delay == 10ms);
  CHECK(decide(rules, history, first, restart_type::permanent, false, t0 + 1s).delay == 20ms);
  CHECK(decide(rules, history, second, restart_type::permanent, false, t0 + 2s).delay == 10ms);
  CHECK(decide(rules, history, second, restart_type::permanent, false, t0 + 3s).action == restart_action::escalate);
}

TEST_CASE("no period ever holds more restarts than allowed, and no restart is refused without need") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 generator(seed);
  const auto random = [&] { return static_cast<std::uint32_t>(generator()); };
  for (int round = 0; round < 200; ++round) {
    const auto rules = rules_of(random() % 6, span{1 + random() % 1000}, {span{random() % 50}, 1.5, span{400}});
    restart_history history;
    std::vector<restart_row> children(1 + random() % 4);
    std::vector<instant> restarts;
    auto now = t0;
    for (int event = 0; event < 200; ++event) {
      now += span{random() % 300};
      const auto decision =
          decide(rules, history, children[random() % children.size()], restart_type::permanent, random() % 2 == 0, now);
      // The slow and obvious count, over everything that ever happened.
      const auto within = std::count_if(restarts.begin(), restarts.end(),
                                        [&](instant at) { return now - at <= rules.intensity.period; });
      const auto full = static_cast<std::uint32_t>(within) >= rules.intensity.max_restarts;
      REQUIRE((decision.action == restart_action::escalate) == full);
      REQUIRE(history.times().size() <= rules.intensity.max_restarts);
      REQUIRE(decision.delay <= rules.delays.max);
      REQUIRE((decision.action == restart_action::restart_after) == (decision.delay > 0s));
      if (!full) restarts.push_back(now);
    }
  }
}
