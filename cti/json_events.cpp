#include "cti/json.hpp"

namespace lifeline::cti {

using domain::seconds;

namespace {

template <class Id> json id_json(const Id& id) { return id.is_nil() ? json(nullptr) : json(to_string(id)); }

/// The fields of an entry besides seq, at, type and call.
struct fields_of {
  json operator()(const domain::engine_started& x) const { return {{"version", x.version}, {"revision", x.revision}}; }
  json operator()(const domain::engine_stopped& x) const { return {{"reason", x.reason}}; }
  json operator()(const domain::call_arrived& x) const {
    return {{"hotline", x.hotline},
            {"caller", x.caller},
            {"caller_received", x.caller_received.empty() ? x.caller : x.caller_received},
            {"called", x.called},
            {"trunk", x.trunk}};
  }
  json operator()(const domain::call_blocked& x) const {
    return {{"hotline", x.hotline}, {"reason", x.reason}, {"sip_status", x.sip_status}};
  }
  json operator()(const domain::queue_entered& x) const {
    json fields{{"queue", x.queue}, {"priority", x.priority}, {"position", x.position}, {"resumed", x.resumed}};
    if (x.expected_wait >= domain::span{0}) fields["expected_wait_seconds"] = seconds(x.expected_wait);
    return fields;
  }
  json operator()(const domain::queue_left& x) const {
    return {{"queue", x.queue}, {"outcome", to_string(x.outcome)}, {"waited_seconds", seconds(x.waited)}};
  }
  json operator()(const domain::agent_reserved& x) const {
    return {{"reservation", id_json(x.reservation)}, {"agent", x.agent},     {"queue", x.queue}, {"epoch", x.epoch},
            {"deadline", time_json(x.deadline)},     {"why", to_json(x.why)}};
  }
  json operator()(const domain::agent_ringing& x) const {
    return {{"reservation", id_json(x.reservation)}, {"agent", x.agent}};
  }
  json operator()(const domain::reservation_ended& x) const {
    return {{"reservation", id_json(x.reservation)},
            {"agent", x.agent},
            {"queue", x.queue},
            {"outcome", to_string(x.outcome)},
            {"rang_seconds", seconds(x.rang)},
            {"sip_status", x.sip_status != 0 ? json(x.sip_status) : json(nullptr)}};
  }
  json operator()(const domain::call_connected& x) const {
    return {{"reservation", id_json(x.reservation)},
            {"agent", x.agent},
            {"external", x.external},
            {"queue", x.queue},
            {"waited_seconds", seconds(x.waited)},
            {"since_arrival_seconds", seconds(x.since_arrival)}};
  }
  json operator()(const domain::call_held& x) const { return {{"by", x.by_caller ? "caller" : "agent"}}; }
  json operator()(const domain::call_resumed& x) const {
    return {{"by", x.by_caller ? "caller" : "agent"}, {"held_seconds", seconds(x.held)}};
  }
  json operator()(const domain::call_overflowed& x) const {
    return {{"from", x.from}, {"to_queue", x.to_queue}, {"to_number", x.to_number}, {"reason", x.reason}};
  }
  json operator()(const domain::call_ended& x) const { return {{"record", to_json(x.record)}}; }
  json operator()(const domain::recording_started& x) const { return {{"path", x.path}}; }
  json operator()(const domain::recording_sealed& x) const { return {{"recording", to_json(x.recording)}}; }
  json operator()(const domain::recording_failed& x) const { return {{"path", x.path}, {"reason", x.reason}}; }
  json operator()(const domain::agent_changed& x) const {
    return {{"agent", x.agent},
            {"from", to_string(x.from)},
            {"to", to_string(x.to)},
            {"reason", x.reason},
            {"in_from_seconds", seconds(x.in_from)}};
  }
  json operator()(const domain::registration_changed& x) const {
    return {{"agent", x.agent}, {"contacts", x.contacts}};
  }
  json operator()(const domain::dispatcher_started& x) const { return {{"epoch", x.epoch}}; }
  json operator()(const domain::actor_restarted& x) const { return {{"actor", x.actor}, {"reason", x.reason}}; }
  json operator()(const domain::call_escalated& x) const {
    return {{"queue", x.queue}, {"rule", x.rule}, {"what", x.what}};
  }
  json operator()(const domain::hotline_rerouted& x) const {
    return {{"hotline", x.hotline}, {"on", x.on}, {"reason", x.reason}};
  }
  json operator()(const domain::trunk_changed& x) const {
    return {{"trunk", x.trunk}, {"up", x.up}, {"registered", x.registered}, {"reason", x.reason}};
  }
  json operator()(const domain::source_banned& x) const {
    return {{"address", x.address}, {"until", time_json(x.until)}, {"reason", x.reason}};
  }
  json operator()(const domain::configuration_reloaded& x) const {
    return {{"changes", x.changes}, {"summary", x.summary}};
  }
  json operator()(const domain::engine_draining& x) const { return {{"reason", x.reason}}; }
  json operator()(const domain::backup_made& x) const {
    return {{"folder", x.folder}, {"last_sequence", x.last_sequence}};
  }
  json operator()(const domain::events_lost& x) const { return {{"count", x.count}, {"reason", x.reason}}; }
  json operator()(const domain::log_salvaged& x) const {
    return {{"lost", x.lost}, {"first", x.first}, {"last", x.last}, {"orders", x.orders}, {"kept", x.kept}};
  }
  json operator()(const domain::clock_stepped& x) const { return {{"by_seconds", seconds(x.by)}}; }
  json operator()(const domain::outbound_resumed& x) const { return {{"restored", x.restored}, {"by", x.by}}; }
  json operator()(const domain::alarm_received& x) const {
    return {{"order", id_json(x.order)}, {"fate", to_string(x.fate)}, {"report", to_json(x.report)}};
  }
  json operator()(const domain::order_changed& x) const {
    json fields{{"order", id_json(x.order)},
                {"number", x.number},
                {"version", x.version},
                {"step", to_string(x.step)},
                {"order_type", to_string(x.type)},
                {"from", to_string(x.from)},
                {"to", to_string(x.to)},
                {"district", x.district},
                {"level", x.level},
                {"party", x.party},
                {"party_name", x.party_name},
                {"by", x.by},
                {"via", to_string(x.via)},
                {"note", x.note},
                {"told_at", time_json(x.told_at)}};
    if (x.took > domain::span{0}) fields["took_seconds"] = seconds(x.took);
    return fields;
  }
  json operator()(const domain::rescuer_called& x) const {
    return {{"order", id_json(x.order)},
            {"attempt", id_json(x.attempt)},
            {"level", x.level},
            {"party", x.party},
            {"party_name", x.party_name},
            {"target", x.target},
            {"channel", to_string(x.channel)},
            {"purpose", to_string(x.purpose)},
            {"outcome", x.outcome_known ? json(to_string(x.outcome)) : json(nullptr)},
            {"took_seconds", seconds(x.took)},
            {"detail", x.detail},
            {"recording", x.recording}};
  }
  json operator()(const domain::rescuer_dialled& x) const {
    return {{"order", id_json(x.order)}, {"attempt", id_json(x.attempt)}};
  }
  json operator()(const domain::alert_rung& x) const {
    return {{"order", id_json(x.order)},
            {"attempt", id_json(x.attempt)},
            {"stage", to_string(x.stage)},
            {"whom", x.whom},
            {"outcome", x.outcome_known ? json(to_string(x.outcome)) : json(nullptr)},
            {"took_seconds", seconds(x.took)},
            {"detail", x.detail},
            {"recording", x.recording}};
  }
  json operator()(const domain::elevators_imported& x) const {
    return {{"source", x.source},       {"by", x.by},
            {"added", x.added},         {"changed", x.changed},
            {"unchanged", x.unchanged}, {"bad_rows", x.bad_rows}};
  }
  json operator()(const domain::party_changed& x) const {
    return {{"party", x.party}, {"name", x.name}, {"removed", x.removed}, {"by", x.by}};
  }
  json operator()(const domain::recording_fetched& x) const {
    return {{"path", x.path}, {"by", x.by}, {"client", x.client}};
  }
  json operator()(const domain::rescuer_link_made& x) const {
    return {{"order", id_json(x.order)},
            {"party", x.party},
            {"by", x.by},
            {"client", x.client},
            {"expires", time_json(x.expires)}};
  }
  json operator()(const domain::device_silence& x) const {
    return {{"lift", x.lift}, {"silent", x.silent}, {"last_heard", time_json(x.last_heard)}};
  }
  json operator()(const domain::call_cut& x) const {
    return {{"hotline", x.hotline}, {"caller", x.caller}, {"agent", x.agent},
            {"talking", x.talking}, {"lift", x.lift},     {"order", id_json(x.order)}};
  }
  json operator()(const domain::call_rung_back& x) const {
    return {{"hotline", x.hotline}, {"by", x.by}, {"note", x.note}};
  }
  json operator()(const domain::mass_event_changed& x) const {
    return {{"group", x.group}, {"area", x.area}, {"on", x.on}, {"orders", x.orders}};
  }
};

} // namespace

json to_json(const domain::alarm_report& r) {
  return {{"channel", to_string(r.channel)},
          {"source", r.source},
          {"message_id", r.message_id},
          {"kind", to_string(r.kind)},
          {"lift", r.lift},
          {"lift_key", r.lift_key},
          {"place", r.place},
          {"occurred", time_json(r.occurred)},
          {"received", time_json(r.received)},
          {"caller_name", r.caller_name},
          {"caller_phone", r.caller_phone},
          {"call", id_json(r.call)},
          {"description", r.description},
          {"trapped", r.trapped},
          {"injured", r.injured},
          {"children", r.children},
          {"elderly", r.elderly},
          {"medical", r.medical},
          {"fire", r.fire},
          {"door_open", r.door_open},
          {"moving", r.moving},
          {"in_maintenance", r.in_maintenance},
          {"bypass", r.bypass},
          {"confirmed", r.confirmed},
          {"code", r.code},
          {"district", r.district},
          {"doubts", r.doubts}};
}

json to_json(const domain::explanation& e) {
  json considered = json::array();
  for (const auto& c : e.considered)
    considered.push_back({{"agent", c.agent}, {"rank", c.rank}});
  json excluded = json::array();
  for (const auto& x : e.excluded)
    excluded.push_back({{"agent", x.agent}, {"reason", x.reason}});
  return {{"strategy", to_string(e.strategy)},
          {"considered", std::move(considered)},
          {"excluded", std::move(excluded)},
          {"considered_count", e.considered_count},
          {"excluded_count", e.excluded_count},
          {"waiting_ahead", e.waiting_ahead},
          {"note", e.note}};
}

json to_json(const domain::event& e) {
  json j{{"seq", e.seq}, {"at", time_json(e.at)}, {"type", domain::event_name(e.body)}, {"call", id_json(e.call)}};
  j.update(std::visit(fields_of{}, e.body));
  return j;
}

} // namespace lifeline::cti
