#pragma once
// Digits as RFC 4733 telephone-events, as we send them: one key press is many packets with one timestamp, of which any
// may be lost. (Those that come in: digit_receiver.hpp.)

#include "media/codec.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <optional>

namespace lifeline::media {

using event_payload = std::array<std::uint8_t, 4>;

/// 0–9, *, #, A–D; nothing for other characters.
std::optional<std::uint8_t> event_of_digit(char digit);

/// Sends queued digits one after the other: 100 ms each, the end three times, then a pause.
class digit_sender {
public:
  struct packet {
    bool silent = false; ///< the pause between digits: nothing is sent
    bool marker = false;
    std::uint32_t timestamp = 0;
    event_payload payload{};
    char digit = 0;    ///< for a peer without telephone-event: the tone of this tick…
    bool tone = false; ///< …unless the tone is over
    unsigned step = 0;
  };
  /// False when it is not a digit or too many wait already.
  bool push(char digit);
  [[nodiscard]] bool busy() const { return !waiting_.empty(); }
  /// What goes out in this tick; only when busy.
  packet next(std::uint32_t timestamp);

private:
  std::deque<char> waiting_;
  unsigned step_ = 0;
  std::uint32_t started_ = 0;
};

/// 20 ms of the digit's two tones (ITU-T Q.23); `step` counts the ticks so that the phase runs on.
void fill_dtmf_tone(char digit, unsigned step, frame& out);

} // namespace lifeline::media
