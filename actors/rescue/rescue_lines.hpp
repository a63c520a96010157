#pragma once
// The lines of calls to rescuers (domain/rescue/rescue_queue.hpp says who gets one first). A line is held until the
// actor that asked for it ends, however it ends, and goes at once to whoever waits: there is nothing to give back,
// nothing to forget, and nobody asks again and again.

#include "actors/rescue/rescue_surroundings.hpp"

#include <caf/all.hpp>

#include <unordered_map>

namespace lifeline::actors {

struct rescue_lines_state {
  static constexpr const char* name = "rescue lines";
  rescue_surroundings_ptr around;
  domain::rescue_queue lines{0};
  std::unordered_map<caf::actor_id, caf::strong_actor_ptr> calls; ///< that have a line, or wait for one
};

/// The lines that one of before had given are given to nobody until those that have them had the time to say so.
rescue_lines_actor::behavior_type rescue_lines(rescue_lines_actor::stateful_pointer<rescue_lines_state> self,
                                               rescue_surroundings_ptr around);

/// Spawns it, and enters the directory.
rescue_lines_actor spawn_rescue_lines(caf::actor_system& system, const rescue_surroundings_ptr& around);

} // namespace lifeline::actors
