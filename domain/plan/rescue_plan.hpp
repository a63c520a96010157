#pragma once
// What the customer configured for rescues ([rescue] in the configuration). Part of the plan, replaced by a reload.

#include "domain/base/time.hpp"
#include "domain/log/alarm_report.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::domain {

struct level_limits {
  span answer = 3min;   ///< from the order to the party's acceptance
  span arrival = 30min; ///< from acceptance to arrival on site
  bool operator==(const level_limits&) const = default;
};
struct rescue_limits {
  level_limits level1;
  level_limits level2;
  bool operator==(const rescue_limits&) const = default;
};

/// An IoT platform that pushes alarms. Its shared secret is among the secrets, by name.
struct vendor_plan {
  std::string name;
  std::map<std::string, report_kind> kinds; ///< the vendor's code → what it means to us
  std::string key_field =
      "rescue_code";    ///< what the platform names lifts by: rescue_code, registration_code, device_id
  span max_skew = 5min; ///< of the signature's time stamp
  std::uint32_t unclear_per_minute = 10; ///< messages that are not understood: each rings an agent; more are refused
  bool operator==(const vendor_plan&) const = default;
};

struct rescue_plan {
  bool enabled = true;
  std::string hotline = "96333";    ///< whose lines, number and trunks are used for dialling out
  std::string number_prefix = "JY"; ///< of order numbers: JY20261124-0001
  span utc_offset = 8h;             ///< local time of shifts and order numbers
  rescue_limits limits;
  std::map<std::string, rescue_limits> districts; ///< by 6-digit code; others: `limits`

  std::uint32_t lines = 4;       ///< calls to rescuers at the same time: lines of their own, besides the hotlines'
  span line_patience = 20s;      ///< a party that could not be rung for so long for want of a line: agents are asked
  span ring_timeout = 30s;       ///< of one call to a rescuer
  span answer_patience = 45s;    ///< from answer to a key: then the attempt is over
  std::uint32_t dial_rounds = 3; ///< how often the list of phones is gone through
  span dial_pause = 20s;         ///< between the rounds
  span urge_every = 10min;       ///< accepted and not arrived: 催办 by itself; 0 = never
  span alert_agents = 15s;       ///< unacknowledged alarms: the phones of all idle agents ring
  span alert_supervisor = 30s;   ///< the supervisors' as well
  span alert_backup = 60s;       ///< and the hotline's backup numbers, in their order
  std::vector<std::string> supervisor_numbers; ///< rung besides the phones of admins' accounts
  span confirm_within = 10min;  ///< rescued, or self-released: the confirmation is asked for again after each
  span review_every = 30min;    ///< any other open order comes up for review: nothing is forgotten
  span silent_after = 72h;      ///< a lift phone without a test call for so long is silent (EN 81-28)
  std::uint32_t mass_count = 5; ///< so many alarms of one area ...
  span mass_window = 5min;      ///< ... within this time are a mass event
  std::vector<std::string> report_numbers;     ///< called by rescuers to report arrival and completion by key
  std::vector<std::string> lift_phone_numbers; ///< called by lifts' own phones (P100); must be numbers of a hotline
  span lift_phone_patience = 6s;               ///< for the identification, then the voice call goes on without it
  std::vector<vendor_plan> vendors;
  std::string public_url; ///< what QR codes and signed links begin with, "https://lift.example.cn"; empty = none
  bool operator==(const rescue_plan&) const = default;

  [[nodiscard]] const rescue_limits& limits_of(const std::string& district) const {
    const auto found = districts.find(district);
    return found == districts.end() ? limits : found->second;
  }
  [[nodiscard]] const vendor_plan* find_vendor(std::string_view name) const {
    for (const auto& v : vendors)
      if (v.name == name) return &v;
    return nullptr;
  }
};

} // namespace lifeline::domain
