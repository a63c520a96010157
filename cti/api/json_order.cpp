#include "cti/api/json_rescue.hpp"

#include "cti/api/rescue_route.hpp"
#include "domain/rescue/order_code.hpp"
#include "domain/rescue/order_machine.hpp"

#include <algorithm>

namespace lifeline::cti {

using domain::seconds;

namespace {

template <class Id> json id_json(const Id& id) { return id.is_nil() ? json(nullptr) : json(to_string(id)); }

json span_json(const std::optional<domain::span>& s) { return s ? json(seconds(*s)) : json(nullptr); }

json times_json(const std::vector<domain::instant>& times) {
  json list = json::array();
  for (const auto t : times)
    list.push_back(time_json(t));
  return list;
}

template <class T, class Make> json list_of(const std::vector<T>& values, Make make) {
  json list = json::array();
  for (const auto& x : values)
    list.push_back(make(x));
  return list;
}
template <class T> json list_json(const std::vector<T>& values) {
  return list_of(values, [](const T& x) { return to_json(x); });
}

/// Fields of other names. An update would look for each of them first, and an order has eighty.
void add_fields(json& to, json&& more) {
  auto& all = to.get_ref<json::object_t&>();
  for (auto& [name, value] : more.get_ref<json::object_t&>())
    all.emplace_back(name, std::move(value));
}

json attempt_json(const domain::open_attempt& a) {
  return {{"attempt", id_json(a.id)},        {"channel", to_string(a.channel)},
          {"purpose", to_string(a.purpose)}, {"target", a.target},
          {"started", time_json(a.started)}, {"deadline", time_json(a.deadline)},
          {"dialled", time_json(a.dialled)}, {"waits_for_line", domain::waits_for_line(a)}};
}

json deployment_json(const domain::deployment& d) {
  return {{"level", d.level},
          {"party", d.party},
          {"name", d.name},
          {"phase", to_string(d.phase)},
          {"phones", d.phones},
          {"all_at_once", d.at_once},
          {"dispatched", time_json(d.dispatched)},
          {"rung", time_json(d.rung)},
          {"accepted", time_json(d.accepted)},
          {"arrived", time_json(d.arrived)},
          {"completed", time_json(d.completed)},
          {"answer_due", time_json(d.answer_due)},
          {"arrival_due", time_json(d.arrival_due)},
          {"answer_overdue", d.answer_overdue},
          {"arrival_overdue", d.arrival_overdue},
          {"round", d.round},
          {"next_dial", time_json(d.next_dial)},
          {"next_urge", time_json(d.next_urge)},
          {"urged", d.urged},
          {"attempts", list_of(d.attempts, attempt_json)}};
}

json caller_json(const domain::order_caller& c) {
  return {{"name", c.name},          {"phone", c.phone},   {"channel", to_string(c.channel)}, {"at", time_json(c.at)},
          {"call", id_json(c.call)}, {"source", c.source}, {"message_id", c.message_id}};
}

json link_json(const domain::order_link& l) {
  return {{"title", l.title}, {"url", l.url}, {"by", l.by}, {"at", time_json(l.at)}};
}

json note_json(const domain::order_note& n) { return {{"text", n.text}, {"by", n.by}, {"at", time_json(n.at)}}; }

/// Which order, in what state, in whose hands.
json head_json(const domain::order_state& s) {
  return {{"id", id_json(s.id)},
          {"number", s.number},
          {"short_code", domain::short_code(s.id)},
          {"version", s.version},
          {"edited_version", s.edited_version},
          {"type", to_string(s.type)},
          {"status", to_string(s.status)},
          {"level", s.level},
          {"channel", to_string(s.channel)},
          {"created_by", s.created_by},
          {"agent", s.agent},
          {"unit", s.unit}};
}

json matter_json(const domain::order_state& s) {
  json calls = json::array();
  for (const auto& c : s.calls)
    calls.push_back(id_json(c));
  return {{"lift", s.lift},
          {"registration_code", s.registration_code},
          {"address", s.address},
          {"project", s.project},
          {"district", s.district},
          {"using_unit", s.using_unit},
          {"using_unit_phone", s.using_unit_phone},
          {"maintenance_firm", s.maintenance_firm},
          {"manufacturer", s.manufacturer},
          {"where", place_json(s.where)},
          {"lift_phones", s.lift_phones},
          {"description", s.description},
          {"callers", list_of(s.callers, caller_json)},
          {"calls", std::move(calls)},
          {"trapped", s.trapped},
          {"injured", s.injured},
          {"dead", s.dead},
          {"children", s.children},
          {"elderly", s.elderly},
          {"medical", s.medical},
          {"fire", s.fire},
          {"major", s.major},
          {"reported_upward", s.reported_upward},
          {"filtered_because", s.filtered_because},
          {"unclear", s.unclear}};
}

/// null: nobody is rung for it.
json alert_json(const domain::order_alert& a) {
  if (a.stage == domain::alert_stage::none) return nullptr;
  return {{"stage", to_string(a.stage)}, {"because", domain::alert_words(a.reasons)}, {"since", time_json(a.since)}};
}

json ladder_json(const domain::order_state& s) {
  return {{"deployments", list_of(s.deployments, deployment_json)},
          {"level_exhausted", s.level_exhausted},
          {"mass_group", s.mass_group},
          {"alert", alert_json(s.alert)},
          {"self_release_pending", s.self_release_pending},
          {"self_released", s.self_released}};
}

json moments_json(const domain::order_state& s) {
  return {{"received", time_json(s.received)},
          {"answered", time_json(s.answered)},
          {"acknowledged", time_json(s.acknowledged)},
          {"created", time_json(s.created)},
          {"dispatched", time_json(s.dispatched)},
          {"accepted", time_json(s.accepted)},
          {"arrived", time_json(s.arrived)},
          {"rescued", time_json(s.rescued)},
          {"confirmed", time_json(s.confirmed)},
          {"followed_up", time_json(s.followed_up)},
          {"quality_checked", time_json(s.quality_checked)},
          {"closed", time_json(s.closed)},
          {"archived", time_json(s.archived)},
          {"self_release", time_json(s.self_release)},
          {"urged", times_json(s.urged)},
          {"supervised", times_json(s.supervised)},
          {"last_change", time_json(s.last_change)}};
}

json outcome_json(const domain::order_state& s) {
  return {{"acknowledged_by", s.acknowledged_by},
          {"confirmed_with", s.confirmed_with},
          {"fault_cause", s.fault_cause},
          {"fault_detail", s.fault_detail},
          {"result", s.result},
          {"follow_up", s.follow_up},
          {"satisfaction", s.satisfaction},
          {"quality_score", s.quality_score < 0 ? json(nullptr) : json(s.quality_score)},
          {"quality_note", s.quality_note},
          {"dismissed_because", s.dismissed_because},
          {"links", list_of(s.links, link_json)},
          {"notes", list_of(s.notes, note_json)}};
}

/// The tries to reach rescuers, each once: as it ended, or as it began when it is under way.
json attempts_json(const std::vector<domain::event>& events) {
  std::vector<const domain::event*> tries;
  for (const auto& e : events) {
    const auto* called = std::get_if<domain::rescuer_called>(&e.body);
    if (called == nullptr) continue;
    const auto same = std::find_if(tries.begin(), tries.end(), [&](const auto* t) {
      return std::get<domain::rescuer_called>(t->body).attempt == called->attempt;
    });
    if (same == tries.end())
      tries.push_back(&e);
    else
      *same = &e;
  }
  json list = json::array();
  for (const auto* t : tries)
    list.push_back(to_json(*t));
  return list;
}

/// What was recorded: calls of the hotline, which GET recordings/{call} gives, and calls to rescuers.
json recordings_json(const actors::order_story& s) {
  json list = json::array();
  for (const auto& c : s.calls)
    if (!c.recording.path.empty())
      list.push_back({{"call", id_json(c.call)}, {"attempt", nullptr}, {"path", c.recording.path}});
  for (const auto& e : s.events)
    if (const auto* called = std::get_if<domain::rescuer_called>(&e.body); called && !called->recording.empty())
      list.push_back({{"call", nullptr}, {"attempt", id_json(called->attempt)}, {"path", called->recording}});
  return list;
}

} // namespace

json to_json(const actors::order_view& v) {
  auto j = head_json(v.state);
  add_fields(j, {{"live", v.live}, {"next_deadline", time_json(v.next_deadline)}});
  add_fields(j, matter_json(v.state));
  add_fields(j, ladder_json(v.state));
  add_fields(j, {{"times", moments_json(v.state)},
                 {"arrival_seconds", span_json(domain::arrival_time(v.state))},
                 {"on_site_seconds", span_json(domain::on_site_time(v.state))}});
  add_fields(j, outcome_json(v.state));
  return j;
}

json to_json(const actors::order_story& s) {
  return {{"order", to_json(s.order)},
          {"timeline", list_json(s.events)},
          {"attempts", attempts_json(s.events)},
          {"calls", list_json(s.calls)},
          {"recordings", recordings_json(s)}};
}

json to_json(const actors::rescuer_recording& r) {
  const auto& a = r.attempt;
  return {{"attempt", id_json(a.attempt)},
          {"order", id_json(a.order)},
          {"number", r.number},
          {"level", a.level},
          {"party", a.party},
          {"party_name", a.party_name},
          {"target", a.target},
          {"purpose", to_string(a.purpose)},
          {"outcome", to_string(a.outcome)},
          {"ended", time_json(r.ended)},
          {"recording", to_json(r.recording)}};
}

json to_json(const actors::report_receipt& r) {
  return {{"fate", to_string(r.fate)}, {"order", id_json(r.order)},
          {"number", r.number},        {"status", r.order.is_nil() ? json(nullptr) : json(to_string(r.status))},
          {"repeated", r.repeated},    {"doubts", r.doubts}};
}

std::string to_text(const actors::alarm_board& b) {
  json groups = json::array();
  for (const auto& m : b.mass_events) {
    json orders = json::array();
    for (const auto& o : m.orders)
      orders.push_back(id_json(o.state.id));
    groups.push_back(
        {{"group", m.group}, {"area", m.area}, {"since", time_json(m.since)}, {"orders", std::move(orders)}});
  }
  return R"({"active":)" + list_text(b.active) + R"(,"filtered":)" + list_text(b.filtered) + R"(,"mass_events":)" +
         groups.dump() + R"(,"silent_devices":)" + std::to_string(b.silent_devices) + "}\n";
}

json to_json(const actors::device_view& d) {
  return {{"lift", d.lift},
          {"device_id", d.device_id},
          {"address", d.address},
          {"last_test", time_json(d.last_test)},
          {"last_heard", time_json(d.last_heard)},
          {"last_failure", d.last_failure},
          {"silent", d.silent}};
}

} // namespace lifeline::cti
