#pragma once
// The part that the private and the public server share: a port, its connections, and an application that answers.

#include "cti/http/message.hpp"

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

class server {
public:
  virtual ~server() = default; ///< stops

  /// The port in use.
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// Takes no more connections, waits for the answers being made, closes all. Idempotent; not from a hook or operation.
  virtual void stop() = 0;
};

/// All are called from several threads at once. `answer` must be there, the others may be empty.
struct application {
  std::function<response(const request&)> answer;   ///< may take its time
  std::function<bool(const request&)> is_immediate; ///< can be answered on the network's thread
  std::function<bool(const request&)> is_slow;      ///< takes long: is answered one at a time, beside the others
  std::function<bool(const request&)> is_probe;     ///< about the engine's health: is answered beside the others, too
  std::function<std::uint64_t(const request& head, std::uint64_t usual)> body_limit; ///< bytes
  std::function<void(std::uint64_t after, std::chrono::milliseconds longest)> wait_for_events;
  std::function<void(int status)> count_http; ///< once per answer
  /// How an error of the server's own is shown. The head is empty when none was read; called on the network's thread.
  std::function<response(const request& head, response error)> dress;
};

[[nodiscard]] tl::expected<std::unique_ptr<server>, std::string> start_listener(const listen_settings& settings,
                                                                                application app);

} // namespace lifeline::cti
