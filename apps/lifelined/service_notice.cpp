#include "apps/lifelined/service_notice.hpp"

#include <cinttypes>
#include <ctime>

#include <systemd/sd-daemon.h>

namespace lifeline::app {

namespace {

/// A failure is the manager's: it will miss what it waits for and say so itself.
void tell(const char* state) { ::sd_notify(0, state); }

} // namespace

std::optional<std::chrono::microseconds> watchdog_period() {
  std::uint64_t period = 0;
  if (::sd_watchdog_enabled(0, &period) <= 0 || period == 0) return std::nullopt;
  return std::chrono::microseconds{period};
}

service_notice::~service_notice() { stop_watch(); }

void service_notice::ready(std::function<bool()> beats) {
  tell("READY=1\nSTATUS=Takes calls.");
  const auto period = watchdog_period();
  if (!period || watch_.joinable()) return;
  watch_ = std::thread([this, pause = *period / 2, beats = std::move(beats)] { watch(pause, beats); });
}

void service_notice::watch(std::chrono::microseconds pause, const std::function<bool()>& beats) {
  std::unique_lock lock{mutex_};
  while (!ended_) {
    lock.unlock();
    const bool alive = beats();
    if (alive) tell("WATCHDOG=1");
    lock.lock();
    wake_.wait_for(lock, pause, [this] { return ended_; });
  }
}

void service_notice::reloading() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  // Type=notify-reload of systemd 253 asks for the time; older ones ignore it.
  const auto usec = static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
  ::sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, usec);
}

void service_notice::reloaded() { tell("READY=1"); }

void service_notice::stopping() {
  tell("STOPPING=1\nSTATUS=Ends calls and closes the log.");
  stop_watch();
}

void service_notice::stop_watch() {
  {
    const std::lock_guard lock{mutex_};
    ended_ = true;
  }
  wake_.notify_all();
  if (watch_.joinable()) watch_.join();
}

} // namespace lifeline::app
