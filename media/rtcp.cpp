#include "media/rtcp.hpp"

#include "media/rtp_packet.hpp"

#include <algorithm>

namespace lifeline::media {

namespace {

constexpr std::uint8_t type_sr = 200;
constexpr std::uint8_t type_rr = 201;
constexpr std::uint8_t type_sdes = 202;
constexpr std::uint8_t type_bye = 203;
constexpr std::size_t block_size = 24;

void add32(std::vector<std::uint8_t>& out, std::uint32_t v) {
  out.resize(out.size() + 4);
  put32(&out[out.size() - 4], v);
}

std::size_t begin_packet(std::vector<std::uint8_t>& out, std::uint8_t count, std::uint8_t type) {
  const auto start = out.size();
  out.insert(out.end(), {static_cast<std::uint8_t>(0x80 | count), type, 0, 0});
  return start;
}

void end_packet(std::vector<std::uint8_t>& out, std::size_t start) {
  put16(&out[start + 2], static_cast<std::uint16_t>((out.size() - start) / 4 - 1));
}

void add_block(std::vector<std::uint8_t>& out, const rtcp_report_block& b) {
  add32(out, b.ssrc);
  add32(out, (static_cast<std::uint32_t>(b.fraction_lost) << 24) | std::min<std::uint32_t>(b.lost, 0x7fffff));
  add32(out, b.highest_sequence);
  add32(out, b.jitter);
  add32(out, b.last_sr);
  add32(out, b.delay_since_last_sr);
}

rtcp_report_block read_block(const std::uint8_t* p) {
  rtcp_report_block b;
  b.ssrc = get32(p);
  b.fraction_lost = p[4];
  b.lost = get32(p + 4) & 0xffffff;
  b.highest_sequence = get32(p + 8);
  b.jitter = get32(p + 12);
  b.last_sr = get32(p + 16);
  b.delay_since_last_sr = get32(p + 20);
  return b;
}

bool read_report(std::span<const std::uint8_t> packet, rtcp_received& out) {
  const bool sender = packet[1] == type_sr;
  const std::size_t blocks_at = sender ? 28 : 8;
  const std::size_t count = packet[0] & 0x1f;
  if (packet.size() < blocks_at + count * block_size) return false;
  out.ssrc = get32(&packet[4]);
  if (sender) {
    rtcp_sender_info info;
    info.ntp = (std::uint64_t{get32(&packet[8])} << 32) | get32(&packet[12]);
    info.timestamp = get32(&packet[16]);
    info.packets = get32(&packet[20]);
    info.octets = get32(&packet[24]);
    out.sent = info;
  }
  for (std::size_t i = 0; i < count; ++i)
    out.blocks.push_back(read_block(&packet[blocks_at + i * block_size]));
  return true;
}

} // namespace

std::uint64_t to_ntp(std::int64_t unix_ns) {
  const auto seconds = static_cast<std::uint64_t>(unix_ns / 1'000'000'000) + 2'208'988'800u;
  const auto fraction = (static_cast<std::uint64_t>(unix_ns % 1'000'000'000) << 32) / 1'000'000'000u;
  return (seconds << 32) | fraction;
}

std::vector<std::uint8_t> write_rtcp(std::uint32_t ssrc, const std::optional<rtcp_sender_info>& sent,
                                     const std::optional<rtcp_report_block>& block, const std::string& cname,
                                     bool goodbye) {
  std::vector<std::uint8_t> out;
  out.reserve(128);
  auto start = begin_packet(out, block ? 1 : 0, sent ? type_sr : type_rr);
  add32(out, ssrc);
  if (sent) {
    add32(out, static_cast<std::uint32_t>(sent->ntp >> 32));
    add32(out, static_cast<std::uint32_t>(sent->ntp));
    add32(out, sent->timestamp);
    add32(out, sent->packets);
    add32(out, sent->octets);
  }
  if (block) add_block(out, *block);
  end_packet(out, start);
  start = begin_packet(out, 1, type_sdes);
  add32(out, ssrc);
  const auto length = std::min<std::size_t>(cname.size(), 255);
  out.push_back(1); // CNAME
  out.push_back(static_cast<std::uint8_t>(length));
  out.insert(out.end(), cname.begin(), cname.begin() + static_cast<std::ptrdiff_t>(length));
  do
    out.push_back(0); // at least one null ends the list
  while (out.size() % 4 != 0);
  end_packet(out, start);
  if (goodbye) {
    start = begin_packet(out, 1, type_bye);
    add32(out, ssrc);
    end_packet(out, start);
  }
  return out;
}

std::optional<rtcp_received> parse_rtcp(std::span<const std::uint8_t> datagram) {
  rtcp_received out;
  bool first = true;
  while (!datagram.empty()) {
    if (datagram.size() < 8 || (datagram[0] >> 6) != 2) return std::nullopt;
    const auto size = std::size_t{4} * (get16(&datagram[2]) + 1u);
    if (size < 8 || size > datagram.size()) return std::nullopt;
    const auto packet = datagram.first(size);
    const auto type = packet[1];
    if (first && type != type_sr && type != type_rr) return std::nullopt; // RFC 3550, A.2
    first = false;
    if ((type == type_sr || type == type_rr) && !read_report(packet, out)) return std::nullopt;
    if (type == type_bye) out.goodbye = true;
    datagram = datagram.subspan(size);
  }
  if (first) return std::nullopt;
  return out;
}

} // namespace lifeline::media
