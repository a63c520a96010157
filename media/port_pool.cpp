#include "media/port_pool.hpp"

#include <cerrno>
#include <cstring>

namespace lifeline::media {

namespace {

constexpr std::size_t max_attempts = 200;

tl::expected<socket_pair, int> open_pair(const address& local, std::uint16_t port) {
  auto rtp = udp_socket::open(local.with_port(port));
  if (!rtp) return tl::unexpected(rtp.error());
  auto rtcp = udp_socket::open(local.with_port(static_cast<std::uint16_t>(port + 1)));
  if (!rtcp) return tl::unexpected(rtcp.error());
  return socket_pair{port, std::move(*rtp), std::move(*rtcp)};
}

} // namespace

std::size_t count_port_pairs(std::uint16_t first, std::uint16_t last) {
  const std::size_t even = first + (first % 2u);
  return last > even ? (last - even + 1) / 2 : 0;
}

port_pool::port_pool(std::uint16_t first, std::uint16_t last, std::size_t begin_with)
    : first_(first), last_(last), size_(count_port_pairs(first, last)) {
  for (std::size_t i = 0; i < size_; ++i)
    free_.push_back(static_cast<std::uint16_t>(first + first % 2u + 2 * ((begin_with + i) % size_)));
}

tl::expected<socket_pair, std::string> port_pool::open(const address& local) {
  const auto range = std::to_string(first_) + "-" + std::to_string(last_);
  const auto attempts = std::min(free_.size(), max_attempts);
  if (attempts == 0)
    return tl::unexpected("all " + std::to_string(size_) + " RTP port pairs of " + range + " are in use");
  int error = 0;
  for (std::size_t i = 0; i < attempts; ++i) {
    const auto port = free_.front();
    free_.pop_front();
    auto pair = open_pair(local, port);
    if (pair) return std::move(*pair);
    free_.push_back(port);
    error = pair.error();
    if (error != EADDRINUSE && error != EACCES) break;
  }
  return tl::unexpected("cannot open an RTP port pair of " + range + " on " + local.ip() + ": " + std::strerror(error));
}

} // namespace lifeline::media
