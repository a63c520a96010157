#pragma once
// The part of the engine that the world may see (docs/api.md): a lift's alarm page behind the QR code of its plate,
// what IoT platforms push, and rescuers' links. No token opens it, only signatures: a QR code's or link's, or a
// platform's of each message. A port of its own; TLS is the proxy's before it.

#include "actors/rescue/rescue_operations.hpp"
#include "cti/http/listener.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::cti {

struct public_settings {
  std::string bind_address = "127.0.0.1";
  std::uint16_t port = 8081;                         ///< 0 = chosen by the system
  std::string link_key;                              ///< of QR codes and rescuers' links; empty: there are neither
  std::map<std::string, std::string> vendor_secrets; ///< by the vendor's name
  /// In force, when they can change while the server runs; empty: `vendor_secrets`. The answer is empty for none.
  std::function<std::string(const std::string& vendor)> vendor_secret;
  std::string public_url;                    ///< what links begin with; empty: the plan's
  double requests_per_minute = 30;           ///< of one source (and lift), after
  double burst = 10;                         ///< so many at once
  double alarms_per_hour_per_lift = 12;      ///< new messages of the alarm page; the first is always taken
  std::function<domain::rescue_plan()> plan; ///< in force: vendors, hotline; empty: the defaults
  /// Proxies, whose word in X-Forwarded-For (its last entry) is taken for the source.
  std::vector<std::string> proxies = {"127.0.0.1", "::1"};
  std::size_t max_connections = 1024;
  std::size_t max_per_source = 64; ///< connections of one address that is no proxy's; many people share one
};

/// Called on the server's threads; must be thread-safe. Each may be empty.
struct public_hooks {
  std::function<void(int status)> count_http;
  /// "signature", "link", "rate", "details" (taken in with doubts), "unreadable" (taken in for a person to look at).
  std::function<void(std::string_view why)> count_refused;
  std::function<domain::instant()> now;                              ///< the wall clock; empty: the system's
  std::function<std::chrono::steady_clock::time_point()> steady_now; ///< of the rate limits; empty: the system's
};

/// `rescue` must outlive the server. Fails with a sentence when the address cannot be bound.
[[nodiscard]] tl::expected<std::unique_ptr<server>, std::string>
start_public_server(const public_settings& settings, actors::rescue_operations& rescue, public_hooks hooks);

} // namespace lifeline::cti
