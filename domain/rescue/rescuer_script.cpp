#include "domain/rescue/rescuer_script.hpp"

#include <algorithm>
#include <utility>

namespace lifeline::domain {

namespace {

using phase = rescuer_phase;
constexpr const char* elsewhere = "SIP;cause=200;text=\"Call completed elsewhere\"";
constexpr const char* not_acceptable = "SIP;cause=488;text=\"Not acceptable here\"";

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

struct rescuer_talk {
  rescuer_script& s;
  instant now;
  voice::commands<rescuer_script::request> out;

  void on(const voice::begins&);
  void on(const voice::opened&);
  void on(const voice::no_port& e);
  void on(const voice::picked_up&);
  void on(const voice::turned_down& e);
  void on(const voice::acknowledged&) {}
  void on(const voice::deaf&);
  void on(const voice::gone&);
  void on(const voice::pressed& e);
  void on(const voice::prepared& e) { voice::append(out, s.say.on(e, now)); }
  void on(const voice::played& e);
  void on(const voice::engine_stops&) { finish(attempt_outcome::interrupted, "the engine stops"); }
  void on(const voice::clock& e);
  void on(const rescuer_reply::line_granted&);
  void on(const rescuer_reply::line_refused&);
  void on(const rescuer_reply::no_keeper&) { s.line_again = now + line_request_again; }
  void on(const rescuer_reply::cannot_dial& e) { finish(attempt_outcome::failed, e.why); }
  void on(const rescuer_reply::given_up&);

  void tell(attempt_outcome outcome, std::string detail);
  void finish(attempt_outcome outcome, std::string detail, std::string reason = {});
  void prepare_words();
  void request_line();
  void take_leave(utterance words);
  void give_result(const std::string& why);
  [[nodiscard]] bool is_alert() const { return s.call.purpose == attempt_purpose::alert; }
};

// ---- the result --------------------------------------------------------------------------------------------------

void rescuer_talk::tell(attempt_outcome outcome, std::string detail) {
  if (std::exchange(s.told, true)) return;
  out.emplace_back(rescuer_request::tell{outcome, std::move(detail), s.rang});
}

void rescuer_talk::finish(attempt_outcome outcome, std::string detail, std::string reason) {
  tell(outcome, std::move(detail));
  s.phase.enter(phase::over, never);
  out.emplace_back(voice::end{std::move(reason)});
}

/// Time is over: what is known so far.
void rescuer_talk::give_result(const std::string& why) {
  switch (s.phase.get()) {
  case phase::waiting_line: return finish(attempt_outcome::no_line, "no line is free");
  case phase::opening: return finish(attempt_outcome::failed, "no media port: " + why);
  case phase::ringing: s.rang = now - s.invited; return finish(attempt_outcome::no_answer, why);
  case phase::talking:
  case phase::farewell:
  case phase::over: return finish(attempt_outcome::heard, why);
  }
}

/// It is known already; some words, then the end.
void rescuer_talk::take_leave(utterance words) {
  voice::append(out, s.say.last_words(rescue_sentence(std::move(words)), now + longest_rescuer_farewell));
  s.phase.enter(phase::farewell, never);
}

// ---- until it is answered ----------------------------------------------------------------------------------------

void rescuer_talk::prepare_words() {
  const auto& c = s.call;
  s.keys = is_alert() ? menu_of_alert() : menu_of_call(c.accepted, c.arrived);
  auto words = is_alert() ? announce_alert(c.about, now) : announce(c.about, c.level, c.purpose, s.keys, now);
  voice::append(out, s.say.get_ready(rescue_sentence(std::move(words), true)));
}

void rescuer_talk::on(const voice::begins&) {
  const auto& c = s.call;
  const auto longest = c.setup_timeout + c.ring_timeout + c.answer_patience;
  s.deadline = c.deadline != never ? c.deadline : now + longest;
  if (!c.impossible.empty()) return finish(attempt_outcome::failed, c.impossible);
  if (s.deadline <= now) return finish(attempt_outcome::failed, "the attempt's time was over at its beginning");
  s.phase.enter(phase::waiting_line, s.deadline);
  prepare_words();
  if (c.own_phone) return on(rescuer_reply::line_granted{});
  request_line();
}

/// The lines may have no keeper just now, or it may fail before it answers: it is asked again then. A new one has to
/// learn of a line that is held.
void rescuer_talk::request_line() {
  s.line_again = never;
  out.emplace_back(rescuer_request::request_line{!s.phase.in(phase::waiting_line)});
}

void rescuer_talk::on(const rescuer_reply::line_granted&) {
  if (!s.phase.in(phase::waiting_line)) return;
  s.deadline = std::max(s.deadline, now + s.call.setup_timeout);
  s.phase.enter(phase::opening, now + s.call.setup_timeout);
  out.emplace_back(voice::open_port{});
}

void rescuer_talk::on(const rescuer_reply::line_refused&) {
  if (s.phase.in(phase::waiting_line)) finish(attempt_outcome::no_line, "the engine stops");
}

void rescuer_talk::on(const voice::opened&) {
  if (!s.phase.in(phase::opening)) return;
  s.invited = now;
  s.deadline = now + s.call.ring_timeout + s.call.answer_patience + attempt_margin;
  s.phase.enter(phase::ringing, now + s.call.ring_timeout + ring_gateway_patience);
  out.emplace_back(rescuer_request::dial{s.call.ring_timeout});
}

void rescuer_talk::on(const voice::no_port& e) {
  finish(s.phase.in(phase::talking) ? attempt_outcome::heard : attempt_outcome::failed, "media: " + e.why);
}

void rescuer_talk::on(const voice::turned_down& e) {
  s.rang = now - s.invited;
  finish(outcome_of_status(e.status), std::to_string(e.status));
}

void rescuer_talk::on(const voice::deaf&) {
  if (!s.phase.in(phase::ringing)) return;
  s.rang = now - s.invited;
  finish(attempt_outcome::failed, "no codec in common", not_acceptable);
}

void rescuer_talk::on(const voice::gone&) {
  if (s.phase.in(phase::talking)) return finish(attempt_outcome::heard, "hung up without a key");
  finish(attempt_outcome::failed, "the call ended before it was answered");
}

// ---- the conversation --------------------------------------------------------------------------------------------

void rescuer_talk::on(const voice::picked_up&) {
  if (!s.phase.in(phase::ringing)) return;
  s.rang = now - s.invited;
  s.phase.enter(phase::talking, now + s.call.answer_patience);
  out.emplace_back(rescuer_request::talk{});
  voice::append(out, s.say.repeat(now));
}

void rescuer_talk::on(const voice::pressed& e) {
  if (!s.phase.in(phase::talking) || !s.pressed.is_press(e.digit, now)) return;
  const auto key = read_key(s.keys, e.digit);
  if (const auto word = key ? word_of(*key) : std::nullopt) {
    tell(outcome_of(*word), {}); // first of all: a hang-up now loses nothing
    return take_leave(is_alert() ? confirm_alert() : confirm(*word));
  }
  s.phase.prolong(now + s.call.answer_patience); // somebody is there: the time begins anew
  voice::append(out, key ? s.say.repeat(now) : s.say.once(rescue_sentence(say_wrong_key(s.keys))));
}

void rescuer_talk::on(const voice::played& e) {
  s.say.on(e, now);
  if (s.say.has_ended()) finish(attempt_outcome::heard, {});
}

void rescuer_talk::on(const rescuer_reply::given_up&) {
  if (s.phase.in(phase::farewell)) return;
  // Two phones of one agent may have answered an alert: no words, one of them has it.
  if (!s.phase.in(phase::talking) || is_alert()) return finish(attempt_outcome::withdrawn, {}, elsewhere);
  tell(attempt_outcome::withdrawn, {});
  take_leave({rescue_phrase("rescue-withdrawn")});
}

void rescuer_talk::on(const voice::clock& e) {
  // In the farewell the result is told: the deadline is kept.
  if (!s.phase.in(phase::farewell) && now >= s.deadline) return give_result("the attempt's time is over");
  if (s.phase.overdue(now)) return give_result(s.phase.in(phase::talking) ? "no key" : "timeout");
  if (s.line_again != never && now >= s.line_again) request_line();
  voice::append(out, s.say.on(e, now));
  if (s.say.has_ended()) finish(attempt_outcome::heard, {});
}

} // namespace

voice::commands<rescuer_script::request> step(rescuer_script& s, const voice::news& n, instant now) {
  return voice::apply<rescuer_talk>(s, n, now);
}

voice::commands<rescuer_script::request> step(rescuer_script& s, const rescuer_script::reply& r, instant now) {
  return voice::apply<rescuer_talk>(s, r, now);
}

instant next_deadline(const rescuer_script& s) {
  if (is_over(s)) return never;
  const auto next = voice::sooner(s.phase.due(), voice::sooner(s.say.due(), s.line_again));
  return s.phase.in(phase::farewell) ? next : voice::sooner(next, s.deadline);
}

} // namespace lifeline::domain
