#include "domain/rescue/lift_phone_script.hpp"

#include "domain/base/phone_number.hpp"
#include "domain/voice/phases.hpp"

#include <utility>
#include <vector>

namespace lifeline::domain {

namespace {

struct lift_talk {
  lift_phone_script& s;
  instant now;
  voice::commands<lift_phone_script::request> out;

  void on(const voice::begins& e);
  void on(const voice::opened&);
  void on(const voice::no_port&);
  void on(const voice::acknowledged&) { begin_dialogue(); }
  void on(const voice::deaf&);
  void on(const voice::gone&);
  void on(const voice::pressed& e);
  void on(const voice::engine_stops&);
  void on(const voice::clock&);
  void on(const voice::picked_up&) {}
  void on(const voice::turned_down&) {}
  void on(const voice::prepared&) {}
  void on(const voice::played&) {}
  void on(const lift_reply::report_stored& e);
  void on(const lift_reply::cannot_store& e);
  void on(const lift_reply::call_seen& e);

  template <class Request> void ask(Request r) { out.emplace_back(lift_phone_script::request{std::move(r)}); }
  void hand_over();
  void dismiss();
  void leave();
  [[nodiscard]] alarm_report blank_report(report_kind kind) const;
  void store(alarm_report report, bool of_packet);
  void report_unidentified(const std::string& why, const std::string& heard);
  void report_packet(const p100_packet& p);
  void offer_due_reports();
  void begin_dialogue();
  void converse(const p100_event& e);
  void carry_out(const p100_command::send_tone& c) { ask(lift_request::send_tone{c.tone, c.again}); }
  void carry_out(const p100_command::identified& c) { report_packet(c.packet); }
  void carry_out(const p100_command::unstored& c);
  void carry_out(const p100_command::gave_up& c);
  void carry_out(const p100_command::finished&) { dismiss(); }
  [[nodiscard]] bool is_alarm() const { return s.talk.packet && s.talk.packet->type == p100_type::alarm; }
};

// ---- the end of it -----------------------------------------------------------------------------------------------

/// From now on the call's actor has the leg; what is still to be heard of is the report.
void lift_talk::hand_over() {
  if (s.handed_over) return;
  s.handed_over = true;
  s.handed = now;
  s.look = now + lift_look_again;
  ask(lift_request::hand_over{});
}

/// A test or a failure: nobody needs to hear of it any more.
void lift_talk::dismiss() {
  s.over = true;
  ask(lift_request::dismiss{});
}

void lift_talk::leave() {
  s.over = true;
  ask(lift_request::leave{});
}

/// The call has its own actor, knows what there is to know, and nothing is to be stored any more.
void lift_talk::on(const lift_reply::call_seen& e) {
  if (!s.handed_over || !e.begun) return;
  if (s.news && e.lives) {
    s.news = false;
    ask(lift_request::tell_call{});
  }
  const bool settled = !s.news || now >= s.handed + longest_lift_birth;
  if (s.reports.empty() && settled) leave();
}

void lift_talk::on(const voice::engine_stops&) {
  if (s.handed_over) return leave();
  dismiss();
}

// ---- reports -----------------------------------------------------------------------------------------------------

alarm_report lift_talk::blank_report(report_kind kind) const {
  alarm_report r;
  r.channel = report_channel::lift_phone;
  r.source = "lift-phone";
  r.kind = kind;
  r.occurred = r.received = now;
  if (is_number(s.facts.caller)) r.caller_phone = s.facts.caller;
  if (kind == report_kind::entrapment) r.call = s.facts.call;
  return r;
}

void lift_talk::store(alarm_report report, bool of_packet) {
  const auto number = ++s.last_report;
  s.reports[number] = {report, of_packet, never};
  ask(lift_request::store_report{number, std::move(report)});
}

void lift_talk::report_unidentified(const std::string& why, const std::string& heard) {
  if (std::exchange(s.reported, true)) return;
  auto r = blank_report(report_kind::entrapment);
  r.message_id = s.facts.source_id + "/voice";
  r.description = "call of a lift's phone that could not be identified";
  r.raw = heard;
  r.doubts.push_back("identification: " + why);
  store(std::move(r), false);
}

void lift_talk::report_packet(const p100_packet& p) {
  auto kind = report_kind::entrapment;
  if (p.type == p100_type::failure) kind = report_kind::device_failure;
  if (p.type == p100_type::self_test) kind = report_kind::test;
  auto r = blank_report(kind);
  r.raw = write_p100(p);
  r.message_id = s.facts.source_id + "/" + r.raw;
  r.lift_key = p.lift;
  r.code = p.code;
  if (p.type == p100_type::failure)
    r.description = "the lift's phone reports failure " + p.code + (p.code == "100" ? " (battery)" : "");
  if (p.type == p100_type::alarm) {
    s.reported = true;
    ask(lift_request::name_lift{p.lift});
  }
  store(std::move(r), true);
}

void lift_talk::on(const lift_reply::cannot_store& e) {
  const auto found = s.reports.extract(e.number);
  if (!found.empty() && found.mapped().of_packet) converse(p100_stored{false});
}

void lift_talk::on(const lift_reply::report_stored& e) {
  const auto found = s.reports.find(e.number);
  if (found == s.reports.end()) return;
  const bool of_packet = found->second.of_packet;
  const auto packet = found->second.report.raw;
  if (!e.ok && now < s.facts.arrived + lift_report_limit)
    found->second.again = now + lift_report_again;
  else
    s.reports.erase(found);
  if (!e.ok && !of_packet) return;
  const bool current = of_packet && s.talk.packet && write_p100(*s.talk.packet) == packet;
  if (e.ok) {
    if (!e.order.is_nil()) s.order = e.order;
    if (current && is_alarm()) s.packet = packet;
    ask(lift_request::learn{s.order, s.packet});
  }
  if (current) converse(p100_stored{e.ok});
  if (!e.ok) return;
  s.news = s.handed_over;
  if (!s.handed_over && current && is_alarm()) hand_over();
}

void lift_talk::offer_due_reports() {
  for (auto& [number, r] : s.reports) {
    if (r.again == never || now < r.again) continue;
    r.again = never;
    ask(lift_request::store_report{number, r.report});
  }
}

// ---- the dialogue ------------------------------------------------------------------------------------------------

void lift_talk::carry_out(const p100_command::unstored& c) {
  if (c.packet.type == p100_type::alarm) return hand_over();
  dismiss(); // not acknowledged, it will call again
}

void lift_talk::carry_out(const p100_command::gave_up& c) {
  report_unidentified(c.why, c.heard);
  hand_over();
}

void lift_talk::converse(const p100_event& e) {
  for (const auto& c : step(s.talk, e, now))
    std::visit([&](const auto& command) { carry_out(command); }, c);
}

void lift_talk::begin_dialogue() {
  if (s.answered == never || s.handed_over || s.left) return;
  converse(p100_begins{});
}

void lift_talk::on(const voice::pressed& e) {
  if (s.handed_over) return;
  if (e.by_info && !s.by_info) {
    s.by_info = true;
    s.talk.collected = {};
    if (s.talk.phase == p100_phase::reading) s.talk.phase = p100_phase::calling;
  }
  if (e.by_info == s.by_info) converse(p100_digit{e.digit});
}

// ---- the leg -----------------------------------------------------------------------------------------------------

void lift_talk::on(const voice::begins& e) {
  if (!e.offered || e.usable) return out.emplace_back(voice::open_port{}), void();
  report_unidentified("no codec in common", {});
  hand_over(); // it is refused there
}

void lift_talk::on(const voice::opened&) {
  if (s.handed_over || s.answered != never || s.left) return;
  s.answered = now;
  out.emplace_back(voice::answer{});
}

void lift_talk::on(const voice::no_port&) {
  if (s.handed_over) return;
  report_unidentified("no media port", {});
  hand_over(); // it may wait ringing
}

/// Our offer was not answered: neither tones nor a voice will ever come.
void lift_talk::on(const voice::deaf&) {
  if (s.handed_over) return;
  report_unidentified("the lift's phone has not said where it listens", {});
  ask(lift_request::hang_up{});
}

/// Somebody in a lift has called, and has gone: whatever is known of it must not be forgotten.
void lift_talk::on(const voice::gone&) {
  if (s.handed_over) return;
  s.left = true;
  ask(lift_request::remember_left{});
  if (s.talk.phase == p100_phase::storing) return; // the result decides
  if (s.talk.phase == p100_phase::acknowledged && !is_alarm()) return dismiss();
  report_unidentified("the lift's phone has hung up", s.talk.heard + s.talk.collected.digits);
  hand_over();
}

void lift_talk::on(const voice::clock&) {
  offer_due_reports();
  if (s.handed_over) {
    s.look = now + lift_look_again;
    // Whatever an answer that never comes may be, we do not wait for it for ever.
    if (now >= s.facts.arrived + 2 * lift_report_limit) s.reports.clear();
    return;
  }
  if (s.talk.begun != never) return converse(p100_clock{});
  if (s.answered != never && now >= s.answered + longest_lift_ack) return begin_dialogue();
  if (s.answered == never && now >= s.facts.arrived + s.talk.patience) {
    report_unidentified("the voice path did not open in time", {});
    hand_over();
  }
}

} // namespace

voice::commands<lift_phone_script::request> step(lift_phone_script& s, const voice::news& n, instant now) {
  auto out = voice::apply<lift_talk>(s, n, now);
  // Whether there is still anything to do for the call can be seen by others only.
  if (s.handed_over && !s.over)
    out.emplace_back(lift_phone_script::request{lift_request::look_for_call{std::holds_alternative<voice::clock>(n)}});
  return out;
}

voice::commands<lift_phone_script::request> step(lift_phone_script& s, const lift_phone_script::reply& r, instant now) {
  auto out = voice::apply<lift_talk>(s, r, now);
  if (s.handed_over && !s.over && !std::holds_alternative<lift_reply::call_seen>(r))
    out.emplace_back(lift_phone_script::request{lift_request::look_for_call{false}});
  return out;
}

instant next_deadline(const lift_phone_script& s) {
  if (s.over) return never;
  // Once handed over nobody gives the dialogue its clock any more: what it waits for must not be waited for.
  auto next = s.handed_over ? s.look : next_deadline(s.talk);
  if (!s.handed_over && s.talk.begun == never)
    next = voice::sooner(next, s.answered == never ? s.facts.arrived + s.talk.patience : s.answered + longest_lift_ack);
  for (const auto& [number, r] : s.reports)
    next = voice::sooner(next, r.again);
  return next;
}

} // namespace lifeline::domain
