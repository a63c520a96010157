#pragma once
// Supervisors with a fixed list of children, with the words of Erlang/OTP; CAF has none of its own.
//
// Children are started in the list's order and stopped in reverse order: each is asked (user_shutdown), killed after
// its grace, and abandoned (with a notice) when it survives even that. A supervisor ends only after its children. When
// there are too many restarts it ends itself with supervision_errc::restart_intensity_exceeded, which is a crash for
// its parent. For any number of children of one kind that come and go see supervisor_pool.hpp.

#include "actors/supervision/supervisor_effects.hpp"
#include "actors/supervision/supervisor_messages.hpp"
#include "domain/base/restart_policy.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace lifeline::actors {

struct child_spec {
  std::string name; // unique within its supervisor
  domain::restart_type restart = domain::restart_type::permanent;
  /// Makes and returns a new actor (a typed one by caf::actor_cast<caf::actor>). `parent` is the supervisor, e.g. for
  /// its system(); do not link to it. An exception or a null handle counts as a crash of the child.
  std::function<caf::actor(caf::event_based_actor* parent)> start;
  std::chrono::milliseconds shutdown_grace{5000};
};

struct supervisor_spec {
  std::string name;
  domain::supervision_strategy strategy = domain::supervision_strategy::one_for_one;
  domain::restart_intensity intensity;
  domain::backoff backoff;
  std::vector<child_spec> children;
  supervision_hooks hooks;
  std::chrono::milliseconds kill_grace = default_kill_grace;
};

/// Understands list_children, child_named, and exit messages (an ordered shutdown with that reason). Throws
/// std::invalid_argument for a child without name or factory, or a name used twice.
caf::actor spawn_supervisor(caf::actor_system& system, supervisor_spec spec);

} // namespace lifeline::actors
