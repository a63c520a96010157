#include "domain/log/order_words.hpp"

#include "domain/log/alarm_report.hpp"

#include <array>
#include <utility>

namespace lifeline::domain {

namespace {

/// The value with that name; nothing when there is none.
template <class E, std::size_t N>
std::optional<E> find_name(const std::array<std::pair<std::string_view, E>, N>& names, std::string_view text) {
  for (const auto& [name, value] : names)
    if (name == text) return value;
  return std::nullopt;
}

} // namespace

std::string_view to_string(report_channel x) {
  switch (x) {
  case report_channel::phone: return "phone";
  case report_channel::mobile: return "mobile";
  case report_channel::iot: return "iot";
  case report_channel::lift_phone: return "lift_phone";
  }
  return "unknown";
}

std::string_view to_string(report_kind x) {
  switch (x) {
  case report_kind::entrapment: return "entrapment";
  case report_kind::fault: return "fault";
  case report_kind::complaint: return "complaint";
  case report_kind::enquiry: return "enquiry";
  case report_kind::recovered: return "recovered";
  case report_kind::reset: return "reset";
  case report_kind::test: return "test";
  case report_kind::device_failure: return "device_failure";
  }
  return "unknown";
}

std::string_view to_string(report_fate x) {
  switch (x) {
  case report_fate::opened: return "opened";
  case report_fate::merged: return "merged";
  case report_fate::filtered: return "filtered";
  case report_fate::noted: return "noted";
  }
  return "unknown";
}

std::string_view to_string(order_type x) {
  switch (x) {
  case order_type::entrapment: return "entrapment";
  case order_type::fault: return "fault";
  case order_type::complaint: return "complaint";
  case order_type::enquiry: return "enquiry";
  }
  return "unknown";
}

std::string_view to_string(order_status x) {
  switch (x) {
  case order_status::filtered: return "filtered";
  case order_status::open: return "open";
  case order_status::dispatched: return "dispatched";
  case order_status::accepted: return "accepted";
  case order_status::arrived: return "arrived";
  case order_status::rescued: return "rescued";
  case order_status::confirmed: return "confirmed";
  case order_status::followed_up: return "followed_up";
  case order_status::quality_checked: return "quality_checked";
  case order_status::closed: return "closed";
  case order_status::archived: return "archived";
  case order_status::dismissed: return "dismissed";
  }
  return "unknown";
}

std::string_view to_string(deployment_phase x) {
  switch (x) {
  case deployment_phase::dispatched: return "dispatched";
  case deployment_phase::accepted: return "accepted";
  case deployment_phase::arrived: return "arrived";
  case deployment_phase::completed: return "completed";
  case deployment_phase::refused: return "refused";
  case deployment_phase::unanswered: return "unanswered";
  case deployment_phase::withdrawn: return "withdrawn";
  }
  return "unknown";
}

std::string_view to_string(attempt_purpose x) {
  switch (x) {
  case attempt_purpose::dispatch: return "dispatch";
  case attempt_purpose::urge: return "urge";
  case attempt_purpose::withdrawal: return "withdrawal";
  case attempt_purpose::alert: return "alert";
  }
  return "unknown";
}

std::string_view to_string(attempt_channel x) {
  switch (x) {
  case attempt_channel::phone: return "phone";
  case attempt_channel::webhook: return "webhook";
  }
  return "unknown";
}

std::string_view to_string(alert_stage x) {
  switch (x) {
  case alert_stage::none: return "none";
  case alert_stage::agents: return "agents";
  case alert_stage::supervisor: return "supervisor";
  case alert_stage::backup: return "backup";
  }
  return "unknown";
}

std::string_view to_string(attempt_outcome x) {
  switch (x) {
  case attempt_outcome::accepted: return "accepted";
  case attempt_outcome::refused: return "refused";
  case attempt_outcome::arrived: return "arrived";
  case attempt_outcome::completed: return "completed";
  case attempt_outcome::heard: return "heard";
  case attempt_outcome::busy: return "busy";
  case attempt_outcome::no_answer: return "no_answer";
  case attempt_outcome::failed: return "failed";
  case attempt_outcome::no_line: return "no_line";
  case attempt_outcome::interrupted: return "interrupted";
  case attempt_outcome::withdrawn: return "withdrawn";
  case attempt_outcome::delivered: return "delivered";
  }
  return "unknown";
}

std::string_view to_string(role x) {
  switch (x) {
  case role::agent: return "agent";
  case role::supervisor: return "supervisor";
  case role::quality: return "quality";
  case role::admin: return "admin";
  case role::integration: return "integration";
  }
  return "unknown";
}

std::string_view to_string(step_via x) {
  switch (x) {
  case step_via::engine: return "engine";
  case step_via::api: return "api";
  case step_via::phone_key: return "phone_key";
  case step_via::signed_link: return "signed_link";
  case step_via::device: return "device";
  case step_via::webhook: return "webhook";
  }
  return "unknown";
}

std::string_view to_string(order_step x) {
  switch (x) {
  case order_step::created: return "created";
  case order_step::merged: return "merged";
  case order_step::filtered: return "filtered";
  case order_step::promoted: return "promoted";
  case order_step::dismissed: return "dismissed";
  case order_step::acknowledged: return "acknowledged";
  case order_step::dispatched: return "dispatched";
  case order_step::accepted: return "accepted";
  case order_step::accepted_late: return "accepted_late";
  case order_step::refused: return "refused";
  case order_step::unanswered: return "unanswered";
  case order_step::answer_overdue: return "answer_overdue";
  case order_step::arrived: return "arrived";
  case order_step::arrival_overdue: return "arrival_overdue";
  case order_step::escalated: return "escalated";
  case order_step::exhausted: return "exhausted";
  case order_step::urged: return "urged";
  case order_step::supervised: return "supervised";
  case order_step::rescued: return "rescued";
  case order_step::self_release_reported: return "self_release_reported";
  case order_step::self_released: return "self_released";
  case order_step::confirmed: return "confirmed";
  case order_step::followed_up: return "followed_up";
  case order_step::quality_checked: return "quality_checked";
  case order_step::closed: return "closed";
  case order_step::archived: return "archived";
  case order_step::reopened: return "reopened";
  case order_step::assigned: return "assigned";
  case order_step::transferred: return "transferred";
  case order_step::edited: return "edited";
  case order_step::lift_linked: return "lift_linked";
  case order_step::noted: return "noted";
  case order_step::attached: return "attached";
  case order_step::call_linked: return "call_linked";
  case order_step::extended: return "extended";
  case order_step::withdrawn: return "withdrawn";
  case order_step::alerted_agents: return "alerted_agents";
  case order_step::alerted_supervisor: return "alerted_supervisor";
  case order_step::reminded: return "reminded";
  case order_step::mass_joined: return "mass_joined";
  case order_step::mass_left: return "mass_left";
  case order_step::calling: return "calling";
  case order_step::called: return "called";
  case order_step::device_reset: return "device_reset";
  case order_step::not_rung: return "not_rung";
  case order_step::alert_taken: return "alert_taken";
  case order_step::alerted_backup: return "alerted_backup";
  }
  return "unknown";
}

std::optional<report_kind> parse_report_kind(std::string_view text) {
  static constexpr std::array names{
      std::pair<std::string_view, report_kind>{"entrapment", report_kind::entrapment},
      std::pair<std::string_view, report_kind>{"fault", report_kind::fault},
      std::pair<std::string_view, report_kind>{"complaint", report_kind::complaint},
      std::pair<std::string_view, report_kind>{"enquiry", report_kind::enquiry},
      std::pair<std::string_view, report_kind>{"recovered", report_kind::recovered},
      std::pair<std::string_view, report_kind>{"reset", report_kind::reset},
      std::pair<std::string_view, report_kind>{"test", report_kind::test},
      std::pair<std::string_view, report_kind>{"device_failure", report_kind::device_failure},
      std::pair<std::string_view, report_kind>{"困人", report_kind::entrapment},
      std::pair<std::string_view, report_kind>{"故障", report_kind::fault},
      std::pair<std::string_view, report_kind>{"投诉", report_kind::complaint},
      std::pair<std::string_view, report_kind>{"咨询", report_kind::enquiry},
  };
  return find_name(names, text);
}

std::optional<order_type> parse_order_type(std::string_view text) {
  static constexpr std::array names{
      std::pair<std::string_view, order_type>{"entrapment", order_type::entrapment},
      std::pair<std::string_view, order_type>{"fault", order_type::fault},
      std::pair<std::string_view, order_type>{"complaint", order_type::complaint},
      std::pair<std::string_view, order_type>{"enquiry", order_type::enquiry},
      std::pair<std::string_view, order_type>{"困人", order_type::entrapment},
      std::pair<std::string_view, order_type>{"故障", order_type::fault},
      std::pair<std::string_view, order_type>{"投诉", order_type::complaint},
      std::pair<std::string_view, order_type>{"咨询", order_type::enquiry},
  };
  return find_name(names, text);
}

std::optional<order_status> parse_order_status(std::string_view text) {
  static constexpr std::array names{
      std::pair<std::string_view, order_status>{"filtered", order_status::filtered},
      std::pair<std::string_view, order_status>{"open", order_status::open},
      std::pair<std::string_view, order_status>{"dispatched", order_status::dispatched},
      std::pair<std::string_view, order_status>{"accepted", order_status::accepted},
      std::pair<std::string_view, order_status>{"arrived", order_status::arrived},
      std::pair<std::string_view, order_status>{"rescued", order_status::rescued},
      std::pair<std::string_view, order_status>{"confirmed", order_status::confirmed},
      std::pair<std::string_view, order_status>{"followed_up", order_status::followed_up},
      std::pair<std::string_view, order_status>{"quality_checked", order_status::quality_checked},
      std::pair<std::string_view, order_status>{"closed", order_status::closed},
      std::pair<std::string_view, order_status>{"archived", order_status::archived},
      std::pair<std::string_view, order_status>{"dismissed", order_status::dismissed},
  };
  return find_name(names, text);
}

std::optional<role> parse_role(std::string_view text) {
  static constexpr std::array names{
      std::pair<std::string_view, role>{"agent", role::agent},
      std::pair<std::string_view, role>{"supervisor", role::supervisor},
      std::pair<std::string_view, role>{"quality", role::quality},
      std::pair<std::string_view, role>{"admin", role::admin},
      std::pair<std::string_view, role>{"integration", role::integration},
  };
  return find_name(names, text);
}

} // namespace lifeline::domain
