#pragma once
// How long a caller has still to wait: the estimate of one queue.
//
// QLm (R. Ibrahim, W. Whitt, "Real-time delay estimation based on delay history", 2009): with q callers ahead, s agents
// at work, the service rate m and the abandonment rate h the mean wait is the sum over i = 0..q of 1 / (s·m + i·h):
// the time until q+1 of those who are served or give up have gone. Ignoring those who give up, as averages of answered
// waits do, promises too long waits exactly when it matters. With too few handled calls the wait of the last caller who
// entered service (LES) is the estimate.

#include "domain/base/time.hpp"

#include <cstddef>
#include <optional>

namespace lifeline::domain {

/// The sum above; rates per second. `servers` × `service_rate` must be positive. Its cost does not grow with `ahead`.
span markovian_wait(std::size_t ahead, std::size_t servers, double service_rate, double abandon_rate);

class wait_estimator {
public:
  /// A caller has an agent after that wait.
  void served(span waited);
  /// A caller gave up after that wait.
  void abandoned(span waited);
  /// A caller was taken out after that wait (overflow): it would have waited longer.
  void removed(span waited);
  /// An agent was busy with a call for so long: talk and wrap-up.
  void handled(span handling);

  /// Nothing: no data, or nobody is at work.
  [[nodiscard]] std::optional<span> expected(std::size_t ahead, std::size_t servers) const;
  /// Mean handling time of the recent calls; 0 = unknown.
  [[nodiscard]] span mean_handling() const;
  /// Callers who give up per second of waiting: abandons over all waiting, served callers' too (their patience is
  /// only known to be longer than their wait: the estimate for censored exponential times).
  [[nodiscard]] double abandon_rate() const;

  /// Handled calls below which QLm is not trusted.
  static constexpr std::size_t enough_calls = 10;

private:
  void add_wait(span waited, double gave_up);

  double mean_handling_ = 0; ///< seconds
  std::size_t calls_ = 0;
  double waiting_ = 0; ///< seconds, decayed
  double gave_up_ = 0; ///< callers, decayed alike
  std::optional<span> last_served_;
};

} // namespace lifeline::domain
