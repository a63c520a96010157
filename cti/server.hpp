#pragma once
// The engine's HTTP server: /healthz, /readyz, /metrics and /api/v1 (docs/api.md). One thread of its own for the
// network and eight for the answers, so that a slow answer holds up neither others' connections nor /healthz; one more
// for /readyz and /metrics, one for lists of lifts, and one for those who wait for events.

#include "actors/operations.hpp"
#include "actors/rescue_operations.hpp"
#include "cti/clients.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lifeline::cti {

struct listen_settings {
  std::string bind_address = "127.0.0.1";
  std::uint16_t port = 8080;                        ///< 0 = chosen by the system (see server::port)
  std::size_t max_connections = 256;                ///< past it 503
  std::uint32_t max_header = 8U * 1024;             ///< bytes; past it 431
  std::uint64_t max_body = 64UL * 1024;             ///< bytes; past it 413. Some routes have limits of their own
  std::chrono::milliseconds request_timeout{10000}; ///< from the first byte of a request to its last
  std::chrono::milliseconds long_timeout{120000};   ///< the same for a route with a longer body
  std::chrono::milliseconds idle_timeout{60000};    ///< between requests
  std::chrono::milliseconds write_timeout{10000};   ///< for a client that takes nothing
  std::size_t max_per_peer = 0;                     ///< connections of one address; 0 = all of them; past it 503
  std::vector<std::string> unlimited_peers;         ///< proxies: max_per_peer is not for them
  std::size_t kept_for_probes = 0;                  ///< past these limits, of this machine: application::is_probe only
  std::size_t max_waiting = 64;                     ///< requests that wait for events; past it 503
  std::size_t max_streams = 16;                     ///< of events, among the waiting ones; past it 503
};

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

class server {
public:
  virtual ~server() = default; ///< stops

  /// The port in use.
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// Takes no more connections, waits for the answers being made, closes all. Idempotent; not from a hook or operation.
  virtual void stop() = 0;
};

/// `engine` and `rescue` must outlive the server; without `rescue` its routes answer 503. Fails with a sentence when
/// the address cannot be bound, or a token is empty or given twice.
[[nodiscard]] tl::expected<std::unique_ptr<server>, std::string>
start_server(const server_settings& settings, actors::operations& engine, server_hooks hooks,
             actors::rescue_operations* rescue = nullptr);

} // namespace lifeline::cti
