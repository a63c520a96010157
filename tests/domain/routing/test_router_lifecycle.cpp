// A call's and a reservation's life in the router: refusals, races, leases, limits.
#include "test_router_fixture.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {
plan one_queue(std::vector<agent_id> agents, strategy how = strategy::longest_idle) {
  plan p = make_plan({make_queue("q", how)}, {});
  for (const auto& each : agents)
    p.agents.push_back(make_agent(each, {"q"}));
  return p;
}
} // namespace

TEST_CASE("router: a burst of calls never picks the same agent twice") {
  scene s(one_queue({"a", "b"}));
  s.ready("a");
  s.ready("b");
  std::set<agent_id> picked;
  for (std::uint64_t n = 1; n <= 5; ++n) {
    s.enter(n, "q");
    for (const auto& r : s.reserves())
      CHECK(picked.insert(r.agent).second);
  }
  CHECK(picked.size() == 2);
  CHECK(s.router_.waiting("q") == 5);
}

TEST_CASE("router: a view that is not newer changes nothing, a reserved agent stays reserved") {
  scene s(one_queue({"a"}));
  CHECK_FALSE(s.ready("nobody"));
  s.ready("a");
  s.enter(1, "q");
  const auto first = s.reservation();
  s.enter(2, "q");
  agent_view stale;
  stale.version = 1;
  stale.state = agent_state::ready;
  CHECK_FALSE(s.router_.set_agent("a", stale, s.now, s.out));
  CHECK(s.ready("a")); // newer, but an offer is open
  CHECK(s.reserves().empty());
  CHECK_FALSE(s.router_.is_ready("a"));
  CHECK(s.router_.find(first)->agent == "a");
}

TEST_CASE("router: after an offer the agent is ready again when it says so, or when it stays silent") {
  scene s(one_queue({"a"}));
  s.ready("a");
  s.enter(1, "q");
  s.leave(1);
  REQUIRE(s.ends().size() == 1);
  CHECK(s.ends().front().outcome == reservation_outcome::caller_gone);
  s.enter(2, "q");
  CHECK(s.reserves().empty()); // its last view is older than the offer
  SECTION("a newer view") {
    s.ready("a");
    CHECK(s.served() == call_no(2));
  }
  SECTION("silence") {
    REQUIRE(s.router_.next_deadline() == s.now + settle_limit);
    s.pass(settle_limit - 1us);
    CHECK(s.reserves().empty());
    s.pass(1us);
    CHECK(s.served() == call_no(2));
  }
  SECTION("a newer view that is not ready") {
    s.state("a", agent_state::not_ready, "break");
    s.pass(settle_limit);
    CHECK(s.reserves().empty());
  }
}

TEST_CASE("router: states other than ready are offered nothing") {
  for (std::size_t i = 0; i < agent_state_count; ++i) {
    const auto state = static_cast<agent_state>(i);
    if (state == agent_state::ready) continue;
    scene s(one_queue({"a"}));
    s.ready("a");
    s.state("a", state);
    s.enter(1, "q");
    CHECK(s.reserves().empty());
    CHECK(s.router_.waiting("q") == 1);
  }
}

TEST_CASE("router: an agent's own retry_until keeps it out until then") {
  scene s(one_queue({"a"}));
  agent_view v;
  v.state = agent_state::ready;
  v.retry_until = s.now + 2s;
  s.say("a", v);
  s.enter(1, "q");
  CHECK(s.reserves().empty());
  REQUIRE(s.router_.next_deadline() == s.now + 2s);
  s.pass(2s);
  CHECK(s.chosen() == "a");
}

TEST_CASE("router: a refused call keeps its place and goes to another agent at once") {
  scene s(one_queue({"a", "b"}));
  s.ready("a");
  s.pass(1s);
  s.enter(1, "q");
  REQUIRE(s.chosen() == "a");
  const auto refused = s.reservation();
  s.pass(1s);
  s.enter(2, "q");
  s.ready("b");
  REQUIRE(s.served() == call_no(2));
  CHECK(s.router_.position(call_no(1)) == 1);
  CHECK(s.refuse(refused));
  CHECK(s.reserves().empty());
  CHECK(s.router_.position(call_no(1)) == 1);
  CHECK_FALSE(s.refuse(refused)); // once
  s.leave(2);
  s.ready("b");
  CHECK(s.served() == call_no(1));
}

TEST_CASE("router: no invitation storm: the agent who refused waits, gets other calls, then the same again") {
  scene s(one_queue({"a"}));
  s.ready("a");
  s.enter(1, "q");
  s.refuse(s.reservation(), 10s);
  s.ready("a");
  CHECK(s.reserves().empty()); // ready, but not for this call
  CHECK(s.router_.is_ready("a"));
  CHECK(s.router_.explain(call_no(1), s.now)->excluded == std::vector<exclusion>{{"a", "retry delay"}});
  s.enter(2, "q");
  REQUIRE(s.served() == call_no(2)); // the first is not in its way
  CHECK(s.why().waiting_ahead == 1);
  s.leave(2);
  s.ready("a");
  CHECK(s.reserves().empty());
  REQUIRE(s.router_.next_deadline() == start + 10s);
  s.pass(10s);
  CHECK(s.served() == call_no(1));
}

TEST_CASE("router: connected agents stay engaged until the talk is over") {
  scene s(one_queue({"a"}));
  s.ready("a");
  s.enter(1, "q");
  const auto r = s.reservation();
  s.pass(3s);
  REQUIRE(s.connect(r));
  REQUIRE(s.ends().size() == 1);
  CHECK(s.ends().front().outcome == reservation_outcome::connected);
  CHECK(s.ends().front().rang == 3s);
  CHECK(s.router_.waiting("q") == 0);
  CHECK_FALSE(s.router_.position(call_no(1)));
  CHECK(s.connect(r)); // said twice: no harm
  CHECK(s.out.empty());
  CHECK_FALSE(s.refuse(r));
  s.state("a", agent_state::talking);
  s.ready("a");
  s.enter(2, "q");
  CHECK(s.reserves().empty());
  CHECK(s.enter(1, "q").status == enqueue_status::duplicate);
  s.pass(24h); // a talk has no lease
  CHECK(s.out.empty());
  CHECK(s.finish(r));
  CHECK(s.ends().empty());
  CHECK(s.served() == call_no(2));
  CHECK_FALSE(s.finish(r));
}

TEST_CASE("router: an offer that is reported over waits for the queue's retry delay") {
  scene s(one_queue({"a"}));
  s.ready("a");
  s.enter(1, "q");
  const auto r = s.reservation();
  CHECK(s.finish(r, reservation_outcome::unreachable));
  REQUIRE(s.ends().size() == 1);
  CHECK(s.ends().front().outcome == reservation_outcome::unreachable);
  s.ready("a");
  CHECK(s.reserves().empty());
  s.pass(2s);
  CHECK(s.served() == call_no(1));
}

TEST_CASE("router: ring_all rings everybody, the first has the caller, the others lost the race") {
  scene s(one_queue({"a", "b", "c", "late"}, strategy::ring_all));
  for (const char* each : {"a", "b", "c"})
    s.ready(each);
  s.enter(1, "q");
  const auto offers = s.reserves();
  REQUIRE(offers.size() == 3);
  for (const auto& each : offers)
    CHECK(s.router_.explain(each).considered_count == 3);
  s.ready("late");
  REQUIRE(s.served() == call_no(1));
  const auto late = s.reservation();
  s.refuse(offers[0].reservation);
  CHECK(s.ends().size() == 1);
  CHECK(s.router_.waiting("q") == 1);
  REQUIRE(s.connect(late));
  const auto over = s.ends();
  REQUIRE(over.size() == 3);
  CHECK(over[0].outcome == reservation_outcome::connected);
  CHECK(over[1].outcome == reservation_outcome::lost_race);
  CHECK(over[2].outcome == reservation_outcome::lost_race);
  CHECK_FALSE(s.connect(offers[1].reservation)); // the 200 that came too late
  CHECK(s.router_.waiting("q") == 0);
  CHECK(s.router_.reservations().size() == 1);
}

TEST_CASE("router: a lease that nobody ends expires, and the caller goes on") {
  scene s(one_queue({"a", "b"}));
  s.ready("a");
  s.enter(1, "q");
  const auto r = s.reserves().front();
  CHECK(r.deadline == s.now + 20s + lease_margin);
  CHECK(r.epoch == 7);
  CHECK(s.router_.next_deadline() == r.deadline);
  s.pass(24'999'999us);
  CHECK(s.out.empty());
  s.ready("b");
  CHECK(s.reserves().empty());
  s.pass(1us);
  REQUIRE(s.ends().size() == 1);
  CHECK(s.ends().front().outcome == reservation_outcome::lease_expired);
  CHECK(s.chosen() == "b");
  CHECK_FALSE(s.connect(r.reservation));
}

TEST_CASE("router: a connect that comes before the tick which would expire its lease counts") {
  scene s(one_queue({"a"}));
  s.ready("a");
  s.enter(1, "q");
  const auto r = s.reserves().front();
  s.now = r.deadline + 1ms;
  CHECK(s.connect(r.reservation));
}

TEST_CASE("router: max_wait overflows a waiting caller, a ringing one when its offer has failed") {
  plan p = one_queue({"a"});
  p.queues[0].max_wait = 30s;
  scene s(p);
  s.enter(1, "q");
  REQUIRE(s.router_.next_deadline() == start + 30s);
  s.pass(20s);
  s.enter(2, "q");
  s.pass(10s);
  REQUIRE(s.overflows().size() == 1);
  CHECK(s.overflows().front().call == call_no(1));
  CHECK(s.overflows().front().reason == "max wait");
  CHECK(s.router_.waiting("q") == 1);
  s.pass(15s);
  s.ready("a");
  const auto r = s.reservation();
  s.pass(5s);
  CHECK(s.out.empty()); // rings
  SECTION("refused: overflows at once") {
    s.refuse(r);
    REQUIRE(s.overflows().size() == 1);
    CHECK(s.overflows().front().call == call_no(2));
    CHECK(s.router_.waiting("q") == 0);
    CHECK_FALSE(s.leave(2));
  }
  SECTION("connected: stays") {
    s.connect(r);
    s.pass(1h);
    CHECK(s.overflows().empty());
  }
}

TEST_CASE("router: an overdue ring_all caller gets no further offers") {
  plan p = one_queue({"a", "b"}, strategy::ring_all);
  p.queues[0].max_wait = 5s;
  scene s(p);
  s.ready("a");
  s.enter(1, "q");
  const auto r = s.reservation();
  s.pass(6s);
  CHECK(s.out.empty());
  s.ready("b");
  CHECK(s.reserves().empty());
  s.refuse(r);
  CHECK(s.overflows().size() == 1);
}

TEST_CASE("router: max_length refuses the next caller - ringing callers count") {
  plan p = one_queue({"a"});
  p.queues[0].max_length = 2;
  scene s(p);
  s.ready("a");
  CHECK(s.enter(1, "q").position == 1);
  CHECK(s.enter(2, "q").position == 2);
  CHECK(s.enter(3, "q").status == enqueue_status::queue_full);
  CHECK(s.router_.waiting("q") == 2);
  s.leave(1);
  CHECK(s.enter(3, "q").status == enqueue_status::accepted);
}

TEST_CASE("router: the same call again has its present place - unknown names are refused") {
  scene s(one_queue({}));
  s.enter(1, "q");
  s.enter(2, "q");
  const auto again = s.enter(2, "q", 50);
  CHECK(again.status == enqueue_status::duplicate);
  CHECK(again.position == 2);
  CHECK(s.router_.waiting("q") == 2);
  CHECK(s.enter(3, "none").status == enqueue_status::unknown_queue);
  CHECK_FALSE(s.leave(3));
  CHECK_FALSE(s.connect(reservation_id{1, 2}));
  CHECK_FALSE(s.refuse(reservation_id{1, 2}));
  CHECK_FALSE(s.finish(reservation_id{1, 2}));
  CHECK(s.router_.waiting("none") == 0);
  CHECK(s.router_.oldest_wait("none", s.now) == 0s);
  CHECK_FALSE(s.router_.next_deadline());
}

TEST_CASE("router: requirement sets that come and go do not pile up or mix") {
  plan p = one_queue({"a"});
  p.agents[0].skills["s777"] = 5;
  scene s(p);
  s.ready("a");
  for (std::uint64_t n = 1; n <= 2000; ++n) {
    s.enter(n, "q", 0, {{"s" + std::to_string(n), 1}});
    CHECK(s.reserves().size() == (n == 777 ? 1u : 0u));
    s.leave(n);
    if (n == 777) s.ready("a");
  }
  s.enter(3000, "q", 0, {{"s777", 5}});
  CHECK(s.chosen() == "a");
}
