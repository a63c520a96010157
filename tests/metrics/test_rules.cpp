#include "metrics/rules.hpp"

#include "tests/metrics/support.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;
using namespace lifeline::testing;
using actors::invariant;
using actors::invariant_fold;

namespace {

event of(const call_id& id, event_body body) { return {1, start, id, std::move(body)}; }
event reserved(std::uint64_t n, const agent_id& agent, span lease = 25s) {
  return of(call(n), agent_reserved{reservation(n), agent, "12315", 1, start + lease, {}});
}
event released(std::uint64_t n, const agent_id& agent, reservation_outcome how) {
  return of(call(n), reservation_ended{reservation(n), agent, "12315", how, 0s});
}

} // namespace

TEST_CASE("an ordinary reservation breaks no invariant") {
  invariant_fold f;
  CHECK_FALSE(f.apply(reserved(1, "8001")));
  CHECK(f.open_reservations() == 1);
  CHECK_FALSE(f.apply(released(1, "8001", reservation_outcome::no_answer)));
  CHECK_FALSE(f.apply(reserved(2, "8001")));
  CHECK_FALSE(f.apply(released(2, "8001", reservation_outcome::connected)));
  CHECK(f.open_reservations() == 0);
}

TEST_CASE("ring-all: many agents reserved for one call is no double assignment") {
  invariant_fold f;
  CHECK_FALSE(f.apply(of(call(1), agent_reserved{reservation(1), "8001", "q", 1, start, {}})));
  CHECK_FALSE(f.apply(of(call(1), agent_reserved{reservation(2), "8002", "q", 1, start, {}})));
  CHECK(f.open_reservations() == 2);
}

TEST_CASE("a lease that had to expire is an orphan") {
  invariant_fold f;
  CHECK_FALSE(f.apply(reserved(1, "8001")));
  CHECK(f.apply(released(1, "8001", reservation_outcome::lease_expired)) == invariant::orphan_reservation);
}

TEST_CASE("an agent reserved twice, or while talking, is a double assignment") {
  invariant_fold f;
  CHECK_FALSE(f.apply(reserved(1, "8001")));
  CHECK(f.apply(reserved(2, "8001")) == invariant::double_assignment);
  f.apply(of({}, agent_changed{"8002", agent_state::ringing, agent_state::talking, {}, 0s}));
  f.apply(of({}, agent_changed{"8002", agent_state::talking, agent_state::hold, {}, 0s}));
  CHECK(f.apply(reserved(3, "8002")) == invariant::double_assignment);
  f.apply(released(3, "8002", reservation_outcome::refused));
  f.apply(of({}, agent_changed{"8002", agent_state::hold, agent_state::ready, {}, 0s}));
  CHECK_FALSE(f.apply(reserved(4, "8002")));
}

TEST_CASE("a call connected twice is a double assignment, after its end the id is forgotten") {
  invariant_fold f;
  const event connected = of(call(1), call_connected{reservation(1), "8001", {}, "q", 0s});
  CHECK_FALSE(f.apply(connected));
  CHECK(f.apply(connected) == invariant::double_assignment);
  f.apply(of(call(1), call_ended{}));
  CHECK_FALSE(f.apply(connected));
}

TEST_CASE("a reservation that not even its lease ended is stuck, told once") {
  invariant_fold f;
  f.apply(reserved(1, "8001", 25s));
  CHECK(f.newly_stuck(start + 25s + invariant_fold::overdue_grace - 1us) == 0);
  CHECK(f.newly_stuck(start + 25s + invariant_fold::overdue_grace) == 1);
  CHECK(f.newly_stuck(start + 1h) == 0);
}

TEST_CASE("waiting: entry, leave, move, and who waits for longest") {
  actors::waiting_fold w(2);
  CHECK(w.entered(call(1), 0, start));
  CHECK(w.entered(call(2), 0, start + 1s));
  CHECK_FALSE(w.entered(call(1), 0, start + 9s));
  CHECK(w.count(0) == 2);
  CHECK(w.oldest(0, start + 5s) == 5s);
  CHECK(w.oldest(0, start - 5s) == 0s);
  w.left(call(1), 0, start + 5s);
  CHECK(w.oldest(0, start + 5s) == 4s);
  CHECK(w.entered(call(2), 1, start + 6s));
  CHECK(w.count(0) == 0);
  CHECK(w.count(1) == 1);
  w.ended(call(2));
  CHECK(w.count(1) == 0);
  CHECK(w.oldest(1, start + 5s) == 0s);
}

TEST_CASE("a leave that overtakes its entry leaves no ghost in the queue") {
  actors::waiting_fold w(1);
  w.left(call(1), 0, start);
  w.ended(call(1));
  CHECK(w.entered(call(1), 0, start));
  CHECK(w.count(0) == 0);
  for (std::uint64_t i = 10; i < 20000; ++i)
    w.left(call(i), 0, start + std::chrono::seconds(i)); // stays bounded
  CHECK(w.entered(call(10), 0, start + 20000s));
  CHECK(w.count(0) == 1); // its leave was forgotten long ago
}

TEST_CASE("an actor's name is cut to its kind") {
  CHECK(actors::actor_kind("dispatcher") == "dispatcher");
  CHECK(actors::actor_kind("sip gateway") == "sip gateway");
  CHECK(actors::actor_kind("agent/8001") == "agent");
  CHECK(actors::actor_kind("call 0192aaaa-0000") == "call");
  CHECK(actors::actor_kind("8001") == "other");
  CHECK(actors::actor_kind("") == "other");
}
