#pragma once
// The rules of a call, pure: step(state, event, now) changes the state and returns what to do, in order.
// RFC 3261 and 3264 for the signalling, RFC 5359 for hold; the queue's behaviour follows domain/plan/plan.hpp.
//
// Every phase has a deadline and a named way out; an event that does not fit the phase (a late answer, a repeated BYE,
// a reservation of the past) is an explicit clause that changes nothing or cleans up, never an error.

#include "domain/calls/call_state.hpp"

#include <vector>

namespace lifeline::domain {

/// What the machine may look at besides the state.
struct call_environment {
  const lifeline::domain::plan& plan;
  id_source& ids;
};

/// Applies one event. The commands are to be carried out in order; `finish` comes once and last.
std::vector<call_command> step(call_state& s, const call_event& e, const call_environment& env, instant now);

/// Whether phones are being called for this offer, or one of them has answered.
bool holds_offer(const call_state& s, const reservation_id& reservation);

/// The next moment at which `call_clock` must be given; never = none.
instant next_deadline(const call_state& s);

/// The record as it stands; complete when the phase is `ended`.
call_record make_record(const call_state& s);

/// What an offer's final SIP status says about the agent. `rang`: its phone had rung.
reservation_outcome outcome_of_status(int status, bool rang);

/// Whether the phone itself takes no call, whoever calls and whoever sits there: do-not-disturb, no codec or encryption
/// in common, an account or a number that it does not know. Not busy (486, 600), which passes; not a phone that cannot
/// be reached (408, 503); not a person's refusal, which comes after it has rung.
bool takes_no_call(int status, bool rang);

/// The call leaves its queue, or its waiting ends with it.
void end_stay(call_state& s, instant now);

/// After a restart of the call's actor: everything that must be asked again of gateways and dispatcher so that the
/// call continues (endpoints are re-opened, the queue is entered again at the old place).
std::vector<call_command> resume(const call_state& s);

/// Relative path of a call's recording: "2026/11/23/<call>.wav" (UTC).
std::string recording_path(const recording_id& id, instant connected);

/// How long a phone gets after its ring timeout before the machine gives it up by itself.
inline constexpr span offer_margin = 3s;
/// How long the end of a call waits for the recording's seal.
inline constexpr span seal_timeout = 10s;
/// After all overflow numbers failed they are tried again after this, while the caller stays in the queue.
inline constexpr span overflow_pause = 5s;

} // namespace lifeline::domain
