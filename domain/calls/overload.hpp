#pragma once
// When new calls are shed, before memory or latency suffers. The emergency hotlines are shed last.

#include "domain/plan/plan.hpp"

#include <cstddef>
#include <cstdint>

namespace lifeline::domain {

/// How loaded the engine is at this moment.
struct engine_load {
  std::size_t calls = 0;   ///< in progress
  std::size_t mailbox = 0; ///< messages waiting, the worse of dispatcher and calls
  span lag = span{0};      ///< of the SIP thread, or of an actor that waits for a worker, the worse
};

enum class shed_level : std::uint8_t { none, all_but_emergency, all };

/// Other hotlines' calls are shed when `calls` reaches max_calls × (1 - emergency_share), or mailbox or lag their
/// limits; everything at max_calls, or four times those limits. Once shedding has begun it goes on until the load is
/// below 80 % of what began it, so that it does not flutter.
shed_level decide_shedding(const engine_load& load, const call_limits& limits, shed_level before);

/// Whether one more call may come in.
inline bool admits(shed_level level, bool emergency) {
  return level == shed_level::none || (level == shed_level::all_but_emergency && emergency);
}

} // namespace lifeline::domain
