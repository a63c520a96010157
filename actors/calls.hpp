#pragma once
// The supervisor of calls: one transient child per live call. Takes incoming calls in (lines permitting), restarts a
// crashed call from its last durable state, and winds up one that crashes again and again, so that every call ends
// exactly once in a record. Also counts the hotlines' lines, and those of calls to rescuers.

#include "actors/surroundings.hpp"
#include "domain/line_counter.hpp"
#include "domain/restart_policy.hpp"

#include <caf/all.hpp>

#include <atomic>
#include <functional>
#include <memory>
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

/// Kept only for calls that have crashed.
struct crash_record {
  domain::restart_history history;
  domain::restart_row row;
  std::uint32_t restarts = 0;
};

struct calls_state {
  static constexpr const char* name = "calls";
  surroundings_ptr around;
  domain::id_source ids{0};
  std::unique_ptr<domain::line_counter> lines;
  std::unordered_map<caf::actor_id, supervised_call> children;
  std::unordered_map<domain::call_id, std::string> outbound; ///< calls that hold an outbound line, with its hotline
  domain::rescue_queue rescue_lines{0};
  std::unordered_map<caf::actor_id, caf::strong_actor_ptr> rescue_calls; ///< that have one of them, or wait for one
  std::uint64_t lines_settle = 0;                                        ///< the timer of rescue_lines_settled
  std::unordered_map<domain::call_id, crash_record> crashes;
  std::unordered_map<std::uint64_t, supervised_call> delayed;        ///< restarts that wait for their back-off
  std::unordered_map<domain::call_id, domain::call_record> unsealed; ///< wound up before their recordings were sealed
  std::unordered_map<std::string, std::string> rerouted; ///< hotlines whose callers go to the backup numbers, and why
  struct waiting_reroute {
    caf::typed_response_promise<reroute_answer> promise;
    std::string hotline;
  };
  std::unordered_map<std::uint64_t, waiting_reroute> reroutes; ///< that the journal has not stored yet
  std::uint64_t timer = 0;
};

calls_actor::behavior_type calls(calls_actor::stateful_pointer<calls_state> self, surroundings_ptr around);

/// Spawns it, enters the directory, and adopts the calls that live already (after a crash of the supervisor).
calls_actor spawn_calls(caf::actor_system& system, const surroundings_ptr& around);

/// The calls of a run that ended without winding up (kill -9, power): each gets its one end in the log, as of `died`,
/// the last moment that the log knows. Returns their records. To be called once, before any call is taken.
std::vector<domain::call_record> close_calls_of_last_run(surroundings& around, domain::instant died);

/// Mends and seals the recordings of such calls, which may take long: beside the running engine. `stop` ends it early.
/// `repair` = media::repair_recording bound.
using recording_repair =
    std::function<tl::expected<media::recording_event, std::string>(const domain::call_id&, const std::string& path)>;
void mend_recordings(surroundings& around, std::vector<domain::call_record> records, const recording_repair& repair,
                     const std::atomic<bool>& stop);

} // namespace lifeline::actors
