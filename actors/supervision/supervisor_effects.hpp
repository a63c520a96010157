#pragma once
// What supervisors do to their children, in CAF's terms, and what they tell others about it.

#include "actors/supervision/supervisor_messages.hpp"
#include "domain/base/restart_policy.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>

namespace lifeline::actors {

struct restart_notice {
  std::string supervisor;
  std::string child;
  std::string reason;         // why it ended; for a sibling of the one that crashed, that it had to stop
  std::uint32_t restarts = 0; // of this child, this one included
};

struct abandon_notice {
  std::string supervisor;
  std::string child;
  std::uint32_t abandoned = 0; // by this supervisor so far, this one included
};

/// Told of what happens, inside the supervisor's own handlers: they must be quick, must not throw and are best a
/// counter or an anon_send. Each may be empty. They outlive their supervisor only if something else holds them.
struct supervision_hooks {
  std::function<void(const restart_notice&)> on_restart;
  std::function<void(const abandon_notice&)> on_abandoned;
};

/// From a kill to giving the child up. Only a child that blocks its thread survives a kill.
inline constexpr std::chrono::milliseconds default_kill_grace{1000};

using child_factory = std::function<caf::actor()>;

/// Calls the factory; an exception or a null handle becomes the reason's text.
std::variant<caf::actor, std::string> try_start(const child_factory& start);

/// The actor clock's time. Its epoch is not UTC's: only for comparing with itself.
domain::instant steady_now(const caf::local_actor& self);

/// Asks for an ordered end (user_shutdown), behind what is already in the child's mailbox.
void ask_to_end(caf::local_actor& self, const caf::strong_actor_ptr& child);

/// Ends by force, before what is in the child's mailbox.
void kill(const caf::strong_actor_ptr& child);

/// Sends `supervisor_timer{generation}` to `self` after `delay`. Cannot be cancelled.
void arm_timer(caf::local_actor& self, domain::span delay, std::uint64_t generation);

/// "normal" or the rendered error.
std::string reason_text(const caf::actor_system& system, const caf::error& reason);

} // namespace lifeline::actors
