#include "apps/lifelined/signals.hpp"

namespace lifeline::app {

signal_watch::signal_watch() {
  sigemptyset(&set_);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&set_, signal);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

signal_watch::~signal_watch() { end(); }

void signal_watch::start(std::function<void()> stop, std::function<void()> reload) {
  thread_ = std::thread([this, stop = std::move(stop), reload = std::move(reload)] {
    while (!cancelled_) {
      int signal = 0;
      sigwait(&set_, &signal);
      if (cancelled_) return;
      if (signal != SIGHUP) return stop();
      reload();
    }
  });
}

void signal_watch::end() {
  if (!thread_.joinable()) return;
  cancelled_ = true;
  pthread_kill(thread_.native_handle(), SIGHUP); // only to wake it
  thread_.join();
}

} // namespace lifeline::app
