#pragma once
// A call from a rescuer to one of rescue_plan::report_numbers: the voice (actors/voice/voice.hpp) that carries out
// domain/rescue/report_script.hpp.

#include "actors/rescue/rescue_surroundings.hpp"

namespace lifeline::actors {

void spawn_report_call(caf::actor_system& system, const rescue_surroundings_ptr& around,
                       const sip::incoming_call& call);

} // namespace lifeline::actors
