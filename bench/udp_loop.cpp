#include "bench/udp_loop.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <string>
#include <utility>

#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace lifeline::bench {

namespace {

std::runtime_error failed(const std::string& what) { return std::runtime_error(what + ": " + std::strerror(errno)); }

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_port = htons(port);
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return a;
}

} // namespace

stamp now_stamp() {
  timespec t{};
  ::clock_gettime(CLOCK_REALTIME, &t);
  return static_cast<stamp>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

udp_port::udp_port() : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  auto a = loopback(0);
  socklen_t size = sizeof a;
  if (fd_ < 0 || ::bind(fd_, reinterpret_cast<const sockaddr*>(&a), size) != 0 ||
      ::getsockname(fd_, reinterpret_cast<sockaddr*>(&a), &size) != 0)
    throw failed("a UDP socket");
  port_ = ntohs(a.sin_port);
  const int on = 1;
  ::setsockopt(fd_, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  const int bytes = 4 << 20; // a burst must not be lost on our side; the system may grant less
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

udp_port::~udp_port() { ::close(fd_); }

stamp udp_port::send(std::string_view bytes, std::uint16_t to) const {
  const auto a = loopback(to);
  const auto at = now_stamp();
  // An error is a lost datagram, as on any network: whoever sent it sends it again.
  (void)::sendto(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&a), sizeof a);
  return at;
}

std::uint64_t udp_port::dropped() const {
  std::uint32_t figures[SK_MEMINFO_VARS]{};
  socklen_t size = sizeof figures;
  return ::getsockopt(fd_, SOL_SOCKET, SO_MEMINFO, figures, &size) == 0 ? figures[SK_MEMINFO_DROPS] : 0;
}

udp_loop::udp_loop()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      alarm_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)), buffer_(65536) {
  if (epoll_ < 0 || wake_ < 0 || alarm_ < 0) throw failed("the load's loop");
  const auto forget = [](int fd) {
    std::uint64_t count = 0;
    (void)!::read(fd, &count, sizeof count);
  };
  watch(wake_, [this, forget] {
    forget(wake_);
    run_posted();
  });
  watch(alarm_, [this, forget] {
    forget(alarm_);
    armed_ = clock::time_point::max();
  });
  thread_ = std::thread([this] { run(); });
}

udp_loop::~udp_loop() {
  stop();
  for (const int fd : {epoll_, wake_, alarm_})
    ::close(fd);
}

void udp_loop::stop() {
  if (!thread_.joinable()) return;
  post([this] { stopping_ = true; });
  thread_.join();
}

void udp_loop::watch(int fd, std::function<void()> ready) {
  const std::lock_guard lock(mutex_);
  ready_.push_back(std::make_unique<std::function<void()>>(std::move(ready)));
  epoll_event e{};
  e.events = EPOLLIN;
  e.data.ptr = ready_.back().get();
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &e) != 0) throw failed("epoll");
}

void udp_loop::watch(udp_port& port, reader read) {
  watch(port.fd(), [this, fd = port.fd(), read = std::move(read)] { read_all(fd, read); });
}

void udp_loop::read_all(int fd, const reader& read) {
  for (int n = 0; n < 64; ++n) { // then the others have their turn
    iovec piece{buffer_.data(), buffer_.size()};
    alignas(cmsghdr) char control[128];
    msghdr m{};
    m.msg_iov = &piece;
    m.msg_iovlen = 1;
    m.msg_control = control;
    m.msg_controllen = sizeof control;
    const auto got = ::recvmsg(fd, &m, MSG_DONTWAIT);
    if (got < 0) return; // nothing more, or the news that an earlier datagram found nobody
    stamp at = 0;
    for (auto* c = CMSG_FIRSTHDR(&m); c != nullptr; c = CMSG_NXTHDR(&m, c)) {
      if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS) continue;
      timespec t{};
      std::memcpy(&t, CMSG_DATA(c), sizeof t);
      at = static_cast<stamp>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
    }
    read({buffer_.data(), static_cast<std::size_t>(got)}, at == 0 ? now_stamp() : at);
  }
}

void udp_loop::post(std::function<void()> what) {
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(what));
  }
  const std::uint64_t one = 1;
  (void)!::write(wake_, &one, sizeof one);
}

void udp_loop::at(clock::time_point due, std::function<void()> what) {
  timers_.push({due, ++timer_number_, std::make_shared<std::function<void()>>(std::move(what))});
}

double udp_loop::cpu_ms() const {
  clockid_t id{};
  timespec t{};
  if (::pthread_getcpuclockid(const_cast<std::thread&>(thread_).native_handle(), &id) != 0) return 0;
  ::clock_gettime(id, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

void udp_loop::run_posted() {
  std::vector<std::function<void()>> some;
  {
    const std::lock_guard lock(mutex_);
    some.swap(posted_);
  }
  for (auto& f : some)
    f();
}

void udp_loop::run_timers() {
  while (!timers_.empty() && timers_.top().due <= clock::now()) {
    const auto what = timers_.top().what;
    timers_.pop();
    (*what)();
  }
}

void udp_loop::arm() {
  const auto due = timers_.empty() ? clock::time_point::max() : timers_.top().due;
  if (due == armed_) return;
  armed_ = due;
  itimerspec t{}; // all zero: off
  if (due != clock::time_point::max()) {
    const auto ns =
        std::max<std::int64_t>(1, std::chrono::duration_cast<std::chrono::nanoseconds>(due.time_since_epoch()).count());
    t.it_value = {ns / 1'000'000'000, ns % 1'000'000'000};
  }
  ::timerfd_settime(alarm_, TFD_TIMER_ABSTIME, &t, nullptr);
}

void udp_loop::run() {
  epoll_event events[16];
  while (!stopping_) {
    run_timers();
    arm();
    const int count = ::epoll_wait(epoll_, events, 16, -1);
    for (int i = 0; i < count && !stopping_; ++i)
      (*static_cast<std::function<void()>*>(events[i].data.ptr))();
  }
}

} // namespace lifeline::bench
