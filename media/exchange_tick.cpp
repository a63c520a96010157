// The exchange's heart beat: every 20 ms for those who talk or listen, four times a second for all.

#include "media/exchange.hpp"

#include <algorithm>

namespace lifeline::media {

namespace {

/// What lies further back is not sent any more: nobody could play it.
constexpr std::uint64_t worth_sending = 10;
/// After a longer standstill (a suspended machine) the recordings' time stands still, too.
constexpr std::uint64_t max_catch_up = 3000;

} // namespace

void exchange::refresh(endpoint& e) {
  const auto place = std::find(ticking_.begin(), ticking_.end(), &e);
  const bool is = place != ticking_.end();
  const bool should = e.needs_ticks();
  if (is != should) {
    if (should) {
      ticking_.push_back(&e);
    } else {
      *place = ticking_.back();
      ticking_.pop_back();
    }
    e.set_ticking(should);
  }
  adjust_clock();
}

void exchange::adjust_clock() {
  const bool needed = !ticking_.empty() || !recordings_.empty();
  if (needed == clock_.is_running()) return;
  if (!needed) return clock_.stop();
  tick_ = context_.tick_at(monotonic_ns());
  clock_.start(context_.epoch_ns + static_cast<std::int64_t>(tick_ + 1) * tick_nanoseconds, tick_nanoseconds);
}

void exchange::on_clock() {
  const auto now = context_.tick_at(monotonic_ns());
  if (now > tick_ + max_catch_up) tick_ = now - max_catch_up;
  bool first = true;
  while (tick_ < now) {
    ++tick_;
    tick(tick_, first, now - tick_ >= worth_sending);
    first = false;
  }
  bool idle = false;
  for (const auto* e : ticking_)
    idle = idle || !e->needs_ticks();
  if (!idle) return;
  const auto all = ticking_; // refresh() changes the list
  for (auto* e : all)
    refresh(*e);
}

void exchange::tick(std::uint64_t number, bool read_first, bool late) {
  for (auto* e : ticking_)
    e->take_frame(read_first);
  for (auto* e : ticking_)
    e->send_frame(number, late);
  static constexpr frame silence{};
  for (auto& [call, r] : recordings_) {
    const auto* left = find(r.left());
    const auto* right = find(r.right());
    r.add(left != nullptr ? left->spoken() : silence, right != nullptr ? right->spoken() : silence);
  }
}

void exchange::sweep() {
  const auto now = monotonic_ns();
  auto s = finished_;
  s.endpoints = endpoints_.size();
  double jitter_sum = 0;
  std::size_t live = 0;
  for (const auto& [leg, e] : endpoints_) {
    e->sweep(now);
    e->add_to(s);
    const auto jitter = e->jitter(now);
    if (!jitter) continue;
    ++live;
    jitter_sum += *jitter;
    s.jitter_seconds_max = std::max(s.jitter_seconds_max, *jitter);
  }
  if (live > 0) s.jitter_seconds_mean = jitter_sum / static_cast<double>(live);
  s.recorder_dropped_frames = finished_drops_;
  for (const auto& [call, r] : recordings_)
    s.recorder_dropped_frames += r.dropped_frames();
  s.heartbeat = static_cast<std::uint64_t>((now - started_ns_) / 1'000'000'000);
  const std::lock_guard lock(published_mutex_);
  published_ = s;
}

media_statistics exchange::statistics() const {
  media_statistics s;
  {
    const std::lock_guard lock(published_mutex_);
    s = published_;
  }
  disk_.add_to(s);
  return s;
}

} // namespace lifeline::media
