#pragma once
// The engine's HTTP server: /healthz, /readyz, /metrics and /api/v1 (docs/api.md). One thread of its own for the
// network and two for the answers, so that a slow answer holds up neither others' connections nor /healthz.

#include "actors/operations.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace lifeline::cti {

struct server_settings {
  std::string bind_address = "127.0.0.1";
  std::uint16_t port = 8080;                        ///< 0 = chosen by the system (see server::port)
  std::string token;                                ///< what /api asks for; must not be empty
  std::size_t max_connections = 256;                ///< past it 503
  std::uint32_t max_header = 8 * 1024;              ///< bytes; past it 431
  std::uint64_t max_body = 64 * 1024;               ///< bytes; past it 413
  std::chrono::milliseconds request_timeout{10000}; ///< from the first byte of a request to its last
  std::chrono::milliseconds idle_timeout{60000};    ///< between requests
  std::chrono::milliseconds write_timeout{10000};   ///< for a client that takes nothing
};

/// Called on the server's threads; must be thread-safe. Either may be empty.
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

/// `engine` must outlive the server. Fails with a sentence when the address cannot be bound or the token is empty.
[[nodiscard]] tl::expected<std::unique_ptr<server>, std::string>
start_server(const server_settings& settings, actors::operations& engine, server_hooks hooks);

} // namespace lifeline::cti
