// Phones being called for a waiting caller, and the moment when one of them answers.

#include "domain/calls/call_rules.hpp"

#include <algorithm>

namespace lifeline::domain::detail {

offer_leg* call_rules::find_offer(const leg_id& leg) {
  const auto it = std::find_if(s.offers.begin(), s.offers.end(), [&](const offer_leg& o) { return o.leg == leg; });
  return it == s.offers.end() ? nullptr : &*it;
}

void call_rules::on(const offered& e) {
  // Said again after a crash, perhaps with no phone any more: those that are being called, or have answered, go on.
  if (holds_offer(s, e.reservation)) return;
  if (!wants_agent() || !s.in_queue || e.queue != s.queue || e.phones.empty()) {
    auto outcome = reservation_outcome::caller_gone;
    if (s.phase == call_phase::connecting || s.phase == call_phase::talking) outcome = reservation_outcome::lost_race;
    if (e.phones.empty()) outcome = reservation_outcome::unreachable;
    add(command::reservation_over{e.reservation, outcome, span{0}, 0});
    add(command::tell_over{e.agent, e.reservation, outcome, e.queue, 0});
    if (!wants_agent()) add(command::leave_queue{}); // a new dispatcher may take it for waiting
    return;
  }
  ++s.offers_made;
  for (const auto& phone : e.phones) {
    offer_leg o;
    o.leg = env.ids.next<leg_id>(now);
    o.reservation = e.reservation;
    o.agent = e.agent;
    o.target = phone;
    call_phone(std::move(o));
  }
}

void call_rules::call_phone(offer_leg o) {
  o.started = now;
  o.deadline = now + (o.reservation.is_nil() ? queue().overflow_ring_timeout : queue().ring_timeout) + offer_margin;
  enter(call_phase::offering);
  s.offers.push_back(std::move(o));
  auto& offer = s.offers.back();
  if (!anchored()) return invite(offer);
  add(command::open_endpoint{offer.leg});
  if (s.endpoint == endpoint_state::none) { // it will be needed at once when the phone is answered
    s.endpoint = endpoint_state::opening;
    add(command::open_endpoint{s.caller_leg});
  }
}

void call_rules::invite(offer_leg& o) {
  const bool external = o.reservation.is_nil();
  auto sdp = anchored() ? make_offer(o.local) : s.caller_offer;
  o.invited = true;
  add(command::invite{o.leg, o.target, external, std::move(sdp),
                      external ? queue().overflow_ring_timeout : queue().ring_timeout});
}

void call_rules::on(const endpoint_opened& e) {
  if (e.leg == s.caller_leg) {
    s.endpoint = endpoint_state::open;
    s.local = e.local;
    if (s.phase == call_phase::greeting && !s.playing) return begin_greeting();
    if (s.phase == call_phase::connecting) complete_connect();
    return;
  }
  auto* o = find_offer(e.leg);
  if (o == nullptr || o->invited) return;
  o->local = e.local;
  invite(*o);
}

void call_rules::on(const endpoint_failed& e) {
  if (e.leg == s.caller_leg) {
    s.endpoint = endpoint_state::none;
    if (s.phase == call_phase::greeting) { // without media the caller can still wait, ringing
      if (s.signal != caller_signal::answered) {
        add(command::ring{s.caller_leg});
        s.signal = caller_signal::ringing;
      }
      return enter_queue(s.queue);
    }
    if (s.phase == call_phase::connecting) media_failed("No media port");
    return;
  }
  if (find_offer(e.leg) == nullptr) return;
  // Our fault, not the agent's: `refused` counts as no miss, and the agent is left alone for a moment, or every caller
  // would be offered to every agent without a pause until a port is free.
  drop_offers([&](const offer_leg& o) { return o.leg == e.leg; }, reservation_outcome::refused, {});
  settle_phase();
}

void call_rules::on(const phones_changed& e) {
  const auto first = std::find_if(s.offers.begin(), s.offers.end(), [&](const offer_leg& o) {
    return !e.reservation.is_nil() && o.reservation == e.reservation;
  });
  if (first == s.offers.end()) return;
  const auto agent = first->agent;
  for (const auto& phone : e.phones) {
    const bool called = std::any_of(s.offers.begin(), s.offers.end(), [&](const offer_leg& o) {
      return o.reservation == e.reservation && o.target.uri == phone.uri && o.target.route == phone.route;
    });
    if (called) continue;
    offer_leg o;
    o.leg = env.ids.next<leg_id>(now);
    o.reservation = e.reservation;
    o.agent = agent;
    o.target = phone;
    call_phone(std::move(o)); // legs to addresses that are no longer registered end by themselves
  }
}

/// A number's announcement or ringing tone instead of the queue's music: the caller hears what becomes of the call.
void call_rules::hear_early(offer_leg& o, const session_description& sdp) {
  if (!anchored() || o.heard || !o.reservation.is_nil() || sdp.port == 0 || preferred_codec(sdp) == nullptr) return;
  if (s.endpoint != endpoint_state::open) return;
  if (s.signal == caller_signal::ringing && s.caller_offer.present) present_caller(caller_signal::early_media);
  if (s.signal != caller_signal::early_media && s.signal != caller_signal::answered) return;
  o.heard = true;
  add(command::set_remote{o.leg, sdp});
  stop_playing();
  add(command::bridge{s.caller_leg, o.leg});
}

void call_rules::stop_playing() {
  if (s.playing) add(command::stop_play{s.caller_leg});
  s.playing = s.greeting = false;
}

void call_rules::on(const peer_progress& e) {
  auto* o = find_offer(e.leg);
  if (o != nullptr && e.sdp.present) hear_early(*o, e.sdp);
  if (o == nullptr || o->ringing) return;
  o->ringing = true;
  o->rang = now;
  if (o->reservation.is_nil()) return;
  log(agent_ringing{o->reservation, o->agent, o->leg});
  add(command::tell_ringing{o->agent, o->reservation});
}

void call_rules::on(const peer_failed& e) {
  const auto* o = find_offer(e.leg);
  if (o == nullptr) return;
  const auto outcome = outcome_of_status(e.status, o->ringing);
  const auto failed = *o;
  std::erase_if(s.offers, [&](const offer_leg& x) { return x.leg == e.leg; });
  if (anchored()) add(command::close_endpoint{e.leg});
  if (failed.heard) start_music();
  const auto same = [&](const offer_leg& x) {
    return !failed.reservation.is_nil() && x.reservation == failed.reservation;
  };
  const bool others = std::any_of(s.offers.begin(), s.offers.end(), same);
  const bool refused = takes_no_call(e.status, failed.ringing);
  if (!others)
    end_offer(failed, outcome, e.status, refused);
  else if (outcome == reservation_outcome::rejected && !refused) // a person said no: the other phones stop as well
    drop_offers(same, outcome, reason_elsewhere, e.status);
  settle_phase();
}

void call_rules::end_offer(const offer_leg& o, reservation_outcome outcome, int status, bool refused) {
  if (o.reservation.is_nil()) return number_failed();
  const auto rang = o.rang == never ? span{0} : now - o.rang;
  add(command::reservation_over{o.reservation, outcome, rang, status});
  add(command::tell_over{o.agent, o.reservation, outcome, s.queue, refused ? status : 0});
}

void call_rules::settle_phase() {
  if (s.phase == call_phase::offering && s.offers.empty()) enter(call_phase::waiting);
}

void call_rules::on(const reservation_void& e) {
  std::vector<offer_leg> gone;
  for (const auto& o : s.offers)
    if (!e.reservation.is_nil() && o.reservation == e.reservation) gone.push_back(o);
  std::erase_if(s.offers,
                [&](const offer_leg& o) { return o.reservation == e.reservation && !o.reservation.is_nil(); });
  for (const auto& o : gone) { // the dispatcher has told the agent already
    if (o.invited) add(command::hang_up{o.leg, {}});
    if (anchored()) add(command::close_endpoint{o.leg});
  }
  if (s.phase == call_phase::connecting && !e.reservation.is_nil() && s.peer.reservation == e.reservation) {
    // The agent was taken back before the caller's side was ready: whoever is told "free" must not be bridged.
    add(command::hang_up{s.peer.leg, {}});
    if (anchored()) add(command::close_endpoint{s.peer.leg});
    return wait_again();
  }
  settle_phase();
}

void call_rules::on(const peer_answered& e) {
  auto* o = find_offer(e.leg);
  if (o == nullptr || !wants_agent()) { // it lost a race; the gateway ends what we hung up, this makes sure
    if (e.leg != s.peer.leg) add(command::hang_up{e.leg, reason_elsewhere});
    return;
  }
  if (!e.sdp.present || e.sdp.port == 0 || (anchored() && preferred_codec(e.sdp) == nullptr)) {
    add(command::hang_up{e.leg, "SIP;cause=488;text=\"No codec in common\""});
    return on(peer_failed{e.leg, 488});
  }
  s.peer = *o;
  s.peer_media = e.sdp;
  std::erase_if(s.offers, [&](const offer_leg& x) { return x.leg == e.leg; });
  // The agent's own other phones stop without ending the reservation, which has just been won.
  for (const auto& x : s.offers) {
    if (x.reservation != s.peer.reservation || x.reservation.is_nil()) continue;
    if (x.invited) add(command::hang_up{x.leg, reason_elsewhere});
    if (anchored()) add(command::close_endpoint{x.leg});
  }
  std::erase_if(s.offers,
                [&](const offer_leg& x) { return !x.reservation.is_nil() && x.reservation == s.peer.reservation; });
  enter(call_phase::connecting, now + env.plan.limits.setup_timeout);
  // First, so that no other agent is reserved for a caller whom a number has answered.
  if (s.peer.reservation.is_nil() && s.in_queue) add(command::leave_queue{});
  drop_offers([](const offer_leg&) { return true; }, reservation_outcome::lost_race, reason_elsewhere);
  if (anchored()) add(command::set_remote{s.peer.leg, s.peer_media});
  if (!anchored() || s.endpoint == endpoint_state::open) return complete_connect();
  // Its first try had failed, or takes long: opening what is open only repeats the answer, which may have been lost.
  s.endpoint = endpoint_state::opening;
  add(command::open_endpoint{s.caller_leg});
}

void call_rules::complete_connect() {
  if (anchored()) {
    if (s.signal != caller_signal::answered) present_caller(caller_signal::answered);
    stop_playing();
    add(command::bridge{s.caller_leg, s.peer.leg});
  } else if (s.signal != caller_signal::answered) {
    add(command::answer{s.caller_leg, s.peer_media});
    s.signal = caller_signal::answered;
    s.caller_media = s.caller_offer; // not present: their answer comes with the ACK
  }
  s.connected = now;
  s.overflow_retry = never;
  const bool external = s.peer.reservation.is_nil();
  const auto waited = s.queued == never ? span{0} : now - s.queued;
  s.outcome = external ? call_outcome::overflowed : call_outcome::answered;
  if (external) {
    leave_queue(queue_outcome::overflowed);
    add(command::leave_queue{});
  } else {
    leave_queue(queue_outcome::answered);
    const auto rang = s.peer.rang == never ? span{0} : now - s.peer.rang;
    add(command::reservation_over{s.peer.reservation, reservation_outcome::connected, rang, 0});
    add(command::tell_connected{s.peer.agent, s.peer.reservation, s.last_moment + env.plan.limits.setup_timeout});
  }
  log(call_connected{s.peer.reservation, s.peer.agent, s.peer.external, s.queue, waited, now - s.arrived});
  if (anchored() && hotline().record) {
    s.recording_phase = recording_state::running;
    s.recording.path = recording_path(recording_of(s.id), now);
    add(command::start_recording{s.caller_leg, s.peer.leg, s.recording.path});
    log(recording_started{s.recording.path});
  }
  enter(call_phase::talking);
}

/// Somebody has answered, and there is no sound for the caller's side: our fault, not the agent's. An emergency waits
/// again, for the next try may find a port; the agent is left alone for a moment.
void call_rules::media_failed(const std::string& why) {
  if (!hotline().emergency) return end_call(call_outcome::failed, end_cause::internal_error, 500, why);
  const auto lost = s.peer;
  add(command::hang_up{lost.leg, {}});
  if (anchored()) add(command::close_endpoint{lost.leg});
  wait_again();
  end_offer(lost, reservation_outcome::refused);
}

void call_rules::peer_lost_before_connect() {
  const auto lost = s.peer;
  if (anchored()) add(command::close_endpoint{lost.leg});
  wait_again();
  end_offer(lost, reservation_outcome::unreachable);
}

void call_rules::wait_again() {
  s.peer = {};
  s.peer_media = {};
  enter(call_phase::waiting);
  // An answered number had taken the caller out of the queue; for an agent's offer this repeats what is known.
  if (s.in_queue) add(command::enter_queue{s.queue, s.place, true, s.patient});
  // A number that rang meanwhile was dropped: the numbers are tried again.
  if (s.patient && s.overflow_retry == never && !overflow_numbers().empty()) s.overflow_retry = now + overflow_pause;
}

} // namespace lifeline::domain::detail
