#include "cti/api/route_table.hpp"

namespace lifeline::cti {

namespace {

response agent_response(const domain::result<actors::agent_status>& result) {
  return result ? json_response(to_json(*result)) : failure_response(result.error());
}

/// An agent orders its own state only.
std::optional<response> refuse_others(const route_call& c) {
  if (c.client.role != domain::role::agent || (!c.client.agent.empty() && c.client.agent == c.arguments[0]))
    return std::nullopt;
  return forbidden_response("an agent orders only its own state; for others the role supervisor is needed");
}

response list_agents(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  return listing_response(c.engine.agents(), "agents");
}

response show_agent(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  return agent_response(c.engine.agent(c.arguments[0]));
}

response ready(const route_call& c) {
  if (auto refused = refuse_others(c)) return *refused;
  if (auto refused = refuse_arguments(c)) return *refused;
  return agent_response(c.engine.agent_ready(c.arguments[0]));
}

response not_ready(const route_call& c) {
  if (auto refused = refuse_others(c)) return *refused;
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto body = read_body(c.message, {"reason"});
  if (body.refused) return *body.refused;
  std::string reason;
  constexpr auto needed = "a reason is needed: break, meal, training, meeting or your own";
  if (auto refused = read_text(body.object, "reason", needed, domain::longest_not_ready_reason, reason))
    return *refused;
  return agent_response(c.engine.agent_not_ready(c.arguments[0], reason));
}

response logout(const route_call& c) {
  if (auto refused = refuse_others(c)) return *refused;
  if (auto refused = refuse_arguments(c)) return *refused;
  return agent_response(c.engine.agent_logout(c.arguments[0]));
}

response end_wrap_up(const route_call& c) {
  if (auto refused = refuse_others(c)) return *refused;
  if (auto refused = refuse_arguments(c)) return *refused;
  return agent_response(c.engine.agent_end_wrap_up(c.arguments[0]));
}

response more_wrap_up(const route_call& c) {
  if (auto refused = refuse_others(c)) return *refused;
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto body = read_body(c.message, {"for_seconds"});
  if (body.refused) return *body.refused;
  domain::span extra{0};
  constexpr auto needed = "how much more wrap-up, in seconds, is needed";
  if (auto refused = read_seconds(body.object, "for_seconds", needed, domain::wrap_up_more_bounds, extra))
    return *refused;
  return agent_response(c.engine.agent_more_wrap_up(c.arguments[0], extra));
}

} // namespace

const std::vector<route>& agent_routes() {
  static const std::vector<route> table{
      {"GET", "agents", roles::everyone, list_agents},
      {"GET", "agents/*", roles::everyone, show_agent},
      {"POST", "agents/*/ready", roles::operators, ready},
      {"POST", "agents/*/not-ready", roles::operators, not_ready},
      {"POST", "agents/*/logout", roles::operators, logout},
      {"POST", "agents/*/wrap-up-end", roles::operators, end_wrap_up},
      {"POST", "agents/*/wrap-up-more", roles::operators, more_wrap_up},
  };
  return table;
}

} // namespace lifeline::cti
