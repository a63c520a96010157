#pragma once
// The rules of an alarm and its work order, pure: step(state, event, now) changes the state and returns what to do.
// Sources: DB32/T 4130-2021 (flow of a lift rescue), EN 81-28 (the alarm stays active until the lift is verified
// clear).
//
// The ladder: level 1 the lift's firm, level 2 the nearest stations, level 3 public rescue. A level is climbed when the
// answer or the arrival is overdue, on refusal, at once on injury, fire or medical need (to 3), and by hand. It never
// takes a lower level away: late acceptance and arrival count. Every active order has a deadline; an event that does
// not fit is an explicit clause that changes nothing.

#include "domain/base/failure.hpp"
#include "domain/log/events.hpp"
#include "domain/plan/rescue_plan.hpp"
#include "domain/rescue/order_state.hpp"
#include "domain/rescue/rescue_party.hpp"

#include <tl/expected.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lifeline::domain {

/// Who has answered a call of the hotline, and when.
struct call_answer {
  instant at = never;
  agent_id agent; ///< or empty: a backup number
};

/// Where an account works, as the orders of the rescues' hotline see it (hotline_desk.hpp).
enum class desk : std::uint8_t {
  ours,    ///< an agent who serves the hotline
  another, ///< an agent of other hotlines only
  unknown, ///< no agent's account
};

struct order_environment {
  const rescue_plan& plan;
  const rescue_book& book;
  id_source& ids;
  /// Nothing: nobody has, or it is not known.
  std::function<std::optional<call_answer>(const call_id&)> answer_of = {};
  /// Whose agent an account is; without it every account is the hotline's.
  std::function<desk(const agent_id&)> desk_of = {};
};

// ---- what can happen -------------------------------------------------------------------------------------------

/// Another report of the same lift. `lift_record` not needed: the order knows its lift.
struct report_merged {
  alarm_report report;
};
/// How an attempt went. Accepted / refused / arrived / completed are the rescuer's own words.
struct attempt_result {
  attempt_id attempt;
  attempt_outcome outcome = attempt_outcome::failed;
  span rang{0};
  std::string detail; ///< "486", "webhook 503 three times"
  recording_info recording;
};
/// The call has got its line, and the phone is being rung.
struct attempt_dialled {
  attempt_id attempt;
  instant at = never;
};
/// One of our own people, rung by the alert, has taken it by key.
struct alert_answer {
  std::string by; ///< account, or number
  bool account = true;
};
/// A rescuer speaks by the report line, a signed link, or the party's software.
enum class rescuer_word : std::uint8_t { accept = 1, refuse = 2, arrived = 3, completed = 4 };
std::string_view to_string(rescuer_word x);
struct rescuer_report {
  std::string party; ///< id of an engaged party; empty: the only one it can be
  rescuer_word word = rescuer_word::arrived;
  step_via via = step_via::phone_key;
  std::string note;
  std::string fault_cause; ///< with completed, may be empty
};
/// The mass-event detector's decision; 0 = no longer in one. In a mass event level 2 works in parallel.
struct mass_event_set {
  std::uint32_t group = 0;
};
struct order_clock {};
/// A call that is linked to the order has been answered: whoever did has taken the alarm (接警).
struct linked_call_answered {
  call_id call;
  call_answer answer;
};

/// What a person orders. `fields` are texts by name; what each verb takes is checked, and named when wrong.
enum class order_verb : std::uint8_t {
  acknowledge = 1, ///< an agent has taken it
  edit,       ///< any of: type, address, place, description, trapped, injured, dead, children, elderly, medical, fire,
              ///< major, reported_upward, caller_name, caller_phone, fault_cause, fault_detail, result
  link_lift,  ///< the record is in order_action::lift
  link_call,  ///< call
  assign,     ///< agent (account)
  transfer,   ///< unit, note
  promote,    ///< note
  dismiss,    ///< reason (false alarm, duplicate of ...)
  escalate,   ///< level (2 or 3), reason
  engage,     ///< party, level, reason: this very party, by hand
  withdraw,   ///< party, reason
  accept_for, ///< party, note: told by voice
  refuse_for, ///< party, reason
  arrive_for, ///< party, at (RFC 3339, may lie in the past), note
  complete_for,  ///< party, at, fault_cause, note: people are out
  self_released, ///< at, note: the caller was called back and is out
  confirm,       ///< with (trapped person | using unit | other), note
  urge,          ///< party (empty: all engaged that have not arrived), note
  supervise,     ///< note
  extend,        ///< party, what (answer | arrival), minutes (1..240), reason
  follow_up,     ///< result, satisfaction (1..3 or 0)
  quality_check, ///< score (0..100), note
  close,         ///< fault_cause when not known yet (ladder types), result (others)
  archive,
  reopen,     ///< reason; from confirmed .. closed
  note,       ///< text
  attach,     ///< title, url
  leave_mass, ///< reason
};
std::string_view to_string(order_verb x);
std::optional<order_verb> parse_order_verb(std::string_view text); ///< "quality-check", "accept-for", ...

struct order_action {
  order_verb verb = order_verb::note;
  std::string by; ///< account or client name
  lifeline::domain::role role = lifeline::domain::role::agent;
  step_via via = step_via::api;
  std::uint64_t expected_version = 0; ///< 0 = whatever it is
  std::map<std::string, std::string> fields;
  std::optional<elevator> lift; ///< of link_lift
};
/// Fields that a verb takes: required and allowed ones. For checks and for the API's documentation.
struct verb_rule {
  order_verb verb;
  std::vector<std::string_view> required;
  std::vector<std::string_view> optional;
  std::vector<role> roles; ///< besides admin
};
const std::vector<verb_rule>& verb_rules();

using order_event = std::variant<report_merged, attempt_result, attempt_dialled, alert_answer, rescuer_report,
                                 mass_event_set, order_clock, linked_call_answered, order_action>;

// ---- what it asks for ------------------------------------------------------------------------------------------

namespace order_command {
/// Call a rescuer's phone, or post to its webhook. attempt_result follows until the deadline.
struct attempt {
  open_attempt what;
  std::uint8_t level = 1;
  std::string party;
  std::string party_name;
};
struct give_up {
  attempt_id attempt;
}; ///< end it; its result no longer matters
/// Into the log (order_changed, rescuer_called).
struct log {
  event_body body;
};
} // namespace order_command
using order_output = std::variant<order_command::attempt, order_command::give_up, order_command::log>;

/// A refusal changes nothing: invalid, forbidden, or in conflict with how the order stands.
using order_step_result = result<std::vector<order_output>>;

/// A new order from its first report. `lift`: its record, or nothing. `filtered`: from filter_reason.
struct new_order {
  order_id id;
  std::string number;
  alarm_report report;
  std::optional<elevator> lift;
  std::string filtered;
};
/// Sets every field and begins the ladder (level 1, or 3 at once besides). Never fails.
std::vector<order_output> open_order(order_state& s, const new_order& n, const order_environment& env, instant now);

/// Applies one event. A refusal changes nothing; only order_action is ever refused.
[[nodiscard]] order_step_result step(order_state& s, const order_event& e, const order_environment& env, instant now);

/// The next moment at which order_clock must be given. Never `never` while the order is active.
instant next_deadline(const order_state& s);

/// After a restart: attempts that were under way are lost; what has to be begun again is. Overdue timers are left to
/// the clock, which the caller gives at once.
std::vector<order_output> resume(order_state& s, const order_environment& env, instant now);

/// A call to a rescuer may last ring_timeout + answer_patience + this from the moment that it is dialled; a webhook
/// webhook_patience + this.
inline constexpr span attempt_margin = 10s;
inline constexpr span webhook_patience = 120s; ///< all tries together
/// The machine itself gives an attempt up so much after its deadline: whoever makes it comes first.
inline constexpr span attempt_grace = 5s;
/// No line was free, or the attempt was interrupted: the same phone again after this.
inline constexpr span retry_pause = 5s;
/// A call waits so long for a line, then it is made anew: nothing is waited for that may have been lost. It does not
/// lose its place by that.
inline constexpr span longest_line_wait = 60s;

/// 到场耗时 = arrived − answered; 现场救援用时 = rescued − arrived. Nothing when one is missing.
std::optional<span> arrival_time(const order_state& s);
std::optional<span> on_site_time(const order_state& s);

} // namespace lifeline::domain
