// The lifts' own phones: what they say of themselves, and those that have been silent for too long.

#include "actors/rescue/alarms.hpp"
#include "actors/rescue/rescue_codec.hpp"
#include "storage/tables.hpp"

namespace lifeline::actors {

namespace {

/// An IoT platform's alarms say nothing of a phone; only its tests and failures do.
bool is_about_device(const device_board& devices, const domain::alarm_report& r) {
  if (r.lift.empty()) return false;
  return r.channel == domain::report_channel::lift_phone || r.kind == domain::report_kind::test ||
         r.kind == domain::report_kind::device_failure || devices.find(r.lift).has_value();
}

} // namespace

void put_device_row(const alarms_state& s, storage::change& c, const std::string& lift) {
  if (const auto device = s.around->devices.find(lift))
    c.state.push_back({storage::table::devices, lift, encode_device(*device)});
}

bool note_device(const alarms_state& s, storage::change& c, const domain::alarm_report& r, domain::instant now) {
  if (!is_about_device(s.around->devices, r)) return false;
  if (auto again = s.around->devices.heard(r.lift, r.kind, r.code, now))
    c.events.push_back({0, now, {}, std::move(*again)});
  put_device_row(s, c, r.lift);
  return true;
}

void load_devices(const alarms_state& s, domain::instant now) {
  (void)s.around->journal->scan(storage::table::devices, {}, {}, false, [&](auto, auto value) {
    if (const auto device = decode_device_of_last_run(value, now)) s.around->devices.restore(*device);
    return true;
  });
}

void watch_devices(const alarms_state& s, domain::instant now) {
  storage::change c;
  for (const auto& [lift, id] : s.around->lifts.devices())
    if (const auto fresh = s.around->devices.watch(lift, id, now))
      c.state.push_back({storage::table::devices, lift, encode_device(*fresh)});
  if (!c.state.empty()) s.around->journal->append(std::move(c), storage::durability::lazy);
}

void check_devices(const alarms_state& s, domain::instant now) {
  storage::change c;
  for (auto& silence : s.around->devices.check(now, s.around->plan().rescue.silent_after)) {
    put_device_row(s, c, silence.lift);
    c.events.push_back({0, now, {}, std::move(silence)});
  }
  if (!c.events.empty()) s.around->journal->append(std::move(c), storage::durability::lazy);
}

} // namespace lifeline::actors
