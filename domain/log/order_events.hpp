#pragma once
// The log's entries about lifts, alarms and work orders. Part of domain/log/events.hpp; the same rules hold.

#include "domain/log/alarm_report.hpp"
#include "domain/log/order_words.hpp"

#include <string>

namespace lifeline::domain {

/// A report was taken in. `order` is nil when it was only noted.
struct alarm_received {
  order_id order;
  report_fate fate = report_fate::opened;
  alarm_report report;
};
/// One step of an order. What does not apply is empty.
struct order_changed {
  order_id order;
  std::uint64_t version = 0;
  order_step step = order_step::created;
  order_type type = order_type::entrapment;
  order_status from = order_status::open; ///< status before
  order_status to = order_status::open;   ///< and after
  std::string number;
  std::string district;
  std::uint8_t level = 0;
  std::string party; ///< id
  std::string party_name;
  std::string by; ///< account, client, or empty: the engine
  step_via via = step_via::engine;
  std::string note;
  instant told_at = never; ///< the time that was told for it, when it differs from the entry's
  span took{0};            ///< accepted: since dispatch; arrived: since 接警; rescued: since arrival
};
/// An attempt to reach a rescuer has begun (`outcome_known` false) or ended.
struct rescuer_called {
  order_id order;
  attempt_id attempt;
  std::uint8_t level = 1;
  std::string party;
  std::string party_name;
  std::string target;
  attempt_channel channel = attempt_channel::phone;
  attempt_purpose purpose = attempt_purpose::dispatch;
  bool outcome_known = false;
  attempt_outcome outcome = attempt_outcome::failed;
  span took{0};
  std::string detail;
  std::string recording; ///< path relative to the recordings' folder, or empty
  instant due = never;   ///< of a call that begins: by then it has been dialled or has ended; never: an older engine's
};
/// A call to a rescuer that has got its line: its phone is rung from now on. Before this it waited.
struct rescuer_dialled {
  order_id order;
  attempt_id attempt;
};
/// An alert rings one of our own people (`outcome_known` false), or has ended there: accepted = has taken it.
struct alert_rung {
  order_id order;
  attempt_id attempt;
  alert_stage stage = alert_stage::agents;
  std::string whom; ///< account, or number
  bool outcome_known = false;
  attempt_outcome outcome = attempt_outcome::failed;
  span took{0};
  std::string detail;
  std::string recording; ///< path relative to the recordings' folder, or empty
};
struct elevators_imported {
  std::string source; ///< file's name or "api"
  std::string by;
  std::uint64_t added = 0;
  std::uint64_t changed = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t bad_rows = 0;
};
struct party_changed {
  std::string party;
  std::string name;
  bool removed = false;
  std::string by;
};
/// A lift's phone has not tested itself for too long, or (`silent` false) is heard again.
struct device_silence {
  std::string lift;
  bool silent = true;
  instant last_heard = never;
};
struct mass_event_changed {
  std::uint32_t group = 0;
  std::string area; ///< "320803 Project"
  bool on = true;
  std::uint32_t orders = 0;
};

/// How long a rescuer's link holds from its making.
inline constexpr span rescuer_link_life = std::chrono::hours{24};
/// A link was made with which its holder speaks for the party. `by` empty: the engine, for the party's software.
struct rescuer_link_made {
  order_id order;
  std::string party;
  std::string by;     ///< account, or the client's name
  std::string client; ///< of the API
  instant expires = never;
};

} // namespace lifeline::domain
