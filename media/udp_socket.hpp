#pragma once
// Non-blocking UDP sockets and reading them in batches: one system call per tick, not per packet.

#include "media/address.hpp"

#include <tl/expected.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include <sys/socket.h>
#include <sys/uio.h>

namespace lifeline::media {

class udp_socket {
public:
  udp_socket() = default;
  udp_socket(udp_socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  udp_socket& operator=(udp_socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  udp_socket(const udp_socket&) = delete;
  udp_socket& operator=(const udp_socket&) = delete;
  ~udp_socket();

  /// Error: errno.
  static tl::expected<udp_socket, int> open(const address& local);

  [[nodiscard]] int fd() const { return fd_; }
  /// False when the kernel did not take it; a lost datagram is no event in RTP.
  bool send(const address& to, std::span<const std::uint8_t> data) const;

private:
  int fd_ = -1;
};

/// Buffers for reading; one is enough for all sockets of a thread.
class receive_batch {
public:
  static constexpr std::size_t capacity = 16;
  struct datagram {
    std::span<const std::uint8_t> data;
    address from;
    std::int64_t arrival_ns = 0; ///< wall clock, by the kernel
  };

  receive_batch();
  receive_batch(const receive_batch&) = delete;
  receive_batch& operator=(const receive_batch&) = delete;

  /// Reads what is there, at most `capacity`; the result is valid until the next call.
  std::span<const datagram> read(int fd);

private:
  static constexpr std::size_t datagram_size = 2048;
  static constexpr std::size_t control_size = 64;
  std::array<mmsghdr, capacity> headers_{};
  std::array<iovec, capacity> vectors_{};
  std::array<sockaddr_storage, capacity> sources_{};
  std::array<std::array<std::uint8_t, datagram_size>, capacity> buffers_{};
  struct alignas(cmsghdr) control {
    std::array<char, control_size> bytes{};
  };
  std::array<control, capacity> controls_{};
  std::array<datagram, capacity> datagrams_{};
};

} // namespace lifeline::media
