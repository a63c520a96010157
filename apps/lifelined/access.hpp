#pragma once
// Who may come in, by what secret, as last (re)loaded: what the servers and the webhooks ask while the engine runs.

#include "config/engine_config.hpp"
#include "config/secrets.hpp"
#include "cti/api/clients.hpp"
#include "domain/plan/rescue_plan.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace lifeline::app {

/// Agents and [[api_client]], each with its token.
std::vector<cti::api_client> clients_of(const config::engine_config& config, const config::secrets& secrets);

/// Thread-safe.
class access {
public:
  access(const config::engine_config& config, const config::secrets& secrets) { replace(config, secrets); }
  void replace(const config::engine_config& config, const config::secrets& secrets);

  [[nodiscard]] std::shared_ptr<const std::vector<cti::api_client>> clients() const;
  /// Empty: the vendor has none.
  [[nodiscard]] std::string vendor_secret(const std::string& vendor) const;
  [[nodiscard]] std::string webhook_secret(const std::string& party) const;
  [[nodiscard]] domain::rescue_plan rescue_plan() const;

private:
  struct state {
    std::shared_ptr<const std::vector<cti::api_client>> clients;
    config::secrets secrets;
    domain::rescue_plan rescue;
  };
  [[nodiscard]] std::shared_ptr<const state> now() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const state> state_;
};

} // namespace lifeline::app
