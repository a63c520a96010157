#pragma once
// One thread with UDP sockets and timers, made to measure: when a datagram has come is told by the kernel, so that what
// this thread was doing at that moment does not count.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <queue>
#include <string_view>
#include <thread>
#include <vector>

namespace lifeline::bench {

/// CLOCK_REALTIME in nanoseconds, which is what the kernel stamps datagrams with. Only differences mean something.
using stamp = std::int64_t;
stamp now_stamp();
inline double milliseconds_between(stamp from, stamp to) { return static_cast<double>(to - from) / 1e6; }

/// A bound socket at 127.0.0.1. Used by the loop's thread.
class udp_port {
public:
  udp_port();
  ~udp_port();
  udp_port(const udp_port&) = delete;
  udp_port& operator=(const udp_port&) = delete;

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// To 127.0.0.1:`to`. The time just before the datagram was given to the kernel.
  stamp send(std::string_view bytes, std::uint16_t to) const;
  /// Datagrams that came while the socket's buffer was full: this program was too slow.
  [[nodiscard]] std::uint64_t dropped() const;

private:
  int fd_ = -1;
  std::uint16_t port_ = 0;
};

class udp_loop {
public:
  using clock = std::chrono::steady_clock;
  /// The datagram and when it came.
  using reader = std::function<void(std::string_view, stamp)>;

  udp_loop();
  ~udp_loop();
  udp_loop(const udp_loop&) = delete;
  udp_loop& operator=(const udp_loop&) = delete;

  /// Reads the port with `read` on the loop's thread, until the loop ends. Both must live as long.
  void watch(udp_port& port, reader read);
  /// The same, but `ready` reads for itself.
  void watch(int fd, std::function<void()> ready);
  /// On the loop's thread, soon.
  void post(std::function<void()> what);
  /// On the loop's thread, now; its result.
  template <class F> auto ask(F f) {
    std::packaged_task<decltype(f())()> task(std::move(f));
    auto result = task.get_future();
    post([&task] { task(); });
    return result.get();
  }
  /// On the loop's thread only.
  void at(clock::time_point due, std::function<void()> what);
  void after(clock::duration d, std::function<void()> what) { at(clock::now() + d, std::move(what)); }
  /// CPU time of the thread so far, ms.
  [[nodiscard]] double cpu_ms() const;
  /// Ends the thread. What was posted is done; timers are not.
  void stop();

private:
  struct timer {
    clock::time_point due;
    std::uint64_t number;
    std::shared_ptr<std::function<void()>> what;
    bool operator<(const timer& o) const { return due != o.due ? due > o.due : number > o.number; }
  };
  void run();
  void run_posted();
  void run_timers();
  void arm();
  void read_all(int fd, const reader& read);

  int epoll_ = -1;
  int wake_ = -1;
  int alarm_ = -1;
  std::vector<std::unique_ptr<std::function<void()>>> ready_;
  std::mutex mutex_;
  std::vector<std::function<void()>> posted_;
  std::priority_queue<timer> timers_;
  std::uint64_t timer_number_ = 0;
  clock::time_point armed_ = clock::time_point::max();
  std::vector<char> buffer_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

} // namespace lifeline::bench
