#pragma once
// The words in which orders are spoken of: by the log, the API, the command line and the engine alike. Explicit values:
// they are on disk.

#include <cstdint>
#include <optional>
#include <string_view>

namespace lifeline::domain {

enum class order_type : std::uint8_t { entrapment = 1, fault = 2, complaint = 3, enquiry = 4 };
enum class order_status : std::uint8_t {
  filtered = 1,
  open = 2,
  dispatched = 3,
  accepted = 4,
  arrived = 5,
  rescued = 6,   ///< people are out, or (other types) the matter is handled; the alarm is still active
  confirmed = 7, ///< the end of the alarm is confirmed
  followed_up = 8,
  quality_checked = 9,
  closed = 10,
  archived = 11,
  dismissed = 12,
};
enum class deployment_phase : std::uint8_t {
  dispatched = 1, ///< told to come; answers until answer_due
  accepted = 2,   ///< is on the way; arrives until arrival_due
  arrived = 3,
  completed = 4,
  refused = 5,
  unanswered = 6, ///< the answer is overdue and nobody is called any more; may still accept late
  withdrawn = 7,  ///< called back by a person, or the order ended without it
};
enum class attempt_purpose : std::uint8_t {
  dispatch = 1,
  urge = 2,
  withdrawal = 3, ///< by webhook only: need not come (any more)
  alert = 4,      ///< to our own people: an alarm that nobody has taken, see order_alert
};
enum class attempt_channel : std::uint8_t { phone = 1, webhook = 2 };
enum class attempt_outcome : std::uint8_t {
  accepted = 1,
  refused = 2,
  arrived = 3,   ///< reported on site by key
  completed = 4, ///< reported done by key
  heard = 5,     ///< answered, listened, no decision
  busy = 6,
  no_answer = 7,
  failed = 8,       ///< could not be called: trunk, prompt, webhook refused for good
  no_line = 9,      ///< no outbound line was free; tried again
  interrupted = 10, ///< the engine or the attempt's actor died meanwhile
  withdrawn = 11,   ///< no longer wanted: somebody else accepted, or the order ended
  delivered = 12,   ///< webhook: taken by the party's software
};
/// Who may do what; an admin may do everything.
enum class role : std::uint8_t { agent = 1, supervisor = 2, quality = 3, admin = 4, integration = 5 };
/// How a step came about.
enum class step_via : std::uint8_t { engine = 1, api = 2, phone_key = 3, signed_link = 4, device = 5, webhook = 6 };

/// Entrapment and fault: the ladder works for it.
inline bool has_ladder(order_type t) { return t == order_type::entrapment || t == order_type::fault; }
/// The alarm is active: needs a deadline, holds the lift's place for merging.
inline bool is_active(order_status s) { return s <= order_status::rescued; }
/// Nothing more happens to it but by people.
inline bool is_over(order_status s) { return s >= order_status::confirmed; }

std::string_view to_string(order_type x);
std::string_view to_string(order_status x);
std::string_view to_string(deployment_phase x);
std::string_view to_string(attempt_purpose x);
std::string_view to_string(attempt_channel x);
std::string_view to_string(attempt_outcome x);
std::string_view to_string(role x);
std::string_view to_string(step_via x);
std::optional<order_type> parse_order_type(std::string_view text); ///< English names, 困人 故障 投诉 咨询
std::optional<order_status> parse_order_status(std::string_view text);
std::optional<role> parse_role(std::string_view text);

/// An order that needs a person now rings phones until somebody takes it.
enum class alert_stage : std::uint8_t {
  none = 0,
  agents = 1,     ///< those who are idle
  supervisor = 2, ///< and the supervisors
  backup = 3,     ///< and the hotline's backup numbers
};
std::string_view to_string(alert_stage x);

enum class order_step : std::uint8_t {
  created = 1,
  merged = 2,
  filtered = 3,
  promoted = 4,
  dismissed = 5,
  acknowledged = 6,
  dispatched = 7,
  accepted = 8,
  accepted_late = 9, ///< after the ladder had climbed on
  refused = 10,
  unanswered = 11,
  answer_overdue = 12,
  arrived = 13,
  arrival_overdue = 14,
  escalated = 15,
  exhausted = 16, ///< nobody is left to be engaged
  urged = 17,
  supervised = 18,
  rescued = 19,
  self_release_reported = 20,
  self_released = 21,
  confirmed = 22,
  followed_up = 23,
  quality_checked = 24,
  closed = 25,
  archived = 26,
  reopened = 27,
  assigned = 28,
  transferred = 29,
  edited = 30,
  lift_linked = 31,
  noted = 32,
  attached = 33,
  call_linked = 34,
  extended = 35,
  withdrawn = 36, ///< a party was called back
  alerted_agents = 37,
  alerted_supervisor = 38,
  reminded = 39, ///< confirmation, call back or review is due
  mass_joined = 40,
  mass_left = 41,
  calling = 42,        ///< an attempt has begun
  called = 43,         ///< and ended, see its outcome
  device_reset = 44,   ///< reset at the device before anybody had arrived: pending, like a self-release
  not_rung = 45,       ///< a party could not be called, for a reason of ours; see the note
  alert_taken = 46,    ///< somebody whose phone the alert has rung has taken it by key
  alerted_backup = 47, ///< the hotline's backup numbers are rung
};
inline constexpr auto last_order_step = order_step::alerted_backup;
std::string_view to_string(order_step x);

} // namespace lifeline::domain
