// Strategies by position, and tiers.
#include "test_router_fixture.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {

struct placed {
  agent_id account;
  int tier = 1;
  int position = 0;
};

plan placed_agents(queue_plan q, const std::vector<placed>& agents) {
  plan p = make_plan({q}, {});
  for (const auto& each : agents) {
    auto a = make_agent(each.account, {"q"});
    a.places["q"] = {each.tier, each.position};
    p.agents.push_back(a);
  }
  return p;
}

queue_plan tiered(span wait, bool skip, strategy how = strategy::longest_idle) {
  auto q = make_queue("q", how);
  q.tier_wait = wait;
  q.tier_skip_empty = skip;
  return q;
}

} // namespace

TEST_CASE("router: top_down asks by tier, position, then the plan's order, each time from the top") {
  scene s(placed_agents(make_queue("q", strategy::top_down), {{"late", 2, 0}, {"c", 1, 5}, {"a", 1, 1}, {"b", 1, 1}}));
  for (const char* each : {"late", "c", "b", "a"})
    s.ready(each);
  std::uint64_t n = 0;
  for (const char* expected : {"a", "b", "c", "late"}) {
    s.enter(++n, "q");
    CHECK(s.chosen() == expected);
  }
  s.leave(2);
  s.ready("b");
  s.enter(++n, "q");
  CHECK(s.chosen() == "b");
  CHECK(s.why().considered.front().rank == 1); // its position
}

TEST_CASE("router: sequential goes on after the agent that the caller was offered to last") {
  scene s(placed_agents(make_queue("q", strategy::sequential), {{"a", 1, 1}, {"b", 1, 2}, {"c", 1, 3}}));
  for (const char* each : {"a", "b", "c"})
    s.ready(each);
  s.enter(1, "q");
  std::vector<agent_id> asked;
  for (int i = 0; i < 5; ++i) {
    const auto agent = s.chosen();
    asked.push_back(agent);
    const auto r = s.reservation();
    s.refuse(r, 0s);
    auto after = s.out;
    s.ready(agent); // free again at once, without a delay
    s.out = after;
  }
  CHECK(asked == std::vector<agent_id>{"a", "b", "c", "a", "b"});
  scene t(placed_agents(make_queue("q", strategy::sequential), {{"a", 1, 1}, {"b", 1, 2}}));
  t.ready("a");
  t.ready("b");
  t.enter(1, "q");
  t.leave(1);
  t.ready("a");
  t.enter(2, "q");
  CHECK(t.chosen() == "a"); // a new caller begins at the top
}

TEST_CASE("router: ring_progressively rings one phone more at every step, and the first to answer wins") {
  auto q = make_queue("q", strategy::ring_progressively);
  q.ring_step = 5s;
  scene s(placed_agents(q, {{"a", 1, 1}, {"b", 1, 2}, {"c", 1, 3}}));
  for (const char* each : {"c", "b", "a"})
    s.ready(each);
  s.enter(1, "q");
  REQUIRE(s.chosen() == "a");
  const auto first = s.reservation();
  REQUIRE(s.router_.next_deadline() == start + 5s);
  s.pass(4s);
  CHECK(s.out.empty());
  s.pass(1s);
  REQUIRE(s.chosen() == "b");
  CHECK(s.ends().empty()); // the first goes on ringing
  const auto second = s.reservation();
  SECTION("the next step, and all have it at once") {
    s.pass(5s);
    CHECK(s.chosen() == "c");
    CHECK(s.router_.reservations().size() == 3);
    REQUIRE(s.connect(second));
    CHECK(s.ends().size() == 3);
    CHECK(s.ends().back().outcome == reservation_outcome::lost_race);
    CHECK_FALSE(s.connect(first));
  }
  SECTION("one refuses: the next comes at the step; the last refuses: at once") {
    s.refuse(first, 60s);
    CHECK(s.reserves().empty());
    s.refuse(second, 60s);
    CHECK(s.chosen() == "c");
  }
  SECTION("nobody is free at the step: the next one who becomes free rings at once") {
    s.state("c", agent_state::not_ready, "break");
    s.pass(5s);
    CHECK(s.reserves().empty());
    s.pass(2s);
    s.ready("c");
    CHECK(s.chosen() == "c");
    CHECK(s.reserves().front().call == call_no(1));
  }
}

TEST_CASE("router: tier n is asked only after (n-1) tier waits, and then a lower one is preferred") {
  scene s(placed_agents(tiered(10s, true), {{"one", 1, 0}, {"two", 2, 0}, {"three", 3, 0}}));
  s.state("one", agent_state::wrap_up); // present: its tier counts
  s.ready("two");
  s.ready("three");
  s.enter(1, "q");
  CHECK(s.reserves().empty());
  CHECK(s.router_.explain(call_no(1), s.now)->excluded ==
        std::vector<exclusion>{{"one", "wrap-up"}, {"two", "tier 2 not yet"}, {"three", "tier 3 not yet"}});
  REQUIRE(s.router_.next_deadline() == start + 10s);
  s.pass(10s);
  REQUIRE(s.chosen() == "two");
  CHECK(s.why().note == "tier 2 after 10 s");
  s.refuse(s.reservation(), 60s);
  CHECK(s.reserves().empty());
  s.pass(10s);
  CHECK(s.chosen() == "three");
}

TEST_CASE("router: within the open tiers the lower one goes first, however long the other was idle") {
  scene s(placed_agents(tiered(10s, true), {{"one", 1, 0}, {"two", 2, 0}}));
  s.ready_since("two", start - 100s);
  s.ready_since("one", start);
  s.enter_at(1, "q", start - 60s);
  CHECK(s.chosen() == "one");
  scene t(placed_agents(tiered(0s, true), {{"one", 1, 0}, {"two", 2, 0}})); // without a wait tiers are only an order
  t.ready_since("two", start - 100s);
  t.ready_since("one", start);
  t.enter(1, "q");
  CHECK(t.chosen() == "two");
}

TEST_CASE("router: tiers that nobody is present in are not waited for, and wait again when somebody comes") {
  scene s(placed_agents(tiered(10s, true), {{"one", 1, 0}, {"two", 2, 0}, {"three", 3, 0}}));
  s.ready("three");
  s.enter(1, "q");
  REQUIRE(s.chosen() == "three");
  CHECK(s.why().note == "tier 3: nobody of the lower ones is present");
  s.leave(1);
  s.state("one", agent_state::wrap_up);
  s.ready("three");
  s.enter(2, "q");
  CHECK(s.reserves().empty());
  s.state("one", agent_state::not_ready, "meal"); // the last of the lower tiers goes
  CHECK(s.chosen() == "three");
  scene t(placed_agents(tiered(10s, false), {{"one", 1, 0}, {"two", 2, 0}}));
  t.ready("two");
  t.enter(1, "q");
  CHECK(t.reserves().empty()); // a queue that waits regardless
  t.pass(10s);
  CHECK(t.chosen() == "two");
}

TEST_CASE("router: ring_all rings at the open tiers, and at a further one when its time has come") {
  scene s(placed_agents(tiered(10s, true, strategy::ring_all), {{"a", 1, 0}, {"b", 1, 0}, {"c", 2, 0}}));
  for (const char* each : {"a", "b", "c"})
    s.ready(each);
  s.enter(1, "q");
  CHECK(s.reserves().size() == 2);
  s.pass(10s);
  CHECK(s.chosen() == "c");
  CHECK(s.ends().empty());
}

TEST_CASE("router: random stays within the lowest tier that has anybody") {
  scene s(placed_agents(tiered(1s, true, strategy::random), {{"a", 1, 0}, {"b", 1, 0}, {"c", 2, 0}}));
  std::map<agent_id, int> counts;
  for (std::uint64_t n = 1; n <= 300; ++n) {
    for (const char* each : {"a", "b", "c"})
      s.ready(each);
    s.enter_at(n, "q", s.now - 60s);
    ++counts[s.chosen()];
    s.leave(n);
  }
  CHECK(counts["a"] + counts["b"] == 300);
  CHECK(counts["a"] > 100);
  CHECK(counts["b"] > 100);
}
