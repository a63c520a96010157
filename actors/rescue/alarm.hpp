#pragma once
// The actor of one work order that is active, or that somebody works on. All rules are in
// domain/rescue/order_machine.hpp, its life on disk and in memory in actors/core/kept.hpp; here events become values.
// Only the answer to a person waits for the disk: the rescue never does.

#include "actors/core/kept.hpp"
#include "actors/protocol/rescue.hpp"
#include "actors/rescue/alarm_thing.hpp"

#include <caf/all.hpp>

#include <vector>

namespace lifeline::actors {

struct alarm_actor_state {
  static constexpr const char* name = "alarm";
  kept<alarm_thing> order;
};

alarm_actor::behavior_type alarm(alarm_actor::stateful_pointer<alarm_actor_state> self, rescue_surroundings_ptr around,
                                 order_ptr order, birth how, std::vector<domain::order_output> todo);

/// Spawns it and enters the directory. `todo`: what opening it has decided.
alarm_actor spawn_alarm(caf::actor_system& system, const rescue_surroundings_ptr& around, order_ptr order, birth how,
                        std::vector<domain::order_output> todo);

} // namespace lifeline::actors
