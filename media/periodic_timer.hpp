#pragma once
// A timer on the absolute monotonic clock: what comes late does not make the next one later.

#include "media/loop.hpp"

#include <cstdint>
#include <functional>

namespace lifeline::media {

class periodic_timer final : public watcher {
public:
  /// Made on any thread, used on the media thread. Throws std::system_error when the kernel has no timer left.
  periodic_timer(loop& events, std::function<void()> due);
  periodic_timer(const periodic_timer&) = delete;
  periodic_timer& operator=(const periodic_timer&) = delete;
  ~periodic_timer();

  void start(std::int64_t first_ns, std::int64_t interval_ns);
  void stop();
  [[nodiscard]] bool is_running() const { return running_; }

  void readable() override;

private:
  void set(std::int64_t first_ns, std::int64_t interval_ns) const;

  loop& events_;
  std::function<void()> due_;
  int fd_;
  bool running_ = false;
};

} // namespace lifeline::media
