// What an agent, or the authority's software, says of a lift: read strictly, for whoever sends it waits for the answer
// and can put it right. (What devices push is read leniently: cti/public/push.hpp.)

#include "cti/api/rescue_route.hpp"

#include <algorithm>

namespace lifeline::cti {

namespace {

constexpr std::int64_t most_persons = 1000;
constexpr std::size_t longest_message_id = 128;

/// A number of persons; true is one.
std::optional<response> read_persons(const json& body, std::string_view name, std::uint32_t& value) {
  std::int64_t number = 0;
  if (const auto found = body.find(name); found != body.end() && found->is_boolean()) {
    value = found->get<bool>() ? 1 : 0;
    return std::nullopt;
  }
  if (auto refused = read_count(body, name, "", 0, most_persons, number)) return refused;
  value = static_cast<std::uint32_t>(number);
  return std::nullopt;
}

/// Whether there are such persons; a number of them will do.
std::optional<response> read_some(const json& body, std::string_view name, bool& value) {
  const auto found = body.find(name);
  if (found == body.end() || !found->is_number_integer()) return read_flag(body, name, "", value);
  std::int64_t number = 0;
  auto refused = read_count(body, name, "", 0, most_persons, number);
  value = number > 0;
  return refused;
}

std::optional<response> read_district(const json& body, std::string& value) {
  if (auto refused = read_text(body, "district", "", longest_word, value)) return refused;
  const bool digits = std::all_of(value.begin(), value.end(), [](char x) { return x >= '0' && x <= '9'; });
  if (value.empty() || (value.size() == 6 && digits)) return std::nullopt;
  return error_response(400, "invalid", "expected the 6 digits of a district", "district");
}

std::optional<response> read_call(const json& body, domain::call_id& call) {
  const auto found = body.find("call");
  if (found == body.end() || found->is_null()) return std::nullopt;
  const auto id = found->is_string() ? domain::parse_id<domain::call_id>(found->get_ref<const std::string&>())
                                     : std::optional<domain::call_id>{};
  if (!id) return error_response(400, "invalid", "expected a call's id of 36 characters", "call");
  call = *id;
  return std::nullopt;
}

std::optional<response> read_message_id(const json& body, const request& message, std::string& id) {
  const auto key = idempotency_key(message);
  if (key.refused) return key.refused;
  if (auto refused = read_text(body, "message_id", "", longest_message_id, id)) return refused;
  if (!key.key.empty() && !id.empty() && id != key.key)
    return error_response(400, "invalid", "the header Idempotency-Key says something else", "message_id");
  if (id.empty()) id = key.key;
  if (id.empty()) id = fresh_id();
  return std::nullopt;
}

/// The number that the call came from; nothing when it is withheld, or the call is not known.
std::string caller_of(const route_call& c, const domain::call_id& call) {
  const auto journey = c.engine.call(call);
  if (!journey) return {};
  auto caller = journey->record ? journey->record->caller : journey->status.caller;
  return caller.find_first_of("0123456789") == std::string::npos ? std::string{} : caller;
}

} // namespace

void take_caller(const route_call& c, domain::alarm_report& r) {
  if (r.caller_phone.empty() && !r.call.is_nil()) r.caller_phone = caller_of(c, r.call);
}

std::optional<response> read_report(const json& body, const request& message, domain::alarm_report& r) {
  auto refused = read_message_id(body, message, r.message_id);
  const auto text = [&](std::string_view name, std::size_t most, std::string& value) {
    if (!refused) refused = read_prose(body, name, "", most, value);
  };
  const auto flag = [&](std::string_view name, bool& value) {
    if (!refused) refused = read_flag(body, name, "", value);
  };
  text("lift", longest_word, r.lift_key);
  text("place", longest_word, r.place);
  text("caller_name", longest_word, r.caller_name);
  text("caller_phone", 32, r.caller_phone);
  text("description", longest_prose, r.description);
  text("code", longest_word, r.code);
  if (!refused) refused = read_call(body, r.call);
  if (!refused) refused = read_moment(body, "occurred", "", r.occurred);
  if (!refused) refused = read_persons(body, "trapped", r.trapped);
  if (!refused) refused = read_persons(body, "injured", r.injured);
  if (!refused) refused = read_some(body, "children", r.children);
  if (!refused) refused = read_some(body, "elderly", r.elderly);
  if (!refused) refused = read_district(body, r.district);
  flag("medical", r.medical);
  flag("fire", r.fire);
  flag("door_open", r.door_open);
  flag("moving", r.moving);
  flag("in_maintenance", r.in_maintenance);
  flag("bypass", r.bypass);
  flag("confirmed", r.confirmed);
  return refused;
}

} // namespace lifeline::cti
