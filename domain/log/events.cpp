#include "domain/log/describe.hpp"

#include <concepts>
#include <utility>

namespace lifeline::domain {

span waited_in_all(const call_record& r) {
  const auto from = r.first_queued != never ? r.first_queued : r.queued;
  const auto until = r.answered != never ? r.answered : r.ended;
  return from != never && until > from ? until - from : 0s;
}

span waited_since_arrival(const call_record& r) {
  const auto until = r.answered != never ? r.answered : r.ended;
  return r.arrived != never && until > r.arrived ? until - r.arrived : 0s;
}

std::string_view event_name(const event_body& body) {
  return std::visit([](const auto& x) { return facts_of<std::decay_t<decltype(x)>>.name; }, body);
}

namespace {

template <std::size_t... I> std::string_view find_words(std::string_view name, std::index_sequence<I...>) {
  std::string_view found;
  (void)((facts_of<std::variant_alternative_t<I, event_body>>.name == name
              ? (found = facts_of<std::variant_alternative_t<I, event_body>>.words, true)
              : false) ||
         ...);
  return found;
}

} // namespace

std::string_view words_of(std::string_view name) {
  return find_words(name, std::make_index_sequence<std::variant_size_v<event_body>>{});
}

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
  for (const auto& s : strategies)
    if (s.value == x) return s.name;
  return "unknown";
}

std::optional<strategy> parse_strategy(std::string_view name) {
  for (const auto& s : strategies)
    if (s.name == name) return s.value;
  return std::nullopt;
}

} // namespace lifeline::domain
