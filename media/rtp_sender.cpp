#include "media/rtp_sender.hpp"

#include "media/rtp_packet.hpp"

#include <algorithm>
#include <array>

namespace lifeline::media {

void rtp_sender::send(const udp_socket& socket, const address& to, std::span<const std::uint8_t> datagram) {
  if (!socket.send(to, datagram)) return;
  ++packets_;
  octets_ += datagram.size() - rtp_header_size;
}

void rtp_sender::send_audio(const udp_socket& socket, const address& to, const remote_side& remote, std::uint64_t tick,
                            const frame& audio) {
  std::array<std::uint8_t, rtp_header_size + tick_samples> datagram;
  rtp_packet p;
  p.payload_type = remote.send_payload;
  p.marker = packets_ == 0 || last_audio_tick_ + 1 != tick;
  p.sequence = sequence_++;
  p.timestamp = timestamp(tick);
  p.ssrc = ssrc_;
  write_rtp_header(std::span(datagram).first<rtp_header_size>(), p);
  encode_g711(remote.send_law, audio, datagram.data() + rtp_header_size);
  last_audio_tick_ = tick;
  send(socket, to, datagram);
}

bool rtp_sender::send_event(const udp_socket& socket, const address& to, const remote_side& remote,
                            const digit_sender::packet& event) {
  if (remote.dtmf_payload == 0) return false;
  if (event.silent) return true;
  std::array<std::uint8_t, rtp_header_size + 4> datagram;
  rtp_packet p;
  p.payload_type = remote.dtmf_payload;
  p.marker = event.marker;
  p.sequence = sequence_++;
  p.timestamp = event.timestamp;
  p.ssrc = ssrc_;
  write_rtp_header(std::span(datagram).first<rtp_header_size>(), p);
  std::copy(event.payload.begin(), event.payload.end(), datagram.begin() + rtp_header_size);
  send(socket, to, datagram);
  return true;
}

rtcp_sender_info rtp_sender::info(std::int64_t unix_ns, std::uint64_t tick) const {
  rtcp_sender_info i;
  i.ntp = to_ntp(unix_ns);
  i.timestamp = timestamp(tick);
  i.packets = static_cast<std::uint32_t>(packets_);
  i.octets = static_cast<std::uint32_t>(octets_);
  return i;
}

} // namespace lifeline::media
