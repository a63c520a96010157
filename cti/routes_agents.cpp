#include "cti/route_table.hpp"

namespace lifeline::cti {

namespace {

constexpr std::size_t longest_reason = 64; // bytes

response agent_response(const actors::operation_result<actors::agent_status>& result) {
  return result ? json_response(to_json(*result)) : failure_response(result.error());
}

response list_agents(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto result = c.engine.agents();
  if (!result) return failure_response(result.error());
  json list = json::array();
  for (const auto& a : *result)
    list.push_back(to_json(a));
  json body = json::object();
  body["agents"] = std::move(list);
  return json_response(body);
}

response show_agent(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  return agent_response(c.engine.agent(c.arguments[0]));
}

/// Neither query parameters nor fields in the body.
std::optional<response> refuse_arguments(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return refused;
  return read_body(c.message, {}).refused;
}

response ready(const route_call& c) {
  if (auto refused = refuse_arguments(c)) return *refused;
  return agent_response(c.engine.agent_ready(c.arguments[0]));
}

response not_ready(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto body = read_body(c.message, {"reason"});
  if (body.refused) return *body.refused;
  const auto reason = body.object.find("reason");
  if (reason == body.object.end())
    return error_response(400, "invalid", "a reason is needed: break, meal, training, meeting or your own", "reason");
  if (!reason->is_string()) return error_response(400, "invalid", "expected a string", "reason");
  const auto& text = reason->get_ref<const std::string&>();
  if (text.empty() || text.size() > longest_reason)
    return error_response(400, "invalid", "expected 1 to 64 bytes", "reason");
  for (const char x : text) {
    if (static_cast<unsigned char>(x) < 0x20 || x == 0x7F)
      return error_response(400, "invalid", "control characters are not allowed", "reason");
  }
  return agent_response(c.engine.agent_not_ready(c.arguments[0], text));
}

response logout(const route_call& c) {
  if (auto refused = refuse_arguments(c)) return *refused;
  return agent_response(c.engine.agent_logout(c.arguments[0]));
}

response end_wrap_up(const route_call& c) {
  if (auto refused = refuse_arguments(c)) return *refused;
  return agent_response(c.engine.agent_end_wrap_up(c.arguments[0]));
}

} // namespace

const std::vector<route>& agent_routes() {
  static const std::vector<route> table{
      {"GET", "agents", list_agents},      {"GET", "agents/*", show_agent},
      {"POST", "agents/*/ready", ready},   {"POST", "agents/*/not-ready", not_ready},
      {"POST", "agents/*/logout", logout}, {"POST", "agents/*/wrap-up-end", end_wrap_up},
  };
  return table;
}

} // namespace lifeline::cti
