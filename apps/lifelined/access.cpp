#include "apps/lifelined/access.hpp"

namespace lifeline::app {

std::vector<cti::api_client> clients_of(const config::engine_config& config, const config::secrets& secrets) {
  std::vector<cti::api_client> clients;
  const auto add = [&](cti::api_client client, const std::map<std::string, std::string>& tokens) {
    const auto token = tokens.find(client.name);
    if (token == tokens.end()) return; // was not asked for: lets nobody in
    client.token = token->second;
    clients.push_back(std::move(client));
  };
  for (const auto& a : config.plan.agents)
    add({a.account, config::role_of(a), {}, a.account}, secrets.agent_tokens);
  for (const auto& c : config.clients)
    add({c.name, c.role, {}, c.agent}, secrets.client_tokens);
  return clients;
}

void access::replace(const config::engine_config& config, const config::secrets& secrets) {
  auto made = std::make_shared<state>();
  made->clients = std::make_shared<const std::vector<cti::api_client>>(clients_of(config, secrets));
  made->secrets = secrets;
  made->rescue = config.plan.rescue;
  const std::lock_guard lock{mutex_};
  state_ = std::move(made);
}

std::shared_ptr<const access::state> access::now() const {
  const std::lock_guard lock{mutex_};
  return state_;
}

std::shared_ptr<const std::vector<cti::api_client>> access::clients() const { return now()->clients; }

std::string access::vendor_secret(const std::string& vendor) const {
  const auto s = now();
  const auto found = s->secrets.vendor_secrets.find(vendor);
  return found == s->secrets.vendor_secrets.end() ? std::string{} : found->second;
}

std::string access::webhook_secret(const std::string& party) const {
  return config::webhook_secret_of(now()->secrets, party);
}

domain::rescue_plan access::rescue_plan() const { return now()->rescue; }

} // namespace lifeline::app
