// The conversation, hold, and the end.

#include "domain/calls/call_rules.hpp"

namespace lifeline::domain::detail {

namespace {

end_cause cause_of(leg_over why, bool by_caller) {
  switch (why) {
  case leg_over::bye: return by_caller ? end_cause::caller_hung_up : end_cause::agent_hung_up;
  case leg_over::cancel: return end_cause::caller_cancelled;
  case leg_over::session_expired:
  case leg_over::no_ack: return end_cause::session_expired;
  case leg_over::transport:
  case leg_over::other: break;
  }
  return end_cause::internal_error;
}

} // namespace

void call_rules::on(const leg_acked& e) {
  const bool by_caller = e.leg == s.caller_leg;
  const bool answer_owed = by_caller && !s.caller_offer.present && !s.caller_media.present;
  if (answer_owed && s.signal == caller_signal::answered) return take_first_answer(e.sdp);
  if (!e.sdp.present || (!by_caller && e.leg != s.peer.leg)) return; // the usual ACK says nothing new
  // The answer to our offer in a re-INVITE that came without one. One that nobody can use leaves everything as it was,
  // as any re-INVITE that fails (RFC 3261, 14.1).
  if (!anchored()) return pass_on_answer(e.sdp, by_caller);
  if (!is_usable(e.sdp)) return;
  (by_caller ? s.caller_media : s.peer_media) = e.sdp;
  add(command::set_remote{e.leg, e.sdp});
  if (s.phase == call_phase::talking) set_held(by_caller, is_hold(e.sdp));
}

/// Our 2xx carried the offer: without an answer in the ACK there is no session, and nobody to be heard. (RFC 3261,
/// 13.2.2.4: what cannot be used is acknowledged, then ended.)
void call_rules::take_first_answer(const session_description& sdp) {
  if (anchored() ? !is_usable(sdp) : !sdp.present)
    return end_call(s.connected != never ? s.outcome : call_outcome::failed, end_cause::rejected_media, 488,
                    "Not Acceptable Here");
  s.caller_media = sdp;
  if (anchored())
    add(command::set_remote{s.caller_leg, sdp});
  else if (!s.peer.leg.is_nil())
    add(command::acknowledge{s.peer.leg, sdp});
}

/// Direct media: the other side learns of what has changed.
void call_rules::pass_on_answer(const session_description& sdp, bool by_caller) {
  auto& known = by_caller ? s.caller_media : s.peer_media;
  if (s.phase != call_phase::talking || sdp.raw == known.raw) return;
  known = sdp;
  add(command::reoffer{by_caller ? s.peer.leg : s.caller_leg, sdp});
  set_held(by_caller, is_hold(sdp));
}

void call_rules::on(const info_digit& e) {
  if (s.phase != call_phase::talking || !anchored()) return;
  if (e.leg == s.caller_leg) add(command::send_digit{s.peer.leg, e.digit});
  if (e.leg == s.peer.leg) add(command::send_digit{s.caller_leg, e.digit});
}

void call_rules::on(const endpoint_silent& e) {
  // Only in a conversation: a waiting caller may well be silent, and must never be dropped for it.
  if (s.phase != call_phase::talking || (e.leg != s.caller_leg && e.leg != s.peer.leg)) return;
  // Nor while either side holds the call: nobody owes us any sound then (RFC 3264, 8.4). It was told before the hold.
  if (s.held_by_caller || s.held_by_peer) return;
  end_call(s.outcome, end_cause::media_timeout, 480, "Media timeout");
}

void call_rules::on(const leg_reoffered& e) {
  const bool by_caller = e.leg == s.caller_leg;
  const bool by_peer = s.phase == call_phase::talking && e.leg == s.peer.leg;
  if (!by_caller && !by_peer) {
    add(command::refuse_reoffer{e.leg, 491, "Request Pending"});
    return;
  }
  if (anchored()) return answer_hold(e, by_caller);
  if (s.phase != call_phase::talking || !s.reoffer_from.is_nil()) {
    add(command::refuse_reoffer{e.leg, 491, "Request Pending"});
    return;
  }
  if (!e.sdp.present) { // they want an offer: the other side's, as far as it is known; nobody else has to be asked
    const auto& known = by_caller ? s.peer_media : s.caller_media;
    if (known.present) return add(command::answer_reoffer{e.leg, known});
    return add(command::refuse_reoffer{e.leg, 488, "Not Acceptable Here"});
  }
  s.reoffer_from = e.leg;
  s.reoffer_sdp = e.sdp;
  add(command::reoffer{by_caller ? s.peer.leg : s.caller_leg, e.sdp});
}

void call_rules::on(const leg_reoffer_answered& e) {
  if (s.phase != call_phase::talking || s.reoffer_from.is_nil() || e.leg == s.reoffer_from) return;
  const auto from = s.reoffer_from;
  s.reoffer_from = {};
  if (e.status >= 300) {
    add(command::refuse_reoffer{from, e.status, "Refused by the other side"});
    return;
  }
  if (!e.sdp.present) {
    add(command::refuse_reoffer{from, 488, "Not Acceptable Here"});
    return;
  }
  add(command::answer_reoffer{from, e.sdp});
  const bool by_caller = from == s.caller_leg;
  (by_caller ? s.caller_media : s.peer_media) = s.reoffer_sdp;
  (by_caller ? s.peer_media : s.caller_media) = e.sdp;
  if (s.reoffer_sdp.present) set_held(by_caller, is_hold(s.reoffer_sdp));
}

void call_rules::answer_hold(const leg_reoffered& e, bool by_caller) {
  const auto& local = by_caller ? s.local : s.peer.local;
  if (!e.sdp.present) { // they want our offer, and answer it with their ACK
    add(command::answer_reoffer{e.leg, make_offer(local)});
    return;
  }
  const auto answer = make_answer(e.sdp, local);
  if (answer.port == 0) {
    add(command::refuse_reoffer{e.leg, 488, "Not Acceptable Here"});
    return;
  }
  (by_caller ? s.caller_media : s.peer_media) = e.sdp;
  add(command::set_remote{e.leg, e.sdp});
  add(command::answer_reoffer{e.leg, answer});
  if (s.phase == call_phase::talking) set_held(by_caller, is_hold(e.sdp));
}

void call_rules::set_held(bool by_caller, bool held) {
  auto& flag = by_caller ? s.held_by_caller : s.held_by_peer;
  if (flag == held) return;
  const bool was_held = s.held_by_caller || s.held_by_peer;
  flag = held;
  const bool is_held = s.held_by_caller || s.held_by_peer;
  const auto other = by_caller ? s.peer.leg : s.caller_leg;
  if (held) {
    log(call_held{by_caller});
    if (!was_held) s.hold_since = now;
  } else {
    log(call_resumed{by_caller, is_held ? span{0} : now - s.hold_since});
    if (!is_held) {
      s.held += now - s.hold_since;
      s.hold_since = never;
    }
  }
  if (anchored() && !queue().music.empty()) {
    if (held)
      add(command::play{other, {queue().music}, true});
    else
      add(command::stop_play{other});
  }
  if (!by_caller && !s.peer.reservation.is_nil()) add(command::tell_hold{s.peer.agent, s.peer.reservation, held});
}

void call_rules::on(const leg_ended& e) {
  if (e.leg == s.caller_leg) {
    s.signal = caller_signal::gone;
    if (s.phase == call_phase::closing) return;
    auto cause = cause_of(e.why, true);
    // A CANCEL that crossed our 200: the caller meant to leave, and has left a conversation.
    if (s.connected != never && cause == end_cause::caller_cancelled) cause = end_cause::caller_hung_up;
    if (s.connected != never) return end_call(s.outcome, cause, 0, {});
    const bool fault = cause == end_cause::internal_error || cause == end_cause::session_expired;
    return end_call(fault ? call_outcome::failed : call_outcome::abandoned, cause, 0, {});
  }
  if (!s.peer.leg.is_nil() && e.leg == s.peer.leg) {
    if (s.phase == call_phase::connecting) return peer_lost_before_connect();
    if (s.phase != call_phase::talking) return;
    s.peer.invited = false; // nothing left to hang up
    return end_call(s.outcome, cause_of(e.why, false), 0, {});
  }
  if (find_offer(e.leg) != nullptr) on(peer_failed{e.leg, 503});
}

void call_rules::end_call(call_outcome outcome, end_cause cause, int refuse_status, const std::string& refuse_reason) {
  if (s.phase == call_phase::closing || s.phase == call_phase::ended) return;
  s.outcome = outcome;
  s.cause = cause;
  s.over = now;
  if (s.hold_since != never) {
    s.held += now - s.hold_since;
    s.hold_since = never;
  }
  enter(call_phase::closing, now + seal_timeout);
  s.overflow_retry = never;
  drop_offers([](const offer_leg&) { return true; }, reservation_outcome::caller_gone, reason_cancelled);
  leave_queue(outcome == call_outcome::abandoned ? queue_outcome::abandoned : queue_outcome::failed);
  if (s.queued != never) add(command::leave_queue{});
  if (!s.peer.leg.is_nil()) close_peer(s.peer.invited);
  close_caller(refuse_status, refuse_reason);
  if (s.recording_phase != recording_state::running) return finish_record();
  s.recording_phase = recording_state::sealing;
  add(command::stop_recording{});
}

void call_rules::close_peer(bool peer_alive) {
  if (peer_alive) add(command::hang_up{s.peer.leg, {}});
  if (anchored()) add(command::close_endpoint{s.peer.leg});
  if (s.peer.reservation.is_nil()) {
    if (s.line_held) add(command::release_line{});
    s.line_held = false;
    return;
  }
  if (s.connected != never) {
    add(command::tell_released{s.peer.agent, s.peer.reservation, s.over - s.connected, s.queue});
    return;
  }
  add(command::reservation_over{s.peer.reservation, reservation_outcome::caller_gone, span{0}, 0});
  add(command::tell_over{s.peer.agent, s.peer.reservation, reservation_outcome::caller_gone, s.queue, 0});
}

void call_rules::close_caller(int refuse_status, const std::string& reason) {
  if (s.signal == caller_signal::answered)
    add(command::hang_up{s.caller_leg, {}});
  else if (s.signal != caller_signal::gone)
    add(command::refuse{s.caller_leg, refuse_status == 0 ? 480 : refuse_status, reason});
  if (s.endpoint != endpoint_state::none) add(command::close_endpoint{s.caller_leg});
  s.signal = caller_signal::gone;
}

void call_rules::on(const recording_done& e) {
  if (s.recording_phase != recording_state::running && s.recording_phase != recording_state::sealing) return;
  const bool closing = s.phase == call_phase::closing;
  if (e.ok) {
    s.recording_phase = recording_state::sealed;
    s.recording = e.info;
    log(recording_sealed{e.info});
  } else {
    s.recording_phase = recording_state::failed;
    log(recording_failed{s.recording.path, e.error});
  }
  if (closing) finish_record();
}

void call_rules::finish_record() {
  s.phase = call_phase::ended;
  s.phase_deadline = never;
  log(call_ended{make_record(s)});
  add(command::finish{});
}

} // namespace lifeline::domain::detail
