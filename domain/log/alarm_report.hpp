#pragma once
// One message that says something of a lift: from an agent's caller, a passenger's mobile page, an IoT platform, or the
// lift's own phone. Stored before it is acknowledged, once for each (source, message id).

#include "domain/base/ids.hpp"
#include "domain/base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::domain {

enum class report_channel : std::uint8_t { phone = 1, mobile = 2, iot = 3, lift_phone = 4 };
enum class report_kind : std::uint8_t {
  entrapment = 1,     ///< 困人
  fault = 2,          ///< 故障
  complaint = 3,      ///< 投诉
  enquiry = 4,        ///< 咨询
  recovered = 5,      ///< a device says that it runs again: 自行脱困 pending call-back, never an end
  reset = 6,          ///< the alarm was reset at the device
  test = 7,           ///< the device's regular test; never enters the agents' queue
  device_failure = 8, ///< the alarm device itself is broken (P100 code 100 = battery)
};
/// What became of a report.
enum class report_fate : std::uint8_t {
  opened = 1,   ///< a new order
  merged = 2,   ///< into the lift's open order
  filtered = 3, ///< stored and shown as a filtered order, not dispatched; a person can promote it
  noted = 4,    ///< test, device failure, recovered or reset without an open order: kept with the device
};
std::string_view to_string(report_channel x);
std::string_view to_string(report_kind x);
std::string_view to_string(report_fate x);
std::optional<report_kind>
parse_report_kind(std::string_view text); ///< names as to_string gives them, 困人 故障 投诉 咨询

struct alarm_report {
  report_channel channel = report_channel::phone;
  std::string source;     ///< the vendor's name, "mobile", "lift-phone", or the agent's account
  std::string message_id; ///< unique within the source
  report_kind kind = report_kind::entrapment;
  std::string lift;         ///< the rescue code once it is found; empty: unknown or not given
  std::string lift_key;     ///< what the source named the lift by, as it came
  std::string place;        ///< in words, when there is no lift
  instant occurred = never; ///< as the source says
  instant received = never;
  std::string caller_name;
  std::string caller_phone;
  call_id call; ///< the hotline call it came with, or nil
  std::string description;
  std::uint32_t trapped = 0; ///< persons; 0 = not known
  std::uint32_t injured = 0;
  bool children = false;
  bool elderly = false;
  bool medical = false; ///< medical help is needed
  bool fire = false;
  bool door_open = false;          ///< the device's view, for the filter
  bool moving = false;             ///<
  bool in_maintenance = false;     ///<
  bool bypass = false;             ///< the device was told not to filter (EN 81-28)
  bool confirmed = false;          ///< a person speaks for it: never filtered
  std::string code;                ///< the device's own code of fault or failure
  std::string raw;                 ///< what came, at most 4 kB, for a person to look at
  std::vector<std::string> doubts; ///< details that were not believed: "occurred: 2 h in the future"
  std::string district;            ///< six digits, told with a place in words; a lift's record knows its own
};

} // namespace lifeline::domain
