#pragma once
// The thread that looks after the others, several times a second: sheds calls before memory or latency suffers, finds
// threads that hang, gives back memory, and ends a drained engine. It waits for no actor, so that it works when they do
// not.

#include "actors/core/heap_relief.hpp"
#include "actors/core/queue_delay.hpp"
#include "actors/core/surroundings.hpp"
#include "domain/base/hang_watch.hpp"
#include "domain/base/wall_time.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace lifeline::actors {

struct watched_thread {
  std::string name;
  std::function<std::uint64_t()> heartbeat;
};

class engine_watch {
public:
  struct duties {
    std::vector<watched_thread> threads;
    domain::span hang_limit = std::chrono::seconds{10};
    std::function<void(const std::string& name)> on_hung; ///< once for each; may never return
    std::function<void()> on_drained;                     ///< draining, and no call is left; once
    std::function<domain::clock_look()> clocks;           ///< both of them, now; empty: the system's
    std::function<void(domain::span)> on_clock_set;       ///< by so much; the engine's times are true again
  };

  engine_watch(surroundings_ptr around, duties d);
  ~engine_watch() { stop(); }
  engine_watch(const engine_watch&) = delete;
  engine_watch& operator=(const engine_watch&) = delete;
  /// Idempotent; not from its own callbacks.
  void stop();

private:
  void run();
  void look_at_load();
  void look_at_threads();
  void look_at_drain();
  void look_at_memory();
  void look_at_clock();

  surroundings_ptr around_;
  duties duties_;
  std::vector<domain::hang_watch> watches_;
  std::vector<bool> told_;
  std::unique_ptr<queue_delay> delay_; ///< null once stopped: it must not outlive the actor system
  bool drained_ = false;
  heap_relief relief_;
  domain::clock_watch clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ending_ = false;
  std::thread thread_;
};

} // namespace lifeline::actors
