#pragma once
// How many agents a hotline needs: the queueing formulas of Erlang (1917) for callers who wait for ever (C) and of Palm
// (1946) for callers who give up (A, M/M/n+M). Exact within the precision of doubles; everything per steady state.
// Erlang C: B0 = 1, Bn = aBn-1/(n + aBn-1), C = nBn/(n - a(1 - Bn)). Erlang A: the birth-death chain with departures
// min(k, n)µ + max(0, k - n)θ.

#include "domain/base/time.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>

namespace lifeline::domain {

struct traffic {
  double arrivals_per_second = 0;
  double service_seconds = 0;  ///< mean handling time: talk, hold and wrap-up
  double patience_seconds = 0; ///< mean time until a waiting caller gives up; 0 = for ever (Erlang C)
  [[nodiscard]] double offered() const { return arrivals_per_second * service_seconds; } ///< Erlangs
};

struct queue_forecast {
  double p_wait = 0;        ///< share of callers who find all agents busy
  double p_abandon = 0;     ///< share of callers who give up; 0 without impatience
  double mean_wait = 0;     ///< seconds, of all callers, those who give up included
  double service_level = 0; ///< share of all callers who are answered within the threshold
  double occupancy = 0;     ///< share of the agents' time that is spent on calls
};

/// Erlang's loss formula: the share of calls that find `servers` busy and are lost. `offered` >= 0.
double erlang_b(double offered, std::uint32_t servers);

/// Errors (a sentence): a rate or time that is negative or no number, no agents, and without impatience a load that the
/// agents cannot carry (offered >= agents): the queue would grow without end.
[[nodiscard]] tl::expected<queue_forecast, std::string> forecast(const traffic& t, std::uint32_t agents,
                                                                 double threshold_seconds);

struct staffing_target {
  double service_level = 0.8;
  double threshold_seconds = 20;
  double most_abandoned = 1; ///< share; 1 = no matter
  double most_occupied = 1;  ///< occupancy; 1 = no matter
};
/// The least number of agents that reaches the target. Errors: as forecast, or a target that no number reaches.
[[nodiscard]] tl::expected<std::uint32_t, std::string> agents_needed(const traffic& t, const staffing_target& target);

} // namespace lifeline::domain
