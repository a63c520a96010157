#include "cti/api/routes.hpp"

#include "cti/api/route_table.hpp"

#include <exception>
#include <optional>

namespace lifeline::cti {

namespace {

constexpr std::uint64_t longest_list = 64UL * 1024 * 1024; // bytes: 33,000 lifts are 20 MB

response text_response(int status, std::string body, std::string type = "text/plain; charset=utf-8") {
  response r;
  r.status = status;
  r.content_type = std::move(type);
  r.body = std::move(body);
  r.headers.emplace_back("Cache-Control", "no-store");
  return r;
}

response health(actors::operations& engine) {
  return engine.alive() ? text_response(200, "alive\n") : text_response(503, "an essential part does not answer\n");
}

response readiness(actors::operations& engine) {
  const auto why = engine.not_ready_because();
  return why.empty() ? text_response(200, "ready\n") : text_response(503, "not ready: " + why + "\n");
}

response unauthorized() {
  auto r = error_response(401, "unauthorized", "this path needs the header Authorization: Bearer <token>");
  r.headers.emplace_back("WWW-Authenticate", "Bearer");
  return r;
}

/// Whose token it is.
std::optional<api_client> authorize(const request& r, const routes_context& context) {
  const std::vector<api_client> administrator{{"operator", domain::role::admin, context.token, {}}};
  if (const auto* found = find_client(administrator, r.authorization)) return *found;
  const auto now = context.clients_now ? context.clients_now() : nullptr;
  if (const auto* found = find_client(now ? *now : context.clients, r.authorization)) return *found;
  return std::nullopt;
}

response public_page(const request& r, const std::string& page, const routes_context& context) {
  if (r.method != "GET") {
    auto refused = error_response(405, "method_not_allowed", "this path takes GET");
    refused.headers.emplace_back("Allow", "GET");
    return refused;
  }
  if (page == "healthz") return health(context.engine);
  if (page == "readyz") return readiness(context.engine);
  return text_response(200, context.render_metrics(), "text/plain; version=0.0.4; charset=utf-8");
}

const std::vector<route>& all_routes() {
  static const std::vector<route> table = [] {
    std::vector<route> all;
    for (const auto* part :
         {&engine_routes(), &agent_routes(), &call_routes(), &history_routes(), &event_routes(), &network_routes(),
          &admin_routes(), &alarm_routes(), &order_routes(), &elevator_routes(), &party_routes()})
      all.insert(all.end(), part->begin(), part->end());
    return all;
  }();
  return table;
}

response answer(const request& r, const routes_context& context) {
  const auto to = parse_target(r.target);
  if (!to) return error_response(400, "bad_target", to.error());
  if (to->path.size() == 1) {
    const auto& page = to->path.front();
    if (page == "healthz" || page == "readyz" || (page == "metrics" && context.render_metrics))
      return public_page(r, page, context);
  }
  if (to->path.empty() || to->path[0] != "api") return error_response(404, "not_found", "there is no such path");
  const auto client = authorize(r, context);
  if (!client) return unauthorized();
  if (to->path.size() < 2 || to->path[1] != "v1")
    return error_response(404, "not_found", "there is no such version of the API; it is /api/v1");
  auto answered = dispatch(all_routes(), r, *to, 2, context, *client);
  // Times are told in UTC; whoever shows them to people shows them so.
  answered.headers.emplace_back("X-Lifeline-UTC-Offset", domain::utc_offset_text(plan_of(context).utc_offset));
  return answered;
}

} // namespace

response handle(const request& r, const routes_context& context) {
  try {
    return answer(r, context);
  } catch (const std::exception&) { // a fault of ours must not end the engine's only door
    return error_response(500, "internal", "the engine has a fault; see its log");
  }
}

std::uint64_t body_limit(const request& head, const routes_context& context, std::uint64_t usual) {
  if (!is_slow(head)) return usual;
  const auto client = authorize(head, context);
  return client && roles::supervisors.has(client->role) ? longest_list : usual;
}

bool is_slow(const request& r) {
  const auto path = std::string_view{r.target}.substr(0, r.target.find('?'));
  if (r.method == "GET") return path == "/api/v1/elevators/export";
  return r.method == "POST" && (path == "/api/v1/elevators/import" || path == "/api/v1/parties/import");
}

bool is_immediate(const request& r) { return r.method == "GET" && (r.target == "/healthz" || r.target == "/readyz"); }

bool is_probe(const request& r) { return is_immediate(r) || (r.method == "GET" && r.target == "/metrics"); }

} // namespace lifeline::cti
