#include "domain/calls/overload.hpp"

#include <algorithm>

namespace lifeline::domain {

namespace {

/// Once begun, shedding goes on until the load is below this share of what began it.
constexpr double release_share = 0.8;
/// Shares are quotients: 160 ms of 200 ms must not turn out to be a little less than 0.8.
constexpr double rounding = 1e-9;
/// How far mailbox and lag may go beyond their limits before emergency calls are shed as well.
constexpr double emergency_stretch = 4;

/// Load as a share of its limit; a limit of 0 sets none.
double share(double value, double limit) { return limit > 0 ? value / limit : 0; }

struct pressure {
  double others = 0; ///< 1 and more: other hotlines' calls are shed
  double all = 0;    ///< 1 and more: every call is
};

pressure pressure_of(const engine_load& load, const call_limits& limits) {
  const auto calls = static_cast<double>(load.calls);
  const auto most = static_cast<double>(limits.max_calls);
  const auto mailbox = share(static_cast<double>(load.mailbox), static_cast<double>(limits.max_mailbox));
  const auto lag = share(seconds(load.lag), seconds(limits.max_lag));
  const auto kept_free = std::clamp(limits.emergency_share, 0.0, 1.0);
  const auto delay = std::max(mailbox, lag);
  pressure p;
  // With the whole engine kept for emergencies there is no room for others at all.
  p.others = std::max(delay, kept_free < 1 ? share(calls, most * (1 - kept_free)) : 1.0);
  p.all = std::max(delay / emergency_stretch, share(calls, most));
  return p;
}

} // namespace

shed_level decide_shedding(const engine_load& load, const call_limits& limits, shed_level before) {
  const auto p = pressure_of(load, limits);
  const auto threshold = [before](shed_level level) { return (before >= level ? release_share : 1.0) - rounding; };
  if (p.all >= threshold(shed_level::all)) return shed_level::all;
  if (p.others >= threshold(shed_level::all_but_emergency)) return shed_level::all_but_emergency;
  return shed_level::none;
}

} // namespace lifeline::domain
