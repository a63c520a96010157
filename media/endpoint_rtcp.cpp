// The endpoint's slow side: reports a few times a minute, and the watch for silence.

#include "media/endpoint.hpp"
#include "media/rtcp.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace lifeline::media {

namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

std::int64_t wall_clock_ns() {
  timespec t{};
  (void)::clock_gettime(CLOCK_REALTIME, &t);
  return static_cast<std::int64_t>(t.tv_sec) * second_ns + t.tv_nsec;
}

} // namespace

silence_watch::duty endpoint::duty() const {
  silence_watch::duty d;
  // Whoever has not described itself, but is in a conversation, would otherwise be waited for without a limit.
  d.sends = described_ ? remote_.sends : joined_;
  d.held = is_held_by_peer() || (peer_ != nullptr && peer_->is_held_by_peer());
  d.limit = context_.set.media_timeout;
  d.hold_limit = context_.set.hold_timeout;
  return d;
}

void endpoint::sweep(std::int64_t now_ns) {
  const auto owed = duty();
  if (const auto quiet = silence_.check(owed, now_ns))
    tell(owed.held ? endpoint_event_kind::silent_on_hold : endpoint_event_kind::silent,
         "no sign of life for " + std::to_string(quiet->count() / 1'000'000) + " ms");
  if (rtcp_due_ns_ == 0 || now_ns < rtcp_due_ns_) return;
  // RFC 3550, 6.2: five seconds on average, never in step with others.
  rtcp_due_ns_ = now_ns + 5 * second_ns / 2 + static_cast<std::int64_t>(context_.random() % 5'000'000'000u);
  const auto traffic = sender_.packets() + received_before_ + stream_.received();
  if (traffic == rtcp_reported_packets_) return; // a call without media costs no media
  rtcp_reported_packets_ = traffic;
  send_rtcp(now_ns, false);
}

void endpoint::send_rtcp(std::int64_t now_ns, bool goodbye) {
  if (!latch_.target().is_set()) return;
  std::optional<rtcp_sender_info> sent;
  if (sender_.packets() > 0) sent = sender_.info(wall_clock_ns(), context_.tick_at(now_ns));
  std::optional<rtcp_report_block> block;
  if (has_stream_) {
    block.emplace();
    block->ssrc = ssrc_;
    block->fraction_lost = stream_.fraction_lost();
    block->lost = static_cast<std::uint32_t>(std::min<std::uint64_t>(stream_.lost(), 0x7fffff));
    block->highest_sequence = stream_.highest_extended();
    block->jitter = stream_.jitter_units();
    if (last_sr_ns_ != 0) {
      block->last_sr = last_sr_;
      block->delay_since_last_sr = static_cast<std::uint32_t>((now_ns - last_sr_ns_) / 1000 * 65536 / 1'000'000);
    }
  }
  // RFC 7022: the name tells nothing about the host.
  char cname[20];
  (void)std::snprintf(cname, sizeof cname, "leg-%08x", sender_.ssrc());
  forget_moved_reports();
  const auto& rtp = latch_.target();
  const auto to = rtcp_source_ ? *rtcp_source_ : rtp.with_port(static_cast<std::uint16_t>(rtp.port() + 1));
  (void)sockets_.rtcp.send(to, write_rtcp(sender_.ssrc(), sent, block, cname, goodbye));
}

void endpoint::forget_moved_reports() {
  if (rtcp_moves_ == latch_.moves()) return;
  rtcp_moves_ = latch_.moves();
  rtcp_source_.reset();
}

/// As with RTP: the port where they belong is always believed; behind a NAT it is another one, found once.
bool endpoint::is_peers_report(const address& from, const rtcp_received& report) {
  forget_moved_reports();
  const auto& rtp = latch_.target();
  if (!rtp.is_set() || !rtp.same_host(from)) return false;
  if (from == rtp.with_port(static_cast<std::uint16_t>(rtp.port() + 1))) {
    rtcp_source_.reset();
    return true;
  }
  if (rtcp_source_) return from == *rtcp_source_;
  if (has_stream_ && report.ssrc != ssrc_) return false;
  rtcp_source_ = from;
  return true;
}

void endpoint::read_rtcp() {
  const auto now = monotonic_ns();
  for (const auto& d : context_.batch.read(sockets_.rtcp.fd())) {
    const auto received = parse_rtcp(d.data);
    if (!received || !is_peers_report(d.from, *received)) continue;
    if (!received->goodbye) note_alive(now);
    if (!received->sent || !has_stream_ || received->ssrc != ssrc_) continue;
    last_sr_ = static_cast<std::uint32_t>(received->sent->ntp >> 16);
    last_sr_ns_ = now;
  }
}

} // namespace lifeline::media
