#include "bench/ramp.hpp"

#include <algorithm>

namespace lifeline::bench {

ramp::ramp(double first, double most, int refinements)
    : next_(std::min(first, most)), most_(most), refinements_(refinements) {}

std::optional<double> ramp::next() const {
  if (lost_ == 0) return held_ >= most_ ? std::nullopt : std::optional{next_};
  return refinements_ > 0 ? std::optional{next_} : std::nullopt;
}

void ramp::tried(double rate, bool held) {
  if (lost_ > 0) --refinements_;
  if (held)
    held_ = std::max(held_, rate);
  else
    lost_ = lost_ == 0 ? rate : std::min(lost_, rate);
  next_ = lost_ == 0 ? std::min(held_ * 2, most_) : (held_ + lost_) / 2;
}

} // namespace lifeline::bench
