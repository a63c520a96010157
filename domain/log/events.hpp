#pragma once
// What happened: the entries of the event log. The log is the truth: records, metrics, the CTI stream and the
// exactly-once proof are folds of it. Append-only; the on-disk numbers (`event_type`) are never reused.

#include "domain/base/ids.hpp"
#include "domain/log/agent_state.hpp"
#include "domain/log/order_events.hpp"
#include "domain/log/outcomes.hpp"
#include "domain/log/strategy.hpp"

#include <string>
#include <variant>
#include <vector>

namespace lifeline::domain {

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
  std::string note;                ///< what else decided: "sticky agent", "tier 2 after 40 s", "escalated"; often empty
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

/// One stay in a queue.
struct queue_stay {
  queue_id queue;
  span waited = 0s; ///< entry to connect or leave
  bool operator==(const queue_stay&) const = default;
};

/// The closed account of a call: a fold of its events, written with `call_ended`.
struct call_record {
  call_id call;
  std::string hotline;
  queue_id queue;     ///< the last one it waited in
  std::string caller; ///< a number in its one form (domain/base/phone_number.hpp), or what else came
  std::string called;
  std::string trunk;
  instant arrived = never;
  instant queued = never; ///< entry to the last queue
  instant answered = never;
  instant ended = never;
  agent_id agent;       ///< who answered, or empty
  std::string external; ///< the overflow number that answered, or empty
  call_outcome outcome = call_outcome::failed;
  end_cause cause = end_cause::internal_error;
  span waited = 0s; ///< in the last queue: its clock begins anew with each, see waited_in_all
  span talk = 0s;   ///< without hold
  span hold = 0s;
  std::uint32_t offers = 0; ///< reservations made for it
  recording_info recording;
  std::string caller_received;   ///< `caller` as the carrier wrote it, where that is another form
  instant first_queued = never;  ///< entry to the first queue
  std::vector<queue_stay> stays; ///< in order
  bool operator==(const call_record&) const = default;
};
/// From the first queue entry to connect or end, over all queues.
span waited_in_all(const call_record& r);
/// The same from the arrival, what the caller heard before the queue included.
span waited_since_arrival(const call_record& r);

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
  std::string caller_received; ///< see call_record
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
  span expected_wait = span{-1}; ///< as estimated at this moment; negative = no estimate
  bool resumed = false;          ///< the caller had left unserved and has its old place again
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
  std::int32_t sip_status = 0; ///< with which the call to the phone failed, also our own 408 and 503; 0: it did not
};
struct call_connected {
  reservation_id reservation;
  agent_id agent;
  std::string external;
  queue_id queue;
  span waited = 0s;        ///< in this queue
  span since_arrival = 0s; ///< since the caller arrived
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
/// A rule of the queue has changed what the waiting caller gets.
struct call_escalated {
  queue_id queue;
  std::uint32_t rule = 0; ///< its number in the queue's list, from 1
  std::string what;       ///< "priority 15, tier 2"
};
/// The hotline's callers go to its backup numbers, or no longer.
struct hotline_rerouted {
  std::string hotline;
  bool on = false;
  std::string reason;
};
struct trunk_changed {
  std::string trunk;
  bool up = false;
  bool registered = false;
  std::string reason;
};
/// Requests of this source address are dropped until then. `until` never: the ban was lifted.
struct source_banned {
  std::string address;
  instant until = never;
  std::string reason;
};
struct configuration_reloaded {
  std::uint32_t changes = 0;
  std::string summary; ///< "agents: +8011; queue 12315: wrap_up"
};
/// No new calls; the engine stops when the last one has ended.
struct engine_draining {
  std::string reason;
};
struct backup_made {
  std::string folder;
  std::uint64_t last_sequence = 0;
};
/// Written by the journal itself: at this place of the log, entries are missing that it had to give up. They have no
/// numbers, so the sequence stays gapless.
struct events_lost {
  std::uint64_t count = 0;
  std::string reason;
};
/// Written at a salvage (storage/salvage.hpp): entries that were in the log could not be read any more. Their numbers
/// are taken, each by an `events_lost`.
struct log_salvaged {
  std::uint64_t lost = 0;  ///< entries
  std::uint64_t first = 0; ///< their lowest and highest number; 0 when only rows of state were lost
  std::uint64_t last = 0;
  std::string orders; ///< numbers of orders of which something is lost: "JY20261130-0007, JY20261130-0009"
  std::string kept;   ///< the folder with the damaged files
};
/// The wall clock was set, not by slewing: all times are true from here on. Deadlines have not moved.
struct clock_stepped {
  span by = 0s; ///< forwards; negative: backwards
};
/// A restored copy takes up calls out, messages to rescuers and registrations with trunks.
struct outbound_resumed {
  std::string restored; ///< "backup 3 of /var/backups/lifeline at 2026-11-30T21:04:05.000Z"
  std::string by;
};

/// Somebody was given a recording. The entry's `call` is the call, or the attempt to reach a rescuer, that it is of.
struct recording_fetched {
  std::string path;
  std::string by;     ///< account, or the client's name
  std::string client; ///< of the API
};
/// The engine died under the call. Its caller is to be rung back: `call_rung_back` says that it was seen to.
struct call_cut {
  std::string hotline;
  std::string caller; ///< "anonymous": there is nobody to be rung
  agent_id agent;     ///< who talked with the caller, or empty
  bool talking = false;
  std::string lift; ///< that the call came from, see call_state::lift
  order_id order;   ///< that it was about; nil = none known
};
struct call_rung_back {
  std::string hotline;
  std::string by;
  std::string note;
};

using event_body =
    std::variant<engine_started, engine_stopped, call_arrived, call_blocked, queue_entered, queue_left, agent_reserved,
                 agent_ringing, reservation_ended, call_connected, call_held, call_resumed, call_overflowed, call_ended,
                 recording_started, recording_sealed, recording_failed, agent_changed, registration_changed,
                 dispatcher_started, actor_restarted, call_escalated, hotline_rerouted, trunk_changed, source_banned,
                 configuration_reloaded, engine_draining, backup_made, events_lost, alarm_received, order_changed,
                 rescuer_called, elevators_imported, party_changed, device_silence, mass_event_changed, rescuer_dialled,
                 alert_rung, recording_fetched, rescuer_link_made, call_cut, call_rung_back, log_salvaged,
                 clock_stepped, outbound_resumed>;

struct event {
  std::uint64_t seq = 0; ///< gapless from 1; given by the journal at the commit
  instant at = never;
  call_id call; ///< nil when the entry is about no call
  event_body body;
};

/// The order that the entry is about; nil when it is about none.
order_id order_of(const event_body& body);
/// "call_arrived" etc.: the name shown to users and used in the API.
std::string_view event_name(const event_body& body);
/// The sentence in which `lifelinectl` tells the entry of this name, see domain/log/fields.hpp; empty: there is none.
std::string_view words_of(std::string_view name);
std::string_view to_string(reservation_outcome x);
std::string_view to_string(queue_outcome x);
std::string_view to_string(call_outcome x);
std::string_view to_string(end_cause x);

} // namespace lifeline::domain
