#pragma once
// How cereal takes the domain's events apart. A field is only ever added at the end, behind a raised class version:
// the order and the width of what is here is the format on disk.

#include "domain/events.hpp"
#include "storage/codec.hpp"
#include "storage/order_serialize.hpp"

namespace lifeline::storage {

/// The domain numbers its strategies as it likes; these are the numbers on disk.
inline constexpr std::array strategies_on_disk = {
    domain::strategy::longest_idle,       // 1
    domain::strategy::round_robin,        // 2
    domain::strategy::fewest_calls,       // 3
    domain::strategy::least_talk,         // 4
    domain::strategy::random,             // 5
    domain::strategy::ring_all,           // 6
    domain::strategy::top_down,           // 7
    domain::strategy::sequential,         // 8
    domain::strategy::ring_progressively, // 9
};

template <class Archive> void strategy_number(Archive& ar, domain::strategy& s) {
  std::uint8_t number = 0;
  for (std::size_t i = 0; i < strategies_on_disk.size(); ++i)
    if (strategies_on_disk[i] == s) number = static_cast<std::uint8_t>(i + 1);
  ar(number);
  if (number < 1 || number > strategies_on_disk.size())
    throw cereal::Exception("the strategy " + std::to_string(number) + " is unknown");
  s = strategies_on_disk[number - 1u];
}

} // namespace lifeline::storage

namespace lifeline::domain {

using storage::check_version;
using storage::enumeration;

template <class Archive> void on_disk(Archive& ar, reservation_outcome& x) {
  enumeration(ar, x, reservation_outcome::connected, reservation_outcome::engine_stopped);
}
template <class Archive> void on_disk(Archive& ar, queue_outcome& x) {
  enumeration(ar, x, queue_outcome::answered, queue_outcome::failed);
}
template <class Archive> void on_disk(Archive& ar, call_outcome& x) {
  enumeration(ar, x, call_outcome::answered, call_outcome::failed);
}
template <class Archive> void on_disk(Archive& ar, end_cause& x) {
  enumeration(ar, x, end_cause::caller_hung_up, end_cause::rejected_media);
}
template <class Archive> void on_disk(Archive& ar, agent_state& x) {
  enumeration(ar, x, agent_state::logged_out, agent_state::unreachable);
}

template <class Archive> void serialize(Archive& ar, candidate& x, std::uint32_t version) {
  check_version<candidate>(version);
  ar(x.agent, x.rank);
}
template <class Archive> void serialize(Archive& ar, exclusion& x, std::uint32_t version) {
  check_version<exclusion>(version);
  ar(x.agent, x.reason);
}
template <class Archive> void serialize(Archive& ar, explanation& x, std::uint32_t version) {
  check_version<explanation>(version);
  storage::strategy_number(ar, x.strategy);
  ar(x.considered, x.excluded, x.considered_count, x.excluded_count, x.waiting_ahead);
  if (version >= 2) ar(x.note);
}
template <class Archive> void serialize(Archive& ar, recording_info& x, std::uint32_t version) {
  check_version<recording_info>(version);
  ar(x.path, x.sha256, x.bytes, x.duration, x.repaired);
}
template <class Archive> void serialize(Archive& ar, queue_stay& x) { ar(x.queue, x.waited); }
template <class Archive> void serialize(Archive& ar, call_record& x, std::uint32_t version) {
  check_version<call_record>(version);
  ar(x.call, x.hotline, x.queue, x.caller, x.called, x.trunk, x.arrived, x.queued, x.answered, x.ended, x.agent,
     x.external);
  on_disk(ar, x.outcome);
  on_disk(ar, x.cause);
  ar(x.waited, x.talk, x.hold, x.offers, x.recording);
  if (version >= 2) ar(x.caller_received);
  if (version >= 3) {
    ar(x.first_queued, x.stays);
  } else { // all that was kept
    x.first_queued = x.queued;
    if (x.queued != never) x.stays = {{x.queue, x.waited}};
  }
}

template <class Archive> void serialize(Archive& ar, engine_started& x, std::uint32_t version) {
  check_version<engine_started>(version);
  ar(x.version, x.revision);
}
template <class Archive> void serialize(Archive& ar, engine_stopped& x, std::uint32_t version) {
  check_version<engine_stopped>(version);
  ar(x.reason);
}
template <class Archive> void serialize(Archive& ar, call_arrived& x, std::uint32_t version) {
  check_version<call_arrived>(version);
  ar(x.hotline, x.caller, x.called, x.trunk, x.leg);
  if (version >= 2) ar(x.caller_received);
}
template <class Archive> void serialize(Archive& ar, call_blocked& x, std::uint32_t version) {
  check_version<call_blocked>(version);
  ar(x.hotline, x.reason, x.sip_status);
}
template <class Archive> void serialize(Archive& ar, queue_entered& x, std::uint32_t version) {
  check_version<queue_entered>(version);
  ar(x.queue, x.priority, x.position);
  if (version >= 2) ar(x.expected_wait, x.resumed);
}
template <class Archive> void serialize(Archive& ar, queue_left& x, std::uint32_t version) {
  check_version<queue_left>(version);
  ar(x.queue);
  on_disk(ar, x.outcome);
  ar(x.waited);
}
template <class Archive> void serialize(Archive& ar, agent_reserved& x, std::uint32_t version) {
  check_version<agent_reserved>(version);
  ar(x.reservation, x.agent, x.queue, x.epoch, x.deadline, x.why);
}
template <class Archive> void serialize(Archive& ar, agent_ringing& x, std::uint32_t version) {
  check_version<agent_ringing>(version);
  ar(x.reservation, x.agent, x.leg);
}
template <class Archive> void serialize(Archive& ar, reservation_ended& x, std::uint32_t version) {
  check_version<reservation_ended>(version);
  ar(x.reservation, x.agent, x.queue);
  on_disk(ar, x.outcome);
  ar(x.rang);
  if (version >= 2) ar(x.sip_status);
}
template <class Archive> void serialize(Archive& ar, call_connected& x, std::uint32_t version) {
  check_version<call_connected>(version);
  ar(x.reservation, x.agent, x.external, x.queue, x.waited);
  if (version >= 2) ar(x.since_arrival);
}
template <class Archive> void serialize(Archive& ar, call_held& x, std::uint32_t version) {
  check_version<call_held>(version);
  ar(x.by_caller);
}
template <class Archive> void serialize(Archive& ar, call_resumed& x, std::uint32_t version) {
  check_version<call_resumed>(version);
  ar(x.by_caller, x.held);
}
template <class Archive> void serialize(Archive& ar, call_overflowed& x, std::uint32_t version) {
  check_version<call_overflowed>(version);
  ar(x.from, x.to_queue, x.to_number, x.reason);
}
template <class Archive> void serialize(Archive& ar, call_ended& x, std::uint32_t version) {
  check_version<call_ended>(version);
  ar(x.record);
}
template <class Archive> void serialize(Archive& ar, recording_started& x, std::uint32_t version) {
  check_version<recording_started>(version);
  ar(x.path);
}
template <class Archive> void serialize(Archive& ar, recording_sealed& x, std::uint32_t version) {
  check_version<recording_sealed>(version);
  ar(x.recording);
}
template <class Archive> void serialize(Archive& ar, recording_failed& x, std::uint32_t version) {
  check_version<recording_failed>(version);
  ar(x.path, x.reason);
}
template <class Archive> void serialize(Archive& ar, agent_changed& x, std::uint32_t version) {
  check_version<agent_changed>(version);
  ar(x.agent);
  on_disk(ar, x.from);
  on_disk(ar, x.to);
  ar(x.reason, x.in_from);
}
template <class Archive> void serialize(Archive& ar, registration_changed& x, std::uint32_t version) {
  check_version<registration_changed>(version);
  ar(x.agent, x.contacts);
}
template <class Archive> void serialize(Archive& ar, dispatcher_started& x, std::uint32_t version) {
  check_version<dispatcher_started>(version);
  ar(x.epoch);
}
template <class Archive> void serialize(Archive& ar, actor_restarted& x, std::uint32_t version) {
  check_version<actor_restarted>(version);
  ar(x.actor, x.reason);
}
template <class Archive> void serialize(Archive& ar, call_escalated& x, std::uint32_t version) {
  check_version<call_escalated>(version);
  ar(x.queue, x.rule, x.what);
}
template <class Archive> void serialize(Archive& ar, hotline_rerouted& x, std::uint32_t version) {
  check_version<hotline_rerouted>(version);
  ar(x.hotline, x.on, x.reason);
}
template <class Archive> void serialize(Archive& ar, trunk_changed& x, std::uint32_t version) {
  check_version<trunk_changed>(version);
  ar(x.trunk, x.up, x.registered, x.reason);
}
template <class Archive> void serialize(Archive& ar, source_banned& x, std::uint32_t version) {
  check_version<source_banned>(version);
  ar(x.address, x.until, x.reason);
}
template <class Archive> void serialize(Archive& ar, configuration_reloaded& x, std::uint32_t version) {
  check_version<configuration_reloaded>(version);
  ar(x.changes, x.summary);
}
template <class Archive> void serialize(Archive& ar, engine_draining& x, std::uint32_t version) {
  check_version<engine_draining>(version);
  ar(x.reason);
}
template <class Archive> void serialize(Archive& ar, backup_made& x, std::uint32_t version) {
  check_version<backup_made>(version);
  ar(x.folder, x.last_sequence);
}
template <class Archive> void serialize(Archive& ar, events_lost& x, std::uint32_t version) {
  check_version<events_lost>(version);
  ar(x.count, x.reason);
}
template <class Archive> void serialize(Archive& ar, recording_fetched& x, std::uint32_t version) {
  check_version<recording_fetched>(version);
  ar(x.path, x.by, x.client);
}
template <class Archive> void serialize(Archive& ar, log_salvaged& x, std::uint32_t version) {
  check_version<log_salvaged>(version);
  ar(x.lost, x.first, x.last, x.orders, x.kept);
}
template <class Archive> void serialize(Archive& ar, clock_stepped& x, std::uint32_t version) {
  check_version<clock_stepped>(version);
  ar(x.by);
}
template <class Archive> void serialize(Archive& ar, outbound_resumed& x, std::uint32_t version) {
  check_version<outbound_resumed>(version);
  ar(x.restored, x.by);
}
template <class Archive> void serialize(Archive& ar, call_cut& x, std::uint32_t version) {
  check_version<call_cut>(version);
  ar(x.hotline, x.caller, x.agent, x.talking, x.lift, x.order);
}
template <class Archive> void serialize(Archive& ar, call_rung_back& x, std::uint32_t version) {
  check_version<call_rung_back>(version);
  ar(x.hotline, x.by, x.note);
}

} // namespace lifeline::domain

CEREAL_CLASS_VERSION(lifeline::domain::candidate, 1)
CEREAL_CLASS_VERSION(lifeline::domain::exclusion, 1)
CEREAL_CLASS_VERSION(lifeline::domain::explanation, 2)
CEREAL_CLASS_VERSION(lifeline::domain::recording_info, 1)
CEREAL_CLASS_VERSION(lifeline::domain::call_record, 3)
CEREAL_CLASS_VERSION(lifeline::domain::engine_started, 1)
CEREAL_CLASS_VERSION(lifeline::domain::engine_stopped, 1)
CEREAL_CLASS_VERSION(lifeline::domain::call_arrived, 2)
CEREAL_CLASS_VERSION(lifeline::domain::call_blocked, 1)
CEREAL_CLASS_VERSION(lifeline::domain::queue_entered, 2)
CEREAL_CLASS_VERSION(lifeline::domain::queue_left, 1)
CEREAL_CLASS_VERSION(lifeline::domain::agent_reserved, 1)
CEREAL_CLASS_VERSION(lifeline::domain::agent_ringing, 1)
CEREAL_CLASS_VERSION(lifeline::domain::reservation_ended, 2)
CEREAL_CLASS_VERSION(lifeline::domain::call_connected, 2)
CEREAL_CLASS_VERSION(lifeline::domain::call_held, 1)
CEREAL_CLASS_VERSION(lifeline::domain::call_resumed, 1)
CEREAL_CLASS_VERSION(lifeline::domain::call_overflowed, 1)
CEREAL_CLASS_VERSION(lifeline::domain::call_ended, 1)
CEREAL_CLASS_VERSION(lifeline::domain::recording_started, 1)
CEREAL_CLASS_VERSION(lifeline::domain::recording_sealed, 1)
CEREAL_CLASS_VERSION(lifeline::domain::recording_failed, 1)
CEREAL_CLASS_VERSION(lifeline::domain::agent_changed, 1)
CEREAL_CLASS_VERSION(lifeline::domain::registration_changed, 1)
CEREAL_CLASS_VERSION(lifeline::domain::dispatcher_started, 1)
CEREAL_CLASS_VERSION(lifeline::domain::actor_restarted, 1)
CEREAL_CLASS_VERSION(lifeline::domain::call_escalated, 1)
CEREAL_CLASS_VERSION(lifeline::domain::hotline_rerouted, 1)
CEREAL_CLASS_VERSION(lifeline::domain::trunk_changed, 1)
CEREAL_CLASS_VERSION(lifeline::domain::source_banned, 1)
CEREAL_CLASS_VERSION(lifeline::domain::configuration_reloaded, 1)
CEREAL_CLASS_VERSION(lifeline::domain::engine_draining, 1)
CEREAL_CLASS_VERSION(lifeline::domain::backup_made, 1)
CEREAL_CLASS_VERSION(lifeline::domain::events_lost, 1)
CEREAL_CLASS_VERSION(lifeline::domain::recording_fetched, 1)
CEREAL_CLASS_VERSION(lifeline::domain::log_salvaged, 1)
CEREAL_CLASS_VERSION(lifeline::domain::clock_stepped, 1)
CEREAL_CLASS_VERSION(lifeline::domain::outbound_resumed, 1)
CEREAL_CLASS_VERSION(lifeline::domain::call_cut, 1)
CEREAL_CLASS_VERSION(lifeline::domain::call_rung_back, 1)
