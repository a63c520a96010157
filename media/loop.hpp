#pragma once
// The media thread: libre's event loop, with a queue for what other threads want done on it.

#include <tl/expected.hpp>

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace lifeline::media {

/// Told on the media thread that a file descriptor can be read.
class watcher {
public:
  virtual void readable() = 0;

protected:
  ~watcher() = default;
};

class loop {
public:
  using task = std::function<void()>;

  loop() = default;
  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;
  ~loop() { stop(); }

  /// Starts the thread. Only one loop may run in a process at a time (libre has one loop per process).
  tl::expected<void, std::string> start(int max_descriptors);
  /// Runs the task on the media thread, after all that were posted before. False after stop().
  bool post(task t);
  /// Runs everything posted so far, then ends the thread. Idempotent; not from the media thread.
  void stop();

  /// Exceptions that ended a task or a watcher's turn, but not the thread; of all loops of this process.
  [[nodiscard]] static std::uint64_t faults();

  /// Only on the media thread. `w` must outlive the watching. False when libre refuses the descriptor.
  bool watch(int fd, watcher& w);
  void unwatch(int fd);

private:
  void run(int max_descriptors, const std::function<void(std::string)>& started);
  void drain();

  std::thread thread_;
  std::mutex stopping_;
  std::mutex mutex_;
  std::vector<task> queue_;
  bool open_ = false;
  int wake_ = -1;
};

} // namespace lifeline::media
