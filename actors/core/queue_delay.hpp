#pragma once
// How long an actor that has something to do waits for a worker thread. Mailboxes may be short and every actor late all
// the same, when there are many of them: the wait is in the scheduler's queue, and a call passes through it some ten
// times before a phone rings.

#include "domain/base/time.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <atomic>
#include <chrono>
#include <memory>

namespace lifeline::actors {

class queue_delay {
public:
  using clock = std::chrono::steady_clock;

  explicit queue_delay(caf::actor_system& system);
  ~queue_delay();
  queue_delay(const queue_delay&) = delete;
  queue_delay& operator=(const queue_delay&) = delete;

  /// Sends the next probe, unless one is on its way. By one thread only.
  void probe(clock::time_point now);
  /// The last probe's delay, or the age of the one on its way if that is longer.
  [[nodiscard]] domain::span worst(clock::time_point now) const;

private:
  struct state {
    std::atomic<clock::rep> sent{0}; ///< of the probe on its way; 0: none
    std::atomic<clock::rep> last{0};
  };
  std::shared_ptr<state> state_ = std::make_shared<state>();
  caf::actor probe_;
};

} // namespace lifeline::actors
