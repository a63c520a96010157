#pragma once
// The lines of calls to rescuers, kept by the supervisor of calls (domain/rescue_queue.hpp says who gets one first). A
// line is held until the actor that asked for it ends, however it ends, and goes at once to whoever waits: there is
// nothing to give back, nothing to forget, and nobody asks again and again.

#include "actors/calls.hpp"

namespace lifeline::actors {

void ask_for_rescue_line(calls_actor::stateful_pointer<calls_state> self, const rescue_line_request& r);
/// There may be more lines, or more urgent orders, than before.
void grant_rescue_lines(calls_state& s);
/// True: the actor that is gone had one, or waited for one.
bool give_back_rescue_line(calls_state& s, caf::actor_id holder);
/// The engine stops: there are no more. Each comes back after the restart, from its order.
void end_rescue_calls(const calls_state& s);

} // namespace lifeline::actors
