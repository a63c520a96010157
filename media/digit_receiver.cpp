#include "media/digit_receiver.hpp"

#include "media/rtp_packet.hpp"

#include <algorithm>
#include <string_view>

namespace lifeline::media {

namespace {

constexpr std::string_view digits = "0123456789*#ABCD";
constexpr std::int64_t ms = 1'000'000;

/// Older by more than this is no packet that was overtaken, but another count.
constexpr std::int32_t longest_overtaking = 100;
/// A press's packets follow each other at 20 to 50 ms, two presses of one key after 80 ms at the least.
constexpr std::int64_t longest_pause_within = 150 * ms;
/// Of a press that has been seen to let its timestamps grow: two or three of its packets may be lost in a row.
constexpr std::int64_t longest_pause_creeping = 250 * ms;
constexpr std::int32_t creeps_lost = 3;
constexpr std::int32_t longest_creep = 640;
/// From where the last packet's tone ended, as far as is known; the next press of the same key begins later than that.
constexpr std::int32_t between_packets = 400;
constexpr std::int32_t between_ends = 240;
/// With the last press's timestamp: a new press begins after a pause; the repetitions of an end come before.
constexpr std::int64_t shortest_pause = 40 * ms;
constexpr std::int64_t pause_after_lost_end = 150 * ms;
constexpr std::int64_t pause_between_ends = 300 * ms;
constexpr std::int32_t packets_between_ends = 4;

} // namespace

bool digit_receiver::is_late(const fact& f) const {
  return f.comparable && f.packets <= 0 && f.packets > -longest_overtaking;
}

/// The timestamp is the last one's.
bool digit_receiver::same_at_one_time(const fact& f) const {
  if (!ended_) { // after an outage the press is as much longer, or it is another one
    const auto longer_ns = std::int64_t{f.duration - duration_} * 125'000;
    return f.gap_ns < pause_after_lost_end || 2 * longer_ns > f.gap_ns;
  }
  if (!f.end) return f.gap_ns < shortest_pause;
  return f.gap_ns < pause_between_ends || f.packets < packets_between_ends;
}

/// The timestamp has grown, or has nothing to do with the last one.
bool digit_receiver::same_later(const fact& f) const {
  if (ended_ && !f.end) return false; // something begins
  if (f.step < 0) return f.gap_ns < shortest_pause;
  // RFC 4733, 2.5.1.3: a press longer than the duration field goes on in a new segment right behind the old one.
  if (!ended_ && f.step == duration_) return true;
  if (creep_ != 0) return f.step <= std::max(creeps_lost * creep_, longest_creep) && f.gap_ns < longest_pause_creeping;
  return f.step <= duration_ + (ended_ ? between_ends : between_packets) && f.gap_ns < longest_pause_within;
}

bool digit_receiver::same_press(const fact& f) const {
  if (!seen_ || f.event != event_) return false;
  if (!f.comparable) return f.gap_ns < longest_pause_within && (!ended_ || f.end);
  return f.step == 0 ? same_at_one_time(f) : same_later(f);
}

std::optional<char> digit_receiver::on_packet(const event_packet& packet) {
  if (packet.payload.size() < 4) return std::nullopt;
  fact f;
  f.event = packet.payload[0];
  f.end = (packet.payload[1] & 0x80) != 0;
  f.duration = get16(&packet.payload[2]);
  f.comparable = seen_ && comparable_ && packet.ssrc == ssrc_;
  f.step = static_cast<std::int32_t>(packet.timestamp - timestamp_);
  f.gap_ns = packet.arrival_ns - arrival_ns_;
  f.packets = static_cast<std::int16_t>(static_cast<std::uint16_t>(packet.sequence - sequence_));
  if (is_late(f)) return std::nullopt; // a repetition, or overtaken by a newer packet
  const bool same = same_press(f);
  if (!same)
    creep_ = 0;
  else if (f.comparable && f.step > 0 && f.step != duration_)
    creep_ = f.step;
  ended_ = f.end || (same && ended_);
  seen_ = comparable_ = true;
  ssrc_ = packet.ssrc;
  sequence_ = packet.sequence;
  timestamp_ = packet.timestamp;
  arrival_ns_ = packet.arrival_ns;
  event_ = f.event;
  duration_ = f.duration;
  if (same || f.event >= digits.size()) return std::nullopt;
  return digits[f.event];
}

} // namespace lifeline::media
