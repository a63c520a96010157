// Emergencies: whoever has missed a call is asked again when nobody else is free.
#include "test_router_fixture.hpp"

#include "domain/agents/agent_machine.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {

/// "e" is an emergency's queue and overflows into "support"; "q" is nobody's emergency.
plan desk() {
  auto e = make_queue("e");
  e.overflow_queue = "support";
  auto p = make_plan({e, make_queue("support"), make_queue("q")},
                     {make_agent("a", {"e", "q"}), make_agent("b", {"e", "support"}), make_agent("c", {"q"})});
  hotline_plan h;
  h.name = h.queue = "e";
  h.emergency = true;
  p.hotlines.push_back(h);
  h.name = h.queue = "q";
  h.emergency = false;
  p.hotlines.push_back(h);
  return p;
}

void miss(scene& s, const agent_id& account, span retry = 0s) {
  agent_view v;
  v.state = agent_state::not_ready;
  v.reason = reason_no_answer;
  if (retry > 0s) v.retry_until = s.now + retry;
  s.say(account, v);
}

} // namespace

TEST_CASE("router: a queue serves an emergency when its hotline does, or callers overflow into it") {
  const auto p = desk();
  CHECK(p.serves_emergency("e"));
  CHECK(p.serves_emergency("support"));
  CHECK_FALSE(p.serves_emergency("q"));
  CHECK_FALSE(p.serves_emergency("none"));
  auto ring = p;
  ring.queues[1].overflow_queue = "e";
  CHECK(ring.serves_emergency("support"));
  CHECK_FALSE(ring.serves_emergency("q"));
}

TEST_CASE("router: the last agent has missed a call - an emergency asks it again at once, and says why") {
  scene s(desk());
  miss(s, "a");
  s.enter(1, "e");
  REQUIRE(s.reserves().size() == 1);
  CHECK(s.chosen() == "a");
  CHECK(s.why().note == "asked again after a missed call: nobody else is free");
  CHECK_FALSE(s.router_.is_ready("a"));
}

TEST_CASE("router: who waits for an emergency already is offered to the agent that misses now, after its delay") {
  scene s(desk());
  s.ready("a");
  s.enter(1, "e");
  const auto first = s.reservation();
  s.refuse(first, 2s, reservation_outcome::no_answer);
  miss(s, "a", 2s);
  CHECK(s.out.empty());
  s.pass(2s);
  CHECK(s.chosen() == "a");
  s.connect(s.reservation());
  CHECK(s.router_.waiting("e") == 0);
}

TEST_CASE("router: nobody is asked again for what is no emergency, nor who is on a break") {
  scene s(desk());
  miss(s, "a");
  s.enter(1, "q");
  CHECK(s.out.empty());
  s.state("b", agent_state::not_ready, "break");
  s.state("a", agent_state::not_ready, "break");
  s.enter(2, "e");
  CHECK(s.out.empty());
}

TEST_CASE("router: a free agent comes before one that has missed, and joins when it becomes free") {
  scene s(desk());
  miss(s, "a");
  SECTION("free from the first") {
    s.ready("b");
    s.enter(1, "e");
    CHECK(s.chosen() == "b");
    s.enter(2, "e"); // now nobody else is free
    CHECK(s.chosen() == "a");
  }
  SECTION("free while the other phone rings") {
    s.enter(1, "e");
    const auto again = s.reservation();
    s.ready("b");
    CHECK(s.chosen() == "b");
    CHECK(s.served() == call_no(1));
    const auto fresh = s.reservation();
    SECTION("the one that has missed answers first") {
      s.connect(again);
      REQUIRE(s.ends().size() == 2);
      CHECK(s.ends()[1].outcome == reservation_outcome::lost_race);
    }
    SECTION("the free one refuses: the other phone rings on, and whoever is free next has the call too") {
      s.refuse(fresh, 0s);
      CHECK(s.ends().size() == 1);
      s.ready("b");
      CHECK(s.served() == call_no(1));
    }
  }
}

TEST_CASE("router: two callers and two who have missed - each rings at one, who was asked longest ago first") {
  scene s(desk());
  agent_view v;
  v.state = agent_state::not_ready;
  v.reason = reason_no_answer;
  v.last_offered = start - 10s;
  s.say("a", v);
  v.last_offered = start - 20s;
  v.reason = reason_unreachable; // better a phone that may be gone than none
  s.say("b", v);
  s.enter(1, "e");
  CHECK(s.chosen() == "b");
  s.enter(2, "e");
  CHECK(s.chosen() == "a");
  s.enter(3, "e");
  CHECK(s.out.empty());
}

TEST_CASE("router: a phone that is asked again keeps no caller from overflowing in time") {
  auto p = desk();
  p.queues[0].max_wait = 5s;
  scene s(p);
  miss(s, "a");
  s.enter(1, "e");
  REQUIRE(s.chosen() == "a");
  s.pass(5s);
  REQUIRE(s.out.size() == 2);
  CHECK(s.ends().front().outcome == reservation_outcome::superseded);
  CHECK(s.overflows().front().reason == "max wait");
}

TEST_CASE("router: a free agent's ring is waited for, the other one then gives way to the overflow") {
  auto p = desk();
  p.queues[0].max_wait = 5s;
  scene s(p);
  miss(s, "a");
  s.enter(1, "e");
  s.ready("b");
  const auto fresh = s.reservation();
  s.pass(5s);
  CHECK(s.out.empty());
  s.refuse(fresh);
  REQUIRE(s.ends().size() == 2);
  CHECK(s.overflows().size() == 1);
}

TEST_CASE(
    "router: an emergency is empty when nobody could be rung - who has missed could, who is on a break could not") {
  auto p = desk();
  for (auto& q : p.queues) {
    q.join_empty = q.leave_empty = empty_policy::overflow;
    q.leave_empty_after = 3s;
  }
  scene s(p);
  s.state("a", agent_state::not_ready, "break");
  CHECK(s.enter(1, "e").status == enqueue_status::no_agent);
  s.state("b", agent_state::not_ready, reason_unreachable); // asked again, but nobody to wait for
  CHECK(s.enter(2, "e").status == enqueue_status::no_agent);
  miss(s, "a");
  CHECK(s.router_.present("e") == 1);
  CHECK(s.router_.present("q") == 0);
  CHECK(s.enter(3, "q").status == enqueue_status::no_agent);
  CHECK(s.enter(4, "e").status == enqueue_status::accepted);
  s.state("a", agent_state::not_ready, "break");
  s.pass(3s);
  CHECK(s.overflows().size() == 1);
}

TEST_CASE("router: a lower tier of agents who have missed does not keep the next tier from an emergency") {
  auto p = desk();
  p.queues[0].tier_wait = 30s;
  p.agents[1].places["e"] = {2, 0};
  scene s(p);
  miss(s, "a");
  s.ready("b");
  s.enter(1, "e");
  CHECK(s.chosen() == "b");
}
