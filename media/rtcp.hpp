#pragma once
// The few RTCP messages that a G.711 call needs (RFC 3550, 6): reports out, reports in, goodbye.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lifeline::media {

struct rtcp_sender_info {
  std::uint64_t ntp = 0; ///< 32.32 fixed point since 1900
  std::uint32_t timestamp = 0;
  std::uint32_t packets = 0;
  std::uint32_t octets = 0;
};

struct rtcp_report_block {
  std::uint32_t ssrc = 0;
  std::uint8_t fraction_lost = 0;
  std::uint32_t lost = 0; ///< 24 bits
  std::uint32_t highest_sequence = 0;
  std::uint32_t jitter = 0;
  std::uint32_t last_sr = 0;
  std::uint32_t delay_since_last_sr = 0; ///< in 1/65536 s
};

/// A compound packet: SR (or RR when nothing was sent), SDES with the CNAME, and BYE when `goodbye`.
std::vector<std::uint8_t> write_rtcp(std::uint32_t ssrc, const std::optional<rtcp_sender_info>& sent,
                                     const std::optional<rtcp_report_block>& block, const std::string& cname,
                                     bool goodbye);

struct rtcp_received {
  std::uint32_t ssrc = 0;
  std::optional<rtcp_sender_info> sent;
  std::vector<rtcp_report_block> blocks;
  bool goodbye = false;
};
/// Nothing when the compound packet is torn or not RTCP; unknown packet types are skipped.
std::optional<rtcp_received> parse_rtcp(std::span<const std::uint8_t> datagram);

/// Nanoseconds since 1970 as NTP time.
std::uint64_t to_ntp(std::int64_t unix_ns);

} // namespace lifeline::media
