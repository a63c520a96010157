#include "domain/planning/erlang.hpp"

#include <cmath>
#include <vector>

namespace lifeline::domain {

namespace {

/// More agents than any hotline has: a search that comes here has a target that cannot be reached.
constexpr std::uint32_t most_agents = 100'000;
/// States of the chain beyond which their weight no longer matters: the largest state times this.
constexpr double negligible = 1e-17;

bool is_time(double x) { return std::isfinite(x) && x >= 0; }

std::string fault_of(const traffic& t, std::uint32_t agents, double threshold) {
  if (!is_time(t.arrivals_per_second)) return "arrivals: a rate of 0 or more is expected";
  if (!is_time(t.service_seconds)) return "service: a time of 0 or more is expected";
  if (!is_time(t.patience_seconds)) return "patience: a time of 0 or more is expected";
  if (!is_time(threshold)) return "threshold: a time of 0 or more is expected";
  if (agents == 0) return "agents: at least one is expected";
  return {};
}

queue_forecast erlang_c(const traffic& t, std::uint32_t agents, double threshold) {
  const auto a = t.offered();
  const auto n = static_cast<double>(agents);
  const auto lost = erlang_b(a, agents);
  queue_forecast f;
  f.p_wait = n * lost / (n - a * (1 - lost));
  f.mean_wait = f.p_wait * t.service_seconds / (n - a);
  f.service_level = 1 - f.p_wait * std::exp(-(n - a) * threshold / t.service_seconds);
  f.occupancy = a / n;
  return f;
}

/// The chain's probabilities from 0 callers up, as weights relative to the largest.
std::vector<double> erlang_a_weights(const traffic& t, std::uint32_t agents) {
  const auto service = 1 / t.service_seconds;
  const auto leaving = 1 / t.patience_seconds;
  const auto n = static_cast<double>(agents);
  std::vector<double> logs{0};
  double largest = 0;
  for (double k = 1;; ++k) {
    const auto departures = std::min(k, n) * service + std::max(0.0, k - n) * leaving;
    logs.push_back(logs.back() + std::log(t.arrivals_per_second) - std::log(departures));
    largest = std::max(largest, logs.back());
    if (k > n && departures > t.arrivals_per_second && logs.back() < largest + std::log(negligible)) break;
  }
  for (auto& x : logs)
    x = std::exp(x - largest);
  return logs;
}

/// The chance to be answered within the threshold, for a caller who finds all agents busy and so many callers before
/// it. Its wait is a row of exponential stages (somebody before it is served or gives up) against its own patience; the
/// chance is the transient solution of that chain by uniformisation, which adds only positive numbers.
class wait_within {
public:
  wait_within(double service_all, double leaving, double threshold)
      : service_all_(service_all), leaving_(leaving), threshold_(threshold) {}

  /// answered[q]: chance to be answered in time with q before oneself, for q = 0 .. most.
  [[nodiscard]] std::vector<double> up_to(std::size_t most) const {
    const auto highest = service_all_ + static_cast<double>(most + 1) * leaving_;
    const auto steps = highest * threshold_;
    const auto limit = static_cast<std::size_t>(steps + 12 * std::sqrt(steps + 1) + 30);
    // reach[q]: chance to be answered within the steps taken so far.
    std::vector<double> reach(most + 1, 0);
    std::vector<double> answered(most + 1, 0);
    double log_weight = -steps;
    for (std::size_t step = 0; step <= limit; ++step) {
      const auto weight = std::exp(log_weight);
      for (std::size_t q = 0; q <= most; ++q)
        answered[q] += weight * reach[q];
      advance(reach, highest);
      log_weight += std::log(steps) - std::log(static_cast<double>(step + 1));
    }
    return answered;
  }

private:
  void advance(std::vector<double>& reach, double highest) const {
    for (std::size_t q = reach.size(); q-- > 0;) {
      // The next to go: an agent is free or one of those before gives up (rate nµ + qθ), or oneself gives up (θ).
      const auto forward = service_all_ + static_cast<double>(q) * leaving_;
      const auto stays = highest - forward - leaving_;
      const auto next = q == 0 ? 1.0 : reach[q - 1];
      reach[q] = (forward * next + stays * reach[q]) / highest;
    }
  }
  double service_all_;
  double leaving_;
  double threshold_;
};

queue_forecast erlang_a(const traffic& t, std::uint32_t agents, double threshold) {
  const auto weights = erlang_a_weights(t, agents);
  const auto n = static_cast<std::size_t>(agents);
  double total = 0;
  double busy = 0;    // callers being served, on average
  double waiting = 0; // callers waiting, on average
  double all_busy = 0;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    total += weights[k];
    busy += weights[k] * static_cast<double>(std::min(k, n));
    if (k > n) waiting += weights[k] * static_cast<double>(k - n);
    if (k >= n) all_busy += weights[k];
  }
  const wait_within in_time(static_cast<double>(agents) / t.service_seconds, 1 / t.patience_seconds, threshold);
  double answered = total - all_busy; // at once
  if (weights.size() > n && threshold > 0) {
    const auto chances = in_time.up_to(weights.size() - n - 1);
    for (std::size_t k = n; k < weights.size(); ++k)
      answered += weights[k] * chances[k - n];
  }
  queue_forecast f;
  f.p_wait = all_busy / total;
  f.mean_wait = waiting / total / t.arrivals_per_second; // Little's law
  f.p_abandon = f.mean_wait / t.patience_seconds;
  f.service_level = answered / total;
  f.occupancy = busy / total / static_cast<double>(agents);
  return f;
}

} // namespace

double erlang_b(double offered, std::uint32_t servers) {
  double lost = 1;
  for (std::uint32_t n = 1; n <= servers; ++n)
    lost = offered * lost / (n + offered * lost);
  return lost;
}

tl::expected<queue_forecast, std::string> forecast(const traffic& t, std::uint32_t agents, double threshold_seconds) {
  if (auto fault = fault_of(t, agents, threshold_seconds); !fault.empty()) return tl::unexpected(std::move(fault));
  if (t.offered() == 0) return queue_forecast{0, 0, 0, 1, 0};
  if (t.patience_seconds > 0) return erlang_a(t, agents, threshold_seconds);
  if (t.offered() >= static_cast<double>(agents))
    return tl::unexpected("agents: " + std::to_string(agents) + " cannot carry " + std::to_string(t.offered()) +
                          " Erlangs of callers who never give up");
  return erlang_c(t, agents, threshold_seconds);
}

tl::expected<std::uint32_t, std::string> agents_needed(const traffic& t, const staffing_target& target) {
  if (auto fault = fault_of(t, 1, target.threshold_seconds); !fault.empty()) return tl::unexpected(std::move(fault));
  // Without impatience fewer agents than Erlangs serve nobody in the end.
  const auto least = t.patience_seconds > 0 ? 1.0 : std::floor(t.offered()) + 1;
  if (least > most_agents) return tl::unexpected("arrivals: more than " + std::to_string(most_agents) + " Erlangs");
  for (auto n = static_cast<std::uint32_t>(least); n <= most_agents; ++n) {
    const auto f = forecast(t, n, target.threshold_seconds);
    if (!f) return tl::unexpected(f.error());
    if (f->service_level >= target.service_level && f->p_abandon <= target.most_abandoned &&
        f->occupancy <= target.most_occupied)
      return n;
    if (n > least + 4 * t.offered() + 1000) break; // nobody waits any more: more agents change nothing
  }
  return tl::unexpected(std::string{"target: no number of agents reaches it"});
}

} // namespace lifeline::domain
