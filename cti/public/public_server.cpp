#include "cti/public/public_server.hpp"

#include "cti/http/listener.hpp"
#include "cti/public/public_part.hpp"

namespace lifeline::cti {

namespace {

constexpr std::uint64_t page_body = 16UL * 1024; // bytes
constexpr std::chrono::seconds idle_time{15};
constexpr std::uint64_t push_body = 64UL * 1024; // a hundred events

} // namespace

tl::expected<std::unique_ptr<server>, std::string>
start_public_server(const public_settings& settings, actors::rescue_operations& rescue, public_hooks hooks) {
  listen_settings listen;
  listen.bind_address = settings.bind_address;
  listen.port = settings.port;
  listen.max_connections = settings.max_connections;
  listen.max_per_peer = settings.max_per_source;
  listen.unlimited_peers = settings.proxies;
  listen.idle_timeout = idle_time;
  listen.max_body = page_body;
  application app;
  app.count_http = hooks.count_http;
  const auto part = std::make_shared<public_part>(settings, rescue, std::move(hooks));
  app.answer = [part](const request& r) { return part->answer(r); };
  app.dress = [part](const request& r, response error) { return part->dress(r, std::move(error)); };
  app.body_limit = [](const request& head, std::uint64_t usual) {
    return head.target.rfind("/iot/", 0) == 0 ? push_body : usual;
  };
  return start_listener(listen, std::move(app));
}

} // namespace lifeline::cti
