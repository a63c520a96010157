#pragma once
// What the service manager is told (systemd's sd_notify(3)). Without NOTIFY_SOCKET, started by hand, nothing is said.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace lifeline::app {

/// How often the service manager wants a sign of life from this process; nothing: it does not watch.
std::optional<std::chrono::microseconds> watchdog_period();

class service_notice {
public:
  service_notice() = default;
  service_notice(const service_notice&) = delete;
  service_notice& operator=(const service_notice&) = delete;
  ~service_notice();

  /// Calls are taken. From now on there is a sign of life at half of the manager's period as long as `beats` says that
  /// the engine lives; it is asked on a thread of its own, and while it does not answer there is no sign either.
  void ready(std::function<bool()> beats);
  void reloading(); ///< until `reloaded`
  void reloaded();
  /// The end has begun; no more signs of life are needed, the manager's own time limit for stopping counts.
  void stopping();

private:
  void watch(std::chrono::microseconds pause, const std::function<bool()>& beats);
  void stop_watch();

  std::mutex mutex_;
  std::condition_variable wake_;
  bool ended_ = false;
  std::thread watch_;
};

} // namespace lifeline::app
