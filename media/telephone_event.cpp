#include "media/telephone_event.hpp"

#include "media/rtp_packet.hpp"

#include <cmath>
#include <numbers>
#include <string_view>

namespace lifeline::media {

namespace {

constexpr std::string_view digits = "0123456789*#ABCD";
constexpr unsigned tone_ticks = 5;
constexpr unsigned end_ticks = 3;
constexpr unsigned pause_ticks = 3;
constexpr std::size_t max_waiting = 64;
constexpr std::uint8_t volume = 10; // -10 dBm0

} // namespace

std::optional<std::uint8_t> event_of_digit(char digit) {
  const auto place = digits.find(digit);
  if (place == std::string_view::npos || digit == 0) return std::nullopt;
  return static_cast<std::uint8_t>(place);
}

bool digit_sender::push(char digit) {
  if (!event_of_digit(digit) || waiting_.size() >= max_waiting) return false;
  waiting_.push_back(digit);
  return true;
}

digit_sender::packet digit_sender::next(std::uint32_t timestamp) {
  if (step_ == 0) started_ = timestamp;
  packet p;
  p.digit = waiting_.front();
  p.step = step_;
  p.marker = step_ == 0;
  p.tone = step_ < tone_ticks;
  p.timestamp = started_;
  p.silent = step_ >= tone_ticks + end_ticks;
  const auto units = static_cast<std::uint16_t>(std::min(step_ + 1, tone_ticks) * tick_samples);
  p.payload[0] = *event_of_digit(p.digit);
  p.payload[1] = static_cast<std::uint8_t>((p.tone ? 0 : 0x80) | volume);
  put16(&p.payload[2], units);
  if (++step_ == tone_ticks + end_ticks + pause_ticks) {
    step_ = 0;
    waiting_.pop_front();
  }
  return p;
}

void fill_dtmf_tone(char digit, unsigned step, frame& out) {
  static constexpr std::string_view keys = "123A456B789C*0#D";
  static constexpr std::array<double, 4> low{697, 770, 852, 941};
  static constexpr std::array<double, 4> high{1209, 1336, 1477, 1633};
  const auto place = keys.find(digit);
  if (place == std::string_view::npos) return out.fill(0);
  const double turn = 2.0 * std::numbers::pi / static_cast<double>(sample_rate);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto t = static_cast<double>(step * tick_samples + i) * turn;
    out[i] = static_cast<std::int16_t>(7000.0 * std::sin(low[place / 4] * t) + 8000.0 * std::sin(high[place % 4] * t));
  }
}

} // namespace lifeline::media
