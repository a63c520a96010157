#pragma once
// One call as plain values: what is known of it, what can happen to it, and what it asks its surroundings to do.
// The rules are in call_machine.hpp. The whole state is a value that can be stored: a restarted call continues from it.
//
//   arriving ─▶ greeting ─▶ waiting ⇄ offering ─▶ connecting ─▶ talking ─▶ closing ─▶ ended
//       └──────────────────────┴─────────┴────────────┴──── caller leaves, or a fault ──▶ closing
//
// `offering` is `waiting` with somebody being called: agents with a reservation, or an external overflow number.
// In `connecting` somebody has answered and the caller's side is being made ready. `closing` waits for the recording.

#include "domain/agents/phone_address.hpp"
#include "domain/base/ids.hpp"
#include "domain/calls/session_description.hpp"
#include "domain/log/events.hpp"
#include "domain/plan/plan.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace lifeline::domain {

enum class call_phase : std::uint8_t {
  arriving = 0,
  greeting = 1,
  waiting = 2,
  offering = 3,
  connecting = 4,
  talking = 5,
  closing = 6,
  ended = 7,
};
std::string_view to_string(call_phase p);

/// What the caller's phone has been told so far.
enum class caller_signal : std::uint8_t { none = 0, ringing = 1, early_media = 2, answered = 3, gone = 4 };
enum class endpoint_state : std::uint8_t { none = 0, opening = 1, open = 2 };
enum class recording_state : std::uint8_t { off = 0, running = 1, sealing = 2, sealed = 3, failed = 4 };

/// One phone being called for this call. Several may share a reservation (an agent with two phones).
struct offer_leg {
  leg_id leg;
  reservation_id reservation; ///< nil: an external number
  agent_id agent;
  std::string external;
  phone_address target;
  local_media local; ///< our side, once the endpoint is open
  bool invited = false;
  bool ringing = false;
  bool heard = false; ///< an external number's early media goes to the caller
  instant started = never;
  instant rang = never;     ///< first 180/183
  instant deadline = never; ///< the phone layer should have ended it by then
};

struct call_state {
  // given at arrival
  call_id id;
  std::string hotline;
  std::string trunk;
  std::string caller; ///< a number in its one form, or what else came
  std::string caller_display;
  std::string called;
  leg_id caller_leg;
  session_description caller_offer;
  media_mode media = media_mode::anchored;

  // from a lift's own phone (P100); the first is set while it identifies itself, before the call begins
  bool arrives_answered = false; ///< the caller's leg is answered already, `local` and `caller_media` are in force
  std::string lift;              ///< rescue code, or the id that the phone sent; empty: none, or not identified
  std::string lift_packet;       ///< was acknowledged; when it is repeated, it is acknowledged again
  order_id order;                ///< of the alarm that the call is about; nil = none known

  // where it stands
  call_phase phase = call_phase::arriving;
  queue_id queue;
  instant arrived = never;
  instant phase_since = never;
  instant phase_deadline = never; ///< never = bounded by `last_moment` only
  instant last_moment = never;    ///< the longest call of all
  instant queued = never;         ///< entry to the present queue: its clock
  instant first_queued = never;   ///< entry to the first one
  std::vector<queue_stay> stays;  ///< in the queues before
  instant place = never;          ///< its place in that queue: `queued`, or earlier when an old place was regained
  bool in_queue = false;
  bool patient = false; ///< has overflowed to numbers already and waits on without a limit
  std::uint32_t offers_made = 0;

  // the caller's side
  caller_signal signal = caller_signal::none;
  endpoint_state endpoint = endpoint_state::none;
  local_media local;
  session_description caller_media; ///< what the caller's side agreed to; not present until then
  bool playing = false;
  bool greeting = false; ///< an emergency's greeting plays while the caller waits already

  // phones being called, and the one that answered
  std::vector<offer_leg> offers;
  offer_leg peer; ///< valid from `connecting` on
  session_description peer_media;
  instant connected = never;
  bool held_by_caller = false;
  bool held_by_peer = false;
  instant hold_since = never;
  span held = 0s;
  leg_id reoffer_from; ///< direct media: whose re-INVITE is being handed through, nil = none
  session_description reoffer_sdp;

  // overflow
  bool rerouted = false;  ///< goes to the hotline's backup numbers, whatever its queue says
  queue_id overflow_from; ///< the queue whose overflow numbers apply when the present one has none
  std::uint32_t next_number = 0;
  bool line_requested = false;
  bool line_held = false;
  instant overflow_retry = never;
  std::string overflow_reason;

  // the end
  call_outcome outcome = call_outcome::failed;
  end_cause cause = end_cause::internal_error;
  instant over = never; ///< when the conversation or the waiting ended
  recording_state recording_phase = recording_state::off;
  recording_info recording;
  std::string caller_received; ///< given at arrival: see call_record
};

// ---- what can happen -----------------------------------------------------------------------------------------

struct call_begins {};
struct endpoint_opened {
  leg_id leg;
  local_media local;
};
struct endpoint_failed {
  leg_id leg;
  std::string why;
};
struct endpoint_silent {
  leg_id leg;
};
struct prompt_finished {
  leg_id leg;
};
struct info_digit {
  leg_id leg;
  char digit = 0;
};

struct peer_progress {
  leg_id leg;
  int status = 180;
  session_description sdp = {}; ///< early media, if present
};
struct peer_answered {
  leg_id leg;
  session_description sdp;
};
struct peer_failed {
  leg_id leg;
  int status = 0;
};
struct leg_acked {
  leg_id leg;
  session_description sdp;
};
struct leg_reoffered {
  leg_id leg;
  session_description sdp;
};
struct leg_reoffer_answered {
  leg_id leg;
  int status = 0;
  session_description sdp;
};
/// `cause` seen from the leg: remote_bye of the caller = caller_hung_up is worked out by the machine.
enum class leg_over : std::uint8_t { bye, cancel, session_expired, no_ack, transport, other };
struct leg_ended {
  leg_id leg;
  leg_over why = leg_over::other;
};

/// `place`: an earlier place that the caller has regained; never = the one it asked for.
struct queue_accepted {
  queue_id queue;
  instant place = never;
};
/// `waits_on`: the queue has room, but the caller is to be taken elsewhere (no agent, too long a wait): meanwhile it
/// may wait there as a patient one.
struct queue_refused {
  queue_id queue;
  std::string why;
  bool waits_on = false;
};
struct overflow_due {
  queue_id queue;
  std::string why;
};
struct offered {
  reservation_id reservation;
  queue_id queue;
  agent_id agent;
  std::vector<phone_address> phones;
};
/// The agent's phones have changed while they are being called: it registered from another address.
struct phones_changed {
  reservation_id reservation;
  std::vector<phone_address> phones;
};
/// An operator, or the engine, sends the hotline's callers to its backup numbers.
struct rerouted {
  std::string why;
};
struct reservation_void {
  reservation_id reservation;
  reservation_outcome outcome = reservation_outcome::superseded;
};
struct line_answer {
  bool granted = false;
};
struct recording_done {
  bool ok = false;
  recording_info info;
  std::string error;
};
struct release_call {
  end_cause cause = end_cause::operator_released;
};
struct call_clock {};

using call_event =
    std::variant<call_begins, endpoint_opened, endpoint_failed, endpoint_silent, prompt_finished, info_digit,
                 peer_progress, peer_answered, peer_failed, leg_acked, leg_reoffered, leg_reoffer_answered, leg_ended,
                 queue_accepted, queue_refused, overflow_due, offered, phones_changed, rerouted, reservation_void,
                 line_answer, recording_done, release_call, call_clock>;

// ---- what it asks for ----------------------------------------------------------------------------------------

namespace command {

struct ring {
  leg_id leg;
};
struct early {
  leg_id leg;
  session_description sdp;
};
struct answer {
  leg_id leg;
  session_description sdp;
};
struct refuse {
  leg_id leg;
  int status = 500;
  std::string reason;
};
struct hang_up {
  leg_id leg;
  std::string reason;
};
struct invite {
  leg_id leg;
  phone_address target;
  bool through_trunk = false; ///< `target.uri` is a bare number then
  session_description offer;
  span ring_timeout = 0s;
};
struct acknowledge {
  leg_id leg;
  session_description sdp;
};
struct reoffer {
  leg_id leg;
  session_description sdp;
};
struct answer_reoffer {
  leg_id leg;
  session_description sdp;
};
struct refuse_reoffer {
  leg_id leg;
  int status = 488;
  std::string reason;
};

struct open_endpoint {
  leg_id leg;
};
struct close_endpoint {
  leg_id leg;
};
struct set_remote {
  leg_id leg;
  session_description remote;
};
struct play {
  leg_id leg;
  std::vector<std::string> files;
  bool loop = false;
};
struct stop_play {
  leg_id leg;
};
struct bridge {
  leg_id a;
  leg_id b;
};
struct send_digit {
  leg_id leg;
  char digit = 0;
};
struct start_recording {
  leg_id left;
  leg_id right;
  std::string path;
};
struct stop_recording {};

/// `again`: the call has entered this queue before and only registers anew. `patient`: max_wait no longer applies.
struct enter_queue {
  queue_id queue;
  instant entered = never;
  bool again = false;
  bool patient = false;
};
struct leave_queue {}; ///< to the dispatcher: waits and talks no more
/// To the dispatcher, who closes the reservation in the log.
struct reservation_over {
  reservation_id reservation;
  reservation_outcome outcome;
  span rang = 0s;
  int sip_status = 0; ///< the phone's own answer, see reservation_ended
};
struct request_line {}; ///< an outbound line of the hotline
struct release_line {};

struct tell_ringing {
  agent_id agent;
  reservation_id reservation;
};
struct tell_connected {
  agent_id agent;
  reservation_id reservation;
  instant deadline = never;
};
struct tell_hold {
  agent_id agent;
  reservation_id reservation;
  bool on = false;
};
struct tell_over {
  agent_id agent;
  reservation_id reservation;
  reservation_outcome outcome;
  queue_id queue;
  int refused_with = 0; ///< see offer_over
};
struct tell_released {
  agent_id agent;
  reservation_id reservation;
  span talked = 0s;
  queue_id queue;
};

struct log {
  event_body body;
};
struct finish {}; ///< the last one: the actor may end

} // namespace command

using call_command =
    std::variant<command::ring, command::early, command::answer, command::refuse, command::hang_up, command::invite,
                 command::acknowledge, command::reoffer, command::answer_reoffer, command::refuse_reoffer,
                 command::open_endpoint, command::close_endpoint, command::set_remote, command::play,
                 command::stop_play, command::bridge, command::send_digit, command::start_recording,
                 command::stop_recording, command::enter_queue, command::leave_queue, command::reservation_over,
                 command::request_line, command::release_line, command::tell_ringing, command::tell_connected,
                 command::tell_hold, command::tell_over, command::tell_released, command::log, command::finish>;

} // namespace lifeline::domain
