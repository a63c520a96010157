#include "domain/calls/call_machine.hpp"

#include "domain/base/wall_time.hpp"
#include "domain/calls/call_rules.hpp"

#include <algorithm>
#include <cstdio>

namespace lifeline::domain {

namespace detail {

const hotline_plan& call_rules::hotline() const {
  static const hotline_plan none;
  const auto* h = env.plan.find_hotline(s.hotline);
  return h != nullptr ? *h : none;
}

const queue_plan& call_rules::queue() const {
  static const queue_plan none;
  const auto* q = env.plan.find_queue(s.queue);
  return q != nullptr ? *q : none;
}

void call_rules::enter(call_phase phase, instant deadline) {
  if (s.phase != phase) s.phase_since = now;
  s.phase = phase;
  s.phase_deadline = deadline;
}

void call_rules::on(const call_clock&) {
  if (s.phase == call_phase::ended) return;
  if (now >= s.last_moment && s.phase != call_phase::closing)
    return end_call(s.connected != never ? s.outcome : call_outcome::failed, end_cause::max_duration, 480,
                    "Waited too long");
  const bool overdue = s.phase_deadline != never && now >= s.phase_deadline;
  if (overdue) {
    switch (s.phase) {
    case call_phase::greeting: // the prompt or the endpoint is stuck: a caller must not wait for either
      if (s.signal == caller_signal::none) {
        add(command::ring{s.caller_leg});
        s.signal = caller_signal::ringing;
      }
      return enter_queue(hotline().queue);
    case call_phase::connecting: return media_failed("Media could not be set up");
    case call_phase::closing:
      s.recording_phase = recording_state::failed;
      log(recording_failed{s.recording.path, "the seal did not come in time"});
      return finish_record();
    default: s.phase_deadline = never; break;
    }
  }
  while (true) {
    const auto late = std::find_if(s.offers.begin(), s.offers.end(),
                                   [&](const offer_leg& o) { return o.deadline != never && now >= o.deadline; });
    if (late == s.offers.end()) break;
    if (late->invited) add(command::hang_up{late->leg, {}});
    on(peer_failed{late->leg, 408});
  }
  if (s.overflow_retry != never && now >= s.overflow_retry && wants_agent()) {
    s.overflow_retry = never;
    s.line_requested = false; // not answered by now: lost
    ask_for_line();
  }
}

void call_rules::on(const release_call& e) {
  if (s.phase == call_phase::closing || s.phase == call_phase::ended) return;
  const auto outcome = s.connected != never ? s.outcome : call_outcome::failed;
  end_call(outcome, e.cause, 503, "Released");
}

} // namespace detail

std::vector<call_command> step(call_state& s, const call_event& e, const call_environment& env, instant now) {
  detail::call_rules rules{s, env, now, {}};
  if (s.phase == call_phase::ended) return {};
  std::visit([&](const auto& event) { rules.on(event); }, e);
  return std::move(rules.out);
}

bool holds_offer(const call_state& s, const reservation_id& reservation) {
  const auto is_it = [&](const offer_leg& o) { return o.reservation == reservation; };
  return is_it(s.peer) || std::any_of(s.offers.begin(), s.offers.end(), is_it);
}

instant next_deadline(const call_state& s) {
  if (s.phase == call_phase::ended) return never;
  instant next = s.phase == call_phase::closing ? s.phase_deadline : s.last_moment;
  const auto sooner = [&](instant t) {
    if (t != never && (next == never || t < next)) next = t;
  };
  sooner(s.phase_deadline);
  sooner(s.overflow_retry);
  for (const auto& o : s.offers)
    sooner(o.deadline);
  return next;
}

call_record make_record(const call_state& s) {
  call_record r;
  r.call = s.id;
  r.hotline = s.hotline;
  r.queue = s.queue;
  r.caller = s.caller;
  r.called = s.called;
  r.trunk = s.trunk;
  r.arrived = s.arrived;
  r.queued = s.queued;
  r.answered = s.connected;
  r.ended = s.over;
  r.agent = s.connected != never ? s.peer.agent : agent_id{};
  r.external = s.connected != never ? s.peer.external : std::string{};
  r.outcome = s.outcome;
  r.cause = s.cause;
  const auto waited_until = s.connected != never ? s.connected : s.over;
  if (s.queued != never && waited_until > s.queued) r.waited = waited_until - s.queued;
  if (s.connected != never && s.over != never) {
    r.hold = s.held;
    r.talk = s.over - s.connected - s.held;
  }
  r.offers = s.offers_made;
  r.recording = s.recording;
  r.caller_received = s.caller_received;
  r.first_queued = s.first_queued;
  r.stays = s.stays;
  return r;
}

reservation_outcome outcome_of_status(int status, bool rang) {
  switch (status) {
  case 486:
  case 600: return reservation_outcome::busy;
  case 408: return rang ? reservation_outcome::no_answer : reservation_outcome::unreachable;
  case 480: // the phone's own limit for ringing was the shorter one
    return rang ? reservation_outcome::no_answer : reservation_outcome::rejected;
  case 403:
  case 603: return reservation_outcome::rejected;
  case 488: return reservation_outcome::unreachable;
  default: break;
  }
  if (rang && status < 500) return reservation_outcome::rejected;
  return reservation_outcome::unreachable;
}

bool takes_no_call(int status, bool rang) {
  switch (status) {
  case 408:
  case 430: // its connection is gone
  case 486:
  case 487: // we took the call back
  case 500: // also our own word for a call that could not even be sent
  case 503:
  case 504:
  case 600: return false;
  case 415:
  case 488:
  case 606: return true; // it may have rung, and found out when it was to answer
  default: return status >= 300 && !rang;
  }
}

void end_stay(call_state& s, instant now) {
  if (s.queued != never && now >= s.queued) s.stays.push_back({s.queue, now - s.queued});
}

namespace {

/// What ends a call, once more.
void close_again(const call_state& s, std::vector<call_command>& out) {
  const bool anchored = s.media == media_mode::anchored;
  if (s.queued != never) out.emplace_back(command::leave_queue{});
  if (!s.peer.leg.is_nil()) {
    out.emplace_back(command::hang_up{s.peer.leg, {}});
    if (anchored) out.emplace_back(command::close_endpoint{s.peer.leg});
    if (s.connected != never && !s.peer.reservation.is_nil())
      out.emplace_back(command::tell_released{s.peer.agent, s.peer.reservation, s.over - s.connected, s.queue});
  }
  out.emplace_back(command::hang_up{s.caller_leg, {}});
  if (s.endpoint != endpoint_state::none) out.emplace_back(command::close_endpoint{s.caller_leg});
  if (s.recording_phase == recording_state::sealing) out.emplace_back(command::stop_recording{});
}

/// What makes a conversation, once more.
void connect_again(const call_state& s, std::vector<call_command>& out) {
  if (s.media == media_mode::anchored) {
    if (s.caller_media.present) out.emplace_back(command::set_remote{s.caller_leg, s.caller_media});
    if (s.peer_media.present) out.emplace_back(command::set_remote{s.peer.leg, s.peer_media});
    out.emplace_back(command::bridge{s.caller_leg, s.peer.leg});
    if (s.recording_phase == recording_state::running)
      out.emplace_back(command::start_recording{s.caller_leg, s.peer.leg, s.recording.path});
  }
  if (s.peer.reservation.is_nil()) {
    out.emplace_back(command::leave_queue{});
    return;
  }
  const auto rang = s.peer.rang == never ? span{0} : s.connected - s.peer.rang;
  out.emplace_back(command::reservation_over{s.peer.reservation, reservation_outcome::connected, rang, 0});
  // The agent gives up later than the call itself would.
  out.emplace_back(command::tell_connected{s.peer.agent, s.peer.reservation, s.last_moment + seal_timeout});
}

} // namespace

std::vector<call_command> resume(const call_state& s) {
  // The actor may have crashed in the middle of a step: what it had still to do is said again, for nothing of this does
  // harm twice.
  std::vector<call_command> out;
  if (s.phase == call_phase::ended) return out;
  if (s.phase == call_phase::closing) {
    close_again(s, out);
    return out;
  }
  if (s.media == media_mode::anchored) {
    if (s.endpoint != endpoint_state::none) out.emplace_back(command::open_endpoint{s.caller_leg});
    for (const auto& o : s.offers)
      out.emplace_back(command::open_endpoint{o.leg});
    if (!s.peer.leg.is_nil()) out.emplace_back(command::open_endpoint{s.peer.leg});
  }
  if (s.phase == call_phase::talking) connect_again(s, out);
  if (s.line_requested) out.emplace_back(command::request_line{}); // the answer may be lost
  if (s.in_queue) out.emplace_back(command::enter_queue{s.queue, s.place, true, s.patient});
  return out;
}

std::string recording_path(const recording_id& id, instant connected) {
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(to_world(connected))};
  char folder[32];
  std::snprintf(folder, sizeof folder, "%04d/%02u/%02u/", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return folder + to_string(id) + ".wav";
}

std::string_view to_string(call_phase p) {
  switch (p) {
  case call_phase::arriving: return "arriving";
  case call_phase::greeting: return "greeting";
  case call_phase::waiting: return "waiting";
  case call_phase::offering: return "offering";
  case call_phase::connecting: return "connecting";
  case call_phase::talking: return "talking";
  case call_phase::closing: return "closing";
  case call_phase::ended: return "ended";
  }
  return "unknown";
}

} // namespace lifeline::domain
