#pragma once
// The lines of calls to rescuers, kept by the supervisor of calls (domain/rescue_queue.hpp says who gets one first). A
// line is held until the actor that asked for it ends, however it ends, and goes at once to whoever waits: there is
// nothing to give back, nothing to forget, and nobody asks again and again.

#include "actors/calls.hpp"

namespace lifeline::actors {

/// A call that has lost the supervisor asks its successor after so long, and so does one that has a line.
constexpr auto supervisor_pause = std::chrono::seconds{1};

/// Of a new supervisor. The lines that the one before had given are given to nobody until those that have them had the
/// time to say so, and `settled` is called.
void begin_rescue_lines(calls_actor::stateful_pointer<calls_state> self);
void rescue_lines_settled(calls_state& s);
void ask_for_rescue_line(calls_actor::stateful_pointer<calls_state> self, const rescue_line_request& r);
/// There may be more lines, or more urgent orders, than before.
void grant_rescue_lines(calls_state& s);
/// True: the actor that is gone had one, or waited for one.
bool give_back_rescue_line(calls_state& s, caf::actor_id holder);
/// The engine stops: there are no more. Each comes back after the restart, from its order.
void end_rescue_calls(const calls_state& s);

} // namespace lifeline::actors
