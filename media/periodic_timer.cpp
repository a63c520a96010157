#include "media/periodic_timer.hpp"

#include <cerrno>
#include <system_error>

#include <sys/timerfd.h>
#include <unistd.h>

namespace lifeline::media {

periodic_timer::periodic_timer(loop& events, std::function<void()> due)
    : events_(events), due_(std::move(due)), fd_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "timerfd");
}

periodic_timer::~periodic_timer() { ::close(fd_); }

void periodic_timer::set(std::int64_t first_ns, std::int64_t interval_ns) const {
  itimerspec t{};
  t.it_value.tv_sec = first_ns / 1'000'000'000;
  t.it_value.tv_nsec = first_ns % 1'000'000'000;
  t.it_interval.tv_sec = interval_ns / 1'000'000'000;
  t.it_interval.tv_nsec = interval_ns % 1'000'000'000;
  (void)::timerfd_settime(fd_, TFD_TIMER_ABSTIME, &t, nullptr);
}

void periodic_timer::start(std::int64_t first_ns, std::int64_t interval_ns) {
  set(first_ns, interval_ns);
  if (!running_) running_ = events_.watch(fd_, *this);
}

void periodic_timer::stop() {
  if (!running_) return;
  events_.unwatch(fd_);
  set(0, 0);
  running_ = false;
}

void periodic_timer::readable() {
  std::uint64_t expirations = 0;
  if (::read(fd_, &expirations, sizeof expirations) == static_cast<ssize_t>(sizeof expirations)) due_();
}

} // namespace lifeline::media
