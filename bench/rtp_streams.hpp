#pragma once
// Sound for thousands of calls from one thread: G.711 A-law, a packet every 20 ms in each direction, and what comes
// back is counted by its sequence numbers (RFC 3550). All callers share one port, and all phones another: the engine
// tells them apart by its own ports, and so do we.

#include "bench/report.hpp"
#include "bench/sip_text.hpp"
#include "bench/udp_loop.hpp"

#include <array>
#include <unordered_map>
#include <vector>

namespace lifeline::bench {

enum class rtp_side : std::uint8_t { caller = 0, agent = 1 };

/// Of one received stream, from its sequence numbers.
class sequence_count {
public:
  void saw(std::uint16_t sequence);
  [[nodiscard]] std::uint64_t received() const { return received_; }
  /// Expected by the numbers and not received; a packet that came twice hides one that did not (RFC 3550, A.3).
  [[nodiscard]] std::uint64_t lost() const;

private:
  std::int64_t first_ = -1;
  std::int64_t highest_ = 0; ///< extended by the turns of the 16 bits
  std::uint64_t received_ = 0;
};

struct rtp_figures {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::uint64_t lost = 0;    ///< from the engine to us
  std::uint64_t dropped = 0; ///< of these, at our own full sockets
  sample lateness_ms;        ///< of our own packets
};

/// Everything but `port` on the loop's thread.
class rtp_streams {
public:
  explicit rtp_streams(udp_loop& loop);

  [[nodiscard]] std::uint16_t port(rtp_side side) const { return sides_[static_cast<std::size_t>(side)].port(); }
  using id = std::uint64_t; ///< 0: none
  id start(rtp_side side, rtp_address to);
  void stop(id stream);
  [[nodiscard]] std::size_t running() const { return running_; }
  /// Since the last time it was asked.
  rtp_figures take();

private:
  struct stream {
    rtp_side side = rtp_side::caller;
    rtp_address to;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    std::uint32_t source = 0;
  };
  void tick();
  void send(std::vector<stream>& some);
  void read(rtp_side side);

  /// The streams are spread over the 20 ms, as real ones are.
  static constexpr std::size_t slots = 10;
  udp_loop& loop_;
  std::array<udp_port, 2> sides_;
  std::array<std::vector<stream>, slots> streams_;
  std::unordered_map<std::uint64_t, sequence_count> heard_; ///< by the engine's port and the stream's SSRC
  std::size_t running_ = 0;
  std::size_t slot_ = 0;
  bool ticking_ = false;
  udp_loop::clock::time_point due_;
  std::uint32_t last_source_ = 0;
  rtp_figures figures_;
  std::array<std::uint64_t, 2> dropped_before_{};
};

} // namespace lifeline::bench
