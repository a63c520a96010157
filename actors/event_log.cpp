#include "actors/event_log.hpp"

#include <spdlog/spdlog.h>

namespace lifeline::actors {

namespace {

using spdlog::level::level_enum;

struct line_writer {
  spdlog::logger& to;
  const domain::event& e;

  template <class... Fields>
  void line(level_enum level, fmt::format_string<Fields...> fields, Fields&&... values) const {
    if (!to.should_log(level)) return;
    const auto call = e.call.is_nil() ? std::string{} : " call=" + domain::to_string(e.call);
    to.log(level, "{} seq={}{} {}", domain::event_name(e.body), e.seq, call,
           fmt::format(fields, std::forward<Fields>(values)...));
  }

  void operator()(const domain::engine_started& x) const {
    line(level_enum::info, "version={} revision={}", x.version, x.revision);
  }
  void operator()(const domain::engine_stopped& x) const { line(level_enum::info, "reason={}", quoted(x.reason)); }
  void operator()(const domain::call_arrived& x) const {
    line(level_enum::info, "hotline={} trunk={}", x.hotline, x.trunk);
  }
  void operator()(const domain::call_blocked& x) const {
    line(level_enum::warn, "hotline={} status={}", x.hotline, x.sip_status);
  }
  void operator()(const domain::queue_entered& x) const {
    line(level_enum::debug, "queue={} position={}", x.queue, x.position);
  }
  void operator()(const domain::queue_left& x) const {
    line(level_enum::debug, "queue={} outcome={} waited={:.3f}", x.queue, domain::to_string(x.outcome),
         domain::seconds(x.waited));
  }
  void operator()(const domain::agent_reserved& x) const {
    line(level_enum::debug, "agent={} queue={} reservation={}", x.agent, x.queue, domain::to_string(x.reservation));
  }
  void operator()(const domain::agent_ringing& x) const { line(level_enum::debug, "agent={}", x.agent); }
  void operator()(const domain::reservation_ended& x) const {
    const bool fault = x.outcome == domain::reservation_outcome::lease_expired;
    line(fault ? level_enum::warn : level_enum::debug, "agent={} outcome={} status={}", x.agent,
         domain::to_string(x.outcome), x.sip_status);
  }
  void operator()(const domain::call_connected& x) const {
    line(level_enum::info, "agent={} queue={} waited={:.3f} since_arrival={:.3f}", x.agent, x.queue,
         domain::seconds(x.waited), domain::seconds(x.since_arrival));
  }
  void operator()(const domain::call_held& x) const { line(level_enum::debug, "by_caller={}", x.by_caller); }
  void operator()(const domain::call_resumed& x) const { line(level_enum::debug, "by_caller={}", x.by_caller); }
  void operator()(const domain::call_overflowed& x) const {
    line(level_enum::warn, "from={} to_queue={} to_number={}", x.from, x.to_queue, x.to_number.empty() ? "no" : "yes");
  }
  void operator()(const domain::call_ended& x) const {
    line(level_enum::info, "hotline={} outcome={} cause={} waited={:.3f} talk={:.3f}", x.record.hotline,
         domain::to_string(x.record.outcome), domain::to_string(x.record.cause),
         domain::seconds(domain::waited_in_all(x.record)), domain::seconds(x.record.talk));
  }
  void operator()(const domain::recording_started& x) const { line(level_enum::debug, "path={}", x.path); }
  void operator()(const domain::recording_sealed& x) const {
    line(level_enum::debug, "path={} bytes={}", x.recording.path, x.recording.bytes);
  }
  void operator()(const domain::recording_failed& x) const {
    line(level_enum::err, "path={} reason={}", x.path, quoted(x.reason));
  }
  void operator()(const domain::agent_changed& x) const {
    line(level_enum::debug, "agent={} from={} to={} reason={}", x.agent, domain::to_string(x.from),
         domain::to_string(x.to), quoted(x.reason));
  }
  void operator()(const domain::registration_changed& x) const {
    line(level_enum::info, "agent={} contacts={}", x.agent, x.contacts);
  }
  void operator()(const domain::dispatcher_started& x) const { line(level_enum::info, "epoch={}", x.epoch); }
  void operator()(const domain::actor_restarted& x) const {
    line(level_enum::warn, "actor={} reason={}", quoted(x.actor), quoted(x.reason));
  }
  void operator()(const domain::call_escalated& x) const {
    line(level_enum::info, "queue={} rule={} what={}", x.queue, x.rule, quoted(x.what));
  }
  void operator()(const domain::hotline_rerouted& x) const {
    line(level_enum::warn, "hotline={} on={} reason={}", x.hotline, x.on, quoted(x.reason));
  }
  void operator()(const domain::trunk_changed& x) const {
    line(x.up ? level_enum::info : level_enum::err, "trunk={} up={} registered={} reason={}", x.trunk, x.up,
         x.registered, quoted(x.reason));
  }
  // The address is not written: it may be a person's. `lifelinectl bans` shows it.
  void operator()(const domain::source_banned& x) const {
    line(level_enum::warn, "until={} reason={}", domain::to_rfc3339(x.until), quoted(x.reason));
  }
  void operator()(const domain::configuration_reloaded& x) const {
    line(level_enum::warn, "changes={}", x.changes); // its summary may name persons and telephone numbers
  }
  void operator()(const domain::engine_draining& x) const { line(level_enum::warn, "reason={}", quoted(x.reason)); }
  void operator()(const domain::backup_made& x) const {
    line(level_enum::info, "folder={} last_sequence={}", quoted(x.folder), x.last_sequence);
  }
  void operator()(const domain::events_lost& x) const {
    line(level_enum::err, "count={} reason={}", x.count, quoted(x.reason));
  }
  void operator()(const domain::log_salvaged& x) const {
    line(level_enum::critical, "lost={} first={} last={} orders={} kept={}", x.lost, x.first, x.last, quoted(x.orders),
         quoted(x.kept));
  }
  void operator()(const domain::clock_stepped& x) const {
    line(level_enum::warn, "by_seconds={:.3f}", domain::seconds(x.by));
  }
  void operator()(const domain::outbound_resumed& x) const {
    line(level_enum::warn, "restored={} by={}", quoted(x.restored), quoted(x.by));
  }

  // Of orders: never the place, a name or a phone number.
  void operator()(const domain::alarm_received& x) const {
    line(level_enum::info, "order={} fate={} kind={} channel={} lift={}", id_text(x.order), domain::to_string(x.fate),
         domain::to_string(x.report.kind), domain::to_string(x.report.channel), quoted(x.report.lift));
  }
  void operator()(const domain::order_changed& x) const {
    using domain::order_step;
    const bool trouble = x.step == order_step::answer_overdue || x.step == order_step::arrival_overdue ||
                         x.step == order_step::exhausted || x.step == order_step::alerted_supervisor ||
                         x.step == order_step::alerted_backup || x.step == order_step::not_rung;
    line(trouble ? level_enum::warn : level_enum::info, "order={} number={} step={} status={} level={} party={} via={}",
         id_text(x.order), x.number, domain::to_string(x.step), domain::to_string(x.to), x.level, quoted(x.party),
         domain::to_string(x.via));
  }
  void operator()(const domain::rescuer_called& x) const {
    line(level_enum::info, "order={} level={} party={} channel={} purpose={} outcome={}", id_text(x.order), x.level,
         quoted(x.party), domain::to_string(x.channel), domain::to_string(x.purpose),
         x.outcome_known ? domain::to_string(x.outcome) : "begun");
  }
  void operator()(const domain::rescuer_dialled& x) const {
    line(level_enum::info, "order={} attempt={}", id_text(x.order), domain::to_string(x.attempt));
  }
  void operator()(const domain::alert_rung& x) const {
    line(level_enum::warn, "order={} stage={} outcome={}", id_text(x.order), domain::to_string(x.stage),
         x.outcome_known ? domain::to_string(x.outcome) : "begun");
  }
  void operator()(const domain::elevators_imported& x) const {
    line(level_enum::info, "added={} changed={} unchanged={} bad_rows={}", x.added, x.changed, x.unchanged, x.bad_rows);
  }
  void operator()(const domain::party_changed& x) const {
    line(level_enum::info, "party={} removed={}", quoted(x.party), x.removed);
  }
  void operator()(const domain::recording_fetched& x) const {
    line(level_enum::info, "path={} by={} client={}", quoted(x.path), quoted(x.by), quoted(x.client));
  }
  void operator()(const domain::rescuer_link_made& x) const {
    line(level_enum::info, "order={} party={} by={} client={} expires={}", id_text(x.order), quoted(x.party),
         quoted(x.by), quoted(x.client), domain::to_rfc3339(x.expires));
  }
  void operator()(const domain::device_silence& x) const {
    line(x.silent ? level_enum::warn : level_enum::info, "lift={} silent={} last_heard={}", quoted(x.lift), x.silent,
         domain::to_rfc3339(x.last_heard));
  }
  void operator()(const domain::call_cut& x) const {
    line(level_enum::err, "hotline={} agent={} talking={} lift={}", x.hotline, x.agent, x.talking, quoted(x.lift));
  }
  void operator()(const domain::call_rung_back& x) const {
    line(level_enum::info, "hotline={} by={}", x.hotline, quoted(x.by));
  }
  void operator()(const domain::mass_event_changed& x) const {
    line(level_enum::warn, "group={} on={} orders={}", x.group, x.on, x.orders);
  }

  static std::string id_text(const domain::order_id& id) { return id.is_nil() ? "-" : domain::to_string(id); }
  static std::string quoted(const std::string& text) {
    std::string out{'"'};
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return out + '"';
  }
};

} // namespace

void event_log::on_commit(const std::vector<domain::event>& events, bool stored) {
  for (const auto& e : events)
    std::visit(line_writer{*to_, e}, e.body);
  if (!stored && !events.empty()) to_->error("journal lost {} events: the disk does not take them", events.size());
}

} // namespace lifeline::actors
