// What arrives at a media port: RTP, RTCP, telephone-events. The first byte chooses; packets of the stream targets are
// length-prefixed, so that an input is a whole conversation.

#include "media/digit_receiver.hpp"
#include "media/jitter_buffer.hpp"
#include "media/rtcp.hpp"
#include "media/rtp_packet.hpp"
#include "media/telephone_event.hpp"
#include "tests/fuzz/target.hpp"

#include <array>

using namespace lifeline;

namespace {

using bytes = std::span<const std::uint8_t>;

bytes as_bytes(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

std::string_view take_packet(std::string_view& rest) {
  const std::size_t size = fuzz::take_choice(rest);
  const auto packet = rest.substr(0, size);
  rest.remove_prefix(packet.size());
  return packet;
}

void check_rtp(std::string_view input) {
  const auto packet = media::parse_rtp(as_bytes(input));
  if (!packet) return;
  fuzz::demand(packet->payload.size() + media::rtp_header_size <= input.size(), "a payload beyond the packet");
  std::array<std::uint8_t, media::rtp_header_size> header{};
  media::write_rtp_header(header, *packet);
  const auto again = media::parse_rtp(header);
  fuzz::demand(again && again->sequence == packet->sequence && again->timestamp == packet->timestamp &&
                   again->ssrc == packet->ssrc && again->payload_type == packet->payload_type &&
                   again->marker == packet->marker,
               "a header does not survive writing");
}

void check_rtcp(std::string_view input) {
  const auto report = media::parse_rtcp(as_bytes(input));
  if (!report) return;
  std::optional<media::rtcp_report_block> block;
  if (!report->blocks.empty()) block = report->blocks.front();
  const auto written = media::write_rtcp(report->ssrc, report->sent, block, std::string{input}, report->goodbye);
  const auto again = media::parse_rtcp(written);
  fuzz::demand(again && again->ssrc == report->ssrc && again->goodbye == report->goodbye, "our own RTCP is not read");
}

void check_digits(std::string_view input) {
  media::digit_receiver receiver;
  media::digit_sender sender;
  while (!input.empty()) {
    const auto packet = media::parse_rtp(as_bytes(take_packet(input)));
    if (!packet) continue;
    const auto digit = receiver.on_packet({packet->ssrc, packet->sequence, packet->timestamp,
                                           std::int64_t{packet->marker} * 90'000'000, packet->payload});
    if (!digit) continue;
    fuzz::demand(media::event_of_digit(*digit).has_value(), "a digit that is none");
    (void)sender.push(*digit);
    if (sender.busy()) (void)sender.next(packet->timestamp);
  }
}

void check_jitter(std::string_view input) {
  media::jitter_buffer buffer(40, 200);
  media::frame out{};
  static constexpr std::array<std::int16_t, 1600> samples{};
  while (!input.empty()) {
    const auto packet = media::parse_rtp(as_bytes(take_packet(input)));
    if (!packet) {
      (void)buffer.take(out);
      continue;
    }
    if (packet->marker) buffer.pause();
    const auto size = std::min<std::size_t>(packet->payload.size() * 20, samples.size());
    buffer.put(packet->timestamp, std::span(samples).first(size));
    fuzz::demand(buffer.depth_ms() <= 2000, "a jitter buffer beyond its bound");
  }
  for (int i = 0; i < 20; ++i)
    (void)buffer.take(out);
}

void run(std::string_view input) {
  switch (fuzz::take_choice(input) % 4) {
  case 0: return check_rtp(input);
  case 1: return check_rtcp(input);
  case 2: return check_digits(input);
  default: return check_jitter(input);
  }
}

std::string rtp(std::uint8_t payload_type, std::uint32_t timestamp, const std::string& payload) {
  media::rtp_packet p;
  p.payload_type = payload_type;
  p.timestamp = timestamp;
  p.sequence = 7;
  p.ssrc = 0x12345678;
  std::array<std::uint8_t, media::rtp_header_size> header{};
  media::write_rtp_header(header, p);
  return std::string(header.begin(), header.end()) + payload;
}

std::string framed(const std::string& packet) { return static_cast<char>(packet.size()) + packet; }

std::vector<std::string> seeds() {
  std::vector<std::string> all;
  all.push_back(std::string(1, '\0') + rtp(8, 160, std::string(160, '\x55')));
  auto extended = rtp(8, 160, std::string{"\xBE\xDE\0\1aaaapayload", 15});
  extended[0] = static_cast<char>(0x90);
  all.push_back(std::string(1, '\0') + extended);
  auto padded = rtp(0, 320, std::string{"xyz\0\0\0\4", 7});
  padded[0] = static_cast<char>(0xA0);
  all.push_back(std::string(1, '\0') + padded);
  media::rtcp_sender_info info;
  info.packets = 9;
  const auto report = media::write_rtcp(7, info, media::rtcp_report_block{}, "lifeline", true);
  all.push_back('\1' + std::string(report.begin(), report.end()));
  std::string digits(1, '\2');
  for (std::uint32_t i = 0; i < 4; ++i)
    digits += framed(rtp(101, 160 * i, std::string{"\5\x8A\0\xA0", 4}));
  all.push_back(digits);
  std::string stream(1, '\3');
  for (std::uint32_t i = 0; i < 5; ++i)
    stream += framed(rtp(8, 160 * i, std::string(8, '\x55')));
  all.push_back(stream);
  return all;
}

} // namespace

LIFELINE_FUZZ_TARGET(rtp, run, seeds)
