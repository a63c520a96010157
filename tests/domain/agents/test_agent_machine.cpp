#include "domain/agents/agent_machine.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace lifeline::domain;

namespace {

const instant start = instant{std::chrono::hours{24 * 365 * 50}};
const reservation_id first{1, 1};
const reservation_id second{2, 2};

agent_model ready_agent() {
  agent_model a;
  a.account = "8001";
  (void)step(a, reachability{true, false}, start);
  (void)step(a, agent_order{agent_verb::ready, {}}, start);
  return a;
}

agent_step reserve(agent_model& a, reservation_id r, instant now, std::uint64_t epoch = 1) {
  return step(a, reserve_agent{r, call_id{9, 9}, "q", epoch, now + 25s}, now);
}

agent_model talking_agent() {
  auto a = ready_agent();
  (void)reserve(a, first, start);
  (void)step(a, agent_connected{first, start + 4h}, start);
  return a;
}

agent_event any_event(std::mt19937& random, reservation_id r, instant now) {
  switch (random() % 11) {
  case 0: return agent_order{agent_verb::ready, {}};
  case 1: return agent_order{agent_verb::not_ready, "break"};
  case 2: return agent_order{random() % 2 == 0 ? agent_verb::logout : agent_verb::wrap_up_end, {}};
  case 3: return reachability{random() % 4 != 0, random() % 2 == 0};
  case 4: return reserve_agent{r, call_id{1, 1}, "q", random() % 3, now + 10s};
  case 5: return phone_ringing{r};
  case 6: return agent_connected{r, now + 60s};
  case 7: return agent_hold{r, random() % 2 == 0};
  case 8: return offer_over{r, reservation_outcome::no_answer, 3, 1s};
  case 9: return agent_released{r, 5s, 5s};
  default: return agent_clock{};
  }
}

} // namespace

TEST_CASE("agent: the visible state follows wish, reachability and engagement") {
  agent_model a;
  CHECK(visible_state(a) == agent_state::logged_out);
  (void)step(a, agent_order{agent_verb::ready, {}}, start);
  CHECK(visible_state(a) == agent_state::unreachable);
  (void)step(a, reachability{true, false}, start);
  CHECK(visible_state(a) == agent_state::ready);
  (void)step(a, agent_order{agent_verb::not_ready, "meal"}, start);
  CHECK(visible_state(a) == agent_state::not_ready);
  (void)step(a, reachability{false, false}, start);
  CHECK(visible_state(a) == agent_state::unreachable);
  (void)step(a, reachability{true, false}, start);
  CHECK(visible_state(a) == agent_state::not_ready);
  CHECK(a.reason == "meal");
}

TEST_CASE("agent: not ready needs a reason") {
  auto a = ready_agent();
  const auto s = step(a, agent_order{agent_verb::not_ready, {}}, start);
  CHECK_FALSE(s.accepted);
  CHECK(visible_state(a) == agent_state::ready);
}

TEST_CASE("agent: registering signs in only where that is configured, and only at first") {
  agent_model a;
  (void)step(a, reachability{true, true}, start);
  CHECK(visible_state(a) == agent_state::ready);
  (void)step(a, agent_order{agent_verb::logout, {}}, start);
  (void)step(a, reachability{true, true}, start); // a refresh
  CHECK(visible_state(a) == agent_state::logged_out);
}

TEST_CASE("agent: one reservation at a time, and none of an older epoch") {
  auto a = ready_agent();
  CHECK(reserve(a, first, start, 3).accepted);
  CHECK_FALSE(reserve(a, second, start, 3).accepted);
  CHECK(step(a, offer_over{first, reservation_outcome::caller_gone, 1, 2s}, start).accepted);
  CHECK_FALSE(reserve(a, second, start, 2).accepted);
  CHECK(reserve(a, second, start, 4).accepted);
}

TEST_CASE("agent: events of another reservation are refused and change nothing") {
  auto a = ready_agent();
  (void)reserve(a, first, start);
  const auto before = a.version;
  CHECK_FALSE(step(a, phone_ringing{second}, start).accepted);
  CHECK_FALSE(step(a, agent_connected{second, start}, start).accepted);
  CHECK_FALSE(step(a, agent_hold{second, true}, start).accepted);
  CHECK_FALSE(step(a, offer_over{second, reservation_outcome::busy, 1, 2s}, start).accepted);
  CHECK_FALSE(step(a, agent_released{second, 5s, 5s}, start).accepted);
  CHECK(a.version == before);
  CHECK(visible_state(a) == agent_state::reserved);
}

TEST_CASE("agent: misses in a row make it not ready, an answer in between forgives") {
  auto a = ready_agent();
  const auto miss = [&](reservation_id r) {
    (void)reserve(a, r, start);
    (void)step(a, offer_over{r, reservation_outcome::no_answer, 2, 3s}, start);
  };
  miss(first);
  CHECK(visible_state(a) == agent_state::ready);
  CHECK(a.retry_until == start + 3s);
  miss(second);
  CHECK(visible_state(a) == agent_state::not_ready);
  CHECK(a.reason == reason_no_answer);

  auto b = ready_agent();
  (void)reserve(b, first, start);
  (void)step(b, offer_over{first, reservation_outcome::no_answer, 2, 3s}, start);
  (void)reserve(b, second, start);
  (void)step(b, agent_connected{second, start + 4h}, start);
  (void)step(b, agent_released{second, 5s, 0s}, start);
  CHECK(b.misses == 0);
}

TEST_CASE("agent: one that has missed calls takes an emergency, and is back when it answers") {
  auto a = ready_agent();
  (void)reserve(a, first, start);
  (void)step(a, offer_over{first, reservation_outcome::no_answer, 1, 3s}, start);
  REQUIRE(visible_state(a) == agent_state::not_ready);
  CHECK_FALSE(reserve(a, second, start).accepted); // of an ordinary queue
  const auto again = [&] { return step(a, reserve_agent{second, call_id{9, 9}, "e", 1, start + 25s, true}, start); };
  REQUIRE(again().accepted);
  SECTION("it answers") {
    (void)step(a, agent_connected{second, start + 4h}, start);
    (void)step(a, agent_released{second, 60s, 0s}, start + 60s);
    CHECK(visible_state(a) == agent_state::ready);
    CHECK(a.reason.empty());
  }
  SECTION("it misses once more: it stays so, and rests before the next offer") {
    (void)step(a, offer_over{second, reservation_outcome::no_answer, 1, 3s}, start + 15s);
    CHECK(visible_state(a) == agent_state::not_ready);
    CHECK(a.reason == reason_no_answer);
    CHECK(a.retry_until == start + 18s);
    CHECK(again().accepted);
  }
  SECTION("it says meanwhile that it has a break: that counts, also when it answers") {
    (void)step(a, agent_order{agent_verb::not_ready, "break"}, start);
    (void)step(a, agent_connected{second, start + 4h}, start);
    (void)step(a, agent_released{second, 60s, 0s}, start + 60s);
    CHECK(visible_state(a) == agent_state::not_ready);
    CHECK(a.reason == "break");
  }
}

TEST_CASE("agent: on a break, logged out or out of reach it takes no emergency either") {
  auto a = ready_agent();
  const auto emergency = reserve_agent{first, call_id{9, 9}, "e", 1, start + 25s, true};
  (void)step(a, agent_order{agent_verb::not_ready, "break"}, start);
  CHECK_FALSE(step(a, emergency, start).accepted);
  (void)step(a, agent_order{agent_verb::logout, {}}, start);
  CHECK_FALSE(step(a, emergency, start).accepted);
  auto b = ready_agent();
  (void)reserve(b, second, start);
  (void)step(b, offer_over{second, reservation_outcome::no_answer, 1, 3s}, start);
  (void)step(b, reachability{false, false}, start);
  CHECK_FALSE(step(b, emergency, start).accepted);
}

TEST_CASE("agent: a reject is no miss but delays the next offer") {
  auto a = ready_agent();
  (void)reserve(a, first, start);
  (void)step(a, offer_over{first, reservation_outcome::rejected, 1, 3s}, start);
  CHECK(visible_state(a) == agent_state::ready);
  CHECK(a.retry_until == start + 3s);
}

TEST_CASE("agent: wrap-up ends at its time, not before, and is not cut short by a refresh") {
  auto a = talking_agent();
  (void)step(a, agent_released{first, 60s, 15s}, start + 60s);
  CHECK(visible_state(a) == agent_state::wrap_up);
  (void)step(a, reachability{true, true}, start + 61s);
  (void)step(a, agent_clock{}, start + 74s);
  CHECK(visible_state(a) == agent_state::wrap_up);
  (void)step(a, agent_clock{}, start + 75s);
  CHECK(visible_state(a) == agent_state::ready);
  CHECK(a.talked == 60s);
  CHECK(a.calls == 1);
}

TEST_CASE("agent: leaving during a conversation takes effect after it") {
  auto a = talking_agent();
  (void)step(a, agent_order{agent_verb::logout, {}}, start);
  CHECK(visible_state(a) == agent_state::talking);
  (void)step(a, agent_released{first, 60s, 15s}, start);
  CHECK(visible_state(a) == agent_state::logged_out);
}

TEST_CASE("agent: a phone that unregisters during a conversation does not end it") {
  auto a = talking_agent();
  (void)step(a, reachability{false, false}, start);
  CHECK(visible_state(a) == agent_state::talking);
  (void)step(a, agent_released{first, 60s, 0s}, start);
  CHECK(visible_state(a) == agent_state::unreachable);
}

TEST_CASE("agent: an engagement past its deadline is given up and reported") {
  auto a = ready_agent();
  (void)reserve(a, first, start);
  CHECK_FALSE(step(a, agent_clock{}, start + 24s).overdue);
  const auto s = step(a, agent_clock{}, start + 25s);
  CHECK(s.overdue);
  CHECK(s.lost == first);
  CHECK(visible_state(a) == agent_state::ready);
}

TEST_CASE("agent: after a restart of the engine the call is gone, the wish and the wrap-up stay") {
  auto a = talking_agent();
  recover_after_restart(a, 15s, start + 1h);
  CHECK(a.engaged == engagement::wrap_up);
  CHECK(a.deadline == start + 1h + 15s);
  auto b = ready_agent();
  (void)step(b, agent_order{agent_verb::not_ready, "training"}, start);
  recover_after_restart(b, 15s, start + 1h);
  CHECK(b.reason == "training");
  CHECK(b.wanted == presence::not_ready);
}

TEST_CASE("agent: whatever happens, an engaged agent has a deadline and a reservation, an idle one has none") {
  const auto seed = Catch::rngSeed() + 11;
  INFO("seed " << seed);
  std::mt19937 random{static_cast<unsigned>(seed)};
  agent_model a;
  a.account = "8001";
  auto now = start;
  std::uint64_t version = 0;
  for (int i = 0; i < 20000; ++i) {
    now += std::chrono::milliseconds{random() % 5000};
    const reservation_id r{random() % 4 + 1, 0};
    const auto e = any_event(random, r, now);
    const auto copy = a;
    const auto s = step(a, e, now);
    if (!s.accepted) REQUIRE(a.version == copy.version);
    if (s.changed) REQUIRE(a.version == ++version);
    if (a.engaged == engagement::none) {
      REQUIRE(a.reservation.is_nil());
    } else {
      REQUIRE(a.deadline != never);
      if (a.engaged != engagement::wrap_up) REQUIRE_FALSE(a.reservation.is_nil());
    }
    REQUIRE(s.to == visible_state(a));
  }
}

TEST_CASE("agent: wrap-up can be prolonged, up to the queue's limit, and ended early") {
  agent_model a;
  a.account = "8001";
  const instant t0{std::chrono::hours{1}};
  step(a, reachability{true, true}, t0);
  step(a, reserve_agent{reservation_id{1, 1}, call_id{1, 1}, "q", 1, t0 + 20s}, t0);
  step(a, agent_connected{reservation_id{1, 1}, t0 + 1h}, t0);
  step(a, agent_released{reservation_id{1, 1}, 10s, 30s}, t0 + 10s);
  REQUIRE(visible_state(a) == agent_state::wrap_up);
  agent_order more;
  more.verb = agent_verb::wrap_up_more;
  more.extra = 60s;
  more.wrap_up_limit = 100s;
  CHECK(step(a, more, t0 + 20s).accepted);
  CHECK(a.deadline == t0 + 100s);
  CHECK(step(a, more, t0 + 21s).accepted);
  CHECK(a.deadline == t0 + 110s); // 100 s after its begin
  CHECK_FALSE(step(a, more, t0 + 22s).accepted);
  step(a, agent_clock{}, t0 + 109s);
  CHECK(visible_state(a) == agent_state::wrap_up);
  step(a, agent_clock{}, t0 + 110s);
  CHECK(visible_state(a) == agent_state::ready);
  CHECK_FALSE(step(a, more, t0 + 111s).accepted); // there is none any more
}
