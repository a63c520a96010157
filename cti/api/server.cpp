#include "cti/api/server.hpp"

#include "cti/api/routes.hpp"
#include "cti/http/listener.hpp"

#include <utility>

namespace lifeline::cti {

namespace {

routes_context context_of(const server_settings& s, actors::operations& engine, const server_hooks& hooks,
                          actors::rescue_operations* rescue) {
  routes_context c{engine, s.token, hooks.render_metrics};
  c.rescue = rescue;
  c.clients = s.clients;
  c.clients_now = s.clients_now;
  c.webhook_secret = s.webhook_secret;
  c.link_key = s.link_key;
  c.rescue_plan = s.rescue_plan;
  return c;
}

} // namespace

tl::expected<std::unique_ptr<server>, std::string> start_server(const server_settings& settings,
                                                                actors::operations& engine, server_hooks hooks,
                                                                actors::rescue_operations* rescue) {
  if (settings.token.empty()) return tl::make_unexpected("http: the API's token is empty");
  auto clients = settings.clients_now ? *settings.clients_now() : settings.clients;
  clients.push_back({"operator", domain::role::admin, settings.token, {}});
  if (auto why = check_clients(clients); !why.empty()) return tl::make_unexpected(std::move(why));
  const auto context = std::make_shared<const routes_context>(context_of(settings, engine, hooks, rescue));
  application app;
  app.answer = [context](const request& r) { return handle(r, *context); };
  app.is_immediate = is_immediate;
  app.is_slow = is_slow;
  app.is_probe = is_probe;
  app.body_limit = [context](const request& head, std::uint64_t usual) { return body_limit(head, *context, usual); };
  if (rescue != nullptr)
    app.wait_for_events = [rescue](std::uint64_t after, std::chrono::milliseconds longest) {
      rescue->wait_for_events(after, longest);
    };
  app.count_http = hooks.count_http;
  return start_listener(settings, std::move(app));
}

} // namespace lifeline::cti
