// Queues without agents.
#include "test_router_fixture.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {
plan emptiable(empty_policy join, empty_policy leave, span wait = 0s) {
  auto q = make_queue("q");
  q.join_empty = join;
  q.leave_empty = leave;
  q.leave_empty_after = wait;
  return make_plan({q}, {make_agent("a", {"q"}), make_agent("b", {"q"})});
}
call_request marked(std::uint64_t n, bool known, bool patient) {
  auto r = make_request(n, "q", start);
  r.known = known;
  r.patient = patient;
  return r;
}
} // namespace

TEST_CASE("router: presence is what the queue says it is") {
  auto p = emptiable(empty_policy::wait, empty_policy::wait);
  auto strict = make_queue("strict");
  strict.present_states = {agent_state::ready, agent_state::talking};
  p.queues.push_back(strict);
  p.agents[0].queues.push_back("strict");
  scene s(p);
  CHECK(s.router_.present("q") == 0);
  s.ready("a");
  s.ready("b");
  CHECK(s.router_.present("q") == 2);
  CHECK(s.router_.present("strict") == 1);
  s.state("a", agent_state::talking);
  CHECK(s.router_.present("q") == 2);
  s.state("a", agent_state::wrap_up);
  CHECK(s.router_.present("q") == 2);
  CHECK(s.router_.present("strict") == 0);
  s.state("a", agent_state::not_ready, "break");
  CHECK(s.router_.present("q") == 1);
  s.state("a", agent_state::unreachable);
  s.state("b", agent_state::logged_out);
  CHECK(s.router_.present("q") == 0);
  CHECK(s.router_.present("none") == 0);
}

TEST_CASE("router: nobody comes into an empty queue that overflows, but who was here before does") {
  scene s(emptiable(empty_policy::overflow, empty_policy::wait));
  CHECK(s.enter(1, "q").status == enqueue_status::no_agent);
  CHECK(s.router_.waiting("q") == 0);
  CHECK(s.enter(marked(2, true, false)).status == enqueue_status::accepted);
  CHECK(s.enter(marked(3, false, true)).status == enqueue_status::accepted);
  s.state("a", agent_state::not_ready, "meal"); // signed in, and yet nobody who could be rung
  CHECK(s.enter(4, "q").status == enqueue_status::no_agent);
  s.state("a", agent_state::talking); // will be free
  CHECK(s.enter(5, "q").status == enqueue_status::accepted);
}

TEST_CASE("router: when the last agent leaves, the callers overflow after the set time, unless one comes back") {
  scene s(emptiable(empty_policy::wait, empty_policy::overflow, 30s));
  s.state("a", agent_state::talking);
  s.enter(1, "q");
  s.enter(marked(2, false, true));
  s.state("a", agent_state::logged_out);
  CHECK(s.out.empty());
  REQUIRE(s.router_.next_deadline() == start + 30s);
  SECTION("nobody comes") {
    s.pass(30s);
    REQUIRE(s.overflows().size() == 1);
    CHECK(s.overflows().front().call == call_no(1));
    CHECK(s.overflows().front().reason == "no agent is present");
    CHECK(s.router_.waiting("q") == 1); // the patient one
    CHECK_FALSE(s.router_.next_deadline());
  }
  SECTION("somebody comes, and goes again") {
    s.pass(20s);
    s.state("b", agent_state::talking);
    s.pass(20s);
    CHECK(s.out.empty());
    s.state("b", agent_state::logged_out);
    s.pass(29s);
    CHECK(s.out.empty());
    s.pass(1s);
    CHECK(s.overflows().size() == 1);
  }
}

TEST_CASE("router: without a set time the callers overflow at once") {
  scene s(emptiable(empty_policy::wait, empty_policy::overflow));
  s.state("a", agent_state::wrap_up);
  s.enter(1, "q");
  s.state("a", agent_state::logged_out);
  CHECK(s.overflows().size() == 1);
  CHECK(s.enter(2, "q").status == enqueue_status::accepted); // the queue lets callers wait
  s.pass(1h);
  CHECK(s.overflows().empty());
}

TEST_CASE("router: after a restart the agents get time to report before the callers overflow") {
  scene s(emptiable(empty_policy::overflow, empty_policy::overflow));
  s.enter(marked(1, true, false));
  CHECK(s.overflows().empty());
  SECTION("they report") {
    s.pass(1s);
    s.state("a", agent_state::talking);
    s.pass(1h);
    CHECK(s.overflows().empty());
  }
  SECTION("they do not") {
    s.pass(settle_limit);
    CHECK(s.overflows().size() == 1);
  }
}
