#include "cti/api/json.hpp"

namespace lifeline::cti {

using domain::seconds;

namespace {

template <class Id> json id_json(const Id& id) { return id.is_nil() ? json(nullptr) : json(to_string(id)); }

} // namespace

json time_json(domain::instant t) { return t == domain::never ? json(nullptr) : json(domain::to_rfc3339(t)); }

std::string dump(const json& j) { return j.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"; }

json to_json(const actors::engine_status& s) {
  json components = json::array();
  for (const auto& c : s.components)
    components.push_back(
        {{"name", c.name}, {"alive", c.alive}, {"restarts", c.restarts}, {"last_reason", c.last_reason}});
  return {{"version", s.version},
          {"revision", s.revision},
          {"started", time_json(s.started)},
          {"now", time_json(s.now)},
          {"ready", s.ready},
          {"not_ready_because", s.not_ready_because},
          {"draining", s.draining},
          {"outbound_held_because", s.outbound_held_because},
          {"epoch", s.epoch},
          {"last_sequence", s.last_sequence},
          {"calls", s.calls},
          {"sip_address", s.sip_address},
          {"components", std::move(components)}};
}

json to_json(const actors::queue_status& s) {
  const auto told = [&](json figure) { return s.known ? figure : json(nullptr); };
  return {{"name", s.name},
          {"strategy", to_string(s.strategy)},
          {"priority", s.priority},
          {"waiting", told(s.waiting)},
          {"oldest_wait_seconds", told(seconds(s.oldest_wait))},
          {"agents", s.agents},
          {"ready", told(s.ready)},
          {"present", told(s.present)},
          {"reservations", told(s.reservations)},
          {"expected_wait_seconds", s.expected_wait ? json(seconds(*s.expected_wait)) : json(nullptr)}};
}

json to_json(const actors::hotline_status& s) {
  return {{"name", s.name},
          {"numbers", s.numbers},
          {"queue", s.queue},
          {"emergency", s.emergency},
          {"lines", s.lines},
          {"in_use", s.in_use},
          {"rerouted", s.calls_known ? json(s.rerouted) : json(nullptr)},
          {"reroute_reason", s.reroute_reason},
          {"backup_numbers", s.backup_numbers},
          {"agents_present", s.agents_known ? json(s.agents_present) : json(nullptr)}};
}

json to_json(const sip::trunk_state& t) {
  return {{"name", t.name},
          {"up", t.up},
          {"registers", t.registers},
          {"registered", t.registered},
          {"reason", t.reason},
          {"since", time_json(t.since)},
          {"round_trip_seconds", seconds(t.round_trip)},
          {"calls_out", t.calls_out},
          {"failovers", t.failovers}};
}

json to_json(const sip::ban& b) {
  return {{"address", b.address}, {"until", time_json(b.until)}, {"reason", b.reason}, {"dropped", b.dropped}};
}

json to_json(const actors::reload_report& r) {
  return {{"applied", r.applied}, {"changes", r.changes}, {"needs_restart", r.needs_restart}};
}

json to_json(const actors::backup_report& r) {
  return {{"folder", r.folder}, {"last_sequence", r.last_sequence}, {"bytes", r.bytes}};
}

json to_json(const actors::log_report& r) {
  return {{"events", r.events},
          {"calls", r.calls},
          {"reservations", r.reservations},
          {"open_calls", r.open_calls},
          {"open_reservations", r.open_reservations},
          {"orders", r.orders},
          {"open_orders", r.open_orders},
          {"violation_count", r.violation_count},
          {"violations", r.violations}};
}

json to_json(const actors::agent_status& s) {
  return {{"account", s.account},    {"name", s.name},
          {"admin", s.admin},        {"state", to_string(s.state)},
          {"reason", s.reason},      {"since", time_json(s.since)},
          {"call", id_json(s.call)}, {"queues", s.queues},
          {"calls", s.calls},        {"talked_seconds", seconds(s.talked)},
          {"contacts", s.contacts}};
}

json to_json(const actors::call_status& s) {
  return {{"call", id_json(s.call)},
          {"hotline", s.hotline},
          {"queue", s.queue},
          {"caller", s.caller},
          {"called", s.called},
          {"phase", to_string(s.phase)},
          {"arrived", time_json(s.arrived)},
          {"since", time_json(s.since)},
          {"agent", s.agent},
          {"position", s.position},
          {"lift", s.lift},
          {"order", id_json(s.order)}};
}

json to_json(const actors::call_journey& j) {
  json events = json::array();
  for (const auto& e : j.events)
    events.push_back(to_json(e));
  return {{"live", j.live},
          {"status", j.live && j.status_known ? to_json(j.status) : json(nullptr)},
          {"record", j.record ? to_json(*j.record) : json(nullptr)},
          {"waiting_because", j.waiting_because ? to_json(*j.waiting_because) : json(nullptr)},
          {"silent", j.silent},
          {"events", std::move(events)}};
}

json to_json(const actors::cut_call_status& x) {
  const auto& c = x.cut;
  return {{"call", id_json(c.call)}, {"hotline", c.hotline},      {"queue", c.queue},
          {"caller", c.caller},      {"called", c.called},        {"arrived", time_json(c.arrived)},
          {"cut", time_json(c.cut)}, {"talking", c.talking},      {"agent", c.agent},
          {"lift", c.lift},          {"order", id_json(c.order)}, {"came_again", time_json(x.came_again)}};
}

json to_json(const domain::call_record& r) {
  json waits = json::array();
  for (const auto& stay : r.stays)
    waits.push_back({{"queue", stay.queue}, {"waited_seconds", seconds(stay.waited)}});
  return {{"call", id_json(r.call)},
          {"hotline", r.hotline},
          {"queue", r.queue},
          {"caller", r.caller},
          {"caller_received", r.caller_received.empty() ? r.caller : r.caller_received},
          {"called", r.called},
          {"trunk", r.trunk},
          {"arrived", time_json(r.arrived)},
          {"queued", time_json(r.queued)},
          {"answered", time_json(r.answered)},
          {"ended", time_json(r.ended)},
          {"agent", r.agent},
          {"external", r.external},
          {"outcome", to_string(r.outcome)},
          {"cause", to_string(r.cause)},
          {"waited_seconds", seconds(domain::waited_in_all(r))},
          {"since_arrival_seconds", seconds(domain::waited_since_arrival(r))},
          {"waits", std::move(waits)},
          {"talk_seconds", seconds(r.talk)},
          {"hold_seconds", seconds(r.hold)},
          {"offers", r.offers},
          {"recording", r.recording.path.empty() ? json(nullptr) : to_json(r.recording)}};
}

} // namespace lifeline::cti
