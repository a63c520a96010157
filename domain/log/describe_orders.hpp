#pragma once
// The entries about lifts, alarms and work orders, described once. Part of domain/log/describe.hpp; the same rules
// hold.

#include "domain/log/fields.hpp"
#include "domain/log/order_events.hpp"

namespace lifeline::domain {

template <> inline constexpr std::uint32_t part_version<alarm_report> = 2;
template <class V> void describe(V& v, is<alarm_report> auto& x) {
  v(named("channel").in_line(), x.channel);
  v(named("source"), x.source);
  v(named("message_id"), x.message_id);
  v(named("kind").in_line(), x.kind);
  v(named("lift").in_line(line_form::quoted), x.lift);
  v(named("lift_key"), x.lift_key);
  v(named("place"), x.place);
  v(named("occurred"), x.occurred);
  v(named("received"), x.received);
  v(named("caller_name"), x.caller_name);
  v(named("caller_phone"), x.caller_phone);
  v(named("call"), x.call);
  v(named("description"), x.description);
  v(named("trapped"), x.trapped);
  v(named("injured"), x.injured);
  v(named("children"), x.children);
  v(named("elderly"), x.elderly);
  v(named("medical"), x.medical);
  v(named("fire"), x.fire);
  v(named("door_open"), x.door_open);
  v(named("moving"), x.moving);
  v(named("in_maintenance"), x.in_maintenance);
  v(named("bypass"), x.bypass);
  v(named("confirmed"), x.confirmed);
  v(named("code"), x.code);
  v(named("raw").disk_only(), x.raw);
  v(named("doubts"), x.doubts);
  v(named("district").from_version(2), x.district);
}

// Of orders, the log line never has the place, a name or a telephone number.

template <>
inline constexpr entry_facts facts_of<alarm_received> = {.number = 30, .name = "alarm_received", .of = subject::order};
template <class V> void describe(V& v, is<alarm_received> auto& x) {
  v(named("order").explained("null: only noted").in_line(), x.order);
  v(named("fate").in_line(), x.fate);
  v(named("report").in_line(), x.report);
}

template <>
inline constexpr entry_facts facts_of<order_changed> = {.number = 31, .name = "order_changed", .of = subject::order};
constexpr severity severity_of(const order_changed& x) {
  switch (x.step) {
  case order_step::answer_overdue:
  case order_step::arrival_overdue:
  case order_step::exhausted:
  case order_step::alerted_supervisor:
  case order_step::alerted_backup:
  case order_step::not_rung: return severity::warning;
  default: return severity::info;
  }
}
template <class V> void describe(V& v, is<order_changed> auto& x) {
  v(named("order").in_line(), x.order);
  v(named("version"), x.version);
  v(named("step").in_line(), x.step);
  v(named("order_type"), x.type);
  v(named("from"), x.from);
  v(named("to").explained("status before and after").in_line(line_form::plain, "status"), x.to);
  v(named("number").in_line(), x.number);
  v(named("district"), x.district);
  v(named("level").in_line(), x.level);
  v(named("party").in_line(line_form::quoted), x.party);
  v(named("party_name"), x.party_name);
  v(named("by").explained("empty: the engine"), x.by);
  v(named("via").explained("`engine`, `api`, `phone_key`, `signed_link`, `device`, `webhook`").in_line(), x.via);
  v(named("note"), x.note);
  v(named("told_at"), x.told_at);
  v(named("took").explained("left out where it does not apply").void_as(when_void::absent_if_zero), x.took);
}

template <>
inline constexpr entry_facts facts_of<rescuer_called> = {
    .number = 32, .version = 2, .name = "rescuer_called", .of = subject::order};
template <class V> void describe(V& v, is<rescuer_called> auto& x) {
  v(named("order").in_line(), x.order);
  v(named("attempt"), x.attempt);
  v(named("level").in_line(), x.level);
  v(named("party").in_line(line_form::quoted), x.party);
  v(named("party_name"), x.party_name);
  v(named("target"), x.target);
  v(named("channel").in_line(), x.channel);
  v(named("purpose").in_line(), x.purpose);
  v(named("outcome").explained("null: it begins").in_line(), known_later{x.outcome_known, x.outcome});
  v(named("took"), x.took);
  v(named("detail"), x.detail);
  v(named("recording"), x.recording);
  v(named("due").from_version(2).disk_only(), x.due);
}

template <>
inline constexpr entry_facts facts_of<rescuer_dialled> = {.number = 37,
                                                          .name = "rescuer_dialled",
                                                          .of = subject::order,
                                                          .words = "a line is free: dialled",
                                                          .about = "a call that has waited for a line is dialled"};
template <class V> void describe(V& v, is<rescuer_dialled> auto& x) {
  v(named("order").in_line(), x.order);
  v(named("attempt").in_line(), x.attempt);
}

template <>
inline constexpr entry_facts facts_of<alert_rung> = {
    .number = 38, .name = "alert_rung", .of = subject::order, .level = severity::warning};
template <class V> void describe(V& v, is<alert_rung> auto& x) {
  v(named("order").in_line(), x.order);
  v(named("attempt"), x.attempt);
  v(named("stage").explained("`agents`, `supervisor`, `backup`").in_line(), x.stage);
  v(named("whom").explained("account or number"), x.whom);
  v(named("outcome").explained("null: it begins; `accepted`: has taken the alarm").in_line(),
    known_later{x.outcome_known, x.outcome});
  v(named("took"), x.took);
  v(named("detail"), x.detail);
  v(named("recording"), x.recording);
}

template <>
inline constexpr entry_facts facts_of<elevators_imported> = {
    .number = 33,
    .name = "elevators_imported",
    .of = subject::registry,
    .words = "lifts were imported: {added} new, {changed} changed, {unchanged} as before, {bad_rows} bad rows"};
template <class V> void describe(V& v, is<elevators_imported> auto& x) {
  v(named("source"), x.source);
  v(named("by"), x.by);
  v(named("added").in_line(), x.added);
  v(named("changed").in_line(), x.changed);
  v(named("unchanged").in_line(), x.unchanged);
  v(named("bad_rows").in_line(), x.bad_rows);
}

template <>
inline constexpr entry_facts facts_of<party_changed> = {.number = 34,
                                                        .name = "party_changed",
                                                        .of = subject::registry,
                                                        .words =
                                                            "party {name} was {removed?removed:changed}[ by {by}]"};
template <class V> void describe(V& v, is<party_changed> auto& x) {
  v(named("party").in_line(line_form::quoted), x.party);
  v(named("name"), x.name);
  v(named("removed").in_line(), x.removed);
  v(named("by"), x.by);
}

template <>
inline constexpr entry_facts facts_of<device_silence> = {
    .number = 35,
    .name = "device_silence",
    .of = subject::registry,
    .words = "the phone of lift {lift} {silent?is silent:is heard again}"};
constexpr severity severity_of(const device_silence& x) { return x.silent ? severity::warning : severity::info; }
template <class V> void describe(V& v, is<device_silence> auto& x) {
  v(named("lift").in_line(line_form::quoted), x.lift);
  v(named("silent").in_line(), x.silent);
  v(named("last_heard").in_line(), x.last_heard);
}

template <>
inline constexpr entry_facts facts_of<mass_event_changed> = {
    .number = 36,
    .name = "mass_event_changed",
    .of = subject::registry,
    .level = severity::warning,
    .words = "{on?many alarms at once in:the many alarms are over in} {area}: {orders} orders"};
template <class V> void describe(V& v, is<mass_event_changed> auto& x) {
  v(named("group").in_line(), x.group);
  v(named("area"), x.area);
  v(named("on").in_line(), x.on);
  v(named("orders").in_line(), x.orders);
}

template <>
inline constexpr entry_facts facts_of<rescuer_link_made> = {.number = 41,
                                                            .name = "rescuer_link_made",
                                                            .of = subject::order,
                                                            .words = "link for {party} made by {by|the engine}"};
template <class V> void describe(V& v, is<rescuer_link_made> auto& x) {
  v(named("order").in_line(), x.order);
  v(named("party").in_line(line_form::quoted), x.party);
  v(named("by").explained("empty: the engine, for the party's software").in_line(line_form::quoted), x.by);
  v(named("client").in_line(line_form::quoted), x.client);
  v(named("expires").in_line(), x.expires);
}

} // namespace lifeline::domain
