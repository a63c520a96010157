#pragma once
// Where arriving audio waits for its moment. A ring of samples on the sender's timeline: packets of any length, in any
// order, are written where their timestamp says; every tick takes the next 20 ms. The delay starts at `min`, grows by
// a tick when audio comes too late (up to `max`), and shrinks again, in quiet moments, when it is not needed.

#include "media/codec.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace lifeline::media {

class jitter_buffer {
public:
  enum class taken : std::uint8_t { audio, concealed, silence };

  jitter_buffer(std::size_t min_ms, std::size_t max_ms);

  /// `samples`: at most 200 ms.
  void put(std::uint32_t timestamp, std::span<const std::int16_t> samples);
  /// The sender said that it will be quiet (comfort noise, a digit): the coming gap is not a loss.
  void pause() { paused_ = true; }
  /// The next 20 ms; always fills `out`.
  taken take(frame& out);
  /// The sender began anew: forgets what is buffered, keeps the learnt delay.
  void restart() { started_ = false; }

  /// Packets that came after their place had been played.
  [[nodiscard]] std::uint64_t late() const { return late_; }
  /// The playout delay at which a new talk spurt would start.
  [[nodiscard]] std::size_t delay_ms() const { return target_ / 8; }
  /// What is buffered and not yet played.
  [[nodiscard]] std::size_t depth_ms() const;

private:
  void anchor(std::uint32_t timestamp);
  void on_late(std::uint32_t timestamp);
  void skip(std::uint32_t count);
  void consider_shrinking();
  [[nodiscard]] std::int32_t ahead(std::uint32_t timestamp) const {
    return static_cast<std::int32_t>(timestamp - next_);
  }

  std::uint32_t min_;
  std::uint32_t max_;
  std::uint32_t target_;
  std::vector<std::int16_t> ring_;
  std::uint32_t next_ = 0;   ///< timestamp of the next sample to play
  std::uint32_t newest_ = 0; ///< end of the newest packet
  bool started_ = false;
  bool paused_ = false;
  bool hold_ = false;     ///< the next tick repeats instead of advancing: the delay grows
  bool concealed_ = true; ///< there is nothing (more) to repeat
  bool late_in_tick_ = false;
  bool fresh_in_tick_ = false;
  unsigned idle_ticks_ = 0;
  unsigned late_ticks_ = 0; ///< in a row, with late packets only
  unsigned window_ticks_ = 0;
  std::int32_t window_slack_ = 0; ///< least seen in the window
  unsigned shrink_patience_ = 0;
  std::uint64_t late_ = 0;
  frame last_{};
};

} // namespace lifeline::media
