#pragma once
// One press that comes twice or three times: by SIP INFO, as an RFC 4733 event, as a tone in the audio.

#include "domain/base/time.hpp"

#include <utility>

namespace lifeline::domain::voice {

class key_echo {
public:
  /// Longer than its ways differ, shorter than anybody presses twice.
  static constexpr span echo_time = std::chrono::milliseconds{400};

  /// Whether it is a press of its own. An echo has echoes, too.
  bool is_press(char digit, instant now) {
    const bool echo = digit == std::exchange(last_, digit) && now - at_ < echo_time;
    at_ = now;
    return !echo;
  }

private:
  char last_ = 0;
  instant at_ = never;
};

} // namespace lifeline::domain::voice
