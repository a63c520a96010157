#include "domain/rescue/report_rules.hpp"

namespace lifeline::domain {

std::string filter_reason(const alarm_report& r) {
  if (r.bypass || r.confirmed || r.kind != report_kind::entrapment) return {};
  if (r.channel != report_channel::iot && r.channel != report_channel::lift_phone) return {}; // a person speaks
  if (r.in_maintenance) return "in maintenance";
  if (r.door_open) return "door open";
  if (r.moving) return "moving";
  return {};
}

bool says_where(const alarm_report& r, bool lift_known) {
  if (lift_known || r.channel == report_channel::phone) return true; // an agent asks until it is known
  return r.confirmed && r.channel != report_channel::mobile && !r.place.empty();
}

std::string unclear_reason(const alarm_report& r) {
  std::string all;
  for (const auto& doubt : r.doubts)
    all += (all.empty() ? "" : "; ") + doubt;
  return all.empty() ? "no known lift says where" : all;
}

} // namespace lifeline::domain
