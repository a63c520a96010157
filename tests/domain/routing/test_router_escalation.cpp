// What changes for a caller while it waits.
#include "test_router_fixture.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {

escalation_rule after(span t) {
  escalation_rule r;
  r.after = t;
  return r;
}
escalation_rule at_place(std::uint32_t n) {
  escalation_rule r;
  r.position = n;
  return r;
}
plan with_rules(std::vector<escalation_rule> rules) {
  auto q = make_queue("q");
  q.escalations = std::move(rules);
  return make_plan({q}, {make_agent("a", {"q"}, {{"law", 2}}), make_agent("b", {"q"})});
}

} // namespace

TEST_CASE("router: priority grows with waiting, step by step up to its limit") {
  auto slow = make_queue("slow");
  slow.priority_step = 10s;
  slow.priority_growth = 2;
  scene s(make_plan({slow, make_queue("fast", strategy::longest_idle, 2)}, {make_agent("a", {"slow", "fast"})}));
  s.enter(1, "slow");
  REQUIRE(s.router_.next_deadline() == start + 10s);
  s.pass(19s);
  s.enter(2, "fast");
  s.ready("a");
  CHECK(s.served() == call_no(2)); // 1 < 2
  s.leave(2);
  s.pass(1s); // 2 = 2, and the longer wait
  s.enter(3, "fast");
  s.ready("a");
  CHECK(s.served() == call_no(1));
  CHECK(s.router_.waiting("fast") == 1);
  s.leave(1);
}

TEST_CASE("router: growth puts a caller before a later one of its own queue with a higher priority") {
  auto q = make_queue("q");
  q.priority_step = 10s;
  scene s(make_plan({q}, {make_agent("a", {"q"})}));
  s.enter(1, "q");
  s.pass(25s);
  s.enter(2, "q", 1);
  CHECK(s.router_.position(call_no(1)) == 1); // 2 > 1
  s.enter(3, "q", 3);
  CHECK(s.router_.position(call_no(3)) == 1);
  s.pass(300s); // 10 is the limit of both
  CHECK(s.router_.position(call_no(1)) == 3);
}

TEST_CASE("router: a rule by time raises priority and opens a tier, once, and says so") {
  auto rule = after(30s);
  rule.raise_priority = 15;
  rule.tier = 2;
  auto p = with_rules({rule});
  p.queues[0].tier_wait = 1h;
  p.agents[1].places["q"] = {2, 0};
  scene s(p);
  s.state("a", agent_state::wrap_up);
  s.ready("b");
  s.enter(1, "q");
  s.enter(2, "q", 5);
  CHECK(s.router_.position(call_no(1)) == 2);
  s.pass(29s);
  CHECK(s.out.empty());
  s.leave(2);
  s.enter(3, "q", 5);
  s.pass(1s);
  REQUIRE(s.escalations().size() == 1);
  const auto e = s.escalations().front();
  CHECK(e.call == call_no(1));
  CHECK(e.queue == "q");
  CHECK(e.rule == 1);
  CHECK(e.what == "priority 15, tier 2");
  REQUIRE(s.chosen() == "b");
  CHECK(s.served() == call_no(1));
  CHECK(s.why().note == "tier 2 after 30 s, escalated");
  CHECK(s.router_.position(call_no(1)) == 1);
  s.pass(28s);
  CHECK(s.escalations().empty()); // once; the third caller's comes a second later
  s.pass(1s);
  CHECK(s.escalations().size() == 1);
}

TEST_CASE("router: a rule replaces what the queue requires, not what the call itself requires") {
  auto rule = after(20s);
  rule.replaces = true;
  auto p = with_rules({rule});
  p.queues[0].required = {{"law", 5}};
  scene s(p);
  s.ready("a");
  s.ready("b");
  s.enter(1, "q", 0, {{"law", 1}});
  s.enter(2, "q");
  CHECK(s.reserves().empty());
  s.pass(20s);
  REQUIRE(s.escalations().size() == 2);
  CHECK(s.escalations().front().what == "no skills required");
  REQUIRE(s.reserves().size() == 2);
  for (const auto& r : s.reserves())
    CHECK(r.agent == (r.call == call_no(1) ? "a" : "b"));
}

TEST_CASE("router: a rule by place fires when the caller has come so far, and not for one who need not wait") {
  auto rule = at_place(2);
  rule.raise_priority = 1;
  scene s(with_rules({rule}));
  s.ready("a");
  s.enter(1, "q");
  CHECK(s.chosen() == "a");
  CHECK(s.escalations().empty()); // at once offered
  s.enter(2, "q");
  REQUIRE(s.escalations().size() == 1);
  CHECK(s.escalations().front().call == call_no(2));
  CHECK(s.router_.position(call_no(2)) == 1); // before the ringing one now
  s.enter(3, "q");
  s.enter(4, "q");
  CHECK(s.escalations().empty());
  s.leave(2);
  REQUIRE(s.escalations().size() == 1);
  CHECK(s.escalations().front().call == call_no(3));
  s.leave(3);
  REQUIRE(s.escalations().size() == 1);
  CHECK(s.escalations().front().call == call_no(4));
}

TEST_CASE("router: a rule overflows the caller - one that rings first loses its offer, a patient one stays") {
  auto rule = after(30s);
  rule.overflow = true;
  scene s(with_rules({rule}));
  s.enter(1, "q");
  auto patient = make_request(2, "q", s.now);
  patient.patient = true;
  s.enter(patient);
  s.pass(10s);
  s.enter(3, "q");
  s.pass(20s);
  REQUIRE(s.overflows().size() == 1);
  CHECK(s.overflows().front().call == call_no(1));
  CHECK(s.overflows().front().reason == "escalated");
  CHECK(s.escalations().size() == 1);
  CHECK(std::holds_alternative<routing::escalated>(s.out.front())); // the reason comes before the deed
  s.ready("a");
  REQUIRE(s.served() == call_no(2));
  s.leave(2);
  s.ready("a");
  REQUIRE(s.served() == call_no(3));
  const auto r = s.reservation();
  s.pass(10s);
  CHECK(s.escalations().size() == 1);
  CHECK(s.overflows().empty());
  s.refuse(r);
  REQUIRE(s.overflows().size() == 1);
  CHECK(s.overflows().front().call == call_no(3));
}

TEST_CASE("router: a caller who registers again after a restart keeps what it has waited for, without a second entry") {
  auto first = after(20s);
  first.raise_priority = 5;
  auto second = after(60s);
  second.raise_priority = 1;
  auto p = with_rules({first, second});
  p.queues[0].priority_step = 10s;
  p.queues[0].priority_growth = 3;
  scene s(p);
  s.enter(1, "q", 8);
  auto again = make_request(2, "q", start - 50s); // 3 grown, 5 by the first rule
  again.known = true;
  s.enter(again);
  CHECK(s.escalations().empty());
  CHECK(s.router_.position(call_no(2)) == 1); // 8 and the earlier entry
  s.pass(9s);
  CHECK(s.escalations().empty());
  s.pass(1s);
  REQUIRE(s.escalations().size() == 1);
  CHECK(s.escalations().front().rule == 2);
  CHECK(s.escalations().front().what == "priority 9");
}
