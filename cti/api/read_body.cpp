#include "cti/api/route_table.hpp"

#include <algorithm>
#include <chrono>

namespace lifeline::cti {

namespace {

response refuse_parameter(std::string_view name, const std::string& message) {
  return error_response(400, "invalid", message, name);
}

std::optional<response> refuse_missing(std::string_view name, std::string_view needed) {
  if (needed.empty()) return std::nullopt;
  return refuse_parameter(name, std::string{needed});
}

bool is_control(char x) { return static_cast<unsigned char>(x) < 0x20 || x == 0x7F; }

} // namespace

body_result read_any_body(const request& r) {
  body_result result;
  if (r.body.empty()) return result;
  auto parsed = parse_json(r.body);
  if (!parsed) {
    result.refused = error_response(400, "bad_json", "the body is " + parsed.error());
    return result;
  }
  result.object = std::move(*parsed);
  if (!result.object.is_object()) result.refused = error_response(400, "invalid", "the body must be a JSON object");
  return result;
}

body_result read_body(const request& r, std::initializer_list<std::string_view> known) {
  auto result = read_any_body(r);
  if (result.refused) return result;
  for (const auto& [name, value] : result.object.items()) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    result.refused = error_response(400, "invalid", "unknown field", name);
    break;
  }
  return result;
}

std::optional<response> refuse_arguments(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return refused;
  return read_body(c.message, {}).refused;
}

std::optional<response> read_text(const json& body, std::string_view name, std::string_view needed, std::size_t longest,
                                  std::string& value) {
  const auto found = body.find(std::string{name});
  if (found == body.end()) return refuse_missing(name, needed);
  if (!found->is_string()) return refuse_parameter(name, "expected a string");
  const auto& text = found->get_ref<const std::string&>();
  if (text.empty() || text.size() > longest)
    return refuse_parameter(name, "expected 1 to " + std::to_string(longest) + " bytes");
  if (std::any_of(text.begin(), text.end(), is_control))
    return refuse_parameter(name, "control characters are not allowed");
  value = text;
  return std::nullopt;
}

std::optional<response> read_flag(const json& body, std::string_view name, std::string_view needed, bool& value) {
  const auto found = body.find(std::string{name});
  if (found == body.end()) return refuse_missing(name, needed);
  if (!found->is_boolean()) return refuse_parameter(name, "expected true or false");
  value = found->get<bool>();
  return std::nullopt;
}

std::optional<response> read_seconds(const json& body, std::string_view name, std::string_view needed,
                                     const domain::seconds_bounds& bounds, domain::span& value) {
  const auto found = body.find(std::string{name});
  if (found == body.end()) return refuse_missing(name, needed);
  const auto number = found->is_number() ? found->get<double>() : -1.0;
  const bool within =
      number >= static_cast<double>(bounds.least.count()) && // before it becomes a span, which may be too
      number <= static_cast<double>(bounds.most.count());    // small for it
  if (!within) return refuse_parameter(name, bounds.text());
  value = std::chrono::duration_cast<domain::span>(std::chrono::duration<double>(number));
  return std::nullopt;
}

std::optional<response> read_count(const json& body, std::string_view name, std::string_view needed, std::int64_t least,
                                   std::int64_t most, std::int64_t& value) {
  const auto found = body.find(std::string{name});
  if (found == body.end()) return refuse_missing(name, needed);
  const bool too_large = found->is_number_unsigned() && found->get<std::uint64_t>() > static_cast<std::uint64_t>(most);
  const auto number = found->is_number_integer() && !too_large ? found->get<std::int64_t>() : least - 1;
  if (number < least || number > most)
    return refuse_parameter(name,
                            "expected a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  value = number;
  return std::nullopt;
}

std::optional<response> read_prose(const json& body, std::string_view name, std::string_view needed,
                                   std::size_t longest, std::string& value) {
  const auto found = body.find(std::string{name});
  if (found == body.end()) return refuse_missing(name, needed);
  if (!found->is_string()) return refuse_parameter(name, "expected a string");
  const auto& text = found->get_ref<const std::string&>();
  if (text.size() > longest || (text.empty() && !needed.empty()))
    return refuse_parameter(name, "expected at most " + std::to_string(longest) + " bytes");
  if (std::any_of(text.begin(), text.end(), [](char x) { return is_control(x) && x != '\n' && x != '\t'; }))
    return refuse_parameter(name, "control characters are not allowed");
  value = text;
  return std::nullopt;
}

std::optional<response> read_moment(const json& body, std::string_view name, std::string_view needed,
                                    domain::instant& value) {
  const auto found = body.find(std::string{name});
  if (found == body.end()) return refuse_missing(name, needed);
  const auto at = found->is_string() ? parse_rfc3339(found->get_ref<const std::string&>()) : std::nullopt;
  if (!at) return refuse_parameter(name, "expected a time of RFC 3339, like 2026-11-23T08:00:00+08:00");
  value = *at;
  return std::nullopt;
}

} // namespace lifeline::cti
