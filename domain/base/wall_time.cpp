#include "domain/base/wall_time.hpp"

#include <atomic>

namespace lifeline::domain {

namespace {

std::atomic<span::rep> correction_in_force{0};

/// Times on the disk may be any number.
instant moved(instant t, span by) {
  if (t == never) return t;
  if (by > 0s && t > instant::max() - by) return instant::max();
  if (by < 0s && t < instant::min() - by) return instant::min();
  const auto there = t + by;
  return there == never ? there + span{1} : there;
}

span magnitude(span s) { return s < 0s ? -s : s; }

} // namespace

span clock_correction() { return span{correction_in_force.load(std::memory_order_relaxed)}; }

void set_clock_correction(span correction) { correction_in_force.store(correction.count(), std::memory_order_relaxed); }

instant to_world(instant engine) { return moved(engine, clock_correction()); }

instant from_world(instant world) { return moved(world, -clock_correction()); }

std::optional<clock_watch::finding> clock_watch::look(const clock_look& now) {
  if (now.after - now.before > longest_look) return std::nullopt;
  const auto run = std::chrono::duration_cast<span>(now.before - anchor_.after);
  const auto differs = (now.wall - anchor_.wall) - run;
  const auto jump = differs - last_;
  last_ = differs;
  if (magnitude(differs - correction_) < threshold) return std::nullopt;
  correction_ = differs;
  return finding{correction_, magnitude(jump) >= threshold ? jump : span{0}};
}

} // namespace lifeline::domain
