#pragma once
// Which even ports of the range are free, and the opening of RTP/RTCP pairs on them.

#include "media/udp_socket.hpp"

#include <deque>

namespace lifeline::media {

struct socket_pair {
  std::uint16_t port = 0; ///< RTP; RTCP is the next one
  udp_socket rtp;
  udp_socket rtcp;
};

class port_pool {
public:
  /// `begin_with`: the pair that is given first, counted round the range. Each run of a program should begin elsewhere:
  /// phones of calls that the last run left behind go on sending to its ports.
  port_pool(std::uint16_t first, std::uint16_t last, std::size_t begin_with);

  /// Takes the port that has been free for longest, so that late packets of a finished call meet no new one. Ports
  /// that another program holds are passed over. Error: a sentence.
  tl::expected<socket_pair, std::string> open(const address& local);
  void release(std::uint16_t port) { free_.push_back(port); }

  [[nodiscard]] std::size_t size() const { return size_; }

private:
  std::uint16_t first_;
  std::uint16_t last_;
  std::deque<std::uint16_t> free_;
  std::size_t size_ = 0;
};

/// How many pairs of an even port and the odd one after it lie in first..last.
std::size_t count_port_pairs(std::uint16_t first, std::uint16_t last);

} // namespace lifeline::media
