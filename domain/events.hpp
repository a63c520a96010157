#pragma once
// What happened: the entries of the event log. The log is the truth: records, metrics, the CTI stream and the
// exactly-once proof are folds of it. Append-only; the on-disk numbers (`event_type`) are never reused.

#include "domain/agent_state.hpp"
#include "domain/ids.hpp"
#include "domain/plan.hpp"

#include <string>
#include <variant>
#include <vector>

namespace lifeline::domain {

/// Why a reservation ended. Explicit values: they are on disk.
enum class reservation_outcome : std::uint8_t {
  connected = 1,     ///< the agent has the caller
  no_answer = 2,     ///< the ring timeout passed
  rejected = 3,      ///< the agent's phone declined (603, 486 by hand, ...)
  busy = 4,          ///< 486/600
  unreachable = 5,   ///< no contact answered at all (408, 404, 5xx, transport)
  caller_gone = 6,   ///< the caller left while the agent was being offered the call
  lost_race = 7,     ///< another agent answered first (ring-all)
  refused = 8,       ///< the agent was no longer ready when the reservation reached it
  lease_expired = 9, ///< nobody ended it in time: a fault, counted
  superseded = 10,   ///< the dispatcher restarted, an older epoch's reservation is void
  engine_stopped = 11,
};

/// How a caller left a queue.
enum class queue_outcome : std::uint8_t { answered = 1, abandoned = 2, overflowed = 3, failed = 4 };

/// How a call ended as a whole.
enum class call_outcome : std::uint8_t {
  answered = 1,   ///< talked to an agent
  overflowed = 2, ///< talked to an external number
  abandoned = 3,  ///< the caller left before anybody answered
  blocked = 4,    ///< refused on arrival: lines or capacity
  failed = 5,     ///< the engine or the network could not carry it
};

/// Who or what ended the call.
enum class end_cause : std::uint8_t {
  caller_hung_up = 1,
  agent_hung_up = 2,
  caller_cancelled = 3, ///< CANCEL before an answer
  media_timeout = 4,
  session_expired = 5, ///< RFC 4028 or a lost BYE found by a refused refresh
  max_duration = 6,
  no_agent = 7, ///< every overflow was tried
  lines_full = 8,
  engine_restart = 9, ///< the engine died under it; closed by recovery
  engine_stopped = 10,
  internal_error = 11,
  operator_released = 12, ///< force release
  rejected_media = 13,    ///< no codec in common
};

/// One agent that could have had the call, in the strategy's order (the first is the chosen one).
struct candidate {
  agent_id agent;
  double rank = 0; ///< the strategy's figure: seconds idle, calls, seconds talked; smaller or larger by strategy
  bool operator==(const candidate&) const = default;
};
/// One agent of the queue that could not have it.
struct exclusion {
  agent_id agent;
  std::string reason; ///< "talking", "not ready: break", "skill lift-rescue 3 < 5", "retry delay"
  bool operator==(const exclusion&) const = default;
};
/// The answer to "why this agent?". Lists are cut at `decision_list_limit`; the counts are of all.
struct explanation {
  lifeline::domain::strategy strategy = strategy::longest_idle;
  std::vector<candidate> considered;
  std::vector<exclusion> excluded;
  std::uint32_t considered_count = 0;
  std::uint32_t excluded_count = 0;
  std::uint32_t waiting_ahead = 0; ///< callers of the queue that were served after this one was chosen: 0 = head
  bool operator==(const explanation&) const = default;
};
inline constexpr std::size_t decision_list_limit = 24;

struct recording_info {
  std::string path;        ///< relative to the recordings' folder; empty = none
  std::string sha256;      ///< hex, of the whole file; empty until sealed
  std::uint64_t bytes = 0; ///< length of the file
  span duration = 0s;
  bool repaired = false; ///< its header was mended after a crash
  bool operator==(const recording_info&) const = default;
};

/// The closed account of a call: a fold of its events, written with `call_ended`.
struct call_record {
  call_id call;
  std::string hotline;
  queue_id queue; ///< the last one it waited in
  std::string caller;
  std::string called;
  std::string trunk;
  instant arrived = never;
  instant queued = never;
  instant answered = never;
  instant ended = never;
  agent_id agent;       ///< who answered, or empty
  std::string external; ///< the overflow number that answered, or empty
  call_outcome outcome = call_outcome::failed;
  end_cause cause = end_cause::internal_error;
  span waited = 0s; ///< queue entry to connect or leave
  span talk = 0s;   ///< without hold
  span hold = 0s;
  std::uint32_t offers = 0; ///< reservations made for it
  recording_info recording;
  bool operator==(const call_record&) const = default;
};

// ---- the entries ---------------------------------------------------------------------------------------------

struct engine_started {
  std::string version;
  std::string revision;
};
struct engine_stopped {
  std::string reason;
};
struct call_arrived {
  std::string hotline;
  std::string caller;
  std::string called;
  std::string trunk;
  leg_id leg;
};
/// Refused on arrival. There is no call afterwards; `call_ended` follows in the same batch.
struct call_blocked {
  std::string hotline;
  std::string reason;
  std::int32_t sip_status = 0;
};
struct queue_entered {
  queue_id queue;
  std::int32_t priority = 0;
  std::uint32_t position = 0;
};
struct queue_left {
  queue_id queue;
  queue_outcome outcome = queue_outcome::failed;
  span waited = 0s;
};
struct agent_reserved {
  reservation_id reservation;
  agent_id agent;
  queue_id queue;
  std::uint64_t epoch = 0;
  instant deadline = never;
  explanation why;
};
struct agent_ringing {
  reservation_id reservation;
  agent_id agent;
  leg_id leg;
};
struct reservation_ended {
  reservation_id reservation;
  agent_id agent;
  queue_id queue;
  reservation_outcome outcome = reservation_outcome::refused;
  span rang = 0s;
};
struct call_connected {
  reservation_id reservation;
  agent_id agent;
  std::string external;
  queue_id queue;
  span waited = 0s;
};
struct call_held {
  bool by_caller = false;
};
struct call_resumed {
  bool by_caller = false;
  span held = 0s;
};
struct call_overflowed {
  queue_id from;
  queue_id to_queue;
  std::string to_number;
  std::string reason;
};
struct call_ended {
  call_record record;
};
struct recording_started {
  std::string path;
};
struct recording_sealed {
  recording_info recording;
};
struct recording_failed {
  std::string path;
  std::string reason;
};
struct agent_changed {
  agent_id agent;
  agent_state from = agent_state::logged_out;
  agent_state to = agent_state::logged_out;
  std::string reason;
  span in_from = 0s; ///< how long the state `from` lasted
};
struct registration_changed {
  agent_id agent;
  std::uint32_t contacts = 0;
};
struct dispatcher_started {
  std::uint64_t epoch = 0;
};
struct actor_restarted {
  std::string actor;
  std::string reason;
};

using event_body =
    std::variant<engine_started, engine_stopped, call_arrived, call_blocked, queue_entered, queue_left, agent_reserved,
                 agent_ringing, reservation_ended, call_connected, call_held, call_resumed, call_overflowed, call_ended,
                 recording_started, recording_sealed, recording_failed, agent_changed, registration_changed,
                 dispatcher_started, actor_restarted>;

struct event {
  std::uint64_t seq = 0; ///< gapless from 1; given by the journal at the commit
  instant at = never;
  call_id call; ///< nil when the entry is about no call
  event_body body;
};

/// "call_arrived" etc.: the name shown to users and used in the API.
std::string_view event_name(const event_body& body);
std::string_view to_string(reservation_outcome x);
std::string_view to_string(queue_outcome x);
std::string_view to_string(call_outcome x);
std::string_view to_string(end_cause x);
std::string_view to_string(strategy x);
std::string_view to_string(holding x);

} // namespace lifeline::domain
