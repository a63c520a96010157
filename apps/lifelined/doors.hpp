#pragma once
// What the process has besides the engine: the gateways that tell and speak to rescuers, and the HTTP servers, the
// inner one (API) and the one for the public.

#include "actors/engine.hpp"
#include "apps/lifelined/endpoints.hpp"
#include "config/engine_config.hpp"
#include "config/secrets.hpp"
#include "cti/public_server.hpp"
#include "cti/server.hpp"

#include <tl/expected.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace lifeline::app {

/// The plan of rescues in force, for threads that are not the engine's. A reload sets it.
class rescue_plan_in_force {
public:
  explicit rescue_plan_in_force(domain::rescue_plan p) : plan_(std::move(p)) {}
  [[nodiscard]] domain::rescue_plan get() const {
    const std::lock_guard lock{mutex_};
    return plan_;
  }
  void set(domain::rescue_plan p) {
    const std::lock_guard lock{mutex_};
    plan_ = std::move(p);
  }

private:
  mutable std::mutex mutex_;
  domain::rescue_plan plan_;
};

/// Webhooks, speech, and the makers of rescuers' links: to be started before the engine and ended after it.
class helpers {
public:
  /// The error is a sentence.
  static tl::expected<std::unique_ptr<helpers>, std::string> start(const config::engine_config& config);
  /// Gives the engine what it needs of them.
  void lend(actors::engine_parts& parts, const config::secrets& secrets, const rescue_plan_in_force& plan) const;
  void stop();

private:
  std::unique_ptr<webhook::gateway> webhooks_;
  std::unique_ptr<media::speech> speech_;
};

class doors {
public:
  struct count_hooks {
    std::function<std::string()> render_metrics;
    std::function<void(int status)> count_http;
  };
  static tl::expected<std::unique_ptr<doors>, std::string> open(const config::engine_config& config,
                                                                const config::secrets& secrets,
                                                                const rescue_plan_in_force& plan,
                                                                actors::engine& engine, const count_hooks& hooks);
  [[nodiscard]] endpoint inner() const { return inner_at_; }
  [[nodiscard]] const std::optional<endpoint>& outer() const { return outer_at_; }
  /// Their threads ask the engine: to be called before it ends.
  void close();

private:
  std::unique_ptr<cti::server> inner_;
  std::unique_ptr<cti::server> outer_;
  endpoint inner_at_;
  std::optional<endpoint> outer_at_;
};

} // namespace lifeline::app
