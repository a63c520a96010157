#pragma once
// A day of calls played through the production router in virtual time: what would have happened with other staffing,
// strategies or thresholds? Pure and deterministic: the same day gives the same result. Agents answer after a set delay
// and never refuse; everything else (order, skills, tiers, escalation, overflow, wrap-up) is the router's own doing.

#include "domain/base/time.hpp"
#include "domain/plan/plan.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace lifeline::domain {

inline constexpr span stays_for_ever = span::max();

struct day_call {
  instant at = never;
  queue_id queue;
  span talk{0};                   ///< once answered
  span patience = stays_for_ever; ///< gives up after so long a wait
  std::string caller;             ///< for sticky agents and regained places; may be empty
};
/// An agent's presence. Several for one agent are allowed and must not overlap.
struct shift {
  agent_id agent;
  instant from = never;
  instant until = never; ///< a call that has begun is finished
};
struct day {
  lifeline::domain::plan plan;
  std::vector<day_call> calls; ///< by time
  std::vector<shift> shifts;   ///< empty: all agents of the plan are there all the time
  span answer_delay{0};        ///< from the offer to the agent's answer
  std::uint64_t seed = 1;      ///< of the strategy `random`
  std::size_t skip = 0;        ///< of the first so many calls nothing is counted (warming up)
};

struct queue_day {
  queue_id queue;
  std::uint64_t offered = 0;
  std::uint64_t answered = 0;
  std::uint64_t answered_within = 0; ///< the queue's service_level
  std::uint64_t waited = 0;          ///< did not find an agent at once
  std::uint64_t abandoned = 0;       ///< in all
  std::uint64_t short_abandoned = 0; ///< within the queue's short_abandon
  std::uint64_t overflowed = 0;      ///< to another queue (where they count as offered again) or to numbers
  std::uint64_t refused = 0;         ///< queue full, and nowhere to go
  double wait_seconds = 0;           ///< of all who were offered
  double answered_wait_seconds = 0;
  double longest_wait_seconds = 0;
  double handled_seconds = 0; ///< talk and wrap-up
  // The expected wait that was promised at entry to those who were answered in the end, against the real one.
  std::uint64_t estimates = 0;
  double estimate_error_seconds = 0; ///< of the magnitudes
  double estimate_bias_seconds = 0;  ///< promised minus real
  double promised_seconds = 0;

  // Definitions of the field; "nothing" is 1 for the level and 0 for the others.
  [[nodiscard]] double service_level() const;    ///< A<=T / (A + B - B<=S)
  [[nodiscard]] double answered_in_time() const; ///< A<=T / offered: the theory's service level
  [[nodiscard]] double asa_seconds() const;
  [[nodiscard]] double abandon_rate() const; ///< (B - B<=S) / (offered - B<=S)
};
struct day_result {
  std::vector<queue_day> queues; ///< in the plan's order
  double busy_seconds = 0;       ///< agents', on calls and wrap-up
  double present_seconds = 0;    ///< agents', from the first counted call to the last event within their shifts
  std::uint64_t decisions = 0;   ///< offers made by the router
  [[nodiscard]] const queue_day* find(const queue_id& queue) const;
  [[nodiscard]] double occupancy() const;
};

day_result play(const day& d);

} // namespace lifeline::domain
