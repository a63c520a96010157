// Which agent a call gets, which call an agent gets.
#include "test_router_fixture.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {
plan three_agents(strategy how) {
  return make_plan({make_queue("q", how)}, {make_agent("a", {"q"}), make_agent("b", {"q"}), make_agent("c", {"q"})});
}
agent_view ready_view(instant since) {
  agent_view v;
  v.state = agent_state::ready;
  v.ready_since = since;
  return v;
}
} // namespace

TEST_CASE("router: longest_idle takes who has been ready the longest") {
  scene s(three_agents(strategy::longest_idle));
  s.ready_since("a", start - 10s);
  s.ready_since("b", start - 30s);
  s.ready_since("c", start - 20s);
  s.enter(1, "q");
  REQUIRE(s.chosen() == "b");
  const auto why = s.why();
  REQUIRE(why.considered.size() == 3);
  CHECK(why.considered[0] == candidate{"b", 30});
  CHECK(why.considered[1] == candidate{"c", 20});
  CHECK(why.considered[2] == candidate{"a", 10});
  CHECK(why.excluded.empty());
  s.enter(2, "q");
  CHECK(s.chosen() == "c");
  s.enter(3, "q");
  CHECK(s.chosen() == "a");
  s.enter(4, "q");
  CHECK(s.reserves().empty());
}

TEST_CASE("router: round_robin takes who was offered a call the longest time ago") {
  scene s(three_agents(strategy::round_robin));
  auto v = ready_view(start - 100s);
  v.last_offered = start - 5s;
  s.say("a", v);
  v.last_offered = start - 50s;
  s.say("b", v);
  s.ready_since("c", start); // never offered one
  s.enter(1, "q");
  CHECK(s.chosen() == "c");
  s.enter(2, "q");
  CHECK(s.chosen() == "b");
  s.enter(3, "q");
  CHECK(s.chosen() == "a");
}

TEST_CASE("router: round_robin remembers its own offers though the agent does not tell them") {
  scene s(three_agents(strategy::round_robin));
  for (const char* each : {"a", "b", "c"})
    s.ready(each);
  std::vector<agent_id> order;
  for (std::uint64_t n = 1; n <= 6; ++n) {
    s.pass(1s);
    s.enter(n, "q");
    const auto agent = s.chosen();
    order.push_back(agent);
    s.leave(n);
    s.ready(agent);
  }
  CHECK(order == std::vector<agent_id>{"a", "b", "c", "a", "b", "c"});
}

TEST_CASE("router: fewest_calls takes who answered the fewest, then who is longest idle") {
  scene s(three_agents(strategy::fewest_calls));
  auto v = ready_view(start - 9s);
  v.calls_answered = 4;
  s.say("a", v);
  v.calls_answered = 2;
  s.say("b", v);
  v.ready_since = start - 10s;
  s.say("c", v);
  s.enter(1, "q");
  CHECK(s.chosen() == "c");
  CHECK(s.why().considered.front().rank == 2);
  s.enter(2, "q");
  CHECK(s.chosen() == "b");
}

TEST_CASE("router: least_talk takes who talked the least") {
  scene s(three_agents(strategy::least_talk));
  auto v = ready_view(start - 9s);
  v.talk_time = 60s;
  s.say("a", v);
  v.talk_time = 20s;
  s.say("b", v);
  v.talk_time = 40s;
  s.say("c", v);
  s.enter(1, "q");
  CHECK(s.chosen() == "b");
  CHECK(s.why().considered.front().rank == 20);
}

TEST_CASE("router: random is uniform, and the same for the same seed") {
  std::map<agent_id, int> counts;
  std::vector<agent_id> first;
  for (int round = 0; round < 2; ++round) {
    scene s(three_agents(strategy::random), 42);
    for (const char* each : {"a", "b", "c"})
      s.ready(each);
    std::vector<agent_id> order;
    for (std::uint64_t n = 1; n <= 3000; ++n) {
      s.enter(n, "q");
      const auto agent = s.chosen();
      order.push_back(agent);
      s.leave(n);
      s.ready(agent);
      if (round == 0) ++counts[agent];
    }
    if (round == 0)
      first = order;
    else
      CHECK(order == first);
  }
  REQUIRE(counts.size() == 3);
  for (const auto& [agent, n] : counts)
    CHECK(std::abs(n - 1000) < 130); // five standard deviations
}

TEST_CASE("router: random does not take an agent in its retry delay") {
  scene s(three_agents(strategy::random));
  for (const char* each : {"a", "b", "c"})
    s.ready(each);
  s.enter(1, "q");
  const auto refuser = s.chosen();
  for (int i = 0; i < 20; ++i) {
    s.refuse(s.reservation(), i == 0 ? span{1h} : span{0s});
    REQUIRE(s.chosen() != refuser);
    s.ready(refuser);
    for (const char* each : {"a", "b", "c"}) {
      if (each != refuser && !s.router_.is_ready(each)) {
        const auto open = s.router_.reservations();
        if (open.front().agent != each) s.ready(each);
      }
    }
    const auto open = s.router_.reservations();
    REQUIRE(open.size() == 1);
    s.out = {routing::reserve{open.front().reservation, 7, open.front().call, open.front().agent, "q", never, {}}};
  }
}

TEST_CASE("router: an agent needs the queue and every required level, the queue's and the call's") {
  auto q = make_queue("q");
  q.required = {{"law", 2}};
  scene s(make_plan({q, make_queue("other")},
                    {make_agent("elsewhere", {"other"}, {{"law", 9}}), make_agent("low", {"q"}, {{"law", 1}}),
                     make_agent("good", {"q"}, {{"law", 2}}), make_agent("both", {"q"}, {{"law", 2}, {"uyghur", 3}})}));
  for (const char* each : {"elsewhere", "low", "good", "both"})
    s.ready(each);
  s.enter(1, "q", 0, {{"uyghur", 3}});
  REQUIRE(s.chosen() == "both");
  const auto why = s.why();
  CHECK(why.considered_count == 1);
  CHECK(why.excluded_count == 2);
  REQUIRE(why.excluded.size() == 2);
  CHECK(why.excluded[0] == exclusion{"low", "skill law 1 < 2"});
  CHECK(why.excluded[1] == exclusion{"good", "skill uyghur missing"});
  s.enter(2, "q");
  CHECK(s.chosen() == "good");
  s.enter(3, "q");
  CHECK(s.reserves().empty());
}

TEST_CASE("router: the call's requirement does not lower the queue's") {
  auto q = make_queue("q");
  q.required = {{"law", 5}};
  scene s(make_plan({q}, {make_agent("a", {"q"}, {{"law", 4}})}));
  s.ready("a");
  s.enter(1, "q", 0, {{"law", 1}});
  CHECK(s.reserves().empty());
}

TEST_CASE("router: a caller whom nobody ready can serve blocks nobody behind") {
  scene s(make_plan({make_queue("q")}, {make_agent("a", {"q"})}));
  s.enter(1, "q", 5, {{"uyghur", 1}});
  s.enter(2, "q");
  s.ready("a");
  REQUIRE(s.served() == call_no(2));
  CHECK(s.why().waiting_ahead == 1);
}

TEST_CASE("router: reasons are sentences of the agents' states") {
  scene s(make_plan({make_queue("q")}, {make_agent("break", {"q"}), make_agent("plain", {"q"}),
                                        make_agent("wrap", {"q"}), make_agent("out", {"q"}), make_agent("talks", {"q"}),
                                        make_agent("rung", {"q"}), make_agent("lost", {"q"})}));
  s.ready("talks");
  s.enter(1, "q");
  s.connect(s.reservation());
  s.ready("rung");
  s.enter(2, "q");
  s.state("break", agent_state::not_ready, "break");
  s.state("plain", agent_state::not_ready);
  s.state("wrap", agent_state::wrap_up);
  s.state("lost", agent_state::unreachable);
  s.enter(3, "q");
  const auto why = s.router_.explain(call_no(3), s.now);
  REQUIRE(why);
  CHECK(why->considered.empty());
  CHECK(why->excluded == std::vector<exclusion>{{"break", "not ready: break"},
                                                {"plain", "not ready"},
                                                {"wrap", "wrap-up"},
                                                {"out", "logged out"},
                                                {"talks", "talking"},
                                                {"rung", "offered a call"},
                                                {"lost", "unreachable"}});
  CHECK_FALSE(s.router_.explain(call_no(1), s.now)); // talks: waits for nothing
  CHECK_FALSE(s.router_.explain(call_no(99), s.now));
}

TEST_CASE("router: the lists of an explanation are cut, the counts are of all") {
  plan p = make_plan({make_queue("q")}, {});
  for (int i = 0; i < 200; ++i)
    p.agents.push_back(make_agent("a" + std::to_string(i), {"q"}));
  scene s(p);
  for (int i = 0; i < 100; ++i)
    s.ready("a" + std::to_string(i));
  s.enter(1, "q");
  const auto why = s.why();
  CHECK(why.considered.size() == 8); // of what goes into the log
  CHECK(why.considered_count == 100);
  CHECK(why.excluded_count == 100);
  CHECK(why.excluded.size() <= 8);
  for (int i = 0; i < 99; ++i)
    s.enter(2 + i, "q"); // those who are ready have a caller each
  s.enter(200, "q");
  const auto waits = s.router_.explain(call_no(200), s.now);
  REQUIRE(waits);
  CHECK(waits->considered.empty());
  CHECK(waits->excluded.size() == decision_list_limit);
  CHECK(waits->excluded_count == 200);
}

TEST_CASE("router: a higher total priority goes first, however long others have waited and whatever they weigh") {
  scene s(make_plan({make_queue("low", strategy::longest_idle, 0, 1000), make_queue("high", strategy::longest_idle, 5)},
                    {make_agent("a", {"low", "high"})}));
  s.enter_at(1, "low", start - 1h);
  s.enter(2, "high");
  s.enter(3, "low", 6);
  s.ready("a");
  CHECK(s.served() == call_no(3)); // 0 + 6
  s.leave(3);
  s.ready("a");
  CHECK(s.served() == call_no(2)); // 5
  s.leave(2);
  s.ready("a");
  CHECK(s.served() == call_no(1));
}

TEST_CASE("router: among equal priorities the largest weight x waiting time goes first") {
  scene s(
      make_plan({make_queue("w1"), make_queue("w3", strategy::longest_idle, 0, 3)}, {make_agent("a", {"w1", "w3"})}));
  s.enter_at(1, "w1", start - 29s);
  s.enter_at(2, "w3", start - 10s); // 30
  s.ready("a");
  CHECK(s.served() == call_no(2));
  scene t(
      make_plan({make_queue("w1"), make_queue("w3", strategy::longest_idle, 0, 3)}, {make_agent("a", {"w1", "w3"})}));
  t.enter_at(1, "w1", start - 31s);
  t.enter_at(2, "w3", start - 10s);
  t.ready("a");
  CHECK(t.served() == call_no(1));
}

TEST_CASE("router: at a tie the earlier entry, then the earlier arrival goes first") {
  const auto p = make_plan({make_queue("x"), make_queue("y")}, {make_agent("a", {"x", "y"})});
  scene s(p);
  s.enter(1, "y");
  s.enter(2, "x");
  s.ready("a");
  CHECK(s.served() == call_no(1));
  scene t(make_plan({make_queue("x", strategy::longest_idle, 0, 2), make_queue("y")}, {make_agent("a", {"x", "y"})}));
  t.enter_at(1, "x", start - 10s); // 20
  t.enter_at(2, "y", start - 20s); // 20
  t.ready("a");
  CHECK(t.served() == call_no(2));
}

TEST_CASE("router: nobody starves among equal priorities") {
  // One agent, 4 s per call. The heavy queue alone brings 90 % of what it can do.
  scene s(make_plan({make_queue("heavy", strategy::longest_idle, 0, 8), make_queue("light")},
                    {make_agent("a", {"heavy", "light"})}));
  std::map<call_id, std::pair<bool, instant>> waiting; // light?, since
  span worst_light = 0s;
  span worst_heavy = 0s;
  std::uint64_t n = 0;
  std::optional<reservation_id> talk;
  const auto take = [&] {
    if (s.reserves().empty()) return;
    const auto r = s.reserves().front();
    const auto [light, since] = waiting.at(r.call);
    auto& worst = light ? worst_light : worst_heavy;
    worst = std::max(worst, s.now - since);
    waiting.erase(r.call);
    talk = r.reservation;
    s.connect(r.reservation);
  };
  s.ready("a");
  for (int second = 0; second < 40'000; ++second) {
    s.pass(1s);
    if (second % 40 < 36 && second % 4 == 0) {
      waiting[call_no(++n)] = {false, s.now};
      s.enter(n, "heavy");
      take();
    }
    if (second % 50 == 0) { // 98 % together
      waiting[call_no(++n)] = {true, s.now};
      s.enter(n, "light");
      take();
    }
    if (second % 4 == 3 && talk) {
      s.finish(*talk);
      talk.reset();
      s.ready("a");
      take();
    }
  }
  CHECK(worst_light <= 8 * worst_heavy + 8s);
  for (const auto& [id, each] : waiting)
    CHECK(s.now - each.second <= 8 * worst_heavy + 8s);
}
