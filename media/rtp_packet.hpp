#pragma once
// The RTP header (RFC 3550, 5.1) as a value.

#include <cstdint>
#include <optional>
#include <span>

namespace lifeline::media {

struct rtp_packet {
  std::uint8_t payload_type = 0;
  bool marker = false;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::span<const std::uint8_t> payload; ///< without padding; points into the datagram
};

inline constexpr std::size_t rtp_header_size = 12;

/// Nothing when it is not RTP version 2, or when CSRCs, extension or padding do not fit the datagram.
std::optional<rtp_packet> parse_rtp(std::span<const std::uint8_t> datagram);
/// Writes the header without CSRCs or extension; the payload follows it.
void write_rtp_header(std::span<std::uint8_t, rtp_header_size> out, const rtp_packet& p);

/// Big-endian words, as all of RTP has them.
inline std::uint16_t get16(const std::uint8_t* p) { return static_cast<std::uint16_t>((p[0] << 8) | p[1]); }
inline std::uint32_t get32(const std::uint8_t* p) {
  return (static_cast<std::uint32_t>(get16(p)) << 16) | static_cast<std::uint32_t>(get16(p + 2));
}
inline void put16(std::uint8_t* p, std::uint16_t v) {
  p[0] = static_cast<std::uint8_t>(v >> 8);
  p[1] = static_cast<std::uint8_t>(v);
}
inline void put32(std::uint8_t* p, std::uint32_t v) {
  put16(p, static_cast<std::uint16_t>(v >> 16));
  put16(p + 2, static_cast<std::uint16_t>(v));
}

} // namespace lifeline::media
