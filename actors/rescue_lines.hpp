#pragma once
// The outbound lines that calls to rescuers hold, counted by the supervisor of calls. A line is held until the actor
// that asked for it ends, however it ends: there is nothing to give back, and nothing to forget.

#include "actors/calls.hpp"

namespace lifeline::actors {

line_reply grant_rescue_line(calls_actor::stateful_pointer<calls_state> self, const rescue_line_request& r);
/// True: the actor that is gone had one.
bool give_back_rescue_line(calls_state& s, caf::actor_id holder);
/// The engine stops: there are no more. Each comes back after the restart, from its order.
void end_rescue_calls(const calls_state& s);

} // namespace lifeline::actors
