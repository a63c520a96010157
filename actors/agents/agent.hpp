#pragma once
// The actor of one agent account: keeps the agent's state (domain/agents/agent_machine.hpp), obeys reservations, knows
// the registered phones, and survives restarts with everything but the call.

#include "actors/core/timer.hpp"
#include "domain/agents/agent_machine.hpp"

#include <vector>

namespace lifeline::actors {

struct agent_actor_state {
  static constexpr const char* name = "agent";
  surroundings_ptr around;
  domain::agent_plan plan;
  domain::agent_model model;
  std::vector<sip::contact> contacts;
  timer clock;
  bool came_while_busy = false; ///< registered its first phone while that was in a call of the last run
};

/// `recovered`: state and phones from the journal (account set), or a fresh model.
agent_actor::behavior_type agent(agent_actor::stateful_pointer<agent_actor_state> self, surroundings_ptr around,
                                 domain::agent_plan plan, domain::agent_model recovered,
                                 std::vector<sip::contact> contacts);

/// Spawns the account's actor from its last durable state and enters it into the directory. `engine_restarted`: the
/// calls of before are gone.
agent_actor spawn_agent(caf::actor_system& system, const surroundings_ptr& around, const domain::agent_plan& plan,
                        bool engine_restarted);

} // namespace lifeline::actors
