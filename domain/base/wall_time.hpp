#pragma once
// The engine's time and the world's. An `instant` in memory is the engine's: it was right at the start and has run with
// the monotonic clock ever since, so that no deadline moves when the wall clock is set. How far the wall clock has been
// set since is the correction, one number for the process. It is added wherever an instant leaves the engine - on the
// disk, as text, in an id, as a day of the calendar - and taken off where one comes in: so all that is told and stored
// is true from the moment on in which the step was noticed, also of what began before it.

#include "domain/base/time.hpp"

#include <chrono>
#include <optional>

namespace lifeline::domain {

[[nodiscard]] span clock_correction();
/// From the engine's watch alone; tests put it back to 0.
void set_clock_correction(span correction);

/// `never` stays never, and what cannot be counted any more stays the furthest that can.
[[nodiscard]] instant to_world(instant engine);
[[nodiscard]] instant from_world(instant world);
/// What the system's clock says, as the engine counts.
[[nodiscard]] inline instant now_from_world() {
  return from_world(std::chrono::time_point_cast<span>(std::chrono::system_clock::now()));
}

/// One look at both clocks. The monotonic one was read before and after the wall clock.
struct clock_look {
  std::chrono::steady_clock::time_point before;
  instant wall;
  std::chrono::steady_clock::time_point after;
};

/// Finds out that the wall clock was set. Looked at about once a second.
class clock_watch {
public:
  /// From so much on, within one interval, it was set; less is slewing, which is followed without a word once it has
  /// come to as much.
  static constexpr span threshold = 200ms;
  /// A look that took longer says nothing: the thread was interrupted between the clocks.
  static constexpr span longest_look = 20ms;

  struct finding {
    span correction{0}; ///< of the engine's time, from now on
    span step{0};       ///< what the clock was set by; 0: it only drifted
  };
  /// `anchor`: the engine's time is `anchor.wall` at `anchor.after`.
  explicit clock_watch(const clock_look& anchor) : anchor_(anchor) {}
  /// Nothing while the correction holds.
  std::optional<finding> look(const clock_look& now);

private:
  clock_look anchor_;
  span correction_{0};
  span last_{0}; ///< what the clocks differed by at the last look
};

} // namespace lifeline::domain
