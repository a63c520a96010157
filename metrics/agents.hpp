#pragma once
// What the agents do and for how long, from the log: states, who is present in which queue, time by state (occupancy).
// No prometheus, no locks.

#include "domain/log/events.hpp"
#include "domain/plan/plan.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace lifeline::actors {

class agent_fold {
public:
  explicit agent_fold(const domain::plan& plan) { set_plan(plan); }

  /// Who serves which queue from now on. States and times go on.
  void set_plan(const domain::plan& plan);
  void apply(const domain::agent_changed& e, domain::instant at);

  using counts = std::array<std::uint64_t, domain::agent_state_count>;
  /// Agents by state; one who is gone from the plan is counted until signed out.
  [[nodiscard]] counts by_state() const;
  struct staffing {
    std::uint64_t present = 0; ///< can be rung, or will be when its call is over (queue_plan::present_states)
    std::uint64_t ready = 0;
    std::uint64_t missed = 0; ///< not ready for calls that it missed
  };
  /// 0 for a queue that is not in the plan.
  [[nodiscard]] staffing of_queue(const domain::queue_id& queue) const;

  using times = std::array<double, domain::agent_state_count>;
  /// Seconds spent in each state by all agents together, the present states included. Never falls, whatever the clocks
  /// do: a counter that fell would be taken for a restart.
  [[nodiscard]] const times& seconds_by_state(domain::instant now);

private:
  struct agent {
    domain::agent_state state = domain::agent_state::logged_out;
    std::string reason;                    ///< of not ready
    domain::instant since = domain::never; ///< never: not told by the log of this run
    bool planned = false;
  };
  struct queue {
    std::array<bool, domain::agent_state_count> present{};
    std::vector<domain::agent_id> agents;
    bool emergency = false;
  };
  std::unordered_map<domain::agent_id, agent> agents_;
  std::unordered_map<domain::queue_id, queue> queues_;
  std::array<domain::span, domain::agent_state_count> past_{};
  times shown_{};
};

} // namespace lifeline::actors
