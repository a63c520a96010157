#pragma once
// What actors of every kind are told.

#include "actors/supervision/message_types.hpp"
#include "domain/log/outcomes.hpp"

#include <cstdint>
#include <string>

namespace lifeline::actors {

/// A timer of the actor's own; only the newest generation counts.
struct wake {
  std::uint64_t generation = 0;
};
/// From the journal: the change with this number is stored, or is not.
struct rows_stored {
  std::uint64_t number = 0;
  bool ok = false;
  std::string error;
};
/// There is a new plan in the surroundings: obey it from now on.
struct plan_changed {};
/// The dispatcher was (re)started with this epoch: report again.
struct dispatcher_up {
  std::uint64_t epoch = 0;
};
struct line_reply {
  bool granted = false;
};
struct release_order {
  domain::end_cause cause = domain::end_cause::operator_released;
};
/// No new calls. `release`: the live ones are ended at once, else they are left to end by themselves.
struct drain_order {
  bool release = false;
};
/// A test's or drill's way to make an actor crash where it stands.
struct crash_order {
  std::string why;
};
/// The same way to make a call deaf: it takes in nothing more, as if it were stuck.
struct mute_order {};

} // namespace lifeline::actors

CAF_BEGIN_TYPE_ID_BLOCK(lifeline_common, lifeline::actors::first_message_of(1))
LIFELINE_MESSAGE(lifeline_common, lifeline::actors::wake)
LIFELINE_MESSAGE(lifeline_common, lifeline::actors::rows_stored)
LIFELINE_MESSAGE(lifeline_common, lifeline::actors::plan_changed)
LIFELINE_MESSAGE(lifeline_common, lifeline::actors::dispatcher_up)
LIFELINE_MESSAGE(lifeline_common, lifeline::actors::line_reply)
LIFELINE_MESSAGE(lifeline_common, lifeline::actors::release_order)
LIFELINE_MESSAGE(lifeline_common, lifeline::actors::drain_order)
LIFELINE_MESSAGE(lifeline_common, lifeline::actors::crash_order)
LIFELINE_MESSAGE(lifeline_common, lifeline::actors::mute_order)
CAF_END_TYPE_ID_BLOCK(lifeline_common)
