// The expected wait: QLm against its sum, patience from censored waits, thin data.
#include "domain/routing/wait_estimate.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace lifeline::domain;

namespace {

double by_the_sum(std::size_t ahead, std::size_t servers, double service, double abandon) {
  double sum = 0;
  for (std::size_t i = 0; i <= ahead; ++i)
    sum += 1 / (static_cast<double>(servers) * service + static_cast<double>(i) * abandon);
  return sum;
}

} // namespace

TEST_CASE("wait estimate: QLm is the sum of the paper, however long the queue") {
  for (const std::size_t ahead : {0u, 1u, 5u, 63u, 64u, 65u, 200u, 5000u}) {
    for (const std::size_t servers : {1u, 7u, 300u}) {
      for (const double patience : {0.0, 1e-9, 1.0 / 600, 1.0 / 20, 0.5}) {
        INFO(ahead << " ahead, " << servers << " agents, patience rate " << patience);
        const double exact = by_the_sum(ahead, servers, 1.0 / 180, patience);
        if (exact > 6 * 24 * 3600.0) continue; // beyond the longest answer
        CHECK(seconds(markovian_wait(ahead, servers, 1.0 / 180, patience)) == Approx(exact).epsilon(1e-5));
      }
    }
  }
}

TEST_CASE("wait estimate: nothing without data or without agents - the last wait when data is thin, then QLm") {
  wait_estimator e;
  CHECK_FALSE(e.expected(0, 3));
  e.served(42s);
  CHECK(e.expected(0, 3) == 42s);
  CHECK(e.expected(9, 3) == 42s);
  for (std::size_t i = 0; i + 1 < wait_estimator::enough_calls; ++i)
    e.handled(100s);
  CHECK(e.expected(0, 4) == 42s);
  e.handled(100s);
  CHECK(seconds(e.expected(0, 4).value()) == Approx(25));
  CHECK(seconds(e.expected(3, 4).value()) == Approx(100));
  CHECK_FALSE(e.expected(0, 0));
}

TEST_CASE("wait estimate: callers who give up shorten it - served callers' waits count as patience shown") {
  wait_estimator e;
  for (int i = 0; i < 10; ++i) {
    for (int k = 0; k < 9; ++k)
      e.served(20s);
    e.abandoned(60s); // all in all 10 abandons in 90 x 20 + 10 x 60 = 2400 s of waiting
  }
  CHECK(e.abandon_rate() == Approx(10.0 / 2400).epsilon(0.03)); // older waits count a little less
  for (int i = 0; i < 20; ++i)
    e.handled(180s);
  const double with = seconds(e.expected(50, 5).value());
  CHECK(with < 51 * 180.0 / 5 * 0.6); // an estimate from answered waits alone would be nearly twice as long
  CHECK(with == Approx(by_the_sum(50, 5, 1.0 / 180, e.abandon_rate())).epsilon(0.001));
}

TEST_CASE("wait estimate: the mean handling time follows a change within some fifty calls") {
  wait_estimator e;
  for (int i = 0; i < 200; ++i)
    e.handled(60s);
  CHECK(seconds(e.mean_handling()) == Approx(60));
  for (int i = 0; i < 150; ++i)
    e.handled(240s);
  CHECK(seconds(e.mean_handling()) > 225);
}

TEST_CASE("wait estimate: in a simulated queue with impatient callers the mean error stays small") {
  // M/M/s+M, overloaded: 6 agents, 120 s handling, a caller each 15 s, patience 180 s. Seed 7. What is estimated is the
  // wait of who does not give up: one caller in 50 does not, and those are judged (among the others short waits are
  // overrepresented in those who are served).
  std::mt19937_64 random(7);
  const auto draw = [&](double mean) { return std::exponential_distribution<double>(1 / mean)(random); };
  struct caller {
    double entered;
    double gives_up;
    double expected;
  };
  wait_estimator e;
  std::vector<caller> line;
  std::vector<double> busy; // when each agent's call ends
  double now = 0;
  double error = 0;
  double waits = 0;
  int judged = 0;
  double next_call = draw(15);
  for (int steps = 0; steps < 200'000; ++steps) {
    const auto agent = std::min_element(busy.begin(), busy.end());
    const auto quitter = std::min_element(line.begin(), line.end(),
                                          [](const auto& a, const auto& b) { return a.gives_up < b.gives_up; });
    const double free_at = agent == busy.end() ? 1e18 : *agent;
    const double quits_at = quitter == line.end() ? 1e18 : quitter->gives_up;
    now = std::min({next_call, free_at, quits_at});
    if (now == quits_at) {
      e.abandoned(span{static_cast<std::int64_t>((now - quitter->entered) * 1e6)});
      line.erase(quitter);
      continue;
    }
    if (now == free_at) {
      busy.erase(agent);
    } else {
      const auto expected = e.expected(line.size(), 6);
      const bool stays = random() % 50 == 0;
      line.push_back({now, stays ? 1e18 : now + draw(180), stays && expected ? seconds(*expected) : -1});
      next_call = now + draw(15);
    }
    if (busy.size() < 6 && !line.empty()) {
      const caller c = line.front();
      line.erase(line.begin());
      e.served(span{static_cast<std::int64_t>((now - c.entered) * 1e6)});
      const double handling = draw(120);
      e.handled(span{static_cast<std::int64_t>(handling * 1e6)});
      busy.push_back(now + handling);
      if (steps > 20'000 && c.expected >= 0) {
        error += c.expected - (now - c.entered);
        waits += now - c.entered;
        ++judged;
      }
    }
  }
  REQUIRE(judged > 1000);
  INFO("mean wait " << waits / judged << ", mean error " << error / judged);
  CHECK(std::abs(error) < 0.1 * waits);
}
