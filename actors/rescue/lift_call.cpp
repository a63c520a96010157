#include "actors/rescue/lift_call.hpp"

#include "domain/base/phone_number.hpp"

#include "actors/core/checkpoints.hpp"
#include "actors/core/leg_mailbox.hpp"
#include "actors/rescue/rescue_operations.hpp"
#include "actors/rescue/rescue_port.hpp"
#include "storage/tables.hpp"

#include <algorithm>
#include <stdexcept>

namespace lifeline::actors {

namespace {

using namespace std::chrono_literals;
using self_ptr = caf::stateful_actor<lift_call_state>*;

/// The ACK opens the voice path; without one it is tried nevertheless.
constexpr domain::span longest_ack = 1s;
/// Of the call's actor.
constexpr domain::span longest_birth = 5s;
/// Until the supervisor has taken the call over.
constexpr domain::span hand_over_again = 250ms;

std::string key_of(const lift_call_state& s) { return storage::call_key{s.call.id}.encode(); }

void keep(const lift_call_state& s) { s.around->kept.put(storage::table::live_calls, key_of(s), encode_call(s.call)); }

// ---- time --------------------------------------------------------------------------------------------------------

domain::instant next_moment(const lift_call_state& s) {
  // Once handed over nobody gives the dialogue its clock any more: what it waits for must not be waited for.
  auto next = s.handed_over ? domain::never : domain::next_deadline(s.talk);
  const auto sooner = [&](domain::instant t) {
    if (t != domain::never && (next == domain::never || t < next)) next = t;
  };
  if (!s.handed_over && s.talk.begun == domain::never)
    sooner(s.answered == domain::never ? s.arrived + s.talk.patience : s.answered + longest_ack);
  for (const auto& [number, r] : s.reports)
    sooner(r.again);
  return next;
}

void arm(self_ptr self) {
  auto& s = self->state;
  const auto now = s.around->now(self);
  auto due = next_moment(s);
  if (s.handed_over) { // the supervisor may have crashed under our message
    const auto look = now + hand_over_again;
    due = due == domain::never ? look : std::min(due, look);
  }
  s.clock.arm(self, *s.around, due, now);
}

// ---- the end of it -----------------------------------------------------------------------------------------------

void ask_for_call(self_ptr self) {
  tell(self, self->state.around->who.calls.get(), lift_call_ready{self->state.call.id, self->id()});
}

/// From now on the call actor has the leg; what is still to be heard of is the report.
void hand_over(self_ptr self) {
  auto& s = self->state;
  if (s.handed_over) return;
  s.handed_over = true;
  s.handed = s.around->now(self);
  keep(s);
  ask_for_call(self);
}

/// A test or a failure: nobody needs to hear of it any more.
void close(self_ptr self) {
  auto& s = self->state;
  s.around->kept.erase(storage::table::live_calls, key_of(s));
  if (!s.left && s.call.arrives_answered)
    s.around->sip->hang_up(s.call.caller_leg);
  else if (!s.left)
    s.around->sip->refuse(s.call.caller_leg, 503, "Service Unavailable", 5s);
  s.around->media->close(s.call.caller_leg);
  self->quit();
}

/// The call has its own actor, knows what there is to know, and nothing is to be stored any more.
void leave_if_done(self_ptr self) {
  auto& s = self->state;
  if (!s.handed_over || s.around->who.lift_calls.has(s.call.id)) return;
  const auto call = s.around->who.live_calls.find(s.call.id);
  if (s.news && call) {
    s.news = false;
    self->send(call, lift_known{s.call.lift, s.call.lift_packet, s.call.order});
  }
  // No actor: it has just been spawned, or has ended.
  const bool settled = !s.news || s.around->now(self) >= s.handed + longest_birth;
  if (s.reports.empty() && settled) self->quit();
}

// ---- reports -----------------------------------------------------------------------------------------------------

domain::alarm_report blank_report(self_ptr self, domain::report_kind kind) {
  auto& s = self->state;
  domain::alarm_report r;
  r.channel = domain::report_channel::lift_phone;
  r.source = "lift-phone";
  r.kind = kind;
  r.occurred = r.received = s.around->now(self);
  if (domain::is_number(s.call.caller)) r.caller_phone = s.call.caller;
  if (kind == domain::report_kind::entrapment) r.call = s.call.id;
  return r;
}

void offer_report(self_ptr self, std::uint64_t number) {
  auto& s = self->state;
  auto& open = s.reports.at(number);
  open.again = domain::never;
  const auto me = caf::actor_cast<caf::actor>(self);
  s.around->rescue->report(open.report, [me, number](const tl::expected<report_receipt, std::string>& receipt) {
    caf::anon_send(me, lift_stored{number, receipt.has_value(), receipt ? receipt->order : domain::order_id{}});
  });
}

/// False: there is nobody to store it.
bool store(self_ptr self, domain::alarm_report report, bool of_packet) {
  auto& s = self->state;
  if (s.around->rescue == nullptr) return false;
  const auto number = ++s.last_report;
  s.reports[number] = {std::move(report), of_packet, domain::never};
  offer_report(self, number);
  return true;
}

void report_unidentified(self_ptr self, const std::string& why, const std::string& heard) {
  auto& s = self->state;
  if (std::exchange(s.reported, true)) return;
  auto r = blank_report(self, domain::report_kind::entrapment);
  r.message_id = s.sip_call_id + "/voice";
  r.description = "call of a lift's phone that could not be identified";
  r.raw = heard;
  r.doubts.push_back("identification: " + why);
  (void)store(self, std::move(r), false);
}

/// The packet as a report. False: there is nobody to store it.
bool report_packet(self_ptr self, const domain::p100_packet& packet) {
  auto& s = self->state;
  using domain::p100_type;
  auto kind = domain::report_kind::entrapment;
  if (packet.type == p100_type::failure) kind = domain::report_kind::device_failure;
  if (packet.type == p100_type::self_test) kind = domain::report_kind::test;
  auto r = blank_report(self, kind);
  r.raw = domain::write_p100(packet);
  r.message_id = s.sip_call_id + "/" + r.raw;
  r.lift_key = packet.lift;
  r.code = packet.code;
  if (packet.type == p100_type::failure)
    r.description = "the lift's phone reports failure " + packet.code + (packet.code == "100" ? " (battery)" : "");
  if (packet.type == p100_type::alarm) {
    s.reported = true;
    s.call.lift = packet.lift;
    if (s.around->rescue != nullptr)
      if (const auto lift = s.around->rescue->lift(packet.lift)) s.call.lift = lift->rescue_code;
    keep(s); // whoever takes over from here knows the lift
  }
  return store(self, std::move(r), true);
}

// ---- the dialogue ------------------------------------------------------------------------------------------------

bool is_alarm(const lift_call_state& s) { return s.talk.packet && s.talk.packet->type == domain::p100_type::alarm; }

void converse(self_ptr self, const domain::p100_event& e);

void carry_out(self_ptr self, const domain::p100_command_type& c) {
  auto& s = self->state;
  using namespace domain::p100_command;
  if (const auto* tone = std::get_if<send_tone>(&c)) {
    const auto way = tone->again ? media::tone_way::both : media::tone_way::as_heard;
    s.around->media->send_tones(s.call.caller_leg, std::string(1, tone->tone), way);
  } else if (const auto* found = std::get_if<identified>(&c)) {
    if (!report_packet(self, found->packet)) converse(self, domain::p100_stored{false});
  } else if (const auto* missed = std::get_if<unstored>(&c)) {
    if (missed->packet.type == domain::p100_type::alarm) return hand_over(self);
    return close(self); // not acknowledged, it will call again
  } else if (const auto* lost = std::get_if<gave_up>(&c)) {
    report_unidentified(self, lost->why, lost->heard);
    hand_over(self);
  } else {
    close(self);
  }
}

void converse(self_ptr self, const domain::p100_event& e) {
  auto& s = self->state;
  for (const auto& c : domain::step(s.talk, e, s.around->now(self)))
    carry_out(self, c);
}

void begin_dialogue(self_ptr self) {
  auto& s = self->state;
  if (!s.call.arrives_answered || s.handed_over || s.left) return;
  converse(self, domain::p100_begins{});
}

void on_digit(self_ptr self, const std::string& text, bool info) {
  auto& s = self->state;
  if (text.empty() || s.handed_over) return;
  if (info && !s.by_info) {
    s.by_info = true;
    s.talk.collected = {};
    if (s.talk.phase == domain::p100_phase::reading) s.talk.phase = domain::p100_phase::calling;
  }
  if (info == s.by_info) converse(self, domain::p100_digit{text.front()});
}

void on_stored(self_ptr self, const lift_stored& e) {
  auto& s = self->state;
  const auto found = s.reports.find(e.number);
  if (found == s.reports.end()) return;
  const auto now = s.around->now(self);
  const bool of_packet = found->second.of_packet;
  const auto packet = found->second.report.raw;
  if (!e.ok && now < s.arrived + lift_report_limit)
    found->second.again = now + lift_report_again;
  else
    s.reports.erase(found);
  if (!e.ok && !of_packet) return;
  if (e.ok && !e.order.is_nil()) s.call.order = e.order;
  const bool current = of_packet && s.talk.packet && domain::write_p100(*s.talk.packet) == packet;
  if (current) {
    if (e.ok && is_alarm(s)) s.call.lift_packet = packet;
    converse(self, domain::p100_stored{e.ok});
  }
  if (!e.ok) return;
  s.news = s.handed_over;
  if (!s.handed_over && current && is_alarm(s)) hand_over(self);
}

// ---- the leg -----------------------------------------------------------------------------------------------------

void on_endpoint(self_ptr self, const media::endpoint_event& e) {
  auto& s = self->state;
  if (s.handed_over) return;
  switch (e.kind) {
  case media::endpoint_event_kind::opened: {
    if (s.call.arrives_answered || s.left) return;
    s.answered = s.around->now(self);
    s.call.local = {e.address, e.port};
    s.call.endpoint = domain::endpoint_state::open;
    s.call.signal = domain::caller_signal::answered;
    s.call.arrives_answered = true;
    if (s.call.caller_offer.present) s.call.caller_media = s.call.caller_offer;
    keep(s); // persist first, tell then
    const auto& offer = s.call.caller_offer;
    s.around->sip->answer(s.call.caller_leg,
                          offer.present ? domain::make_answer(offer, s.call.local) : domain::make_offer(s.call.local));
    if (offer.present) s.around->media->set_remote(s.call.caller_leg, offer);
    s.around->media->listen_tones(s.call.caller_leg, true);
    return;
  }
  case media::endpoint_event_kind::failed:
    report_unidentified(self, "no media port", {});
    return hand_over(self); // it may wait ringing
  case media::endpoint_event_kind::digit: return on_digit(self, e.text, false);
  default: return;
  }
}

void on_reoffer(self_ptr self, const sip::leg_event& e) {
  auto& s = self->state;
  if (!s.call.arrives_answered) return s.around->sip->refuse_reoffer(e.leg, 491, "Request Pending");
  if (!e.sdp.present) return s.around->sip->answer_reoffer(e.leg, domain::make_offer(s.call.local));
  if (!domain::is_usable(e.sdp)) return s.around->sip->refuse_reoffer(e.leg, 488, "Not Acceptable Here");
  s.call.caller_media = e.sdp;
  keep(s);
  s.around->media->set_remote(e.leg, e.sdp);
  s.around->sip->answer_reoffer(e.leg, domain::make_answer(e.sdp, s.call.local));
}

/// Somebody in a lift has called, and has gone: whatever is known of it must not be forgotten.
void on_left(self_ptr self) {
  auto& s = self->state;
  s.left = true;
  s.call.signal = domain::caller_signal::gone; // the call will begin with its end
  keep(s);
  using domain::p100_phase;
  if (s.talk.phase == p100_phase::storing) return; // the result decides
  if (s.talk.phase == p100_phase::acknowledged && !is_alarm(s)) return close(self);
  report_unidentified(self, "the lift's phone has hung up", s.talk.heard + s.talk.collected.digits);
  hand_over(self);
}

void on_acked(self_ptr self, const sip::leg_event& e) {
  auto& s = self->state;
  if (domain::is_usable(e.sdp)) {
    s.call.caller_media = e.sdp;
    keep(s);
    s.around->media->set_remote(e.leg, e.sdp);
  } else if (!s.call.caller_media.present) { // our offer was not answered: neither tones nor a voice will ever come
    report_unidentified(self, "the lift's phone has not said where it listens", {});
    return s.around->sip->hang_up(e.leg);
  }
  begin_dialogue(self);
}

void on_leg(self_ptr self, const sip::leg_event& e) {
  auto& s = self->state;
  if (s.handed_over) return;
  switch (e.kind) {
  case sip::leg_event_kind::acked: return on_acked(self, e);
  case sip::leg_event_kind::digit: return on_digit(self, e.text, true);
  case sip::leg_event_kind::reoffer: return on_reoffer(self, e);
  case sip::leg_event_kind::ended: return on_left(self);
  default: return;
  }
}

void on_wake(self_ptr self, const wake& w) {
  auto& s = self->state;
  if (!s.clock.came(w)) return;
  if (s.around->releasing) return s.handed_over ? self->quit() : close(self); // the engine ends
  const auto now = s.around->now(self);
  std::vector<std::uint64_t> due;
  for (const auto& [number, r] : s.reports)
    if (r.again != domain::never && now >= r.again) due.push_back(number);
  for (const auto number : due)
    offer_report(self, number);
  if (s.handed_over) {
    // Whatever an answer that never comes may be, we do not wait for it for ever.
    if (now >= s.arrived + 2 * lift_report_limit) s.reports.clear();
    if (s.around->who.lift_calls.has(s.call.id)) ask_for_call(self);
    return;
  }
  if (s.talk.begun != domain::never) return converse(self, domain::p100_clock{});
  if (s.answered != domain::never && now >= s.answered + longest_ack) return begin_dialogue(self);
  if (s.answered == domain::never && now >= s.arrived + s.talk.patience) {
    report_unidentified(self, "the voice path did not open in time", {});
    hand_over(self);
  }
}

template <class Handler> auto handled(self_ptr self, Handler handler) {
  handler();
  leave_if_done(self);
  arm(self);
}

caf::behavior lift_call(self_ptr self, rescue_surroundings_ptr around, domain::call_state call,
                        std::string sip_call_id) {
  harden(self);
  auto& s = self->state;
  s.around = std::move(around);
  s.call = std::move(call);
  s.sip_call_id = sip_call_id.empty() ? domain::to_string(s.call.id) : std::move(sip_call_id);
  s.arrived = s.call.arrived;
  s.talk.patience = s.around->plan().rescue.lift_phone_patience;
  const auto me = caf::actor_cast<caf::actor>(self);
  s.around->who.lift_calls.enter(s.call.id, me); // before anything that it begins can have an end
  s.around->sip->attach(s.call.caller_leg, std::make_shared<leg_mailbox<caf::actor>>(me));
  if (s.call.caller_offer.present && !domain::is_usable(s.call.caller_offer)) {
    report_unidentified(self, "no codec in common", {});
    hand_over(self); // it is refused there
  } else
    s.around->media->open(s.call.caller_leg, std::make_shared<endpoint_mailbox>(me));
  arm(self);
  return {
      [self](const media::endpoint_event& e) { handled(self, [&] { on_endpoint(self, e); }); },
      [self](const sip::leg_event& e) { handled(self, [&] { on_leg(self, e); }); },
      [self](const lift_stored& e) { handled(self, [&] { on_stored(self, e); }); },
      [self](const wake& w) { handled(self, [&] { on_wake(self, w); }); },
      [self](const release_order&) {
        if (!self->state.handed_over) close(self);
      },
      [](const crash_order& c) { throw std::runtime_error(c.why); },
  };
}

} // namespace

caf::actor spawn_lift_call(caf::actor_system& system, const rescue_surroundings_ptr& around, domain::call_state call,
                           const std::string& sip_call_id) {
  return system.spawn(lift_call, around, std::move(call), sip_call_id);
}

} // namespace lifeline::actors
