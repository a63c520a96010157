#include "media/receive_stream.hpp"

#include <cmath>

namespace lifeline::media {

namespace {
constexpr int max_dropout = 3000; // RFC 3550, A.1: one minute of packets
constexpr int max_disorder = 100;
} // namespace

void receive_stream::begin(std::uint16_t sequence) {
  received_before_ += received_;
  lost_before_ += current_lost();
  first_ = highest_ = sequence;
  cycles_ = 0;
  window_ = 1;
  suspect_ = 0x10000;
  received_ = 1;
  reported_expected_ = reported_received_ = 0;
  timed_ = false;
}

receive_stream::verdict receive_stream::on_packet(std::uint16_t sequence) {
  if (received_ == 0) {
    begin(sequence);
    return verdict::fresh;
  }
  const int step = static_cast<std::int16_t>(static_cast<std::uint16_t>(sequence - highest_));
  if (step > 0 && step < max_dropout) {
    if (sequence < highest_) cycles_ += 0x10000;
    highest_ = sequence;
    window_ = step < 64 ? (window_ << step) | 1 : 1;
    ++received_;
    return verdict::fresh;
  }
  if (step <= 0 && step > -max_disorder) {
    if (step > -64) {
      const auto bit = std::uint64_t{1} << -step;
      if ((window_ & bit) != 0) return verdict::duplicate;
      window_ |= bit;
    }
    ++received_;
    return verdict::fresh;
  }
  if (suspect_ == sequence) {
    begin(sequence);
    return verdict::restarted;
  }
  suspect_ = (sequence + 1u) & 0xffffu;
  return verdict::doubtful;
}

void receive_stream::on_audio(std::uint32_t timestamp, std::int64_t arrival_ns) {
  const auto arrival = static_cast<std::uint32_t>(arrival_ns / 125'000); // 8000 a second
  const auto transit = arrival - timestamp;
  if (timed_) {
    const auto difference = static_cast<std::int32_t>(transit - last_transit_);
    // A sender that pauses its timestamps is not a network that delays them.
    if (std::abs(difference) < 8000) jitter_ += (std::abs(static_cast<double>(difference)) - jitter_) / 16.0;
  }
  timed_ = true;
  last_transit_ = transit;
}

std::uint8_t receive_stream::fraction_lost() {
  const auto expected_now = expected() - reported_expected_;
  const auto received_now = received_ - reported_received_;
  reported_expected_ = expected();
  reported_received_ = received_;
  if (expected_now == 0 || received_now >= expected_now) return 0;
  const auto fraction = ((expected_now - received_now) << 8) / expected_now;
  return static_cast<std::uint8_t>(fraction > 255 ? 255 : fraction);
}

} // namespace lifeline::media
