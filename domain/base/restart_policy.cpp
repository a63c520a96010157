#include "domain/base/restart_policy.hpp"

#include <algorithm>
#include <cmath>

namespace lifeline::domain {

bool ends_for_good(restart_type type, bool normal_exit) {
  return type == restart_type::temporary || (type == restart_type::transient && normal_exit);
}

std::uint32_t restart_history::recent(instant now, span period) {
  while (!times_.empty() && now - times_.front() > period)
    times_.pop_front();
  return static_cast<std::uint32_t>(times_.size());
}

span delay_of(const backoff& delays, std::uint32_t length) {
  if (delays.initial <= 0s || length == 0) return 0s;
  // Computed in floating point: a long row must end at `max`, not overflow.
  const auto grown = static_cast<double>(delays.initial.count()) * std::pow(std::max(delays.factor, 1.0), length - 1);
  const auto limit = static_cast<double>(delays.max.count());
  return grown >= limit ? std::max(delays.max, span{0}) : span{static_cast<span::rep>(grown)};
}

restart_decision decide(const restart_rules& rules, restart_history& history, restart_row& row, restart_type type,
                        bool normal_exit, instant now) {
  if (ends_for_good(type, normal_exit)) return {};
  if (history.recent(now, rules.intensity.period) >= rules.intensity.max_restarts) {
    return {restart_action::escalate, 0s};
  }
  if (row.length > 0 && now - row.due >= rules.intensity.period) row.length = 0;
  ++row.length;
  const auto delay = delay_of(rules.delays, row.length);
  row.due = now + delay;
  history.record(now);
  if (delay <= 0s) return {restart_action::restart_now, 0s};
  return {restart_action::restart_after, delay};
}

} // namespace lifeline::domain
