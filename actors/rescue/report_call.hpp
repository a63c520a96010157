#pragma once
// A call from a rescuer to one of rescue_plan::report_numbers: known by the number it comes from, and by the order's
// short code where no trunk vouches for that number, it hears its open orders, accepts, refuses, reports arrival and
// completion by key. What was pressed is confirmed only when it is stored. An actor of its own, temporary.

#include "actors/rescue/rescue_surroundings.hpp"

#include <string>

namespace lifeline::actors {

void spawn_report_call(caf::actor_system& system, const rescue_surroundings_ptr& around,
                       const sip::incoming_call& call);

} // namespace lifeline::actors
