#include "domain/events.hpp"

#include <concepts>

namespace lifeline::domain {

namespace {

struct name_of {
  std::string_view operator()(const engine_started&) const { return "engine_started"; }
  std::string_view operator()(const engine_stopped&) const { return "engine_stopped"; }
  std::string_view operator()(const call_arrived&) const { return "call_arrived"; }
  std::string_view operator()(const call_blocked&) const { return "call_blocked"; }
  std::string_view operator()(const queue_entered&) const { return "queue_entered"; }
  std::string_view operator()(const queue_left&) const { return "queue_left"; }
  std::string_view operator()(const agent_reserved&) const { return "agent_reserved"; }
  std::string_view operator()(const agent_ringing&) const { return "agent_ringing"; }
  std::string_view operator()(const reservation_ended&) const { return "reservation_ended"; }
  std::string_view operator()(const call_connected&) const { return "call_connected"; }
  std::string_view operator()(const call_held&) const { return "call_held"; }
  std::string_view operator()(const call_resumed&) const { return "call_resumed"; }
  std::string_view operator()(const call_overflowed&) const { return "call_overflowed"; }
  std::string_view operator()(const call_ended&) const { return "call_ended"; }
  std::string_view operator()(const recording_started&) const { return "recording_started"; }
  std::string_view operator()(const recording_sealed&) const { return "recording_sealed"; }
  std::string_view operator()(const recording_failed&) const { return "recording_failed"; }
  std::string_view operator()(const agent_changed&) const { return "agent_changed"; }
  std::string_view operator()(const registration_changed&) const { return "registration_changed"; }
  std::string_view operator()(const dispatcher_started&) const { return "dispatcher_started"; }
  std::string_view operator()(const actor_restarted&) const { return "actor_restarted"; }
  std::string_view operator()(const call_escalated&) const { return "call_escalated"; }
  std::string_view operator()(const hotline_rerouted&) const { return "hotline_rerouted"; }
  std::string_view operator()(const trunk_changed&) const { return "trunk_changed"; }
  std::string_view operator()(const source_banned&) const { return "source_banned"; }
  std::string_view operator()(const configuration_reloaded&) const { return "configuration_reloaded"; }
  std::string_view operator()(const engine_draining&) const { return "engine_draining"; }
  std::string_view operator()(const backup_made&) const { return "backup_made"; }
  std::string_view operator()(const events_lost&) const { return "events_lost"; }
  std::string_view operator()(const alarm_received&) const { return "alarm_received"; }
  std::string_view operator()(const order_changed&) const { return "order_changed"; }
  std::string_view operator()(const rescuer_called&) const { return "rescuer_called"; }
  std::string_view operator()(const rescuer_dialled&) const { return "rescuer_dialled"; }
  std::string_view operator()(const alert_rung&) const { return "alert_rung"; }
  std::string_view operator()(const elevators_imported&) const { return "elevators_imported"; }
  std::string_view operator()(const party_changed&) const { return "party_changed"; }
  std::string_view operator()(const recording_fetched&) const { return "recording_fetched"; }
  std::string_view operator()(const rescuer_link_made&) const { return "rescuer_link_made"; }
  std::string_view operator()(const device_silence&) const { return "device_silence"; }
  std::string_view operator()(const mass_event_changed&) const { return "mass_event_changed"; }
  std::string_view operator()(const log_salvaged&) const { return "log_salvaged"; }
  std::string_view operator()(const clock_stepped&) const { return "clock_stepped"; }
  std::string_view operator()(const outbound_resumed&) const { return "outbound_resumed"; }
  std::string_view operator()(const call_cut&) const { return "call_cut"; }
  std::string_view operator()(const call_rung_back&) const { return "call_rung_back"; }
};

} // namespace

span waited_in_all(const call_record& r) {
  const auto from = r.first_queued != never ? r.first_queued : r.queued;
  const auto until = r.answered != never ? r.answered : r.ended;
  return from != never && until > from ? until - from : 0s;
}

span waited_since_arrival(const call_record& r) {
  const auto until = r.answered != never ? r.answered : r.ended;
  return r.arrived != never && until > r.arrived ? until - r.arrived : 0s;
}

std::string_view event_name(const event_body& body) { return std::visit(name_of{}, body); }

order_id order_of(const event_body& body) {
  return std::visit(
      [](const auto& x) -> order_id {
        if constexpr (requires {
                        { x.order } -> std::convertible_to<order_id>;
                      })
          return x.order;
        else
          return {};
      },
      body);
}

std::string_view to_string(agent_state s) {
  switch (s) {
  case agent_state::logged_out: return "logged_out";
  case agent_state::ready: return "ready";
  case agent_state::reserved: return "reserved";
  case agent_state::ringing: return "ringing";
  case agent_state::talking: return "talking";
  case agent_state::hold: return "hold";
  case agent_state::wrap_up: return "wrap_up";
  case agent_state::not_ready: return "not_ready";
  case agent_state::unreachable: return "unreachable";
  }
  return "unknown";
}

std::string_view to_string(reservation_outcome x) {
  switch (x) {
  case reservation_outcome::connected: return "connected";
  case reservation_outcome::no_answer: return "no_answer";
  case reservation_outcome::rejected: return "rejected";
  case reservation_outcome::busy: return "busy";
  case reservation_outcome::unreachable: return "unreachable";
  case reservation_outcome::caller_gone: return "caller_gone";
  case reservation_outcome::lost_race: return "lost_race";
  case reservation_outcome::refused: return "refused";
  case reservation_outcome::lease_expired: return "lease_expired";
  case reservation_outcome::superseded: return "superseded";
  case reservation_outcome::engine_stopped: return "engine_stopped";
  }
  return "unknown";
}

std::string_view to_string(queue_outcome x) {
  switch (x) {
  case queue_outcome::answered: return "answered";
  case queue_outcome::abandoned: return "abandoned";
  case queue_outcome::overflowed: return "overflowed";
  case queue_outcome::failed: return "failed";
  }
  return "unknown";
}

std::string_view to_string(call_outcome x) {
  switch (x) {
  case call_outcome::answered: return "answered";
  case call_outcome::overflowed: return "overflowed";
  case call_outcome::abandoned: return "abandoned";
  case call_outcome::blocked: return "blocked";
  case call_outcome::failed: return "failed";
  }
  return "unknown";
}

std::string_view to_string(end_cause x) {
  switch (x) {
  case end_cause::caller_hung_up: return "caller_hung_up";
  case end_cause::agent_hung_up: return "agent_hung_up";
  case end_cause::caller_cancelled: return "caller_cancelled";
  case end_cause::media_timeout: return "media_timeout";
  case end_cause::session_expired: return "session_expired";
  case end_cause::max_duration: return "max_duration";
  case end_cause::no_agent: return "no_agent";
  case end_cause::lines_full: return "lines_full";
  case end_cause::engine_restart: return "engine_restart";
  case end_cause::engine_stopped: return "engine_stopped";
  case end_cause::internal_error: return "internal_error";
  case end_cause::operator_released: return "operator_released";
  case end_cause::rejected_media: return "rejected_media";
  }
  return "unknown";
}

std::string_view to_string(strategy x) {
  switch (x) {
  case strategy::longest_idle: return "longest-idle";
  case strategy::round_robin: return "round-robin";
  case strategy::fewest_calls: return "fewest-calls";
  case strategy::least_talk: return "least-talk";
  case strategy::random: return "random";
  case strategy::ring_all: return "ring-all";
  case strategy::top_down: return "top-down";
  case strategy::sequential: return "sequential";
  case strategy::ring_progressively: return "ring-progressively";
  }
  return "unknown";
}

std::string_view to_string(empty_policy x) {
  switch (x) {
  case empty_policy::wait: return "wait";
  case empty_policy::overflow: return "overflow";
  }
  return "unknown";
}

std::string_view to_string(holding x) {
  switch (x) {
  case holding::ringing: return "ringing";
  case holding::early_media: return "early-media";
  case holding::answered: return "answered";
  }
  return "unknown";
}

} // namespace lifeline::domain
