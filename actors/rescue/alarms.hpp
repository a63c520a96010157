#pragma once
// The supervisor of alarms: one transient child per order that is active or being worked on, kept by a keeper
// (actors/core/keeper.hpp). Takes reports in (on disk before they are acknowledged, once for each message, merged by
// lift) and opens orders. An alarm is never wound up: one that crashes again and again is tried again every 30 s, and
// the supervisor is told. Reports are in alarms_intake.cpp.

#include "actors/core/errands.hpp"
#include "actors/core/keeper.hpp"
#include "actors/rescue/alarm_thing.hpp"
#include "actors/rescue/rescue_surroundings.hpp"
#include "domain/rescue/mass_event.hpp"
#include "domain/rescue/order_number.hpp"

#include <caf/all.hpp>

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace lifeline::actors {

struct alarms_state {
  static constexpr const char* name = "alarms";
  rescue_surroundings_ptr around;
  domain::id_source ids{0};
  domain::order_counter numbers;
  std::string last_number;
  domain::mass_watch mass;
  std::optional<errands> to_do;
  std::optional<keeper<alarm_kind>> orders;
  /// Who waits for a report's answer; by storage::report_key.
  std::unordered_map<std::string, std::vector<caf::typed_response_promise<report_answer>>> waiting;
  pending_writes writes; ///< of reports
};

using alarms_self = alarms_actor::stateful_pointer<alarms_state>;
alarms_actor::behavior_type alarms(alarms_self self, rescue_surroundings_ptr around);

/// Spawns it and enters the directory. The first of an engine takes up the open orders of the last run, a later one
/// adopts those that live.
alarms_actor spawn_alarms(caf::actor_system& system, const rescue_surroundings_ptr& around);

// ---- between its files ---------------------------------------------------------------------------------------

void on_report(alarms_self self, domain::alarm_report& r, caf::typed_response_promise<report_answer> promise);

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
