#pragma once
// What can be said to a supervisor, and the errors of supervision.

#include "actors/supervision/message_types.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace lifeline::actors {

enum class supervision_errc : std::uint8_t {
  restart_intensity_exceeded = 1, // exit reason of a supervisor that gave up: its parent's policy decides
  no_such_child,                  // nobody of that name or key
  child_not_running,              // known, but ended or waiting for its restart
  child_exists,                   // a child with this key is already supervised
  start_failed,                   // the factory threw or gave no actor; nothing is supervised
  shutting_down,                  // no more starts
};

std::string to_string(supervision_errc code);

/// An end that a transient child is not restarted after: finished, or asked to stop.
bool is_normal_end(const caf::error& reason);

/// Sent by a supervisor to itself. Generations are never reused; one that nobody waits for any more is ignored.
struct supervisor_timer {
  std::uint64_t generation = 0;
};

/// Answered with std::vector<child_status>, in start order (a pool: in no order).
struct list_children {};

struct child_status {
  std::string name;
  bool alive = false;
  std::uint32_t restarts = 0; // how often it was started again, also for its siblings' sake
  std::string last_reason;    // why it ended last, empty if it never did
};

/// Answered with the living child's caf::actor, or no_such_child, child_not_running.
struct child_named {
  std::string name;
};

/// To a pool: answered with the new caf::actor, or child_exists, start_failed, shutting_down.
struct start_child {
  std::string key;
};

/// Registers the error category. Once per configuration, before the system is made.
void add_supervision_errors(caf::actor_system_config& config);

} // namespace lifeline::actors

CAF_ERROR_CODE_ENUM_2(lifeline::actors::supervision_errc, "supervisor")

CAF_BEGIN_TYPE_ID_BLOCK(lifeline_supervisor, lifeline::actors::first_message_of(0))
LIFELINE_MESSAGE(lifeline_supervisor, lifeline::actors::supervisor_timer)
LIFELINE_MESSAGE(lifeline_supervisor, lifeline::actors::list_children)
LIFELINE_MESSAGE(lifeline_supervisor, lifeline::actors::child_status)
LIFELINE_MESSAGE(lifeline_supervisor, std::vector<lifeline::actors::child_status>)
LIFELINE_MESSAGE(lifeline_supervisor, lifeline::actors::child_named)
LIFELINE_MESSAGE(lifeline_supervisor, lifeline::actors::start_child)
CAF_END_TYPE_ID_BLOCK(lifeline_supervisor)
