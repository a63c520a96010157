#pragma once
// An agent dials a feature code: the voice (actors/voice/voice.hpp) that carries out domain/agents/feature_script.hpp.
// Nothing of it needs to survive a crash, for the order is done before anything is heard.

#include "actors/core/surroundings.hpp"
#include "domain/agents/agent_machine.hpp"

namespace lifeline::actors {

/// Carries out `order` for the account that calls, confirms, and hangs up.
void spawn_feature_call(caf::actor_system& system, const surroundings_ptr& around, const sip::incoming_call& call,
                        const domain::agent_order& order);

} // namespace lifeline::actors
