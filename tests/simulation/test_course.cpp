// The simulation itself: a seed has one course, a failing one is made as short as it gets.

#include "tests/simulation/runner.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace lifeline;
using simulation::verb;

TEST_CASE("a seed has the same course alone, after others, on two threads, and as a replay") {
  const auto alone = simulation::run_seed(42, {});
  for (std::uint64_t seed = 1; seed < 6; ++seed)
    (void)simulation::run_seed(seed, {});
  const auto after = simulation::run_seed(42, {});
  CHECK(alone.trace == after.trace);
  CHECK(alone.events == after.events);
  CHECK((alone.played.inputs == after.played.inputs));
  const auto again = simulation::replay(alone.played);
  CHECK(again.trace == alone.trace);
  CHECK(again.situations == alone.situations);
  CHECK(simulation::run_seed(43, {}).trace != alone.trace);
  simulation::options few;
  few.events = 300;
  const auto one = simulation::run_many(1, 20, 1, few);
  const auto two = simulation::run_many(1, 20, 2, few);
  CHECK(one.events == two.events);
  CHECK(one.situations == two.situations);
}

TEST_CASE("the seed alone decides in which order the actors run") {
  const auto s = simulation::parse_script("registers 8001 1\nagent 8001 ready\ncall 1 12315\ncall 2 96333\nsettle\n");
  REQUIRE(s);
  auto other = *s;
  other.seed = 1;
  CHECK(simulation::replay(*s).trace == simulation::replay(*s).trace);
  CHECK(simulation::replay(*s).trace != simulation::replay(other).trace);
}

TEST_CASE("a failing course is made as short as it gets, and its text can be played again") {
  // A fault of the engine that shows only when an agent has held a caller and an alarm was reported.
  simulation::options broken;
  broken.sabotage = [](simulation::world& w) {
    const auto& seen = w.situations();
    if (seen.contains("call_held") && seen.contains("report opened")) w.found().add("planted", "it has happened");
  };
  std::uint64_t seed = 1;
  auto o = simulation::run_seed(seed, broken);
  while (!o.failed())
    o = simulation::run_seed(++seed, broken);
  REQUIRE(o.violations.front().rule == "planted");
  const auto shortest = simulation::shrink(o.played, "planted", broken);
  const auto text = simulation::to_string(shortest);
  INFO(text);
  CHECK(o.played.inputs.size() > 50);
  CHECK(shortest.inputs.size() <= 20);
  const auto has = [&](verb v) {
    return std::any_of(shortest.inputs.begin(), shortest.inputs.end(), [&](const auto& i) { return i.what == v; });
  };
  CHECK(has(verb::report));
  CHECK((has(verb::phone_holds) || has(verb::hold)));
  CHECK(has(verb::phone_answers));
  const auto read = simulation::parse_script(text);
  REQUIRE(read);
  CHECK(simulation::replay(*read, broken).failed());
  CHECK_FALSE(simulation::replay(*read).failed());
  // Nothing of it can be left out.
  for (std::size_t n = 0; n < shortest.inputs.size(); ++n) {
    auto less = shortest;
    less.inputs.erase(less.inputs.begin() + static_cast<std::ptrdiff_t>(n));
    CHECK_FALSE(simulation::replay(less, broken).failed());
  }
}

TEST_CASE("many seeds: failures are counted, kept with their replay, and end the run in time") {
  simulation::options broken;
  broken.events = 200;
  broken.sabotage = [](simulation::world& w) { w.found().add("planted", "always"); };
  const auto s = simulation::run_many(10, 50, 2, broken, 3);
  CHECK(s.failures.size() >= 3);
  CHECK(s.seeds < 50);
  CHECK(s.failures.front().played.inputs.empty());
  CHECK(simulation::describe(s.failures.front()).find("planted: always\nreplay:\nseed 1") == 0);
}

TEST_CASE("random courses come across everything that they are to come across") {
  const auto s = simulation::run_many(1, 300, 1, {});
  for (const auto& f : s.failures)
    FAIL_CHECK(simulation::describe(f));
  for (const char* name : {"two phones answered",
                           "answerer left before the bridge",
                           "caller left while a phone rang",
                           "late answer",
                           "event lost",
                           "event repeated",
                           "lost BYE found",
                           "registered during an offer",
                           "reloaded during wrap-up",
                           "engine killed",
                           "bridged while the disk is ill",
                           "shown before it is stored",
                           "music stopped",
                           "no endpoint",
                           "recording failed",
                           "recording never sealed",
                           "media silent",
                           "held",
                           "resumed",
                           "reader resumed",
                           "caller left before the queue",
                           "pause over a restart",
                           "crash of call",
                           "crash of agent",
                           "crash of alarm",
                           "crash of dispatcher",
                           "crash of calls",
                           "crash of alarms",
                           "crash of agents",
                           "report opened",
                           "report merged",
                           "report noted",
                           "report repeated",
                           "rescuer accepted",
                           "rescuer refused",
                           "rescuer no_answer",
                           "rescuer waits for a line",
                           "rescuer_dialled",
                           "rescuer calls the report line",
                           "by key: arrived",
                           "lift acknowledged",
                           "feature code dialled",
                           "crash of voice",
                           "actor_restarted: lift call",
                           "alert_rung",
                           "call_ended: answered",
                           "call_ended: abandoned",
                           "call_ended: overflowed",
                           "call_ended: blocked",
                           "call_ended: failed",
                           "reservation_ended: connected",
                           "reservation_ended: rejected",
                           "reservation_ended: busy",
                           "reservation_ended: no_answer",
                           "reservation_ended: unreachable",
                           "reservation_ended: caller_gone",
                           "reservation_ended: lost_race",
                           "reservation_ended: superseded",
                           "call_overflowed",
                           "call_escalated",
                           "hotline_rerouted",
                           "configuration_reloaded"}) {
    INFO(name);
    CHECK(s.situations.contains(name));
  }
}
