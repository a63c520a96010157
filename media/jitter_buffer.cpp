#include "media/jitter_buffer.hpp"

#include <algorithm>
#include <cstdlib>

namespace lifeline::media {

namespace {

constexpr std::uint32_t ring_size = 4096; // 512 ms
constexpr std::int16_t absent = -32768;   // no G.711 byte decodes to it
constexpr std::uint32_t tick = tick_samples;
constexpr std::int32_t old_enough_for_restart = 16000; // 2 s: not late, another timeline
constexpr unsigned idle_before_new_spurt = 10;
constexpr unsigned late_before_new_timeline = 4;
constexpr unsigned window_length = 100;
constexpr unsigned patience = 50;
constexpr int quiet_peak = 600;

bool is_quiet(const frame& f) {
  return std::all_of(f.begin(), f.end(), [](std::int16_t s) { return std::abs(static_cast<int>(s)) < quiet_peak; });
}

} // namespace

jitter_buffer::jitter_buffer(std::size_t min_ms, std::size_t max_ms)
    : min_(static_cast<std::uint32_t>(std::clamp<std::size_t>(min_ms, 20, 300) * 8)),
      max_(std::max(min_, static_cast<std::uint32_t>(std::clamp<std::size_t>(max_ms, 20, 300) * 8))), target_(min_),
      ring_(ring_size, absent) {}

std::size_t jitter_buffer::depth_ms() const {
  if (!started_) return 0;
  return static_cast<std::size_t>(std::max(0, ahead(newest_))) / 8;
}

void jitter_buffer::anchor(std::uint32_t timestamp) {
  std::fill(ring_.begin(), ring_.end(), absent);
  next_ = timestamp - target_;
  newest_ = timestamp;
  started_ = true;
  hold_ = false;
  idle_ticks_ = late_ticks_ = window_ticks_ = shrink_patience_ = 0;
}

void jitter_buffer::on_late(std::uint32_t timestamp) {
  ++late_;
  late_in_tick_ = true;
  // Some senders stop their timestamps while they are quiet: then everything is "late" for good.
  if (late_ticks_ >= late_before_new_timeline) return anchor(timestamp);
  if (static_cast<std::int64_t>(ahead(newest_)) + tick <= max_) hold_ = true;
}

void jitter_buffer::put(std::uint32_t timestamp, std::span<const std::int16_t> samples) {
  if (samples.empty() || samples.size() > 1600) return;
  const auto length = static_cast<std::int32_t>(samples.size());
  const bool spurt_over = started_ && idle_ticks_ >= idle_before_new_spurt && ahead(newest_) <= 0;
  const bool elsewhere = started_ && (ahead(timestamp) + length > static_cast<std::int32_t>(ring_size) ||
                                      ahead(timestamp) < -old_enough_for_restart);
  if (!started_ || spurt_over || elsewhere) {
    anchor(timestamp);
  } else if (ahead(timestamp) + length <= 0) {
    const bool new_timeline = late_ticks_ >= late_before_new_timeline;
    on_late(timestamp);
    if (!new_timeline) return;
  }
  fresh_in_tick_ = true;
  paused_ = false;
  for (std::int32_t i = std::max(0, -ahead(timestamp)); i < length; ++i)
    ring_[(timestamp + static_cast<std::uint32_t>(i)) % ring_size] = samples[static_cast<std::size_t>(i)];
  const auto end = timestamp + static_cast<std::uint32_t>(length);
  if (static_cast<std::int32_t>(end - newest_) > 0) newest_ = end;
  // A burst after a stall must not become a lasting delay.
  const auto depth = ahead(newest_);
  if (depth > static_cast<std::int32_t>(max_ + 3 * tick)) skip(static_cast<std::uint32_t>(depth) - max_);
}

void jitter_buffer::skip(std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i)
    ring_[(next_ + i) % ring_size] = absent;
  next_ += count;
}

jitter_buffer::taken jitter_buffer::take(frame& out) {
  late_ticks_ = late_in_tick_ && !fresh_in_tick_ ? late_ticks_ + 1 : (fresh_in_tick_ ? 0 : late_ticks_);
  late_in_tick_ = fresh_in_tick_ = false;
  bool any = false;
  if (started_ && !hold_) {
    for (std::uint32_t i = 0; i < tick; ++i) {
      auto& sample = ring_[(next_ + i) % ring_size];
      out[i] = sample == absent ? std::int16_t{0} : sample;
      any = any || sample != absent;
      sample = absent;
    }
    next_ += tick;
  }
  if (hold_) {
    hold_ = false;
    target_ = std::min(max_, target_ + tick);
    window_ticks_ = 0;
  }
  if (any) {
    idle_ticks_ = 0;
    concealed_ = false;
    last_ = out;
    consider_shrinking();
    return taken::audio;
  }
  ++idle_ticks_;
  if (concealed_ || paused_ || !started_) {
    concealed_ = true;
    out.fill(0);
    return taken::silence;
  }
  // One repetition at half the level hides a lost packet; more of it would buzz.
  concealed_ = true;
  std::transform(last_.begin(), last_.end(), out.begin(),
                 [](std::int16_t s) { return static_cast<std::int16_t>(s / 2); });
  return taken::concealed;
}

void jitter_buffer::consider_shrinking() {
  const auto slack = ahead(newest_);
  if (shrink_patience_ > 0) {
    --shrink_patience_;
    if (slack > static_cast<std::int32_t>(min_) && (shrink_patience_ == 0 || is_quiet(last_))) {
      skip(tick);
      target_ = std::max(min_, target_ - std::min(target_, tick));
      shrink_patience_ = 0;
      window_ticks_ = 0;
    }
    return;
  }
  window_slack_ = window_ticks_ == 0 ? slack : std::min(window_slack_, slack);
  if (++window_ticks_ < window_length) return;
  window_ticks_ = 0;
  if (window_slack_ >= static_cast<std::int32_t>(min_ + tick)) shrink_patience_ = patience;
}

} // namespace lifeline::media
