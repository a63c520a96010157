#pragma once
// Which rates to try, to find the highest that is held.

#include <optional>

namespace lifeline::bench {

/// Doubles until a rate is not held, then halves the distance a few times.
class ramp {
public:
  ramp(double first, double most, int refinements);

  /// Nothing when the search is over.
  [[nodiscard]] std::optional<double> next() const;
  void tried(double rate, bool held);
  /// The highest rate that was held below the lowest that was not; 0 = none.
  [[nodiscard]] double sustained() const { return held_; }
  /// False when even `most` was held: the true limit is beyond.
  [[nodiscard]] bool limit_found() const { return lost_ > 0; }

private:
  double next_;
  double most_;
  int refinements_;
  double held_ = 0;
  double lost_ = 0; ///< 0: none yet
};

} // namespace lifeline::bench
