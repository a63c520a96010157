#pragma once
// Counted on the SIP thread, read from any. Keys are fixed at compile time, so nothing a peer sends can add one.

#include "sip/gateway.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <string_view>

namespace lifeline::sip {

enum class method : std::uint8_t { invite, ack, bye, cancel, options, registration, info, prack, update, other, count };

enum class refusal : std::uint8_t {
  unknown_source,  ///< neither a trunk nor an account
  bad_credentials, ///< wrong password, or an account that is not configured
  bad_request,     ///< REGISTER that makes no sense
  bad_sdp,
  overload, ///< max_legs
  draining,
  unattended,   ///< nobody attached to the call in time
  rate_limited, ///< too many requests of one source, or INVITEs of one trunk or of all together
  count
};

class counters {
public:
  void received(method m) { add(received_[index(m)]); }
  void sent(method m) { add(sent_[index(m)]); }
  void responded(int status) { add(slot(responses_sent_, status)); }
  void answered(int status) { add(slot(responses_received_, status)); }
  void refused(refusal why) { add(refused_[index(why)]); }
  void emergency_refused() { add(emergency_refused_); }
  void beat() { add(heartbeat_); }
  void fault() { add(faults_); }
  void set_lag(std::chrono::microseconds lag) {
    lag_.store(static_cast<std::uint64_t>(lag.count()), std::memory_order_relaxed);
  }
  void set_certificate_expires(std::chrono::system_clock::time_point at) {
    certificate_expires_.store(std::chrono::system_clock::to_time_t(at), std::memory_order_relaxed);
  }
  void set_legs(std::size_t n) { legs_.store(n, std::memory_order_relaxed); }
  void set_remembered(std::size_t n) { remembered_.store(n, std::memory_order_relaxed); }
  void dropped() { add(dropped_); }
  void set_bans(std::size_t n) { bans_.store(n, std::memory_order_relaxed); }
  void set_connections(std::size_t n) { connections_.store(n, std::memory_order_relaxed); }
  void set_accounts(std::size_t n) { accounts_.store(n, std::memory_order_relaxed); }
  [[nodiscard]] sip_statistics snapshot() const;

private:
  using cell = std::atomic<std::uint64_t>;
  using statuses = std::array<cell, 700>; // 0 takes what is no status code

  template <class Enum> static std::size_t index(Enum e) { return static_cast<std::size_t>(e); }
  static void add(cell& c) { c.fetch_add(1, std::memory_order_relaxed); }
  static cell& slot(statuses& cells, int status) {
    return cells[status >= 100 && status < 700 ? static_cast<std::size_t>(status) : 0];
  }

  std::array<cell, static_cast<std::size_t>(method::count)> received_{};
  std::array<cell, static_cast<std::size_t>(method::count)> sent_{};
  std::array<cell, static_cast<std::size_t>(refusal::count)> refused_{};
  statuses responses_sent_{};
  statuses responses_received_{};
  cell legs_{0};
  cell accounts_{0};
  cell heartbeat_{0};
  cell faults_{0};
  cell lag_{0}; // microseconds
  std::atomic<std::time_t> certificate_expires_{0};
  cell dropped_{0};
  cell emergency_refused_{0};
  cell bans_{0};
  cell connections_{0};
  cell remembered_{0};
};

} // namespace lifeline::sip
