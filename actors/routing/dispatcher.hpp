#pragma once
// The only place where a call and an agent are matched. Holds the pure router, writes every decision and the end of
// every reservation to the log, and carries the router's commands to agents and calls.
//
// A restarted dispatcher has a higher epoch and an empty router: it closes the reservations of before in the log
// (superseded), announces itself, and calls and agents report again; waiting callers keep their entry time and so their
// place. Decisions of an older epoch are refused by agents and calls.

#include "actors/core/timer.hpp"
#include "domain/routing/router.hpp"

#include <memory>
#include <unordered_map>
#include <unordered_set>

namespace lifeline::actors {

struct dispatcher_state {
  static constexpr const char* name = "dispatcher";
  surroundings_ptr around;
  std::unique_ptr<domain::router> router;
  domain::routing::commands pending;                ///< reused
  std::unordered_set<domain::reservation_id> stale; ///< made for callers who had just left: never logged or told
  timer clock;
};

dispatcher_actor::behavior_type dispatcher(dispatcher_actor::stateful_pointer<dispatcher_state> self,
                                           surroundings_ptr around, std::uint64_t epoch);

/// Raises the epoch, closes what is left of the last one, spawns, enters the directory and announces.
dispatcher_actor spawn_dispatcher(caf::actor_system& system, const surroundings_ptr& around);

} // namespace lifeline::actors
