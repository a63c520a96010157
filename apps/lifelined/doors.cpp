#include "apps/lifelined/doors.hpp"

#include "cti/api/links.hpp"

namespace lifeline::app {

namespace {

domain::instant now() { return std::chrono::time_point_cast<domain::span>(std::chrono::system_clock::now()); }

cti::public_settings public_settings_of(const config::engine_config& config, const config::secrets& secrets,
                                        const access& in_force) {
  cti::public_settings s;
  s.bind_address = config.public_server.bind_address;
  s.port = config.public_server.port;
  s.link_key = secrets.link_key;
  s.vendor_secret = [&in_force](const std::string& vendor) { return in_force.vendor_secret(vendor); };
  s.requests_per_minute = config.public_server.requests_per_minute;
  s.burst = config.public_server.burst;
  s.alarms_per_hour_per_lift = config.public_server.alarms_per_hour_per_lift;
  s.proxies = config.public_server.proxies;
  s.plan = [&in_force] { return in_force.rescue_plan(); };
  return s;
}

} // namespace

helpers::helpers(const config::engine_config& config, const std::function<void(const std::string&)>& complain) {
  // Without them rescuers are still called, with what was recorded: no reason to take no calls at all.
  if (auto webhooks = webhook::start_gateway(config.webhook))
    webhooks_ = std::move(*webhooks);
  else
    complain("webhooks cannot be sent: " + webhooks.error());
  if (auto speech = media::start_speech(config.media.prompts))
    speech_ = std::move(*speech);
  else
    complain("places cannot be spoken: " + speech.error());
}

void helpers::lend(actors::engine_parts& parts, const config::secrets& secrets, const access& in_force) const {
  parts.webhooks = webhooks_.get();
  parts.speech = speech_.get();
  parts.webhook_secret = [&in_force](const std::string& party) { return in_force.webhook_secret(party); };
  parts.rescuer_link = [&in_force, key = secrets.link_key](const domain::order_id& order, const std::string& party) {
    const auto url = in_force.rescue_plan().public_url;
    return url.empty() || key.empty() ? std::string{}
                                      : cti::rescuer_url(url, key, {order, party, now() + cti::rescuer_link_life});
  };
}

void helpers::stop() {
  if (webhooks_) webhooks_->stop();
  if (speech_) speech_->stop();
}

tl::expected<std::unique_ptr<doors>, std::string> doors::open(const config::engine_config& config,
                                                              const config::secrets& secrets, const access& in_force,
                                                              actors::engine& engine, const count_hooks& hooks) {
  auto made = std::make_unique<doors>();
  cti::server_settings inner;
  inner.bind_address = config.http.bind_address;
  inner.port = config.http.port;
  inner.max_connections = config.http.max_connections;
  inner.max_per_peer = config.http.max_per_address;
  inner.token = secrets.api_token;
  inner.clients_now = [&in_force] { return in_force.clients(); };
  inner.webhook_secret = [&in_force](const std::string& party) { return in_force.webhook_secret(party); };
  inner.link_key = secrets.link_key;
  inner.rescue_plan = [&in_force] { return in_force.rescue_plan(); };
  auto* rescue = config.plan.rescue.enabled ? &engine.rescue() : nullptr;
  auto server = cti::start_server(inner, engine, {hooks.render_metrics, hooks.count_http}, rescue);
  if (!server) return tl::unexpected(server.error());
  made->inner_ = std::move(*server);
  made->inner_at_ = {inner.bind_address, made->inner_->port()};
  if (!config.public_server.enabled || rescue == nullptr) return made;
  const auto outer = public_settings_of(config, secrets, in_force);
  cti::public_hooks counts;
  counts.count_http = hooks.count_public;
  counts.count_refused = hooks.count_public_refusal;
  auto open = cti::start_public_server(outer, *rescue, counts);
  if (!open) return tl::unexpected(open.error());
  made->outer_ = std::move(*open);
  made->outer_at_ = endpoint{outer.bind_address, made->outer_->port()};
  return made;
}

void doors::close() {
  if (outer_) outer_->stop();
  if (inner_) inner_->stop();
}

} // namespace lifeline::app
