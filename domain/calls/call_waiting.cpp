// Arrival, greeting, the queue and its overflow.

#include "domain/calls/call_rules.hpp"

namespace lifeline::domain::detail {

namespace {

/// A prompt longer than this is taken for stuck.
constexpr span longest_greeting = 120s;
/// From a full queue to the backup numbers, while the overflow queue gets its chance.
constexpr span default_patience = 20s;

} // namespace

void call_rules::on(const call_begins&) {
  if (s.arrived == never) s.arrived = now; // a lift's phone has been here for some seconds
  s.phase_since = now;
  s.last_moment = now + env.plan.limits.max_call;
  s.queue = hotline().queue;
  s.media = s.arrives_answered ? media_mode::anchored : hotline().media;
  log(call_arrived{s.hotline, s.caller, s.called, s.trunk, s.caller_leg, s.caller_received});
  if (anchored() && s.caller_offer.present && (s.caller_offer.port == 0 || preferred_codec(s.caller_offer) == nullptr))
    return end_call(call_outcome::failed, end_cause::rejected_media, 488, "Not Acceptable Here");
  if (s.arrives_answered) return begin_answered();
  const bool needs_media = anchored() && (!hotline().greeting.empty() || queue().hold_mode != holding::ringing);
  if (needs_media) {
    s.endpoint = endpoint_state::opening;
    add(command::open_endpoint{s.caller_leg});
    return enter(call_phase::greeting, now + env.plan.limits.setup_timeout);
  }
  add(command::ring{s.caller_leg});
  s.signal = caller_signal::ringing;
  enter_queue(s.queue);
}

/// Whoever has answered the leg may have crashed in the middle of it: all of it is said again, to no harm.
void call_rules::begin_answered() {
  s.signal = caller_signal::answered;
  s.endpoint = endpoint_state::opening;
  add(command::open_endpoint{s.caller_leg});
  add(command::answer{s.caller_leg,
                      s.caller_offer.present ? make_answer(s.caller_offer, s.local) : make_offer(s.local)});
  if (s.caller_media.present) add(command::set_remote{s.caller_leg, s.caller_media});
  enter(call_phase::greeting, now + env.plan.limits.setup_timeout);
}

void call_rules::present_caller(caller_signal signal) {
  const bool delayed = !s.caller_offer.present;
  const auto sdp = delayed ? make_offer(s.local) : make_answer(s.caller_offer, s.local);
  if (signal == caller_signal::answered)
    add(command::answer{s.caller_leg, sdp});
  else
    add(command::early{s.caller_leg, sdp});
  s.signal = signal;
  if (delayed) return; // their answer comes with the ACK
  s.caller_media = s.caller_offer;
  add(command::set_remote{s.caller_leg, s.caller_offer});
}

void call_rules::begin_greeting() {
  if (s.signal == caller_signal::none) {
    if (queue().hold_mode == holding::answered) {
      present_caller(caller_signal::answered);
    } else if (s.caller_offer.present) {
      present_caller(caller_signal::early_media);
    } else { // an offer of ours must not go into an unreliable provisional response (RFC 3261, 13.2.1)
      add(command::ring{s.caller_leg});
      s.signal = caller_signal::ringing;
    }
  }
  if (hotline().greeting.empty() || s.signal == caller_signal::ringing) return enter_queue(s.queue);
  add(command::play{s.caller_leg, {hotline().greeting}, false});
  s.playing = true;
  if (!hotline().emergency) return enter(call_phase::greeting, now + longest_greeting);
  s.greeting = true;
  enter_queue(s.queue); // the agents' phones ring meanwhile
}

void call_rules::on(const prompt_finished& e) {
  if (e.leg != s.caller_leg) return;
  if (s.phase == call_phase::greeting) return enter_queue(s.queue);
  if (!s.greeting) return;
  s.greeting = s.playing = false;
  if (wants_agent()) start_music();
}

void call_rules::enter_queue(const queue_id& queue) {
  s.queue = queue;
  s.queued = s.place = now;
  if (s.first_queued == never) s.first_queued = now;
  s.in_queue = true;
  s.patient = s.rerouted;
  enter(s.offers.empty() ? call_phase::waiting : call_phase::offering);
  add(command::enter_queue{queue, now, false, s.patient});
  start_music();
  if (!s.rerouted) return;
  s.next_number = 0;
  ask_for_line();
}

void call_rules::start_music() {
  const bool audible = s.signal == caller_signal::early_media || s.signal == caller_signal::answered;
  if (!anchored() || !audible || s.endpoint != endpoint_state::open || s.greeting) return;
  const auto& music = queue().music;
  // With a greeting only, or as a mere gap between announcements, a hotline may still ask for plain ringing afterwards.
  if (music.empty() || queue().hold_mode == holding::ringing) {
    if (s.playing) add(command::stop_play{s.caller_leg});
    s.playing = false;
    return;
  }
  add(command::play{s.caller_leg, {music}, true});
  s.playing = true;
}

void call_rules::leave_queue(queue_outcome outcome) {
  if (!s.in_queue) return;
  s.in_queue = false;
  end_stay(s, now);
  log(queue_left{s.queue, outcome, now - s.queued});
}

void call_rules::on(const queue_accepted& e) {
  if (e.queue != s.queue) return;
  // Asked twice, by a restart or for one of the dispatcher's, and refused once: it does wait there.
  if (wants_agent()) s.in_queue = true;
  if (s.in_queue && e.place != never) s.place = e.place;
}

void call_rules::on(const queue_refused& e) {
  if (!wants_agent() || !s.in_queue || e.queue != s.queue) return;
  s.in_queue = false;
  const bool nowhere =
      queue().overflow_queue.empty() && (overflow_numbers().empty() || env.plan.outbound_trunks(hotline()).empty());
  if (!e.waits_on || !nowhere) overflow(e.why); // nowhere to go is no reason to hang up on somebody who may wait
  // Whoever is taken elsewhere for want of an agent is still there for the first one who comes.
  if (e.waits_on && wants_agent() && s.queue == e.queue) wait_in_queue();
}

void call_rules::on(const rerouted& e) {
  const bool waits = wants_agent() || s.phase == call_phase::arriving || s.phase == call_phase::greeting;
  if (s.rerouted || !waits) return;
  s.rerouted = true;
  s.overflow_reason = e.why;
  if (wants_agent() && !overflow_numbers().empty()) overflow_to_numbers();
}

void call_rules::on(const overflow_due& e) {
  if (wants_agent() && s.in_queue && e.queue == s.queue) overflow(e.why);
}

void call_rules::overflow(const std::string& why) {
  s.overflow_reason = why;
  const auto& from = queue();
  if (!from.overflow_queue.empty()) {
    if (!from.overflow_numbers.empty()) s.overflow_from = from.name; // its numbers come next
    // Also when it was refused: asked twice, it may have been taken in after all. (Only then is its leaving logged.)
    s.in_queue = true;
    leave_queue(queue_outcome::overflowed);
    add(command::leave_queue{});
    log(call_overflowed{from.name, from.overflow_queue, {}, why});
    enter_queue(from.overflow_queue);
    // A queue without a limit of its own would never hand the caller on to the numbers.
    if (!s.overflow_from.empty() && queue().max_wait == span{0})
      s.overflow_retry = now + (from.max_wait > span{0} ? from.max_wait : default_patience);
    return;
  }
  if (!overflow_numbers().empty() && !env.plan.outbound_trunks(hotline()).empty()) return overflow_to_numbers();
  if (hotline().emergency && s.in_queue) return wait_patiently();
  if (s.in_queue) return end_call(call_outcome::failed, end_cause::no_agent, 480, "No agent is free");
  end_call(call_outcome::blocked, end_cause::no_agent, 486, "Busy Here");
}

void call_rules::overflow_to_numbers() {
  // The caller keeps the place in the queue meanwhile: whoever answers first, agent or number, has the call.
  s.next_number = 0;
  if (s.in_queue) wait_patiently();
  ask_for_line();
}

/// At the old place, and without any limit.
void call_rules::wait_patiently() {
  s.patient = true;
  add(command::enter_queue{s.queue, s.place, true, true});
}

const std::vector<std::string>& call_rules::overflow_numbers() const {
  const auto& backup = hotline().backup_numbers;
  if (s.rerouted && !backup.empty()) return backup;
  if (!queue().overflow_numbers.empty()) return queue().overflow_numbers;
  const auto* home = s.overflow_from.empty() ? nullptr : env.plan.find_queue(s.overflow_from);
  return home != nullptr && !home->overflow_numbers.empty() ? home->overflow_numbers : backup;
}

void call_rules::ask_for_line() {
  if (s.line_requested || s.line_held || overflow_numbers().empty() || env.plan.outbound_trunks(hotline()).empty())
    return;
  s.line_requested = true;
  s.overflow_retry = now + overflow_pause; // the answer takes milliseconds, unless it is lost
  add(command::request_line{});
}

void call_rules::on(const line_answer& e) {
  if (!s.line_requested) { // an answer to a question that was asked twice
    if (e.granted && !s.line_held) add(command::release_line{});
    return;
  }
  s.line_requested = false;
  s.overflow_retry = never;
  if (!wants_agent()) {
    if (e.granted) add(command::release_line{});
    return;
  }
  if (!e.granted) {
    s.overflow_retry = now + overflow_pause;
    return wait_in_queue();
  }
  s.line_held = true;
  dial_next_number();
}

void call_rules::dial_next_number() {
  const auto& numbers = overflow_numbers();
  if (s.next_number >= numbers.size()) return number_failed();
  offer_leg o;
  o.leg = env.ids.next<leg_id>(now);
  o.external = numbers[s.next_number++];
  o.target = {o.external, {}};
  log(call_overflowed{s.queue, {}, o.external, s.overflow_reason});
  call_phone(std::move(o));
}

void call_rules::number_failed() {
  if (s.line_held) {
    s.line_held = false;
    add(command::release_line{});
  }
  if (!wants_agent()) return;
  if (s.next_number < overflow_numbers().size()) return ask_for_line();
  // All were tried. The caller is never turned away for that: back into the queue if it has room, and again later.
  s.next_number = 0;
  s.overflow_retry = now + overflow_pause;
  wait_in_queue();
}

void call_rules::wait_in_queue() {
  if (s.in_queue) return;
  s.in_queue = true;
  s.patient = true;
  if (s.queued == never) s.queued = now;
  if (s.first_queued == never) s.first_queued = s.queued;
  if (s.place == never) s.place = s.queued;
  add(command::enter_queue{s.queue, s.place, false, true});
}

} // namespace lifeline::domain::detail
