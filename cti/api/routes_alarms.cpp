// The live picture, and reports by agents and the authority's software.

#include "cti/api/list_response.hpp"
#include "cti/api/rescue_route.hpp"

#include <array>

namespace lifeline::cti {

namespace {

using domain::report_channel;
using domain::role;

response board(const rescue_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto result = c.rescue.board();
  return result ? text_response(to_text(*result)) : failure_response(result.error());
}

response silent(const rescue_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto result = c.rescue.silent_devices();
  return list_response(result, "devices");
}

/// Agents report what they hear on the phone; software may say where it has it from.
std::optional<response> read_channel(const json& body, role by, report_channel& channel) {
  std::string text;
  if (auto refused = read_text(body, "channel", "", longest_word, text)) return refused;
  channel = by == role::integration ? report_channel::iot : report_channel::phone;
  if (text.empty()) return std::nullopt;
  constexpr std::array all{report_channel::phone, report_channel::mobile, report_channel::iot,
                           report_channel::lift_phone};
  for (const auto x : all) {
    if (to_string(x) != text) continue;
    if (by == role::agent && x != report_channel::phone)
      return error_response(400, "invalid", "an agent's reports come by phone", "channel");
    channel = x;
    return std::nullopt;
  }
  return error_response(400, "invalid", "expected phone, mobile, iot or lift_phone", "channel");
}

response report(const rescue_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto body =
      read_body(c.message, {"channel",        "kind",         "message_id", "lift",        "place",     "occurred",
                            "caller_name",    "caller_phone", "call",       "description", "trapped",   "injured",
                            "children",       "elderly",      "medical",    "fire",        "door_open", "moving",
                            "in_maintenance", "bypass",       "confirmed",  "code",        "district"});
  if (body.refused) return *body.refused;
  domain::alarm_report r;
  std::string kind;
  constexpr auto kinds = "expected entrapment, fault, complaint, enquiry, recovered, reset, test or device_failure";
  if (auto refused = read_text(body.object, "kind", kinds, longest_word, kind)) return *refused;
  const auto parsed = domain::parse_report_kind(kind);
  if (!parsed) return error_response(400, "invalid", kinds, "kind");
  r.kind = *parsed;
  if (auto refused = read_channel(body.object, c.client.role, r.channel)) return *refused;
  if (auto refused = read_report(body.object, c.message, r)) return *refused;
  const auto by = acting_for(c);
  if (by.refused) return *by.refused;
  r.source = by.name;
  r.received = now_of(c.context);
  take_caller(c, r);
  const auto receipt = c.rescue.report(std::move(r));
  if (!receipt) return failure_response(receipt.error());
  const bool made = receipt->fate == domain::report_fate::opened && !receipt->repeated;
  return json_response(to_json(*receipt), made ? 201 : 200);
}

response receipt(const rescue_call& c) {
  if (auto refused = check_query(c.to, {"source", "message_id"})) return *refused;
  const auto* source = find_query(c.to, "source");
  const auto* message_id = find_query(c.to, "message_id");
  if (source == nullptr || source->empty())
    return error_response(400, "invalid", "whose message it was is needed", "source");
  if (message_id == nullptr || message_id->empty())
    return error_response(400, "invalid", "which message it was is needed", "message_id");
  const auto result = c.rescue.receipt(*source, *message_id);
  return result ? json_response(to_json(*result)) : failure_response(result.error());
}

} // namespace

const std::vector<route>& alarm_routes() {
  static const std::vector<route> table{
      {"GET", "alarms", roles::everyone, rescue_route<board>},
      {"POST", "alarms", roles::reporters, rescue_route<report>},
      {"GET", "alarms/silent", roles::everyone, rescue_route<silent>},
      {"GET", "alarms/receipts", roles::everyone, rescue_route<receipt>},
  };
  return table;
}

} // namespace lifeline::cti
