#include "apps/lifelined/doors.hpp"

#include "cti/links.hpp"

namespace lifeline::app {

namespace {

using namespace std::chrono_literals;

constexpr auto link_life = 24h; ///< of the links that a rescuer's software is told

domain::instant now() { return std::chrono::time_point_cast<domain::span>(std::chrono::system_clock::now()); }

std::vector<cti::api_client> clients_of(const config::engine_config& config, const config::secrets& secrets) {
  std::vector<cti::api_client> all;
  for (const auto& a : config.plan.agents)
    if (const auto token = secrets.agent_tokens.find(a.account); token != secrets.agent_tokens.end())
      all.push_back({a.account, config::role_of(a), token->second, a.account});
  for (const auto& c : config.clients)
    if (const auto token = secrets.client_tokens.find(c.name); token != secrets.client_tokens.end())
      all.push_back({c.name, c.role, token->second, c.agent});
  return all;
}

cti::public_settings public_settings_of(const config::engine_config& config, const config::secrets& secrets,
                                        const rescue_plan_in_force& plan) {
  cti::public_settings s;
  s.bind_address = config.public_server.bind_address;
  s.port = config.public_server.port;
  s.link_key = secrets.link_key;
  s.vendor_secrets = secrets.vendor_secrets;
  s.requests_per_minute = config.public_server.requests_per_minute;
  s.burst = config.public_server.burst;
  s.alarms_per_hour_per_lift = config.public_server.alarms_per_hour_per_lift;
  s.plan = [&plan] { return plan.get(); };
  return s;
}

} // namespace

tl::expected<std::unique_ptr<helpers>, std::string> helpers::start(const config::engine_config& config) {
  auto made = std::make_unique<helpers>();
  auto webhooks = webhook::start_gateway({});
  if (!webhooks) return tl::unexpected(webhooks.error());
  made->webhooks_ = std::move(*webhooks);
  auto speech = media::start_speech(config.media.prompts);
  if (!speech) return tl::unexpected(speech.error());
  made->speech_ = std::move(*speech);
  return made;
}

void helpers::lend(actors::engine_parts& parts, const config::secrets& secrets,
                   const rescue_plan_in_force& plan) const {
  parts.webhooks = webhooks_.get();
  parts.speech = speech_.get();
  parts.webhook_secrets = secrets.webhook_secrets;
  parts.rescuer_link = [&plan, key = secrets.link_key](const domain::order_id& order, const std::string& party) {
    const auto url = plan.get().public_url;
    return url.empty() || key.empty() ? std::string{} : cti::rescuer_url(url, key, {order, party, now() + link_life});
  };
}

void helpers::stop() {
  if (webhooks_) webhooks_->stop();
  if (speech_) speech_->stop();
}

tl::expected<std::unique_ptr<doors>, std::string> doors::open(const config::engine_config& config,
                                                              const config::secrets& secrets,
                                                              const rescue_plan_in_force& plan, actors::engine& engine,
                                                              const count_hooks& hooks) {
  auto made = std::make_unique<doors>();
  cti::server_settings inner;
  inner.bind_address = config.http.bind_address;
  inner.port = config.http.port;
  inner.token = secrets.api_token;
  inner.clients = clients_of(config, secrets);
  inner.link_key = secrets.link_key;
  inner.rescue_plan = [&plan] { return plan.get(); };
  auto* rescue = config.plan.rescue.enabled ? &engine.rescue() : nullptr;
  auto server = cti::start_server(inner, engine, {hooks.render_metrics, hooks.count_http}, rescue);
  if (!server) return tl::unexpected(server.error());
  made->inner_ = std::move(*server);
  made->inner_at_ = {inner.bind_address, made->inner_->port()};
  if (!config.public_server.enabled || rescue == nullptr) return made;
  const auto outer = public_settings_of(config, secrets, plan);
  cti::public_hooks counts;
  counts.count_http = hooks.count_http;
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
