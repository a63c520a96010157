// After a restart of the dispatcher: old places, adopted offers and talks, epochs.
#include "test_router_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

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

TEST_CASE("router: callers who register again after a restart come to their old places") {
  scene s(one_queue({"a"}));
  s.enter_at(3, "q", start - 10s);
  s.enter_at(1, "q", start - 30s);
  s.enter_at(4, "q", start - 40s, -1);
  s.enter_at(2, "q", start - 20s);
  CHECK(s.router_.position(call_no(1)) == 1);
  CHECK(s.router_.position(call_no(2)) == 2);
  CHECK(s.router_.position(call_no(3)) == 3);
  CHECK(s.router_.position(call_no(4)) == 4);
  CHECK(s.router_.oldest_wait("q", s.now) == 40s);
  s.ready("a");
  CHECK(s.served() == call_no(1));
}

TEST_CASE("router: many callers in random order are sorted, and served in that order") {
  scene s(one_queue({"a"}));
  std::mt19937_64 random(5);
  std::vector<std::uint64_t> numbers(3000);
  for (std::size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = i;
  std::shuffle(numbers.begin(), numbers.end(), random);
  for (const auto n : numbers)
    s.enter_at(n + 1, "q", start - 1h + std::chrono::seconds{n});
  for (std::uint64_t n = 0; n < numbers.size(); n += 7)
    CHECK(s.router_.position(call_no(n + 1)) == n + 1);
  for (std::uint64_t n = 1; n <= numbers.size(); ++n) {
    s.ready("a");
    REQUIRE(s.served() == call_no(n));
    s.leave(n);
  }
}

TEST_CASE("router: adopts an offer of an earlier epoch") {
  scene s(one_queue({"a", "b"}));
  const reservation_id old{9, 9};
  const adoption offer{make_request(1, "q", start - 5s), old, "a", start + 3s, false};
  REQUIRE(s.router_.adopt(offer, s.now, s.out) == adopt_status::adopted);
  CHECK(s.out.empty());
  CHECK(s.router_.adopt(offer, s.now, s.out) == adopt_status::duplicate);
  CHECK(s.router_.position(call_no(1)) == 1);
  s.ready("a"); // the agent comes back later, in whatever state: it is engaged
  CHECK(s.reserves().empty());
  CHECK(s.enter(1, "q").status == enqueue_status::duplicate);
  SECTION("it connects") {
    CHECK(s.connect(old));
    CHECK(s.router_.waiting("q") == 0);
  }
  SECTION("it expires") {
    s.ready("b");
    s.pass(3s);
    REQUIRE(s.ends().size() == 1);
    CHECK(s.ends().front().reservation == old);
    CHECK(s.chosen() == "b");
  }
}

TEST_CASE("router: an adopted talk wins against a new decision, an adopted offer does not") {
  scene s(one_queue({"a", "b"}));
  s.ready("a");
  s.enter(2, "q");
  REQUIRE(s.chosen() == "a");
  s.out.clear();
  adoption offer{make_request(1, "q", start - 60s), reservation_id{9, 9}, "a", start + 3s, false};
  CHECK(s.router_.adopt(offer, s.now, s.out) == adopt_status::agent_engaged);
  CHECK(s.out.empty());
  CHECK_FALSE(s.router_.position(call_no(1)));
  offer.connected = true;
  CHECK(s.router_.adopt(offer, s.now, s.out) == adopt_status::adopted);
  REQUIRE(s.ends().size() == 1);
  CHECK(s.ends().front().call == call_no(2));
  CHECK(s.ends().front().outcome == reservation_outcome::superseded);
  CHECK(s.router_.position(call_no(2)) == 1);
  s.ready("b");
  CHECK(s.served() == call_no(2));
  CHECK(s.finish(reservation_id{9, 9}));
}

TEST_CASE("router: what cannot be adopted says why") {
  scene s(one_queue({"a", "b"}));
  adoption x{make_request(1, "none", start), reservation_id{9, 9}, "a", start + 3s, false};
  CHECK(s.router_.adopt(x, s.now, s.out) == adopt_status::unknown_queue);
  x.request.queue = "q";
  x.agent = "nobody";
  CHECK(s.router_.adopt(x, s.now, s.out) == adopt_status::unknown_agent);
  s.ready("b");
  s.enter(1, "q");
  x.agent = "a";
  s.out.clear();
  CHECK(s.router_.adopt(x, s.now, s.out) == adopt_status::call_engaged);
  CHECK(s.out.empty());
  x.connected = true; // the caller does talk to a: the new offer to b is void
  CHECK(s.router_.adopt(x, s.now, s.out) == adopt_status::adopted);
  REQUIRE(s.ends().size() == 1);
  CHECK(s.ends().front().agent == "b");
  CHECK(s.router_.reservations().size() == 1);
}

TEST_CASE("router: reservations carry this router's epoch and ids of their time") {
  scene s(one_queue({"a"}));
  CHECK(s.router_.epoch() == 7);
  s.ready("a");
  s.enter(1, "q");
  CHECK(s.reserves().front().epoch == 7);
  CHECK(time_of(s.reservation()) == s.now);
}
