#pragma once
// The supervisor of alarms: one transient child per order that is active or being worked on. Takes reports in (on disk
// before they are acknowledged, once for each message, merged by lift), opens orders, wakes those that rest, and
// restarts a crashed one from its last state. An alarm is never wound up: one that crashes again and again is tried
// again every 30 s, and the supervisor is told. Restart and supervision are in alarms.cpp, reports in
// alarms_intake.cpp.

#include "actors/alarm.hpp"
#include "actors/calls.hpp"
#include "actors/surroundings.hpp"
#include "domain/mass_event.hpp"
#include "domain/order_number.hpp"

#include <caf/all.hpp>

#include <functional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace lifeline::actors {

struct alarm_crashes : crash_record {
  std::uint32_t too_many = 0; ///< how often it crashed too often
};

struct alarms_state {
  static constexpr const char* name = "alarms";
  surroundings_ptr around;
  domain::id_source ids{0};
  domain::order_counter numbers;
  std::string last_number;
  bool holding = false; ///< open orders wait without actors: see surroundings::outbound_held
  domain::mass_watch mass;
  std::unordered_map<caf::actor_id, domain::order_id> children;
  std::unordered_map<domain::order_id, alarm_crashes> crashes;
  /// Who waits for a report's answer; by storage::report_key.
  std::unordered_map<std::string, std::vector<caf::typed_response_promise<report_answer>>> waiting;
  struct write {
    std::string report;     ///< its key
    domain::order_id order; ///< nil: none
    std::string lift;       ///< whose device has changed, or empty
    bool again = false;     ///< the second try
  };
  std::unordered_map<std::uint64_t, write> writes;
  std::unordered_map<std::uint64_t, std::function<void()>> timers; ///< by the generation of their wake
  std::uint64_t last = 0;                                          ///< number of the last write or timer
};

using alarms_self = alarms_actor::stateful_pointer<alarms_state>;
alarms_actor::behavior_type alarms(alarms_self self, surroundings_ptr around);

/// Spawns it and enters the directory. The first of an engine takes up the open orders of the last run, a later one
/// adopts those that live.
alarms_actor spawn_alarms(caf::actor_system& system, const surroundings_ptr& around);

// ---- between its files ---------------------------------------------------------------------------------------

/// Calls `what` after that time.
void later(alarms_self self, domain::span delay, std::function<void()> what);
/// Starts the order's actor and watches over it.
alarm_actor start_alarm(alarms_self self, order_ptr order, alarm_birth birth,
                        std::vector<domain::order_output> todo = {});
/// The order's actor; one that rests or waits for its restart is started. Null: there is no such order (`why` says so,
/// or what failed).
alarm_actor wake_order(alarms_self self, const domain::order_id& id, std::string& why);
void on_report(alarms_self self, domain::alarm_report& r, caf::typed_response_promise<report_answer> promise);
void on_report_stored(alarms_self self, const rows_stored& r);

// alarms_devices.cpp
/// Takes what the lift's device has said into what is known of it; its row, and the entry that it is heard again, go
/// into the change. False: it is about no device.
bool note_device(const alarms_state& s, storage::change& c, const domain::alarm_report& r, domain::instant now);
void put_device_row(const alarms_state& s, storage::change& c, const std::string& lift);
/// From the journal, once for each engine.
void load_devices(const alarms_state& s, domain::instant now);
/// Lifts that have got a phone are waited for from now on.
void watch_devices(const alarms_state& s, domain::instant now);
/// Those that have been silent for too long are logged.
void check_devices(const alarms_state& s, domain::instant now);

// alarms_mass.cpp
void update_mass_event(alarms_self self, const domain::order_state& order);
void on_mass_news(alarms_self self, const mass_news& n);
/// An alarm that has missed its message is told again.
void repeat_mass_events(alarms_self self);

} // namespace lifeline::actors
