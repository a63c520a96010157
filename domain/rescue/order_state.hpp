#pragma once
// One work order as plain values. An order of the types entrapment and fault is an alarm: the ladder of rescuers works
// for it until a person, or the device's reset, confirms its end. The rules are in order_machine.hpp. The whole state
// is a value that is stored with every step: a restarted actor continues from it.
//
//  filtered ─promote▶ open ─▶ dispatched ─▶ accepted ─▶ arrived ─▶ rescued ─▶ confirmed ─▶ followed_up ─▶
//      │               │          └────────────┴──────────┴── self-released, by hand ──▲   quality_checked ─▶ closed ─▶
//      └──── dismiss ──┴─▶ dismissed (false alarm, duplicate)                                              archived
//
// The status is the furthest that any engaged party has come; escalation never takes a lower level away.

#include "domain/base/ids.hpp"
#include "domain/base/time.hpp"
#include "domain/lifts/elevator.hpp"
#include "domain/log/alarm_report.hpp"
#include "domain/log/order_words.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::domain {

/// A call or webhook that is under way.
struct open_attempt {
  attempt_id id;
  attempt_channel channel = attempt_channel::phone;
  attempt_purpose purpose = attempt_purpose::dispatch;
  std::string target; ///< number or URL
  instant started = never;
  instant deadline = never; ///< by then its result is here, or it counts as interrupted
  instant dialled = never;  ///< a call: its phone is rung since then; before that it waits for a line
};
inline bool waits_for_line(const open_attempt& a) { return a.channel == attempt_channel::phone && a.dialled == never; }

/// One party at work for the order.
struct deployment {
  std::uint8_t level = 1; ///< 1..3
  std::string party;      ///< its id; empty: only phones of the lift's own record are known
  std::string name;
  deployment_phase phase = deployment_phase::dispatched;
  std::vector<std::string> phones; ///< on duty at dispatch, in order
  bool at_once = false;
  std::string webhook;
  instant dispatched = never;
  instant accepted = never;
  instant arrived = never;
  instant completed = never;
  instant answer_due = never;
  instant arrival_due = never;
  bool answer_overdue = false; ///< was missed, whatever came later
  bool arrival_overdue = false;
  std::uint32_t next_phone = 0;
  std::uint32_t round = 0;
  instant next_dial = never; ///< the next call or round
  instant next_urge = never;
  std::uint32_t urged = 0;
  std::vector<open_attempt> attempts;
  std::vector<attempt_id>
      ended_attempts;       ///< the last 20: a word that comes after its attempt was given up still counts
  instant rung = never;     ///< since when it could know of the order: a phone was rung, or its software has taken it
  instant line_due = never; ///< not rung by then: the order says so, and asks a person
};

/// Somebody who reported it.
struct order_caller {
  std::string name;
  std::string phone;
  report_channel channel = report_channel::phone;
  instant at = never;
  call_id call;
  std::string source; ///< with message_id: the report
  std::string message_id;
};

struct order_link {
  std::string title;
  std::string url;
  std::string by;
  instant at = never;
};
struct order_note {
  std::string text;
  std::string by;
  instant at = never;
};

/// Why; bits of order_alert::reasons.
enum class alert_reason : std::uint8_t {
  unacknowledged = 1,
  not_rung = 2,       ///< a party could not be called
  nobody_comes = 4,   ///< nobody is on the way in time
  reported_again = 8, ///< after its rescue: perhaps somebody is still in there
  exhausted = 16,     ///< nobody is left to be engaged
};
constexpr std::uint8_t bit(alert_reason r) { return static_cast<std::uint8_t>(r); }
struct order_alert {
  alert_stage stage = alert_stage::none;
  std::uint8_t reasons = 0;
  instant since = never;
  [[nodiscard]] bool has(alert_reason r) const { return (reasons & bit(r)) != 0; }
};
/// "not acknowledged, could not be called".
std::string alert_words(std::uint8_t reasons);

struct order_state {
  order_id id;
  std::string number;
  std::uint64_t version = 0;        ///< grows with every step; 1 = as created
  std::uint64_t edited_version = 0; ///< of the last step that was not the engine's own: what an editor must have seen
  order_type type = order_type::entrapment;
  order_status status = order_status::open;
  report_channel channel = report_channel::phone; ///< of the first report
  std::string created_by;                         ///< account, vendor, "mobile", "lift-phone"
  std::string agent;                              ///< who is responsible for it (座席), or empty
  std::string unit;                               ///< transferred to (转办): unit or person outside, or empty

  // what and where
  std::string lift; ///< rescue code; empty: unknown yet, linked later
  std::string registration_code;
  std::string address;
  std::string project; ///< name of the estate or building: with the district the area of a mass event
  std::string district;
  std::string using_unit;
  std::string using_unit_phone;
  std::string maintenance_firm;
  std::string manufacturer;
  std::optional<geo_point> where;
  std::vector<std::string> lift_phones; ///< the firm's phones of the lift's own record, when its firm is in no book
  std::string description;
  std::vector<order_caller> callers; ///< every one of every merged report, oldest first
  std::vector<call_id> calls;        ///< hotline calls linked to it
  std::uint32_t trapped = 0;
  std::uint32_t injured = 0;
  std::uint32_t dead = 0;
  bool children = false;
  bool elderly = false;
  bool medical = false; ///< medical rescue (医疗救援)
  bool fire = false;
  bool major = false;           ///< 重大事件
  bool reported_upward = false; ///< 是否上报
  std::string filtered_because;

  // the ladder
  std::vector<deployment> deployments;
  std::uint8_t level = 0;            ///< the highest level engaged, 0 = none yet
  bool level_exhausted = false;      ///< level 3 is engaged, or there is nobody left to engage: a person must act
  std::uint32_t mass_group = 0;      ///< number of the mass event it belongs to; 0 = none
  bool self_release_pending = false; ///< a device or caller says so; needs a call back
  bool self_released = false;

  // timestamps of domain rules; never = not yet
  instant received = never; ///< the alarm came
  instant answered = never; ///< 接警: an agent took it (its call was answered, or it was acknowledged)
  instant acknowledged = never;
  instant created = never;
  instant dispatched = never; ///< first of each
  instant accepted = never;
  instant arrived = never;
  instant rescued = never;
  instant confirmed = never;
  instant followed_up = never;
  instant quality_checked = never;
  instant closed = never;
  instant archived = never;
  instant self_release = never;
  std::vector<instant> urged;      ///< 催办, at most the last 50
  std::vector<instant> supervised; ///< 督办

  // what the steps require
  std::string acknowledged_by;
  std::string confirmed_with; ///< who confirmed: "trapped person", "using unit", "device reset"
  std::string fault_cause;    ///< level 1: external, human, door, control, traction, protection, other
  std::string fault_detail;
  std::string result;     ///< other types: what was done
  std::string follow_up;  ///< result of the follow-up call (回访)
  int satisfaction = 0;   ///< 1 满意, 2 基本满意, 3 不满意; 0 = not asked
  int quality_score = -1; ///< 0..100; -1 = none
  std::string quality_note;
  std::string dismissed_because;
  std::vector<order_link> links;
  std::vector<order_note> notes;

  // its own clock
  instant alert_agents_due = never;
  instant alert_supervisor_due = never;
  instant remind_due = never; ///< confirmation, call back, or review
  instant last_change = never;

  /// What is not understood of its report: nobody knows where to send anybody, so nobody is dialled until a person or a
  /// known lift says where. Empty: it is understood.
  std::string unclear;
  order_alert alert; ///< its phones ring until somebody has taken it
  instant alert_backup_due = never;
};

/// Injured people, fire or medical need: it comes before others, whatever their age.
inline bool is_urgent(const order_state& o) { return o.injured > 0 || o.fire || o.medical; }

/// Whether this report was merged into it. A report without a name is never known.
bool has_report(const order_state& o, const std::string& source, const std::string& message_id);

} // namespace lifeline::domain
