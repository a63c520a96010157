#include "media/rtp_packet.hpp"

namespace lifeline::media {

std::optional<rtp_packet> parse_rtp(std::span<const std::uint8_t> datagram) {
  if (datagram.size() < rtp_header_size || (datagram[0] >> 6) != 2) return std::nullopt;
  rtp_packet p;
  p.marker = (datagram[1] & 0x80) != 0;
  p.payload_type = datagram[1] & 0x7f;
  p.sequence = get16(&datagram[2]);
  p.timestamp = get32(&datagram[4]);
  p.ssrc = get32(&datagram[8]);
  std::size_t begin = rtp_header_size + std::size_t{4} * (datagram[0] & 0x0fu);
  if (datagram.size() < begin) return std::nullopt;
  if ((datagram[0] & 0x10) != 0) {
    if (datagram.size() < begin + 4) return std::nullopt;
    begin += 4 + 4u * get16(&datagram[begin + 2]);
    if (datagram.size() < begin) return std::nullopt;
  }
  std::size_t end = datagram.size();
  if ((datagram[0] & 0x20) != 0) {
    const std::size_t padding = datagram[end - 1];
    if (padding == 0 || padding > end - begin) return std::nullopt;
    end -= padding;
  }
  p.payload = datagram.subspan(begin, end - begin);
  return p;
}

void write_rtp_header(std::span<std::uint8_t, rtp_header_size> out, const rtp_packet& p) {
  out[0] = 0x80;
  out[1] = static_cast<std::uint8_t>((p.marker ? 0x80 : 0) | p.payload_type);
  put16(&out[2], p.sequence);
  put32(&out[4], p.timestamp);
  put32(&out[8], p.ssrc);
}

} // namespace lifeline::media
