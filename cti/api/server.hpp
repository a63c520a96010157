#pragma once
// The engine's HTTP server: /healthz, /readyz, /metrics and /api/v1 (docs/api.md). One thread of its own for the
// network and eight for the answers, so that a slow answer holds up neither others' connections nor /healthz; one more
// for /readyz and /metrics, one for lists of lifts, and one for those who wait for events.

#include "actors/engine/operations.hpp"
#include "actors/rescue/rescue_operations.hpp"
#include "cti/api/clients.hpp"
#include "cti/http/listener.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lifeline::cti {

struct server_settings : listen_settings {
  server_settings() {
    max_per_peer = 64;
    kept_for_probes = 8;
  }
  std::string token;               ///< the administrator's; must not be empty
  std::vector<api_client> clients; ///< besides the administrator, each with its role
  /// In force, when they can change while the server runs; empty: `clients`. Never null, checked by whoever makes them.
  std::function<std::shared_ptr<const std::vector<api_client>>()> clients_now;
  /// What messages to a party's webhook are signed with; empty: unknown here.
  std::function<std::string(const std::string& party)> webhook_secret;
  std::string link_key;                             ///< of QR codes and rescuers' links; empty: there are none
  std::function<domain::rescue_plan()> rescue_plan; ///< in force, for public_url and hotline; empty: the defaults
};

/// Called on the server's threads; must be thread-safe. Each may be empty.
struct server_hooks {
  std::function<std::string()> render_metrics; ///< empty: there is no /metrics
  std::function<void(int status)> count_http;  ///< once per answer
};

/// `engine` and `rescue` must outlive the server; without `rescue` its routes answer 503. Fails with a sentence when
/// the address cannot be bound, or a token is empty or given twice.
[[nodiscard]] tl::expected<std::unique_ptr<server>, std::string>
start_server(const server_settings& settings, actors::operations& engine, server_hooks hooks,
             actors::rescue_operations* rescue = nullptr);

} // namespace lifeline::cti
