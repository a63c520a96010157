#pragma once
// The tree of actors, in the order of dependency:
//
//   root (one for one)
//   ├─ journal, sip gateway, media gateway   watch the gateways' heartbeats
//   ├─ dispatcher                            permanent
//   ├─ agents (one for one)                  one permanent actor per account
//   ├─ calls                                 supervises one transient actor per live call
//   ├─ rescue lines                          permanent: who may call a rescuer next
//   ├─ alarms                                supervises one transient actor per open order
//   └─ alert desk                            permanent: rings our own people for an alarm that nobody takes
//
// One for one at the top, because every actor finds the others through the directory and registers again by itself: a
// crash of the dispatcher must not take calls down (docs/decisions/0003-one-for-one-root.md).

#include "actors/rescue/rescue_surroundings.hpp"

#include <caf/all.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace lifeline::actors {

/// A part with a thread of its own, watched by an actor: `heartbeat` must grow at least once in `patience`.
struct watched_part {
  std::string name;
  std::function<std::uint64_t()> heartbeat;
  std::shared_ptr<std::atomic<bool>> beating; ///< written by that actor
};

/// How long a heartbeat may stand still before the part counts as hung.
inline constexpr std::chrono::seconds heartbeat_patience{5};

/// Spawns the whole tree and returns its root. `engine_restarted`: the calls of before are gone (always so in
/// lifelined; false in tests that restart only the tree).
caf::actor spawn_tree(caf::actor_system& system, const rescue_surroundings_ptr& around, std::vector<watched_part> parts,
                      bool engine_restarted);

} // namespace lifeline::actors
