#pragma once
// Wakes actors at the times they have asked for: one wish for each, which the next replaces and the actor's end takes
// back. CAF's own delayed messages cannot be taken back, keep their receiver in memory, and wake the clock's thread
// once for each; here most calls end before their deadlines, and nobody is woken for them.

#include "actors/protocol/common.hpp"

#include <caf/actor_control_block.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lifeline::actors {

class timekeeper {
public:
  using clock = std::chrono::steady_clock;

  timekeeper();
  /// Who has not been woken by then never is.
  ~timekeeper();
  timekeeper(const timekeeper&) = delete;
  timekeeper& operator=(const timekeeper&) = delete;

  /// `who` gets wake{generation} at `due` or up to 10 ms later, instead of what it has asked for before. From any
  /// thread.
  void wake_at(const caf::weak_actor_ptr& who, clock::time_point due, std::uint64_t generation);
  /// From any thread, also for actors that never asked.
  void forget(caf::actor_id who);
  /// Wishes that are open.
  [[nodiscard]] std::size_t size() const;

private:
  struct wish {
    clock::time_point due;
    caf::weak_actor_ptr who;
    std::uint64_t generation = 0;
  };

  void run();
  std::vector<wish> take_due(clock::time_point now);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;
  clock::time_point sleeps_until_ = clock::time_point::max();
  std::set<std::pair<clock::time_point, caf::actor_id>> by_time_;
  std::unordered_map<caf::actor_id, wish> wishes_;
  std::thread thread_; ///< last: it uses all of the above
};

} // namespace lifeline::actors
