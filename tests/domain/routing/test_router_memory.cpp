// Callers who have been here before, and what the past says about the wait.
#include "test_router_fixture.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {

plan familiar(strategy how = strategy::longest_idle) {
  auto q = make_queue("q", how);
  q.sticky = 1h;
  q.sticky_wait = 10s;
  q.resume_place = 60s;
  return make_plan({q}, {make_agent("a", {"q"}), make_agent("b", {"q"})});
}

/// The caller talks to the agent, who has been the only one ready and is ready again afterwards.
void talk(scene& s, std::uint64_t n, const std::string& caller, const agent_id& agent, span length = 60s) {
  s.ready(agent);
  s.enter_as(n, "q", caller);
  REQUIRE(s.chosen() == agent);
  const auto r = s.reservation();
  s.connect(r);
  s.state(agent, agent_state::talking);
  s.pass(length);
  s.finish(r);
  s.ready(agent);
}

call_record record_of(const std::string& caller, const agent_id& agent, instant queued, span waited, span talked) {
  call_record r;
  r.queue = "q";
  r.caller = caller;
  r.agent = agent;
  r.queued = queued;
  r.waited = waited;
  r.talk = talked;
  r.ended = queued + waited + talked;
  if (!agent.empty()) r.answered = queued + waited;
  r.outcome = agent.empty() ? call_outcome::abandoned : call_outcome::answered;
  return r;
}

} // namespace

TEST_CASE("router: the next call of a caller goes to the agent it talked to, within the set time") {
  scene s(familiar());
  talk(s, 1, "13900001111", "a");
  s.ready_since("b", start - 1h); // longer idle
  s.enter_as(2, "q", "13900002222");
  REQUIRE(s.chosen() == "b"); // a stranger
  s.leave(2);
  s.ready_since("b", start - 1h);
  SECTION("again within the time") {
    s.enter_as(3, "q", "13900001111");
    REQUIRE(s.chosen() == "a");
    const auto why = s.why();
    CHECK(why.note == "sticky agent");
    CHECK(why.considered_count == 1);
    CHECK(why.excluded == std::vector<exclusion>{{"b", "waits for agent a"}});
    s.refuse(s.reservation());
    CHECK(s.chosen() == "b"); // it has had its chance
  }
  SECTION("after it") {
    s.pass(2h);
    s.enter_as(3, "q", "13900001111");
    CHECK(s.chosen() == "b");
  }
}

TEST_CASE("router: a caller waits for its agent only while that one is engaged, and not for ever") {
  scene s(familiar());
  talk(s, 1, "c", "a");
  s.enter_as(2, "q", "other");
  REQUIRE(s.chosen() == "a");
  s.connect(s.reservation());
  s.state("a", agent_state::talking);
  s.ready("b");
  s.enter_as(3, "q", "c");
  CHECK(s.reserves().empty()); // b is ready, but is not its agent
  SECTION("until the time is over") {
    REQUIRE(s.router_.next_deadline() == s.now + 10s);
    s.pass(10s);
    CHECK(s.chosen() == "b");
    CHECK(s.why().note.empty());
  }
  SECTION("until the agent is free") {
    s.leave(2);
    s.pass(3s);
    s.ready("a");
    CHECK(s.chosen() == "a");
    CHECK(s.served() == call_no(3));
  }
  SECTION("until the agent takes a break") {
    s.leave(2);
    s.state("a", agent_state::not_ready, "break");
    CHECK(s.chosen() == "b");
  }
  SECTION("it does not keep others from b") {
    s.enter_as(4, "q", "stranger");
    CHECK(s.served() == call_no(4));
  }
}

TEST_CASE("router: no wait for an agent who is away or lacks a skill - ring_all rings it alone first") {
  scene s(familiar());
  talk(s, 1, "c", "a");
  s.state("a", agent_state::not_ready, "meal");
  s.ready("b");
  s.enter_as(2, "q", "c");
  CHECK(s.chosen() == "b");
  scene t(familiar(strategy::ring_all));
  t.state("b", agent_state::not_ready, "meal");
  talk(t, 1, "c", "a");
  t.ready("b");
  t.enter_as(2, "q", "c");
  REQUIRE(t.chosen() == "a");
  t.refuse(t.reservation(), 60s);
  CHECK(t.chosen() == "b");
}

TEST_CASE("router: ring_progressively rings no further phone while the caller rings at its own agent") {
  auto p = familiar(strategy::ring_progressively);
  p.queues[0].ring_step = 12s;
  scene s(p);
  talk(s, 1, "c", "a");
  s.ready("b");
  s.enter_as(2, "q", "c");
  REQUIRE(s.chosen() == "a");
  const auto r = s.reservation();
  s.pass(12s); // the time to wait for a is over, and the next phone's has come; but a still rings
  CHECK(s.reserves().empty());
  s.refuse(r, 60s);
  CHECK(s.chosen() == "b");
}

TEST_CASE("router: a caller who left unserved has its old place again within the set time, once") {
  scene s(familiar());
  s.enter_as(1, "q", "c");
  s.pass(5s);
  s.enter_as(2, "q", "d");
  s.pass(5s);
  s.leave(1);
  s.pass(30s);
  const auto back = s.enter_as(3, "q", "c");
  CHECK(back.resumed);
  CHECK(back.entered_at == start);
  CHECK(back.position == 1);
  CHECK(s.router_.oldest_wait("q", s.now) == 40s);
  const auto twice = s.enter_as(4, "q", "c"); // a second call at the same time
  CHECK_FALSE(twice.resumed);
  CHECK(twice.position == 3);
  s.leave(3);
  s.pass(61s);
  CHECK_FALSE(s.enter_as(5, "q", "c").resumed);
  s.leave(5);
  CHECK_FALSE(s.enter_as(6, "q", "").resumed); // who shows no number is nobody
}

TEST_CASE("router: who was served has no old place - a regained one has its max wait anew") {
  auto p = familiar();
  p.queues[0].max_wait = 60s;
  scene s(p);
  talk(s, 1, "c", "a", 10s);
  s.state("a", agent_state::not_ready, "break");
  CHECK_FALSE(s.enter_as(2, "q", "c").resumed);
  s.pass(50s);
  s.leave(2);
  s.pass(40s);
  CHECK(s.enter_as(3, "q", "c").resumed);
  CHECK(s.overflows().empty());
  s.pass(59s);
  CHECK(s.overflows().empty());
  s.pass(1s);
  CHECK(s.overflows().size() == 1);
}

TEST_CASE("router: the records of before make sticky agents, old places and estimates") {
  scene s(familiar());
  for (int i = 0; i < 20; ++i)
    s.router_.remember(record_of("x" + std::to_string(i), "b", start - 30min, 20s, 85s), s.now);
  s.router_.remember(record_of("friend", "a", start - 10min, 5s, 60s), s.now);
  s.router_.remember(record_of("old", "a", start - 3h, 5s, 60s), s.now);
  s.router_.remember(record_of("quitter", "", start - 50s, 30s, 0s), s.now);
  CHECK_FALSE(s.router_.expected_wait("q", 1, s.now)); // nobody is at work
  s.state("a", agent_state::talking);
  s.state("b", agent_state::talking);
  const auto first = s.router_.expected_wait("q", 1, s.now);
  REQUIRE(first);
  CHECK(seconds(*first) == Approx(50).epsilon(0.05)); // 85 s of talk and 15 s of wrap-up, two agents
  CHECK(*s.router_.expected_wait("q", 5, s.now) > *first);
  CHECK(s.enter_as(1, "q", "quitter").entered_at == start - 50s);
  CHECK(s.router_.expected_wait("none", 1, s.now) == std::nullopt);
  s.enter_as(2, "q", "friend");
  s.enter_as(3, "q", "old");
  s.leave(1);
  s.state("b", agent_state::ready);
  CHECK(s.served() == call_no(3)); // the friend waits for a
}

TEST_CASE("router: handling times are measured from the answer to the end of wrap-up") {
  auto p = familiar();
  p.queues[0].sticky = 0s;
  scene s(p);
  s.state("b", agent_state::not_ready, "break"); // present, but nobody to reckon with
  for (std::uint64_t n = 1; n <= 12; ++n) {
    s.ready("a");
    s.enter(n, "q");
    const auto r = s.reservation();
    s.pass(4s);
    s.connect(r);
    s.state("a", agent_state::talking);
    s.pass(50s);
    s.finish(r);
    s.state("a", agent_state::wrap_up);
    s.pass(10s);
  }
  s.ready("a");
  CHECK(s.router_.expected_wait("q", 1, s.now) == 0s); // would be taken at once
  CHECK(seconds(*s.router_.expected_wait("q", 2, s.now)) == Approx(120));
  s.state("a", agent_state::talking);
  const auto entry = s.enter(20, "q");
  CHECK(seconds(entry.expected_wait.value()) == Approx(60));
  CHECK(entry.position == 1);
}

TEST_CASE("router: who would have to wait too long does not come in, but for whoever is here already") {
  auto p = familiar();
  p.queues[0].max_expected_wait = 100s;
  scene s(p);
  for (int i = 0; i < 20; ++i)
    s.router_.remember(record_of("x" + std::to_string(i), "b", start - 3h, 20s, 45s), s.now);
  s.state("a", agent_state::talking);
  CHECK(s.enter(1, "q").status == enqueue_status::accepted); // 60 s
  const auto refused = s.enter(2, "q");                      // 120 s
  CHECK(refused.status == enqueue_status::long_wait);
  CHECK(refused.position == 0);
  CHECK(seconds(refused.expected_wait.value()) == Approx(120));
  CHECK(s.router_.waiting("q") == 1);
  CHECK(s.enter(3, "q", 9).status == enqueue_status::accepted); // would be the first
  auto known = make_request(4, "q", s.now);
  known.known = true;
  CHECK(s.enter(known).status == enqueue_status::accepted);
  auto patient = make_request(5, "q", s.now);
  patient.patient = true;
  CHECK(s.enter(patient).status == enqueue_status::accepted);
}
