#pragma once
// How cereal takes lifts, parties and orders apart, and the enumerations of their log entries, which are described in
// domain/log. A field is only ever added at the end, behind a raised class version.

#include "domain/log/order_events.hpp"
#include "domain/rescue/order_machine.hpp"
#include "domain/rescue/rescue_party.hpp"
#include "storage/codec.hpp"

#include <cereal/types/map.hpp>

#include <optional>

namespace lifeline::domain {

template <class Archive> void on_disk(Archive& ar, lift_status& x) {
  storage::enumeration(ar, x, lift_status::in_use, lift_status::scrapped);
}
template <class Archive> void on_disk(Archive& ar, party_kind& x) {
  storage::enumeration(ar, x, party_kind::firm, party_kind::public_rescue);
}
template <class Archive> void on_disk(Archive& ar, dial_order& x) {
  storage::enumeration(ar, x, dial_order::one_by_one, dial_order::all_at_once);
}
template <class Archive> void on_disk(Archive& ar, report_channel& x) {
  storage::enumeration(ar, x, report_channel::phone, report_channel::lift_phone);
}
template <class Archive> void on_disk(Archive& ar, report_kind& x) {
  storage::enumeration(ar, x, report_kind::entrapment, report_kind::device_failure);
}
template <class Archive> void on_disk(Archive& ar, report_fate& x) {
  storage::enumeration(ar, x, report_fate::opened, report_fate::noted);
}
template <class Archive> void on_disk(Archive& ar, order_type& x) {
  storage::enumeration(ar, x, order_type::entrapment, order_type::enquiry);
}
template <class Archive> void on_disk(Archive& ar, order_status& x) {
  storage::enumeration(ar, x, order_status::filtered, order_status::dismissed);
}
template <class Archive> void on_disk(Archive& ar, order_step& x) {
  storage::enumeration(ar, x, order_step::created, last_order_step);
}
template <class Archive> void on_disk(Archive& ar, deployment_phase& x) {
  storage::enumeration(ar, x, deployment_phase::dispatched, deployment_phase::withdrawn);
}
template <class Archive> void on_disk(Archive& ar, attempt_purpose& x) {
  storage::enumeration(ar, x, attempt_purpose::dispatch, attempt_purpose::alert);
}
template <class Archive> void on_disk(Archive& ar, attempt_channel& x) {
  storage::enumeration(ar, x, attempt_channel::phone, attempt_channel::webhook);
}
template <class Archive> void on_disk(Archive& ar, attempt_outcome& x) {
  storage::enumeration(ar, x, attempt_outcome::accepted, attempt_outcome::delivered);
}
template <class Archive> void on_disk(Archive& ar, alert_stage& x) {
  storage::enumeration(ar, x, alert_stage::none, alert_stage::backup);
}
template <class Archive> void on_disk(Archive& ar, step_via& x) {
  storage::enumeration(ar, x, step_via::engine, step_via::webhook);
}

template <class Archive> void serialize(Archive& ar, geo_point& x) { ar(x.latitude, x.longitude); }

template <class Archive, class T> void optional_value(Archive& ar, std::optional<T>& x) {
  bool there = x.has_value();
  ar(there);
  if (!there) {
    x.reset();
    return;
  }
  if (!x) x.emplace();
  ar(*x);
}

template <class Archive> void serialize(Archive& ar, elevator& x, std::uint32_t version) {
  storage::check_version<elevator>(version);
  ar(x.rescue_code, x.registration_code, x.certificate, x.device_id, x.name, x.kind);
  on_disk(ar, x.status);
  ar(x.next_inspection, x.brand, x.model, x.manufacturer, x.factory_number, x.start_date, x.drive, x.floors, x.owner,
     x.installer, x.inspector, x.registrar, x.province, x.city, x.district, x.address, x.project_name, x.project_type);
  optional_value(ar, x.where);
  ar(x.using_unit, x.using_unit_phone, x.safety_officer, x.safety_officer_phone, x.maintenance_firm,
     x.maintenance_manager, x.maintenance_manager_phone, x.maintenance_team, x.maintenance_worker,
     x.maintenance_worker_phone, x.duty_phone);
}

template <class Archive> void serialize(Archive& ar, duty_shift& x) { ar(x.weekdays, x.from, x.until); }
template <class Archive> void serialize(Archive& ar, duty_phone& x) { ar(x.number, x.label, x.shifts); }
template <class Archive> void serialize(Archive& ar, rescue_party& x, std::uint32_t version) {
  storage::check_version<rescue_party>(version);
  ar(x.id, x.name);
  on_disk(ar, x.kind);
  ar(x.districts);
  optional_value(ar, x.where);
  ar(x.phones);
  on_disk(ar, x.order);
  ar(x.webhook, x.active);
}

template <class Archive> void serialize(Archive& ar, open_attempt& x) {
  ar(x.id);
  on_disk(ar, x.channel);
  on_disk(ar, x.purpose);
  ar(x.target, x.started, x.deadline);
}
template <class Archive> void serialize(Archive& ar, deployment& x, std::uint32_t version) {
  storage::check_version<deployment>(version);
  ar(x.level, x.party, x.name);
  on_disk(ar, x.phase);
  ar(x.phones, x.at_once, x.webhook, x.dispatched, x.accepted, x.arrived, x.completed, x.answer_due, x.arrival_due,
     x.answer_overdue, x.arrival_overdue, x.next_phone, x.round, x.next_dial, x.next_urge, x.urged, x.attempts,
     x.ended_attempts);
  if (version < 2) { // what an older engine has engaged, it has rung
    x.rung = x.dispatched;
    return;
  }
  std::vector<instant> dialled; // of the attempts, whose own format has no room for it
  for (const auto& a : x.attempts)
    dialled.push_back(a.dialled);
  ar(x.rung, x.line_due, dialled);
  for (std::size_t i = 0; i < std::min(dialled.size(), x.attempts.size()); ++i)
    if (x.attempts[i].dialled != dialled[i]) x.attempts[i].dialled = dialled[i]; // never while it is written
}
template <class Archive> void serialize(Archive& ar, order_caller& x) {
  ar(x.name, x.phone);
  on_disk(ar, x.channel);
  ar(x.at, x.call, x.source, x.message_id);
}
template <class Archive> void serialize(Archive& ar, order_link& x) { ar(x.title, x.url, x.by, x.at); }
template <class Archive> void serialize(Archive& ar, order_note& x) { ar(x.text, x.by, x.at); }

template <class Archive> void serialize(Archive& ar, order_state& x, std::uint32_t version) {
  storage::check_version<order_state>(version);
  ar(x.id, x.number, x.version, x.edited_version);
  on_disk(ar, x.type);
  on_disk(ar, x.status);
  on_disk(ar, x.channel);
  ar(x.created_by, x.agent, x.unit);
  ar(x.lift, x.registration_code, x.address, x.project, x.district, x.using_unit, x.using_unit_phone,
     x.maintenance_firm, x.manufacturer);
  optional_value(ar, x.where);
  ar(x.lift_phones, x.description, x.callers, x.calls, x.trapped, x.injured, x.dead, x.children, x.elderly, x.medical,
     x.fire, x.major, x.reported_upward, x.filtered_because);
  ar(x.deployments, x.level, x.level_exhausted, x.mass_group, x.self_release_pending, x.self_released);
  ar(x.received, x.answered, x.acknowledged, x.created, x.dispatched, x.accepted, x.arrived, x.rescued, x.confirmed,
     x.followed_up, x.quality_checked, x.closed, x.archived, x.self_release, x.urged, x.supervised);
  ar(x.acknowledged_by, x.confirmed_with, x.fault_cause, x.fault_detail, x.result, x.follow_up, x.satisfaction,
     x.quality_score, x.quality_note, x.dismissed_because, x.links, x.notes);
  ar(x.alert_agents_due, x.alert_supervisor_due, x.remind_due, x.last_change);
  if (version >= 2) ar(x.unclear);
  if (version < 3) return;
  on_disk(ar, x.alert.stage);
  ar(x.alert.reasons, x.alert.since, x.alert_backup_due);
}

} // namespace lifeline::domain

CEREAL_CLASS_VERSION(lifeline::domain::elevator, 1)
CEREAL_CLASS_VERSION(lifeline::domain::rescue_party, 1)
CEREAL_CLASS_VERSION(lifeline::domain::deployment, 2)
CEREAL_CLASS_VERSION(lifeline::domain::order_state, 3)
