#pragma once
// Requests that wait for the event log to grow: one thread waits for all of them, so that none of the threads that make
// answers is held.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace lifeline::cti {

class event_watch {
public:
  using clock = std::chrono::steady_clock;
  /// Returns when the log has an entry after the number, or the time is over. Empty: the waiting ones look for
  /// themselves, four times a second.
  using wait_function = std::function<void(std::uint64_t after, std::chrono::milliseconds longest)>;
  /// Called once, on the watch's thread or that of stop(): `over` when the time has come rather than an entry.
  using waiter = std::function<void(bool over)>;

  event_watch(wait_function wait, std::size_t most) : wait_(std::move(wait)), most_(most) {}
  ~event_watch() { stop(); }
  event_watch(const event_watch&) = delete;
  event_watch& operator=(const event_watch&) = delete;

  /// False, and `w` is not called, when there are too many or it was stopped.
  [[nodiscard]] bool add(std::uint64_t after, clock::time_point until, waiter w);
  /// All who wait are told that the time is over. Idempotent.
  void stop();

private:
  struct entry {
    std::uint64_t after;
    clock::time_point until;
    waiter tell;
  };
  void run();
  void wait_once(std::unique_lock<std::mutex>& lock);
  std::vector<entry> take_due(bool grown);

  const wait_function wait_;
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<entry> entries_;
  bool stopped_ = false;
  std::thread thread_; ///< begins with the first that waits
};

} // namespace lifeline::cti
