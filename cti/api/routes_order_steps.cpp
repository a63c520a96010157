// POST orders/{key}/{verb}: what a person orders about an order. Which fields a verb takes, and which roles may use it,
// are the order machine's rules; here the JSON is checked and turned into its texts.

#include "cti/api/rescue_route.hpp"
#include "domain/rescue/order_field_table.hpp"

#include <algorithm>
#include <charconv>

namespace lifeline::cti {

namespace {

struct version_result {
  std::uint64_t version = 0;
  std::optional<response> refused;
};

/// If-Match: "5" or 5, as a GET's ETag says it.
std::optional<std::uint64_t> parse_tag(std::string_view text) {
  if (text.size() > 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  std::uint64_t version = 0;
  const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (failed != std::errc{} || stop != text.data() + text.size() || version == 0) return std::nullopt;
  return version;
}

version_result read_version(const json& body, const request& message) {
  version_result r;
  std::int64_t version = 0;
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  r.refused = read_count(body, "version", "", 1, most, version);
  r.version = static_cast<std::uint64_t>(version);
  const auto tag = message.header("if-match");
  if (r.refused || tag.empty() || tag == "*") return r;
  const auto parsed = parse_tag(tag);
  if (!parsed)
    r.refused = error_response(400, "invalid", "expected a version, like \"5\"", "If-Match");
  else if (r.version != 0 && r.version != *parsed)
    r.refused = error_response(400, "invalid", "the header If-Match says another version", "version");
  else
    r.version = *parsed;
  return r;
}

/// One field of the body as the order machine takes it.
std::optional<response> read_field(const json& body, const domain::order_field& field, std::string& value) {
  std::optional<response> refused;
  const auto given = body.find(field.name);
  const bool is_flag = field.kind == domain::field_kind::flag;
  if (field.persons && !is_flag && given->is_boolean()) { // one at least
    value = given->get<bool>() ? "1" : "0";
    return refused;
  }
  if (field.persons && is_flag && given->is_number_integer()) {
    std::int64_t n = 0;
    refused = read_count(body, field.name, "", 0, domain::most_people, n);
    value = n > 0 ? "true" : "false";
    return refused;
  }
  switch (field.kind) {
  case domain::field_kind::number: {
    std::int64_t n = 0;
    refused = read_count(body, field.name, "", field.least, field.most, n);
    value = std::to_string(n);
    return refused;
  }
  case domain::field_kind::flag: {
    bool flag = false;
    refused = read_flag(body, field.name, "", flag);
    value = flag ? "true" : "false";
    return refused;
  }
  case domain::field_kind::moment: {
    domain::instant at = domain::never;
    refused = read_moment(body, field.name, "", at);
    value = domain::to_rfc3339(at);
    return refused;
  }
  case domain::field_kind::text: break;
  }
  return read_prose(body, field.name, "", longest_prose, value);
}

const domain::verb_rule* rule_of(domain::order_verb v) {
  for (const auto& r : domain::verb_rules())
    if (r.verb == v) return &r;
  return nullptr;
}

bool takes(const domain::verb_rule& rule, std::string_view name) {
  const auto has = [&](const auto& names) { return std::find(names.begin(), names.end(), name) != names.end(); };
  return has(rule.required) || has(rule.optional);
}

std::string fields_text(const domain::verb_rule& rule) {
  std::string text = "unknown field; " + std::string{to_string(rule.verb)} + " takes version";
  for (const auto* names : {&rule.required, &rule.optional})
    for (const auto& n : *names)
      text += ", " + std::string{n};
  return text;
}

std::optional<response> read_fields(const json& body, const domain::verb_rule& rule, domain::order_action& action) {
  for (const auto& [name, ignored] : body.items()) {
    if (name == "version") continue;
    const auto* field = domain::find_order_field(name);
    if (field == nullptr || !takes(rule, name)) return error_response(400, "invalid", fields_text(rule), name);
    if (auto refused = read_field(body, *field, action.fields[name])) return refused;
  }
  for (const auto& name : rule.required)
    if (action.fields.count(std::string{name}) == 0)
      return error_response(400, "invalid", std::string{to_string(rule.verb)} + " needs this field", name);
  return std::nullopt;
}

/// A conflict shows what the order has become, so that nothing that was typed is lost.
response refused_step(const rescue_call& c, const domain::failure& f) {
  auto r = failure_response(f);
  if (f.code != domain::errc::conflict) return r;
  const auto story = c.rescue.order(c.arguments[0]);
  if (!story) return r;
  auto body = json::parse(r.body);
  body["version"] = story->order.state.version;
  body["order"] = to_json(story->order);
  return json_response(body, 409);
}

} // namespace

response order_step(const rescue_call& c) {
  const auto verb = domain::parse_order_verb(c.arguments[1]);
  const auto* rule = verb ? rule_of(*verb) : nullptr;
  if (rule == nullptr) return error_response(404, "not_found", "there is no such step of an order");
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto body = read_any_body(c.message);
  if (body.refused) return *body.refused;
  domain::order_action action;
  action.verb = *verb;
  action.role = c.client.role;
  const auto version = read_version(body.object, c.message);
  if (version.refused) return *version.refused;
  action.expected_version = version.version;
  if (auto refused = read_fields(body.object, *rule, action)) return *refused;
  auto by = acting_for(c);
  if (by.refused) return *by.refused;
  action.by = std::move(by.name);
  const auto result = c.rescue.act(c.arguments[0], std::move(action));
  if (!result) return refused_step(c, result.error());
  auto r = json_response(to_json(*result));
  r.headers.emplace_back("ETag", "\"" + std::to_string(result->state.version) + "\"");
  return r;
}

} // namespace lifeline::cti
