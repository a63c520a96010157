#pragma once
// A call from a lift's own phone before it is a call of the hotline: the voice (actors/voice/voice.hpp) that carries
// out domain/rescue/lift_phone_script.hpp.
//
// The call as it is to begin lies in the surroundings' last states from the start, so that the supervisor of calls can
// begin it when this actor crashes; else it begins at `lift_call_ready`.

#include "actors/rescue/rescue_surroundings.hpp"
#include "domain/calls/call_state.hpp"
#include "domain/rescue/lift_phone_script.hpp"

#include <caf/all.hpp>

#include <string>

namespace lifeline::actors {

/// `call`: as made from the INVITE. Its checkpoint must lie in the last states already.
caf::actor spawn_lift_call(caf::actor_system& system, const rescue_surroundings_ptr& around, domain::call_state call,
                           const std::string& sip_call_id);

using domain::lift_report_again;
using domain::lift_report_limit;

} // namespace lifeline::actors
