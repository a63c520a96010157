#pragma once
// Tells a hung thread from a busy one by its heartbeat. Pure: the beat and the time are given.

#include "domain/base/time.hpp"

#include <cstdint>

namespace lifeline::domain {

class hang_watch {
public:
  /// `limit`: how long a beat may stand still.
  explicit hang_watch(span limit) : limit_(limit) {}

  /// True when the beat has not moved for the limit. The first look begins the time. A gap between two looks (the
  /// looking thread itself was stopped, as by a debugger or a suspended machine) is not held against the other.
  bool hung(std::uint64_t beat, instant now) {
    const bool looked_late = last_look_ != never && now - last_look_ > limit_ / 2;
    if (beat != beat_ || last_look_ == never || looked_late) moved_ = now;
    beat_ = beat;
    last_look_ = now;
    return now - moved_ >= limit_;
  }

private:
  span limit_;
  std::uint64_t beat_ = 0;
  instant moved_ = never;
  instant last_look_ = never;
};

} // namespace lifeline::domain
