#pragma once
// What systemd is to a service: a datagram socket named in NOTIFY_SOCKET, and a period in WATCHDOG_USEC.

#include "tests/temp_folder.hpp"

#include <chrono>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace lifeline::testing {

class service_manager {
public:
  /// Without a period it does not watch.
  explicit service_manager(std::optional<std::chrono::microseconds> period = std::nullopt) {
    const auto path = folder_.file("notify");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) throw std::runtime_error("the temporary folder's name is too long");
    path.copy(address.sun_path, path.size());
    if (socket_ < 0 || ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("no socket at " + path);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    if (!period) return;
    ::setenv("WATCHDOG_USEC", std::to_string(period->count()).c_str(), 1);
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  }
  service_manager(const service_manager&) = delete;
  service_manager& operator=(const service_manager&) = delete;
  ~service_manager() {
    forget();
    ::close(socket_);
  }

  /// As for a process that no service manager has started.
  static void forget() {
    for (const auto* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
      ::unsetenv(name);
  }

  /// The next message; nothing when none comes in time.
  std::optional<std::string> hear(std::chrono::milliseconds patience = std::chrono::seconds{10}) const {
    pollfd wanted{socket_, POLLIN, 0};
    if (::poll(&wanted, 1, static_cast<int>(patience.count())) != 1) return std::nullopt;
    std::string text(4096, '\0');
    const auto got = ::recv(socket_, text.data(), text.size(), 0);
    if (got < 0) return std::nullopt;
    text.resize(static_cast<std::size_t>(got));
    return text;
  }
  /// What has arrived already.
  [[nodiscard]] std::optional<std::string> heard() const { return hear(std::chrono::milliseconds{0}); }

private:
  temp_folder folder_;
  int socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

} // namespace lifeline::testing
