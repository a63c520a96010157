#include "domain/routing/wait_estimate.hpp"

#include <algorithm>
#include <cmath>

namespace lifeline::domain {

namespace {

/// Calls over which the mean handling time is taken, about.
constexpr double handling_memory = 50;
/// Waits over which patience is judged, about. Longer: abandons are rare.
constexpr double patience_memory = 500;
/// Terms that are summed one by one; the rest is an integral with its correction (Euler-Maclaurin).
constexpr std::size_t exact_terms = 64;

span to_span(double s) {
  constexpr double longest = 7 * 24 * 3600.0;
  return std::chrono::duration_cast<span>(std::chrono::duration<double>(std::clamp(s, 0.0, longest)));
}

} // namespace

span markovian_wait(std::size_t ahead, std::size_t servers, double service_rate, double abandon_rate) {
  const double base = static_cast<double>(servers) * service_rate;
  const auto term = [&](double i) { return 1 / (base + i * abandon_rate); };
  double sum = 0;
  const std::size_t exact = std::min(ahead + 1, exact_terms);
  for (std::size_t i = 0; i < exact; ++i)
    sum += term(static_cast<double>(i));
  if (ahead + 1 > exact) { // i = exact..ahead
    const auto from = static_cast<double>(exact);
    const auto to = static_cast<double>(ahead);
    const double width = to - from;
    const double x = abandon_rate * width * term(from);
    sum += x > 1e-12 ? std::log1p(x) / abandon_rate : width * term(from);
    sum += (term(from) + term(to)) / 2;
    sum += abandon_rate * (term(from) * term(from) - term(to) * term(to)) / 12;
  }
  return to_span(sum);
}

void wait_estimator::add_wait(span waited, double gave_up) {
  constexpr double keep = 1 - 1 / patience_memory;
  waiting_ = waiting_ * keep + std::max(seconds(waited), 0.0);
  gave_up_ = gave_up_ * keep + gave_up;
}

void wait_estimator::served(span waited) {
  add_wait(waited, 0);
  last_served_ = std::max(waited, span{0});
}

void wait_estimator::abandoned(span waited) { add_wait(waited, 1); }
void wait_estimator::removed(span waited) { add_wait(waited, 0); }

void wait_estimator::handled(span handling) {
  ++calls_;
  const double weight = 1 / std::min(static_cast<double>(calls_), handling_memory);
  mean_handling_ += weight * (std::max(seconds(handling), 0.0) - mean_handling_);
}

span wait_estimator::mean_handling() const { return to_span(mean_handling_); }

double wait_estimator::abandon_rate() const { return waiting_ > 0 ? gave_up_ / waiting_ : 0; }

std::optional<span> wait_estimator::expected(std::size_t ahead, std::size_t servers) const {
  if (servers == 0) return std::nullopt;
  if (calls_ < enough_calls || mean_handling_ <= 0) return last_served_;
  return markovian_wait(ahead, servers, 1 / mean_handling_, abandon_rate());
}

} // namespace lifeline::domain
