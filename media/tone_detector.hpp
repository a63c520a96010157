#pragma once
// DTMF keys in audio (ITU-T Q.23, Q.24): what a lift's phone sends when it speaks to us in tones. Overlapping windows
// of 12.75 ms, one Goertzel filter for each of the eight frequencies.
//
// A key is taken when it is heard alone for about 30 ms: 40 ms are always enough, 23 ms never. Two tones of their group
// only, of nearly equal level (twist 8 dB, reverse 4 dB), that have most of the window's energy: a voice seldom does so
// for so long. librem's own decoder cannot be told a least duration, which is why it is not used.

#include "media/codec.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace lifeline::media {

class tone_detector {
public:
  /// The keys that were recognised in these samples, usually none. Any number of samples, in order.
  std::string feed(std::span<const std::int16_t> samples);
  /// Forgets what it has heard: the stream has changed.
  void restart() { *this = {}; }

private:
  static constexpr std::size_t window = 102;
  static constexpr std::size_t hop = 51;
  /// The one key that sounds in the window.
  [[nodiscard]] std::optional<char> look() const;
  std::optional<char> weigh(std::optional<char> seen);

  std::array<float, window> samples_{};
  std::size_t filled_ = 0;
  char candidate_ = 0;
  unsigned hits_ = 0;
  unsigned misses_ = 0;
  char pressed_ = 0; ///< told, and still sounding
};

} // namespace lifeline::media
