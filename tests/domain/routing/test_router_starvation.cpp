// Nobody starves: bounds on the wait of the least favoured, held under random overload.
#include "test_router_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {

/// One agent, `handling` per call, ready again at once. Callers come at random; who is served is the router's affair.
struct desk {
  desk(const plan& p, std::uint64_t seed) : scene_(p), random(seed) { scene_.ready("a"); }

  struct caller {
    std::string queue;
    instant entered;
  };

  void arrive(const std::string& queue, int priority = 0) {
    const auto n = ++count;
    waiting[call_no(n)] = {queue, scene_.now};
    scene_.enter(n, queue, priority);
    take();
  }
  /// A second goes by.
  void second() {
    scene_.pass(1s);
    take();
    if (!talk || scene_.now < busy_until) return;
    scene_.finish(*talk);
    talk.reset();
    scene_.ready("a");
    take();
  }
  void take() {
    if (scene_.reserves().empty()) return;
    const auto r = scene_.reserves().front();
    served.push_back({r.call, waiting.at(r.call), scene_.now});
    waiting.erase(r.call);
    talk = r.reservation;
    busy_until = scene_.now + handling;
    scene_.connect(r.reservation);
  }
  bool with_chance(double p) { return std::uniform_real_distribution<double>(0, 1)(random) < p; }

  struct served_caller {
    call_id call;
    caller who;
    instant at;
  };
  scene scene_;
  std::mt19937_64 random;
  span handling = 4s;
  std::uint64_t count = 0;
  std::map<call_id, caller> waiting;
  std::vector<served_caller> served;
  std::optional<reservation_id> talk;
  instant busy_until = never;
};

} // namespace

// A caller of weight v who has waited W is passed only by callers of weight w with w x (their wait) >= v x W: by those
// who entered at most (1 - v/w) x W after it. So, while it waits, at most
//   (callers here when it entered) + (callers who entered within (1 - v/w) x W of that)
// are served before it: even when more callers come than can be served, the others do not all go first.
TEST_CASE("router: with weights a caller is passed only by those who entered within (1 - v/w) of its wait") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    INFO("seed " << seed);
    desk d(make_plan({make_queue("heavy", strategy::longest_idle, 0, 4), make_queue("light")},
                     {make_agent("a", {"heavy", "light"})}),
           seed);
    for (int i = 0; i < 6000; ++i) {
      if (d.with_chance(0.26)) d.arrive("heavy"); // 104 % of what the agent can do
      if (d.with_chance(0.01)) d.arrive("light");
      d.second();
    }
    int lights = 0;
    for (const auto& light : d.served) {
      if (light.who.queue != "light") continue;
      ++lights;
      const auto wait = light.at - light.who.entered;
      for (const auto& other : d.served) {
        if (other.at >= light.at || other.at < light.who.entered || other.who.queue != "heavy") continue;
        REQUIRE(other.who.entered <= light.who.entered + wait * 3 / 4);
      }
    }
    CHECK(lights > 20);
    // Who still waits has been passed by nobody else either.
    for (const auto& [id, light] : d.waiting) {
      if (light.queue != "light") continue;
      const auto wait = d.scene_.now - light.entered;
      for (const auto& other : d.served) {
        if (other.at >= light.entered && other.who.queue == "heavy")
          REQUIRE(other.who.entered <= light.entered + wait * 3 / 4);
      }
    }
  }
}

// A priority lower by D grows up to a higher one in D steps; with equal weights it is then passed by nobody who enters
// D + 1 steps or more after it, as long as its growth is not used up. So its wait is at most (D + 1) steps and the time
// to serve those who were here by then.
TEST_CASE("router: with growth a caller of low priority is passed by nobody who enters (D + 1) steps after it") {
  constexpr int difference = 5;
  constexpr span step = 60s;
  const auto growing = [&](const char* name, int priority) {
    auto q = make_queue(name, strategy::longest_idle, priority);
    q.priority_step = step;
    q.priority_growth = 1000;
    return q;
  };
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    INFO("seed " << seed);
    desk d(make_plan({growing("high", difference), growing("low", 0)}, {make_agent("a", {"high", "low"})}), seed);
    for (int i = 0; i < 6000; ++i) {
      if (d.with_chance(0.27)) d.arrive("high"); // more than the agent can do: without growth `low` were never served
      if (d.with_chance(0.005)) d.arrive("low");
      d.second();
    }
    int lows = 0;
    for (const auto& low : d.served) {
      if (low.who.queue != "low") continue;
      ++lows;
      for (const auto& other : d.served) {
        if (other.at >= low.at || other.at < low.who.entered) continue;
        REQUIRE(other.who.entered < low.who.entered + (difference + 1) * step);
      }
    }
    CHECK(lows > 5);
    for (const auto& [id, low] : d.waiting) { // the oldest ones who still wait
      if (low.queue != "low") continue;
      for (const auto& other : d.served) {
        if (other.at >= low.entered) REQUIRE(other.who.entered < low.entered + (difference + 1) * step);
      }
    }
  }
}

// A tier only delays: after (n - 1) tier waits an agent of tier n who is ready has the caller.
TEST_CASE("router: a caller waits for a ready agent of tier n at most (n - 1) tier waits") {
  auto q = make_queue("q");
  q.tier_wait = 7s;
  std::mt19937_64 random(3);
  for (int tier = 1; tier <= 10; ++tier) {
    auto p = make_plan({q}, {make_agent("busy", {"q"}), make_agent("a", {"q"})});
    p.agents[1].places["q"] = {tier, 0};
    scene s(p);
    s.state("busy", agent_state::talking);
    s.ready("a");
    s.enter(1, "q");
    const instant entered = s.now;
    while (s.reserves().empty() && s.now < entered + 1h)
      s.pass(std::chrono::milliseconds{1 + random() % 900});
    CHECK(s.now - entered >= (tier - 1) * q.tier_wait);
    CHECK(s.now - entered < (tier - 1) * q.tier_wait + 900ms);
  }
}
