#pragma once
// The order of callers and the use of agents, checked against the state of calls and agents themselves: of two callers
// whom an agent could serve the one of higher priority comes first, of one queue the one who came first; and nobody who
// is ready sits idle while somebody waits whom it could serve.

#include "actors/core/surroundings.hpp"
#include "actors/routing/dispatcher.hpp"
#include "domain/calls/call_state.hpp"
#include "tests/simulation/log_watch.hpp"

#include <vector>

namespace lifeline::simulation {

class routing_watch {
public:
  routing_watch(findings& found, log_watch& log) : found_(found), log_(log) {}

  /// After each step: what was reserved in it. `log_known`: the disk does not hang, which would keep the log from us.
  void check_reservations(const actors::surroundings& around, bool log_known, domain::instant now);
  /// While no message is under way.
  void check_rest(const actors::surroundings& around, bool log_known, domain::instant now);
  /// A plan is being replaced: until nothing is under way, not everybody knows it.
  void plan_changes() { plan_pending_ = true; }

  /// A caller who has no offer.
  struct waiting_call {
    const domain::call_state* state = nullptr;
    const domain::queue_plan* queue = nullptr;
  };
  /// What the order is decided by: bounds of the total priority, and the place.
  static bool passed_over(const waiting_call& served, const waiting_call& other);

private:
  static std::vector<waiting_call> waiting(const actors::surroundings& around);
  static bool serves(const domain::agent_plan& agent, const waiting_call& call);
  void check_ghosts(const actors::surroundings& around, const domain::router& router);
  void check_idle(const actors::surroundings& around, const domain::router& router, domain::instant now);

  findings& found_;
  log_watch& log_;
  bool plan_pending_ = false;
};

} // namespace lifeline::simulation
