#pragma once
// One outgoing stream: a single SSRC, sequence and timeline, whatever feeds it.

#include "media/address.hpp"
#include "media/codec.hpp"
#include "media/remote_side.hpp"
#include "media/rtcp.hpp"
#include "media/telephone_event.hpp"
#include "media/udp_socket.hpp"

#include <cstdint>
#include <random>

namespace lifeline::media {

class rtp_sender {
public:
  explicit rtp_sender(std::mt19937_64& random)
      : ssrc_(static_cast<std::uint32_t>(random())), sequence_(static_cast<std::uint16_t>(random())),
        timestamp_base_(static_cast<std::uint32_t>(random())) {}

  /// Ticks count from the start of the media thread, so that the timestamps go on through any pause.
  void send_audio(const udp_socket& socket, const address& to, const remote_side& remote, std::uint64_t tick,
                  const frame& audio);
  /// False: the peer takes no telephone-events.
  bool send_event(const udp_socket& socket, const address& to, const remote_side& remote,
                  const digit_sender::packet& event);

  [[nodiscard]] std::uint32_t timestamp(std::uint64_t tick) const {
    return timestamp_base_ + static_cast<std::uint32_t>(tick * tick_samples);
  }
  [[nodiscard]] std::uint32_t ssrc() const { return ssrc_; }
  [[nodiscard]] std::uint64_t packets() const { return packets_; }
  [[nodiscard]] rtcp_sender_info info(std::int64_t unix_ns, std::uint64_t tick) const;

private:
  void send(const udp_socket& socket, const address& to, std::span<const std::uint8_t> datagram);

  std::uint32_t ssrc_;
  std::uint16_t sequence_;
  std::uint32_t timestamp_base_;
  std::uint64_t last_audio_tick_ = 0;
  std::uint64_t packets_ = 0;
  std::uint64_t octets_ = 0;
};

} // namespace lifeline::media
