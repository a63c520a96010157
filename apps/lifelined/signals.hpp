#pragma once
// Signals as calls on a thread of their own: SIGTERM and SIGINT ask for an orderly stop, SIGHUP for a reload. No signal
// handler runs.

#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

namespace lifeline::app {

class signal_watch {
public:
  /// Before any other thread starts, so that all inherit the mask.
  signal_watch();
  signal_watch(const signal_watch&) = delete;
  signal_watch& operator=(const signal_watch&) = delete;
  ~signal_watch();

  /// `stop` is called once, and nothing afterwards. Both are called on the watch's thread.
  void start(std::function<void()> stop, std::function<void()> reload);
  /// Nothing is called any more after this. Idempotent.
  void end();

private:
  sigset_t set_{};
  std::atomic<bool> cancelled_{false};
  std::thread thread_;
};

} // namespace lifeline::app
