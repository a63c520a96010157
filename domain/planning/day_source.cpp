#include "domain/planning/day_source.hpp"

#include <cmath>
#include <numbers>

namespace lifeline::domain {

/// splitmix64 (Steele, Lea, Flood 2014): its whole state is one number, and every seed is a good one.
double random_stream::uniform() {
  state_ += 0x9E3779B97F4A7C15ull;
  auto x = state_;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  x ^= x >> 31;
  return (static_cast<double>(x >> 11) + 0.5) * 0x1.0p-53;
}

double random_stream::exponential(double mean) { return -mean * std::log(uniform()); }

double random_stream::normal() {
  const auto radius = std::sqrt(-2 * std::log(uniform())); // Box and Muller
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

namespace {

span of_seconds(double s) { return span{static_cast<std::int64_t>(std::llround(s * 1e6))}; }

double talk(const day_profile& p, random_stream& random) {
  switch (p.law) {
  case talk_law::exponential: return random.exponential(p.talk_mean);
  case talk_law::constant: return p.talk_mean;
  case talk_law::lognormal: break;
  }
  const auto mu = std::log(p.talk_mean) - p.talk_sigma * p.talk_sigma / 2;
  return std::exp(mu + p.talk_sigma * random.normal());
}

} // namespace

std::vector<day_call> invent_day(const day_profile& p, std::uint64_t seed) {
  random_stream arrivals(seed * 3 + 1);
  random_stream talks(seed * 3 + 2);
  random_stream patience(seed * 3 + 3);
  std::vector<day_call> calls;
  const auto length = seconds(p.interval);
  // A process of rate 1, stretched: what is left of the present gap is spent at each interval's own rate.
  double gap = arrivals.exponential(1);
  for (std::size_t i = 0; i < p.calls.size(); ++i) {
    double at = 0; // within the interval, as a share of it
    while (p.calls[i] > 0 && gap < (1 - at) * p.calls[i]) {
      at += gap / p.calls[i];
      day_call c;
      c.at = p.begins + p.interval * static_cast<std::int64_t>(i) + of_seconds(at * length);
      c.queue = p.queue;
      c.talk = of_seconds(talk(p, talks));
      if (p.patience_mean > 0) c.patience = of_seconds(patience.exponential(p.patience_mean));
      calls.push_back(std::move(c));
      gap = arrivals.exponential(1);
    }
    if (p.calls[i] > 0) gap -= (1 - at) * p.calls[i];
  }
  return calls;
}

} // namespace lifeline::domain
