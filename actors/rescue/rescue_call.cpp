#include "actors/rescue/rescue_call.hpp"

#include "actors/core/leg_mailbox.hpp"
#include "actors/rescue/rescue_attempt.hpp"
#include "actors/rescue/rescue_lines.hpp"
#include "actors/rescue/rescue_voice.hpp"
#include "actors/supervision/supervisor_messages.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace lifeline::actors {

void rescue_call_handle::give_up() const {
  if (actor_) caf::anon_send(actor_, release_order{domain::end_cause::operator_released});
}

namespace {

using namespace std::chrono_literals;
using domain::attempt_outcome;

constexpr auto gateway_patience = 5s; ///< beyond the ring timeout, which the gateway watches itself
constexpr auto replay_pause = 4s;
constexpr auto longest_farewell = 8s;
constexpr auto echo_time = 400ms; ///< one press that comes twice: by RFC 4733, by SIP INFO, as a tone
constexpr auto shortest_words = 200ms;
constexpr auto likely_words = 4s;
constexpr std::uint32_t most_plays = 3;
constexpr std::uint64_t announcement = 1; ///< tag of what the call is about
constexpr const char* elsewhere = "SIP;cause=200;text=\"Call completed elsewhere\"";

enum class phase : std::uint8_t { waiting_line, opening, ringing, talking, farewell };

struct rescue_call_state {
  static constexpr const char* name = "rescue call";
  rescue_surroundings_ptr around;
  rescue_call_request request;
  std::shared_ptr<rescue_attempt> attempt;
  phase now = phase::waiting_line;
  domain::key_menu keys;
  domain::local_media local;
  domain::session_description early; ///< a 2xx may come without the answer that a 183 brought
  domain::utterance about;
  std::vector<std::string> files;   ///< of `about`, once they are ready
  std::uint64_t tag = announcement; ///< of what was asked for last
  std::uint32_t plays = 0;
  bool playing = false;
  domain::instant invited = domain::never;
  domain::span rang{0};
  domain::instant deadline = domain::never;  ///< the attempt's
  domain::instant phase_due = domain::never; ///< the way out of the phase
  domain::instant replay_due = domain::never;
  std::uint64_t timer = 0;
  char last_digit = 0;
  domain::instant last_press = domain::never;
  domain::instant played = domain::never; ///< when playing began
  bool over = false;
};
using self_ptr = caf::stateful_actor<rescue_call_state>*;

bool is_alert(const rescue_call_state& s) { return s.request.attempt.purpose == domain::attempt_purpose::alert; }

void arm(self_ptr self) {
  auto& s = self->state;
  auto due = s.deadline;
  if (s.now == phase::farewell) due = s.phase_due; // the result is told: the deadline is kept
  for (const auto each : {s.phase_due, s.replay_due})
    if (each != domain::never) due = std::min(due, each);
  self->delayed_send(self, std::max(due - s.around->now(self), domain::span{0}), wake{++s.timer});
}

void enter(self_ptr self, phase p, domain::span longest) {
  auto& s = self->state;
  s.now = p;
  s.phase_due = s.around->now(self) + longest;
  s.replay_due = domain::never;
  arm(self);
}

void finish(self_ptr self, attempt_outcome outcome, std::string detail, const std::string& reason = {}) {
  auto& s = self->state;
  s.attempt->tell(outcome, std::move(detail), s.rang);
  s.attempt->let_go(reason);
  s.over = true;
  self->quit();
}

void play(self_ptr self, const std::vector<std::string>& files) {
  auto& s = self->state;
  s.replay_due = domain::never;
  s.playing = true;
  s.played = s.around->now(self);
  s.around->media->play(s.attempt->leg(), {files, false});
}

/// What the call is about; before it is rendered, as much as was shipped.
void announce(self_ptr self) {
  auto& s = self->state;
  ++s.plays;
  play(self, s.files.empty() ? shipped_files(s.about) : s.files);
}

/// Something else, as soon as it can be played.
void say(self_ptr self, const domain::utterance& what) {
  auto& s = self->state;
  s.around->media->stop_play(s.attempt->leg());
  s.playing = false;
  s.replay_due = domain::never;
  prepare_voice(s.around, caf::actor_cast<caf::actor>(self), ++s.tag, what);
}

void on_prepared(self_ptr self, const speech_prepared& p) {
  auto& s = self->state;
  if (p.tag == announcement) {
    s.files = p.files;
    if (s.now != phase::talking || s.tag != announcement || s.playing || s.plays == 0) return;
    s.plays = 1; // what was said up to now was the short form
    return play(self, s.files);
  }
  if (p.tag == s.tag && (s.now == phase::talking || s.now == phase::farewell)) play(self, p.files);
}

/// The result is known already; some words, then the end.
void take_leave(self_ptr self, const domain::utterance& words) {
  say(self, words);
  enter(self, phase::farewell, longest_farewell);
}

void on_play_finished(self_ptr self) {
  auto& s = self->state;
  if (!std::exchange(s.playing, false)) return;
  const auto now = s.around->now(self);
  if (s.now == phase::farewell) {
    if (now - s.played >= shortest_words) return finish(self, attempt_outcome::heard, {});
    s.phase_due = now + likely_words; // there is nothing to be heard, or what has ended is what was said before
    return arm(self);
  }
  if (s.now != phase::talking || s.plays >= most_plays) return;
  s.replay_due = now + replay_pause;
  arm(self);
}

void on_key(self_ptr self, const std::string& text) {
  auto& s = self->state;
  if (s.now != phase::talking || text.empty()) return;
  const char digit = text.front();
  const auto now = s.around->now(self);
  const bool echo = digit == std::exchange(s.last_digit, digit) && now - s.last_press < echo_time;
  s.last_press = now;
  if (echo) return;
  const auto key = domain::read_key(s.keys, digit);
  const auto word = key ? domain::word_of(*key) : std::nullopt;
  if (word) {
    s.attempt->tell(domain::outcome_of(*word), {}, s.rang); // first of all: a hang-up now loses nothing
    return take_leave(self, is_alert(s) ? domain::confirm_alert() : domain::confirm(*word));
  }
  s.plays = 0; // somebody is there: the time begins anew
  s.phase_due = now + s.around->plan().rescue.answer_patience;
  if (key) {
    ++s.tag; // what was to be said instead is not wanted any more
    announce(self);
  } else {
    say(self, domain::say_wrong_key(s.keys));
  }
  arm(self);
}

void on_line(self_ptr self, bool granted) {
  auto& s = self->state;
  if (s.now != phase::waiting_line) return;
  if (!granted) return finish(self, attempt_outcome::no_line, "the engine stops");
  const auto setup = s.around->plan().limits.setup_timeout;
  s.deadline = std::max(s.deadline, s.around->now(self) + setup);
  enter(self, phase::opening, setup);
  s.attempt->open(caf::actor_cast<caf::actor>(self));
}

/// The lines may have no keeper just now, or it may fail before it answers: it is asked again then.
void request_line(self_ptr self) {
  auto& s = self->state;
  const auto lines = s.around->who_rescues.lines.get();
  if (!lines) return self->delayed_send(self, lines_pause, dispatcher_up{});
  self->monitor(lines);
  const auto& about = s.request.about;
  rescue_line_request r;
  r.claim.order = s.request.order;
  r.claim.urging = s.request.attempt.purpose == domain::attempt_purpose::urge;
  r.claim.urgent = domain::is_urgent(about);
  r.claim.level = s.request.level;
  r.claim.received = about.received;
  r.held = s.now != phase::waiting_line;
  self->send(lines, r);
}

/// Whoever keeps the lines is gone: for good, with the engine; or a new one comes, which has to learn of the line.
void on_lines_down(self_ptr self, const caf::down_msg& down) {
  if (is_normal_end(down.reason)) return finish(self, attempt_outcome::interrupted, "the engine stops");
  if (self->state.request.phone.uri.empty()) self->delayed_send(self, lines_pause, dispatcher_up{});
}

void dial(self_ptr self, const media::endpoint_event& e) {
  auto& s = self->state;
  if (s.now != phase::opening) return;
  const auto& plan = s.around->plan();
  const auto* hotline = plan.find_hotline(plan.rescue.hotline);
  if (hotline == nullptr) return finish(self, attempt_outcome::failed, "the hotline is gone");
  s.local = {e.address, e.port};
  s.invited = s.around->now(self);
  const auto ring_timeout = plan.rescue.ring_timeout;
  s.deadline = s.invited + ring_timeout + plan.rescue.answer_patience + domain::attempt_margin;
  sip::invite_request r;
  r.leg = s.attempt->leg();
  r.from_number = hotline->caller_number;
  if (r.from_number.empty() && !hotline->numbers.empty()) r.from_number = hotline->numbers.front();
  if (s.request.phone.uri.empty()) {
    r.target_uri = s.request.attempt.target;
    r.trunks = plan.outbound_trunks(*hotline);
  } else {
    r.target_uri = s.request.phone.uri;
    r.route = s.request.phone.route;
    r.from_display = hotline->name + " ALARM";
  }
  r.offer = domain::make_offer(s.local);
  r.ring_timeout = std::chrono::duration_cast<std::chrono::milliseconds>(ring_timeout);
  r.headers["X-Lifeline-Call"] = domain::to_string(s.request.attempt.id);
  enter(self, phase::ringing, ring_timeout + gateway_patience);
  s.around->sip->attach(r.leg, std::make_shared<leg_mailbox<caf::actor>>(caf::actor_cast<caf::actor>(self)));
  s.attempt->invited();
  if (s.request.dialled) s.request.dialled(s.invited);
  s.around->sip->invite(r);
}

void on_answered(self_ptr self, const sip::leg_event& e) {
  auto& s = self->state;
  if (s.now != phase::ringing) return;
  const auto now = s.around->now(self);
  s.rang = now - s.invited;
  const auto& remote = e.sdp.present ? e.sdp : s.early;
  if (!domain::is_usable(remote))
    return finish(self, attempt_outcome::failed, "no codec in common", "SIP;cause=488;text=\"Not acceptable here\"");
  s.around->media->set_remote(s.attempt->leg(), remote);
  s.around->media->listen_tones(s.attempt->leg(), true); // old phones press keys in the audio only
  const auto& plan = s.around->plan();
  const auto* hotline = plan.find_hotline(plan.rescue.hotline);
  if (!is_alert(s) && (hotline == nullptr || hotline->record))
    s.attempt->record(rescue_recording_path(s.request.attempt.id, now));
  enter(self, phase::talking, plan.rescue.answer_patience);
  if (s.request.answered) s.request.answered();
  announce(self);
}

attempt_outcome outcome_of_status(int status) {
  switch (status) {
  case 486:
  case 600:
  case 603: return attempt_outcome::busy;
  case 408:
  case 480:
  case 487: return attempt_outcome::no_answer;
  default: return attempt_outcome::failed;
  }
}

void on_reoffer(self_ptr self, const sip::leg_event& e) {
  auto& s = self->state;
  if (!e.sdp.present) return s.around->sip->answer_reoffer(e.leg, domain::make_offer(s.local));
  const auto answer = domain::make_answer(e.sdp, s.local);
  if (answer.port == 0) return s.around->sip->refuse_reoffer(e.leg, 488, "Not Acceptable Here");
  s.around->media->set_remote(e.leg, e.sdp);
  s.around->sip->answer_reoffer(e.leg, answer);
}

void on_leg(self_ptr self, const sip::leg_event& e) {
  auto& s = self->state;
  switch (e.kind) {
  case sip::leg_event_kind::progress:
    if (e.sdp.present) s.early = e.sdp;
    return;
  case sip::leg_event_kind::answered: return on_answered(self, e);
  case sip::leg_event_kind::failed:
    s.attempt->leg_gone();
    s.rang = s.around->now(self) - s.invited;
    return finish(self, outcome_of_status(e.status), std::to_string(e.status));
  case sip::leg_event_kind::ended:
    s.attempt->leg_gone();
    if (s.now == phase::talking) return finish(self, attempt_outcome::heard, "hung up without a key");
    return finish(self, attempt_outcome::failed, "the call ended before it was answered");
  case sip::leg_event_kind::digit: return on_key(self, e.text);
  case sip::leg_event_kind::reoffer: return on_reoffer(self, e);
  case sip::leg_event_kind::acked: // an answer to our offer in a re-INVITE of theirs
    if (domain::is_usable(e.sdp)) s.around->media->set_remote(e.leg, e.sdp); // else all stays as it was
    return;
  case sip::leg_event_kind::reoffer_answered:
  case sip::leg_event_kind::alive: return;
  }
}

void on_endpoint(self_ptr self, const media::endpoint_event& e) {
  auto& s = self->state;
  switch (e.kind) {
  case media::endpoint_event_kind::opened: return dial(self, e);
  case media::endpoint_event_kind::failed:
    if (s.now == phase::talking) return finish(self, attempt_outcome::heard, "media: " + e.text);
    return finish(self, attempt_outcome::failed, "media: " + e.text);
  case media::endpoint_event_kind::digit: return on_key(self, e.text);
  case media::endpoint_event_kind::play_finished: return on_play_finished(self);
  case media::endpoint_event_kind::silent: // may listen all the same, and has keys
  case media::endpoint_event_kind::silent_on_hold:
  case media::endpoint_event_kind::heard: return;
  }
}

/// Time is over: what is known so far.
void give_result(self_ptr self, const std::string& why) {
  switch (self->state.now) {
  case phase::waiting_line: return finish(self, attempt_outcome::no_line, "no line is free");
  case phase::opening: return finish(self, attempt_outcome::failed, "no media port: " + why);
  case phase::ringing:
    self->state.rang = self->state.around->now(self) - self->state.invited;
    return finish(self, attempt_outcome::no_answer, why);
  case phase::talking: return finish(self, attempt_outcome::heard, why);
  case phase::farewell: return finish(self, attempt_outcome::heard, {});
  }
}

void on_wake(self_ptr self, const wake& w) {
  auto& s = self->state;
  if (w.generation != s.timer) return;
  const auto now = s.around->now(self);
  if (s.now != phase::farewell && now >= s.deadline) return give_result(self, "the attempt's time is over");
  if (now >= s.phase_due) return give_result(self, s.now == phase::talking ? "no key" : "timeout");
  if (s.replay_due != domain::never && now >= s.replay_due) announce(self);
  arm(self);
}

void on_release(self_ptr self, domain::end_cause cause) {
  auto& s = self->state;
  if (cause == domain::end_cause::engine_stopped) return finish(self, attempt_outcome::interrupted, "the engine stops");
  if (s.now == phase::farewell) return;
  // Two phones of one agent may have answered an alert: no words, one of them has it.
  if (s.now != phase::talking || is_alert(s)) return finish(self, attempt_outcome::withdrawn, {}, elsewhere);
  s.attempt->tell(attempt_outcome::withdrawn, {}, s.rang);
  take_leave(self, {domain::rescue_phrase("rescue-withdrawn")});
}

/// Empty: the call can be tried.
std::string impossible(const rescue_surroundings& around, const rescue_call_request& r) {
  const auto& plan = around.plan();
  if (r.attempt.target.empty()) return "no number";
  const auto* hotline = plan.find_hotline(plan.rescue.hotline);
  if (hotline == nullptr) return "no hotline \"" + plan.rescue.hotline + "\"";
  if (r.phone.uri.empty() && plan.outbound_trunks(*hotline).empty()) return "no trunk of the hotline can dial out";
  return {};
}

void begin(self_ptr self) {
  auto& s = self->state;
  const auto& plan = s.around->plan();
  const auto now = s.around->now(self);
  const auto longest = plan.limits.setup_timeout + plan.rescue.ring_timeout + plan.rescue.answer_patience;
  s.deadline = s.request.attempt.deadline != domain::never ? s.request.attempt.deadline : now + longest;
  if (const auto why = impossible(*s.around, s.request); !why.empty())
    return finish(self, attempt_outcome::failed, why);
  if (s.deadline <= now) return finish(self, attempt_outcome::failed, "the attempt's time was over at its beginning");
  if (is_alert(s)) {
    s.keys = domain::menu_of_alert();
    s.about = domain::announce_alert(s.request.about, now);
  } else {
    s.keys = domain::menu_of_call(s.request.accepted, s.request.arrived);
    s.about = domain::announce(s.request.about, s.request.level, s.request.attempt.purpose, s.keys, now);
  }
  enter(self, phase::waiting_line, s.deadline - now);
  prepare_voice(s.around, caf::actor_cast<caf::actor>(self), announcement, s.about);
  if (s.request.phone.uri.empty()) return request_line(self);
  if (const auto calls = s.around->who.calls.get()) self->monitor(calls); // whose end is the engine's
  on_line(self, true);
}

caf::behavior rescue_call(self_ptr self, rescue_surroundings_ptr around, rescue_call_request request,
                          std::shared_ptr<rescue_attempt> attempt) {
  harden(self);
  auto& s = self->state;
  s.around = std::move(around);
  s.request = std::move(request);
  s.attempt = std::move(attempt);
  self->attach_functor([attempt = s.attempt] { attempt->actor_gone(); });
  self->set_down_handler([self](const caf::down_msg& down) { on_lines_down(self, down); });
  begin(self);
  if (s.over) return {};
  return {
      [self](const sip::leg_event& e) { on_leg(self, e); },
      [self](const media::endpoint_event& e) { on_endpoint(self, e); },
      [self](const speech_prepared& p) { on_prepared(self, p); },
      [self](const release_order& r) { on_release(self, r.cause); },
      [self](const dispatcher_up&) { request_line(self); },
      [self](const line_reply& r) { on_line(self, r.granted); },
      [](const crash_order& c) { throw std::runtime_error(c.why); },
      [self](const wake& w) { on_wake(self, w); },
  };
}

} // namespace

rescue_call_handle start_rescue_call(caf::actor_system& system, const rescue_surroundings_ptr& around,
                                     rescue_call_request request, attempt_done done) {
  const auto id = request.attempt.id;
  auto attempt = std::make_shared<rescue_attempt>(around, id, std::move(done));
  return rescue_call_handle{system.spawn(rescue_call, around, std::move(request), std::move(attempt))};
}

} // namespace lifeline::actors
