#include "media/loop.hpp"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <exception>
#include <future>

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#define HAVE_INET6
#define HAVE_STDBOOL_H
extern "C" {
#include <re.h>
}

namespace lifeline::media {

namespace {

/// Of the one loop that a process may have.
std::atomic<std::uint64_t> fault_count{0};

/// An exception must not cross libre's C frames, nor end the thread that carries everybody's calls: it costs what was
/// being done, and is counted.
template <class Work> void guarded(Work&& work) {
  try {
    work();
  } catch (const std::exception&) {
    fault_count.fetch_add(1, std::memory_order_relaxed);
  }
}

void on_readable(int /*flags*/, void* arg) {
  guarded([arg] { static_cast<watcher*>(arg)->readable(); });
}

class wake_up final : public watcher {
public:
  wake_up(int fd, std::function<void()> then) : fd_(fd), then_(std::move(then)) {}
  void readable() override {
    std::uint64_t count = 0;
    (void)!::read(fd_, &count, sizeof count);
    then_();
  }

private:
  int fd_;
  std::function<void()> then_;
};

} // namespace

tl::expected<void, std::string> loop::start(int max_descriptors) {
  wake_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (wake_ < 0) return tl::unexpected(std::string("cannot make an eventfd: ") + std::strerror(errno));
  std::promise<std::string> ready;
  auto outcome = ready.get_future();
  open_ = true;
  thread_ = std::thread([this, max_descriptors, &ready] {
    run(max_descriptors, [&ready](std::string error) { ready.set_value(std::move(error)); });
  });
  auto error = outcome.get();
  if (error.empty()) return {};
  stop();
  return tl::unexpected(std::move(error));
}

void loop::run(int max_descriptors, const std::function<void(std::string)>& started) {
  int err = libre_init();
  if (err != 0) return started(std::string("libre cannot start: ") + std::strerror(err));
  err = fd_setsize(max_descriptors);
  if (err == 0) err = poll_method_set(METHOD_EPOLL);
  wake_up waker(wake_, [this] { drain(); });
  if (err == 0) err = fd_listen(wake_, FD_READ, on_readable, static_cast<watcher*>(&waker));
  if (err != 0) {
    fd_setsize(0);
    libre_close();
    return started(std::string("libre's event loop cannot start: ") + std::strerror(err));
  }
  started({});
  (void)re_main(nullptr);
  fd_close(wake_);
  fd_setsize(0); // frees the table and the epoll descriptor, so that a later loop starts from nothing
  libre_close();
}

bool loop::post(task t) {
  const std::lock_guard lock(mutex_);
  if (!open_) return false;
  queue_.push_back(std::move(t));
  if (queue_.size() > 1) return true; // somebody has rung already
  const std::uint64_t one = 1;
  return ::write(wake_, &one, sizeof one) == static_cast<ssize_t>(sizeof one);
}

void loop::drain() {
  std::vector<task> batch;
  {
    const std::lock_guard lock(mutex_);
    batch.swap(queue_);
  }
  for (const auto& t : batch)
    guarded(t);
}

std::uint64_t loop::faults() { return fault_count.load(std::memory_order_relaxed); }

void loop::stop() {
  const std::lock_guard once(stopping_);
  if (!thread_.joinable()) return;
  post([] { re_cancel(); });
  {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }
  thread_.join();
  ::close(wake_);
  wake_ = -1;
}

bool loop::watch(int fd, watcher& w) { return fd_listen(fd, FD_READ, on_readable, &w) == 0; }

void loop::unwatch(int fd) { fd_close(fd); }

} // namespace lifeline::media
