#include "actors/calls/call.hpp"

#include "actors/calls/call_outlet.hpp"

#include <algorithm>
#include <stdexcept>

namespace lifeline::actors {

namespace {

using self_ptr = call_actor::stateful_pointer<call_actor_state>;

void arm(self_ptr self, domain::instant now) {
  auto& s = self->state;
  s.clock.arm(self, *s.around, domain::next_deadline(s.call), now);
}

call_outlet outlet(self_ptr self, domain::instant now) {
  return {*self->state.around, self->state.call, call_actor{self}, now};
}

/// Whoever answers a call about an alarm has taken it.
void tell_order(self_ptr self) {
  auto& s = self->state;
  const auto& c = s.call;
  if (s.order_told || c.order.is_nil() || c.connected == domain::never || s.around->alarms == nullptr) return;
  s.order_told = true;
  s.around->alarms->call_answered(c.order, c.id, c.connected, c.peer.agent);
}

/// Decide, persist, tell.
void apply(self_ptr self, const domain::call_event& e) {
  auto& s = self->state;
  if (s.muted) return;
  const auto now = s.around->now(self);
  auto commands = domain::step(s.call, e, {s.around->plan(), s.ids}, now);
  for (const auto& c : commands)
    if (const auto* ended = std::get_if<domain::command::reservation_over>(&c))
      s.around->kept.put_over(s.call.id, ended->reservation);
  if (!commands.empty()) {
    auto out = outlet(self, now);
    out.carry_out(commands);
    tell_order(self);
    if (out.finished) return self->quit();
  }
  arm(self, now);
}

domain::leg_over over_of(sip::leg_end cause) {
  switch (cause) {
  case sip::leg_end::remote_bye: return domain::leg_over::bye;
  case sip::leg_end::remote_cancel: return domain::leg_over::cancel;
  case sip::leg_end::session_expired: return domain::leg_over::session_expired;
  case sip::leg_end::no_ack: return domain::leg_over::no_ack;
  case sip::leg_end::transport: return domain::leg_over::transport;
  default: return domain::leg_over::other;
  }
}

void on_leg(self_ptr self, const sip::leg_event& e) {
  switch (e.kind) {
  case sip::leg_event_kind::progress: return apply(self, domain::peer_progress{e.leg, e.status, e.sdp});
  case sip::leg_event_kind::answered: return apply(self, domain::peer_answered{e.leg, e.sdp});
  case sip::leg_event_kind::failed: return apply(self, domain::peer_failed{e.leg, e.status});
  case sip::leg_event_kind::acked: return apply(self, domain::leg_acked{e.leg, e.sdp});
  case sip::leg_event_kind::reoffer: return apply(self, domain::leg_reoffered{e.leg, e.sdp});
  case sip::leg_event_kind::reoffer_answered: return apply(self, domain::leg_reoffer_answered{e.leg, e.status, e.sdp});
  case sip::leg_event_kind::digit:
    if (!e.text.empty()) apply(self, domain::info_digit{e.leg, e.text.front()});
    return;
  case sip::leg_event_kind::ended: return apply(self, domain::leg_ended{e.leg, over_of(e.cause)});
  case sip::leg_event_kind::alive: return self->state.around->media->note_alive(e.leg);
  }
}

/// A lift's phone that has not heard our acknowledgement sends its packet again.
void on_tone(self_ptr self, const media::endpoint_event& e) {
  auto& s = self->state;
  if (s.muted || s.call.lift_packet.empty() || e.leg != s.call.caller_leg || e.text.empty()) return;
  const auto packet = s.tones.push(e.text.front(), s.around->now(self));
  if (packet != s.call.lift_packet) return;
  s.around->media->send_tones(e.leg, std::string(1, domain::p100_acknowledge), media::tone_way::as_heard);
}

void on_endpoint(self_ptr self, const media::endpoint_event& e) {
  switch (e.kind) {
  case media::endpoint_event_kind::opened: return apply(self, domain::endpoint_opened{e.leg, {e.address, e.port}});
  case media::endpoint_event_kind::failed: return apply(self, domain::endpoint_failed{e.leg, e.text});
  case media::endpoint_event_kind::silent: return apply(self, domain::endpoint_silent{e.leg});
  case media::endpoint_event_kind::silent_on_hold: // somebody has set a limit for it
    return apply(self, domain::release_call{domain::end_cause::media_timeout});
  case media::endpoint_event_kind::play_finished: return apply(self, domain::prompt_finished{e.leg});
  case media::endpoint_event_kind::digit: return on_tone(self, e); // those for the other side go over the bridge
  case media::endpoint_event_kind::heard: return;
  }
}

void on_offer(self_ptr self, offer& o) {
  auto& s = self->state;
  // Said again after a crash. Whoever is told "superseded" here would be given the next call in the middle of the
  // conversation.
  if (domain::holds_offer(s.call, o.reservation)) return;
  if (o.epoch < s.around->who.epoch()) { // its dispatcher is gone and has closed it in the log
    tell(self, s.around->who.agents.find(o.agent),
         offer_ended{o.reservation, domain::reservation_outcome::superseded, o.queue, 0});
    return;
  }
  // Said again after a crash, when the offer had just ended: its end is on the way to agent and dispatcher.
  if (s.around->kept.is_over(s.call.id, o.reservation)) return;
  apply(self, domain::offered{o.reservation, std::move(o.queue), std::move(o.agent), std::move(o.phones)});
}

call_status status_of(const domain::call_state& s) {
  call_status f;
  f.call = s.id;
  f.hotline = s.hotline;
  f.queue = s.queue;
  f.caller = s.caller;
  f.called = s.called;
  f.phase = s.phase;
  f.arrived = s.arrived;
  f.since = s.phase_since;
  f.agent = s.peer.agent;
  f.lift = s.lift;
  f.order = s.order;
  if (f.agent.empty() && !s.offers.empty()) f.agent = s.offers.front().agent;
  return f;
}

/// Offers that the dispatcher does not know (any more) are void, an answered one as well until it is connected: the
/// dispatcher has closed them in the log, or will never hear of them.
void keep_only(self_ptr self, const std::vector<domain::reservation_id>& standing) {
  auto& s = self->state;
  if (s.muted) return;
  auto open = s.call.offers;
  if (s.call.phase == domain::call_phase::connecting) open.push_back(s.call.peer);
  for (const auto& o : open) {
    if (o.reservation.is_nil() || std::find(standing.begin(), standing.end(), o.reservation) != standing.end())
      continue;
    tell(self, s.around->who.agents.find(o.agent),
         offer_ended{o.reservation, domain::reservation_outcome::superseded, s.call.queue, 0});
    apply(self, domain::reservation_void{o.reservation, domain::reservation_outcome::superseded});
  }
}

/// What a new dispatcher does not know: offers of before are void, the place in the queue has to be taken again.
void on_dispatcher_up(self_ptr self) {
  auto& s = self->state;
  keep_only(self, {});
  if (!s.call.in_queue || s.muted) return;
  std::vector<domain::call_command> again{
      domain::command::enter_queue{s.call.queue, s.call.place, true, s.call.patient}};
  outlet(self, s.around->now(self)).carry_out(again);
}

void hear_offers(self_ptr self) {
  auto& s = self->state;
  s.offers_unheard = false;
  auto out = outlet(self, s.around->now(self));
  for (const auto& o : s.call.offers)
    if (o.invited) out.attach(o.leg); // or the gateway would say that there is no such leg
}

void on_queue_answer(self_ptr self, const queue_answer& a) {
  const auto& c = self->state.call;
  if (!a.accepted) {
    apply(self, domain::queue_refused{a.queue, a.why, a.waits_on});
  } else {
    if (c.in_queue && a.queue == c.queue) keep_only(self, a.standing);
    apply(self, domain::queue_accepted{a.queue, a.place});
  }
  if (self->state.offers_unheard) hear_offers(self);
}

/// Repeats the notice that says how the agent stands with this call.
void on_question(self_ptr self, const offer_question& q) {
  auto& s = self->state;
  const auto& c = s.call;
  const auto agent = s.around->who.agents.find(q.agent);
  const auto is_it = [&](const domain::offer_leg& o) { return o.reservation == q.reservation; };
  if (c.connected != domain::never && is_it(c.peer)) {
    if (c.phase != domain::call_phase::talking)
      return tell(self, agent, talk_ended{q.reservation, c.over - c.connected, q.queue});
    tell(self, agent, offer_connected{q.reservation, c.last_moment + s.around->plan().limits.setup_timeout});
    return tell(self, agent, talk_held{q.reservation, c.held_by_peer});
  }
  const auto offer = std::find_if(c.offers.begin(), c.offers.end(), is_it);
  if (offer != c.offers.end() || is_it(c.peer)) {
    if (offer != c.offers.end() && offer->ringing) tell(self, agent, offer_rings{q.reservation});
    return;
  }
  // Only one of the two fits what the agent believes; the other one is refused.
  constexpr auto outcome = domain::reservation_outcome::superseded;
  tell(self, s.around->who.dispatcher(), offer_result{q.reservation, outcome, domain::span{0}, 0});
  tell(self, agent, offer_ended{q.reservation, outcome, q.queue, 0});
  tell(self, agent, talk_ended{q.reservation, domain::span{0}, q.queue});
}

void on_sealed(self_ptr self, const media::recording_event& e) {
  domain::recording_info info{e.path, e.sha256, e.bytes, e.duration, false};
  apply(self, domain::recording_done{e.ok, std::move(info), e.error});
}

void on_lift_known(self_ptr self, lift_known& k) {
  auto& s = self->state;
  if (!k.lift.empty()) s.call.lift = std::move(k.lift);
  if (!k.packet.empty()) s.call.lift_packet = std::move(k.packet);
  if (!k.order.is_nil()) s.call.order = k.order;
  std::vector<domain::call_command> nothing;
  outlet(self, s.around->now(self)).carry_out(nothing); // for the checkpoint
  tell_order(self);
}

/// A call from a lift, or from somebody who has called about one, belongs to the open order. Asked once, when the
/// caller is on the way already.
void link_to_order(self_ptr self) {
  auto& s = self->state;
  auto* alarms = s.around->alarms;
  const auto& plan = s.around->plan().rescue;
  if (alarms == nullptr || s.muted || !s.call.order.is_nil() || s.call.phase == domain::call_phase::ended) return;
  domain::order_id order;
  if (!s.call.lift.empty())
    order = alarms->open_order_of(s.call.lift);
  else if (s.call.hotline == plan.hotline && domain::is_number(s.call.caller))
    order = alarms->open_order_of_caller(s.call.caller);
  if (order.is_nil()) return;
  alarms->link_call(order, s.call.id);
  lift_known known{{}, {}, order};
  on_lift_known(self, known);
}

void begin(self_ptr self, bool continued) {
  auto& s = self->state;
  const auto now = s.around->now(self);
  auto out = outlet(self, now);
  out.attach(s.call.caller_leg);
  if (!continued) {
    const bool left = s.call.signal == domain::caller_signal::gone; // a lift's phone that has hung up already
    if (left) s.call.signal = domain::caller_signal::answered;
    apply(self, domain::call_begins{});
    if (left) return apply(self, domain::leg_ended{s.call.caller_leg, domain::leg_over::bye});
    // Taken in just before the drain was told: nobody else will release it.
    // (An emergency, and a lift's phone that was taken in some seconds earlier: only the end of all calls is its end.)
    const auto* hotline = s.around->plan().find_hotline(s.call.hotline);
    const bool stays = s.call.arrives_answered || (hotline != nullptr && hotline->emergency);
    const bool ends = stays ? s.around->releasing : s.around->draining;
    if (ends) apply(self, domain::release_call{domain::end_cause::engine_stopped});
    return link_to_order(self);
  }
  // A phone may have answered by now, for an offer that a new dispatcher does not know: that one would take the caller
  // for waiting while it talks. So the dispatcher is heard first.
  if (s.call.in_queue)
    s.offers_unheard = true;
  else
    hear_offers(self);
  if (!s.call.peer.leg.is_nil()) out.attach(s.call.peer.leg);
  auto commands = domain::resume(s.call);
  out.carry_out(commands);
  tell_order(self); // once more: it changes nothing
  arm(self, now);
  if (s.call.recording_phase == domain::recording_state::sealing)
    if (const auto sealed = s.around->kept.recording(s.call.id)) on_sealed(self, *sealed);
}

} // namespace

call_actor::behavior_type call(self_ptr self, surroundings_ptr around, domain::call_state state, bool continued) {
  harden(self);
  auto& s = self->state;
  s.around = std::move(around);
  s.call = std::move(state);
  s.ids = s.around->new_ids(s.call.id.lo ^ (continued ? s.call.id.hi + s.call.offers_made + 1 : 0));
  s.around->who.live_calls.enter(s.call.id, call_actor{self}); // before anybody can want to answer it
  begin(self, continued);
  return {
      [self](const sip::leg_event& e) { on_leg(self, e); },
      [self](const media::endpoint_event& e) { on_endpoint(self, e); },
      [self](const media::recording_event& e) { on_sealed(self, e); },
      [self](offer& o) { on_offer(self, o); },
      [self](offer_phones& o) {
        apply(self, domain::phones_changed{o.reservation, std::move(o.phones)});
      },
      [self](const reroute_order& o) { apply(self, domain::rerouted{o.why}); },
      [self](const offer_question& q) { on_question(self, q); },
      [self](const queue_answer& a) { on_queue_answer(self, a); },
      [self](const overflow_order& o) {
        apply(self, domain::overflow_due{o.queue, o.why});
      },
      [self](const reservation_cancelled& c) {
        self->state.around->kept.put_over(self->state.call.id, c.reservation);
        apply(self, domain::reservation_void{c.reservation, c.outcome});
      },
      [self](const line_reply& r) { apply(self, domain::line_answer{r.granted}); },
      [self](const release_order& r) { apply(self, domain::release_call{r.cause}); },
      [self](lift_known& k) { on_lift_known(self, k); },
      [self](get_call) { return status_of(self->state.call); },
      [self](const dispatcher_up&) { on_dispatcher_up(self); },
      [](const crash_order& c) { throw std::runtime_error(c.why); },
      [self](const mute_order&) { self->state.muted = true; },
      [self](const wake& w) {
        if (self->state.clock.came(w)) apply(self, domain::call_clock{});
      },
  };
}

} // namespace lifeline::actors
