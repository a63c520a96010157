#pragma once
// The supervisor of calls: one transient child per live call. Takes incoming calls in (lines permitting), restarts a
// crashed call from its last durable state, and winds up one that crashes again and again, so that every call ends
// exactly once in a record. Also counts the hotlines' lines.

#include "actors/core/durable_rows.hpp"
#include "actors/core/surroundings.hpp"
#include "actors/supervision/child_book.hpp"
#include "domain/calls/line_counter.hpp"

#include <caf/all.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace lifeline::actors {

struct supervised_call {
  domain::call_id id;
  std::string hotline;
  domain::leg_id caller_leg;
  domain::instant arrived = domain::never;
  bool identifies = false; ///< a lift's phone; its actor is that of lift_call.hpp, the call has not begun
};

struct calls_state {
  static constexpr const char* name = "calls";
  surroundings_ptr around;
  domain::id_source ids{0};
  std::unique_ptr<domain::line_counter> lines;
  std::unordered_map<domain::call_id, supervised_call> children; ///< those that wait for their restart included
  std::optional<child_book<domain::call_id>> book;               ///< and what becomes of their actors
  std::unordered_map<domain::call_id, std::string> outbound;     ///< calls that hold an outbound line, with its hotline
  std::unordered_map<domain::call_id, domain::call_record> unsealed; ///< wound up before their recordings were sealed
  std::unordered_map<std::string, std::string> rerouted; ///< hotlines whose callers go to the backup numbers, and why
  pending_writes writes;                                 ///< of reroutes
};

calls_actor::behavior_type calls(calls_actor::stateful_pointer<calls_state> self, surroundings_ptr around);

/// Spawns it, enters the directory, and adopts the calls that live already (after a crash of the supervisor).
calls_actor spawn_calls(caf::actor_system& system, const surroundings_ptr& around);

/// The calls of a run that ended without winding up (kill -9, power): each gets its one end in the log, as of `died`,
/// the last moment that the log knows. Returns their records. To be called once, before any call is taken.
std::vector<domain::call_record> close_calls_of_last_run(surroundings& around, domain::instant died);

/// Mends and seals the recordings of such calls, which may take long: beside the running engine. `stop` ends it early.
/// `repair` = media::repair_recording bound.
using recording_repair = std::function<tl::expected<media::recording_event, std::string>(const domain::recording_id&,
                                                                                         const std::string& path)>;
void mend_recordings(surroundings& around, std::vector<domain::call_record> records, const recording_repair& repair,
                     const std::atomic<bool>& stop);

} // namespace lifeline::actors
