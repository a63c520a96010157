#pragma once
// What the process has besides the engine: the gateways that tell and speak to rescuers, and the HTTP servers, the
// inner one (API) and the one for the public.

#include "actors/engine/engine.hpp"
#include "apps/lifelined/access.hpp"
#include "apps/lifelined/endpoints.hpp"
#include "config/engine_config.hpp"
#include "config/secrets.hpp"
#include "cti/api/server.hpp"
#include "cti/public/public_server.hpp"

#include <tl/expected.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lifeline::app {

/// Webhooks, speech, and the makers of rescuers' links: to be started before the engine and ended after it.
class helpers {
public:
  /// `complain`: is told of what cannot be had; the engine does without it.
  helpers(const config::engine_config& config, const std::function<void(const std::string&)>& complain);
  /// Gives the engine what it needs of them.
  void lend(actors::engine_parts& parts, const config::secrets& secrets, const access& in_force) const;
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
    std::function<void(int status)> count_public;
    std::function<void(std::string_view why)> count_public_refusal;
  };
  static tl::expected<std::unique_ptr<doors>, std::string> open(const config::engine_config& config,
                                                                const config::secrets& secrets, const access& in_force,
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
