// From one plan to the next while callers wait, phones ring and agents talk.
#include "test_router_fixture.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {
plan two_queues() {
  return make_plan({make_queue("q"), make_queue("r")},
                   {make_agent("a", {"q"}), make_agent("b", {"q"}), make_agent("c", {"r"})});
}
} // namespace

TEST_CASE("router: a new plan keeps places, offers and talks untouched") {
  scene s(two_queues());
  s.ready("a");
  s.enter(1, "q");
  const auto talk = s.reservation();
  s.connect(talk);
  s.pass(1s);
  s.ready("b");
  s.enter(2, "q");
  const auto offer = s.reserves().front();
  s.pass(1s);
  for (std::uint64_t n = 3; n <= 6; ++n)
    s.enter(n, "q", n == 6 ? 1 : 0);
  auto p = two_queues();
  p.queues[0].ring_timeout = 60s;
  p.agents[0].skills["law"] = 3;
  p.agents.insert(p.agents.begin(), make_agent("new", {"r"})); // all slots move
  s.reconfigure(p);
  CHECK(s.out.empty());
  CHECK(s.router_.find(talk)->connected);
  CHECK(s.router_.find(talk)->agent == "a");
  const auto kept = s.router_.find(offer.reservation);
  REQUIRE(kept);
  CHECK(kept->agent == "b");
  CHECK(kept->deadline == offer.deadline);
  CHECK(s.router_.position(call_no(6)) == 1);
  CHECK(s.router_.position(call_no(2)) == 2);
  CHECK(s.router_.position(call_no(5)) == 5);
  CHECK(s.router_.next_deadline() == offer.deadline);
  CHECK(s.connect(offer.reservation));
  CHECK(s.finish(talk));
  s.ready("a");
  CHECK(s.served() == call_no(6));
  CHECK(s.reserves().front().deadline == s.now + 60s + lease_margin);
}

TEST_CASE("router: a new plan pairs callers anew by its rules") {
  scene s(two_queues());
  s.ready("c");
  s.enter(1, "q");
  s.enter(2, "q");
  CHECK(s.reserves().empty());
  auto p = two_queues();
  p.agents[2].queues.push_back("q");
  s.reconfigure(p);
  CHECK(s.chosen() == "c");
  CHECK(s.served() == call_no(1));
}

TEST_CASE("router: a retry delay, a growing priority and fired rules outlast a new plan") {
  auto p = two_queues();
  escalation_rule rule;
  rule.after = 10s;
  rule.raise_priority = 3;
  p.queues[0].escalations = {rule};
  scene s(p);
  s.ready("a");
  s.enter(1, "q");
  s.refuse(s.reservation(), 60s);
  s.ready("a");
  s.pass(10s);
  REQUIRE(s.escalations().size() == 1);
  escalation_rule second;
  second.after = 5s;
  second.raise_priority = 1;
  p.queues[0].escalations = {second, rule};
  s.reconfigure(p);
  REQUIRE(s.escalations().size() == 1); // the new one is overdue, the old one has fired
  CHECK(s.escalations().front().rule == 1);
  CHECK(s.escalations().front().what == "priority 4");
  CHECK(s.reserves().empty());
  s.enter(2, "q", 3);
  CHECK(s.router_.position(call_no(1)) == 1);
  CHECK(s.served() == call_no(2));
  s.leave(2);
  s.pass(49s);
  s.ready("a");
  CHECK(s.reserves().empty());
  s.pass(1s);
  CHECK(s.served() == call_no(1));
}

TEST_CASE("router: retired agents get no offers, retired queues serve whom they have and known callers only") {
  scene s(two_queues());
  s.ready("c");
  s.enter(1, "r");
  const auto offer = s.reservation();
  s.enter(2, "r");
  s.ready("a");
  auto p = two_queues();
  p.queues[1].retired = true;
  p.agents[0].retired = true;
  p.agents[0].queues.clear();
  s.reconfigure(p);
  CHECK(s.out.empty());
  CHECK_FALSE(s.router_.is_ready("a"));
  s.enter(3, "q");
  CHECK(s.reserves().empty());
  CHECK(s.ready("a")); // is listened to
  CHECK(s.reserves().empty());
  CHECK(s.enter(4, "r").status == enqueue_status::unknown_queue);
  auto known = make_request(5, "r", start);
  known.known = true;
  CHECK(s.enter(known).status == enqueue_status::accepted);
  CHECK(s.connect(offer));
  CHECK(s.finish(offer));
  s.ready("c");
  CHECK(s.served() == call_no(2));
}

TEST_CASE("router: a plan that forgets a queue or an agent in use loses no caller") {
  scene s(two_queues());
  s.ready("c");
  s.enter(1, "r");
  const auto offer = s.reservation();
  s.enter(2, "r");
  s.reconfigure(make_plan({make_queue("q")}, {make_agent("a", {"q"})}));
  CHECK(s.out.empty());
  CHECK(s.router_.waiting("r") == 2);
  CHECK(s.router_.find(offer)->agent == "c");
  CHECK(s.enter(3, "r").status == enqueue_status::unknown_queue);
  CHECK(s.connect(offer));
  CHECK(s.finish(offer));
  CHECK(s.leave(2));
  s.reconfigure(two_queues());
  CHECK(s.enter(4, "r").status == enqueue_status::accepted);
  s.ready("c");
  CHECK(s.served() == call_no(4));
}

TEST_CASE("router: new limits count from the old entry - agents taken from a queue leave it empty") {
  auto p = two_queues();
  scene s(p);
  s.state("c", agent_state::wrap_up);
  s.enter(1, "q");
  s.enter(2, "r");
  s.pass(30s);
  p.queues[0].max_wait = 20s;
  p.queues[1].leave_empty = empty_policy::overflow;
  p.queues[1].leave_empty_after = 5s;
  p.agents[2].queues = {"q"};
  s.reconfigure(p);
  REQUIRE(s.overflows().size() == 1);
  CHECK(s.overflows().front().call == call_no(1));
  CHECK(s.router_.present("r") == 0);
  s.pass(5s);
  REQUIRE(s.overflows().size() == 1);
  CHECK(s.overflows().front().call == call_no(2));
}

TEST_CASE("router: a sticky wait and what is remembered of callers outlast a new plan") {
  auto p = two_queues();
  p.queues[0].sticky = 1h;
  p.queues[0].resume_place = 60s;
  scene s(p);
  s.ready("a");
  s.enter_as(1, "q", "c");
  const auto r = s.reservation();
  s.connect(r);
  s.finish(r);
  s.state("a", agent_state::talking); // with somebody else
  s.ready("b");
  s.enter_as(2, "q", "c");
  CHECK(s.reserves().empty());
  s.pass(4s);
  s.reconfigure(p);
  CHECK(s.reserves().empty()); // b is not the one
  s.pass(6s);
  CHECK(s.chosen() == "b");
  s.leave(2);
  s.reconfigure(p);
  CHECK(s.enter_as(3, "q", "c").resumed);
}
