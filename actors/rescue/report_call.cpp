#include "actors/rescue/report_call.hpp"

#include "actors/core/leg_mailbox.hpp"
#include "actors/rescue/rescue_port.hpp"
#include "actors/rescue/rescue_voice.hpp"
#include "actors/supervision/supervisor_messages.hpp"
#include "domain/base/phone_number.hpp"
#include "domain/rescue/order_code.hpp"

#include <algorithm>
#include <stdexcept>

namespace lifeline::actors {

namespace {

using namespace std::chrono_literals;

constexpr auto longest_call = 180s;
constexpr auto key_patience = 60s; ///< from the last key
constexpr auto longest_storing = 10s;
constexpr auto longest_farewell = 10s;
constexpr auto replay_pause = 5s;
constexpr auto echo_time = 400ms;
constexpr auto shortest_words = 200ms;
constexpr auto likely_words = 4s;
constexpr std::uint32_t most_plays = 3;
constexpr std::size_t most_orders = 9; ///< one key each
constexpr std::uint32_t most_guesses = 3;

enum class phase : std::uint8_t { opening, proving, choosing, telling, storing, farewell };

struct report_call_state {
  static constexpr const char* name = "report call";
  rescue_surroundings_ptr around;
  sip::incoming_call in;
  domain::local_media local;
  bool described = false;          ///< it is known where the caller listens
  std::vector<order_brief> orders; ///< the oldest first
  std::size_t chosen = 0;
  std::string code; ///< as far as it was pressed, of a caller whose number nobody vouches for
  std::uint32_t guesses = 0;
  phase now = phase::opening;
  domain::rescuer_word word = domain::rescuer_word::arrived; ///< that is being stored
  domain::utterance words;                                   ///< said last, and said again
  std::uint32_t plays = 0;
  std::uint64_t tag = 0;    ///< of what was asked for last
  std::uint64_t saving = 0; ///< the same for what is being stored
  domain::instant end_due = domain::never;
  domain::instant phase_due = domain::never;
  domain::instant replay_due = domain::never;
  domain::instant played = domain::never;
  char last_digit = 0;
  domain::instant last_press = domain::never;
  std::uint64_t timer = 0;
};
using self_ptr = caf::stateful_actor<report_call_state>*;

void arm(self_ptr self) {
  auto& s = self->state;
  auto due = std::min(s.end_due, s.phase_due);
  if (s.replay_due != domain::never) due = std::min(due, s.replay_due);
  self->delayed_send(self, std::max(due - s.around->now(self), domain::span{0}), wake{++s.timer});
}

void enter(self_ptr self, phase p, domain::span longest) {
  auto& s = self->state;
  s.now = p;
  s.phase_due = s.around->now(self) + longest;
  arm(self);
}

void end(self_ptr self) {
  auto& s = self->state;
  s.around->sip->hang_up(s.in.leg);
  s.around->media->close(s.in.leg);
  self->quit();
}

void prepare(self_ptr self) {
  auto& s = self->state;
  s.replay_due = domain::never;
  prepare_voice(s.around, caf::actor_cast<caf::actor>(self), ++s.tag, s.words);
}

void say(self_ptr self, domain::utterance words) {
  auto& s = self->state;
  s.around->media->stop_play(s.in.leg);
  s.words = std::move(words);
  s.plays = 0;
  prepare(self);
}

void on_prepared(self_ptr self, const speech_prepared& p) {
  auto& s = self->state;
  if (p.tag != s.tag) return;
  ++s.plays;
  s.played = s.around->now(self);
  s.around->media->play(s.in.leg, {p.files, false});
}

void farewell(self_ptr self, domain::utterance words) {
  say(self, std::move(words));
  enter(self, phase::farewell, longest_farewell);
}

domain::key_menu menu(const report_call_state& s) { return domain::menu_of_report(s.orders[s.chosen].phase); }

void tell_chosen(self_ptr self, const char* before = nullptr) {
  auto& s = self->state;
  auto words = domain::tell_order(s.orders[s.chosen].state, menu(s));
  if (before != nullptr) words.insert(words.begin(), domain::rescue_phrase(before));
  say(self, std::move(words));
  enter(self, phase::telling, key_patience);
}

void list_orders(self_ptr self) {
  auto& s = self->state;
  std::vector<const domain::order_state*> all;
  for (const auto& order : s.orders)
    all.push_back(&order.state);
  say(self, domain::choose_order(all));
  enter(self, phase::choosing, key_patience);
}

/// The orders of whoever calls, however the carrier writes the number.
std::vector<order_brief> orders_of_caller(const report_call_state& s) {
  if (s.around->rescue == nullptr || s.in.caller.withheld || !domain::is_number(s.in.caller.number)) return {};
  for (const auto& number : domain::spellings(s.in.caller.number, s.around->plan().numbers)) {
    auto found = s.around->rescue->orders_of_phone(number);
    if (found.empty()) continue;
    return found;
  }
  return {};
}

void show_orders(self_ptr self) {
  auto& s = self->state;
  if (s.orders.size() > most_orders) s.orders.resize(most_orders);
  if (s.orders.size() == 1) return tell_chosen(self, "rescue-welcome");
  list_orders(self);
}

/// A number that is shown can be anybody's: without a trunk that vouches for it (RFC 3325), or the password of a phone
/// of ours, the caller has to know what only who was sent to the order has been told.
void ask_code(self_ptr self, const char* before) {
  auto& s = self->state;
  s.code.clear();
  say(self, {domain::rescue_phrase(before), domain::rescue_phrase("rescue-ask-code")});
  enter(self, phase::proving, key_patience);
}

void welcome(self_ptr self) {
  auto& s = self->state;
  s.orders = orders_of_caller(s);
  if (s.orders.empty()) return farewell(self, {domain::rescue_phrase("rescue-no-order")});
  if (s.in.caller.verified || !s.in.agent.empty()) return show_orders(self);
  ask_code(self, "rescue-welcome");
}

void on_code_digit(self_ptr self, char digit) {
  auto& s = self->state;
  if (digit == '*') return ask_code(self, "rescue-welcome"); // once more from its beginning
  if (digit < '0' || digit > '9' || (!s.code.empty() && s.code.back() == digit)) return;
  s.code += digit;
  s.phase_due = s.around->now(self) + key_patience;
  arm(self);
  if (s.code.size() < domain::short_code_length) return;
  auto known = s.orders;
  std::erase_if(known, [&](const order_brief& o) { return domain::short_code(o.order) != s.code; });
  if (!known.empty()) {
    s.orders = std::move(known);
    return show_orders(self);
  }
  if (++s.guesses >= most_guesses) return farewell(self, {domain::rescue_phrase("rescue-no-order")});
  ask_code(self, "rescue-wrong-code");
}

void store(self_ptr self, domain::rescuer_word word) {
  auto& s = self->state;
  const auto& order = s.orders[s.chosen];
  s.word = word;
  s.around->media->stop_play(s.in.leg);
  s.replay_due = domain::never;
  ++s.tag; // nothing that is still being prepared is to be heard now
  enter(self, phase::storing, longest_storing);
  domain::rescuer_report report;
  report.party = order.party;
  report.word = word;
  report.via = domain::step_via::phone_key;
  const auto me = caf::actor_cast<caf::actor>(self);
  s.around->rescue->rescuer_says(order.order, report, [me, tag = ++s.saving](bool ok, const std::string&) {
    caf::anon_send(me, word_stored{tag, ok});
  });
}

void on_stored(self_ptr self, const word_stored& w) {
  auto& s = self->state;
  if (s.now != phase::storing || w.tag != s.saving) return; // too late: the rescuer was asked to press again
  if (!w.ok) return tell_chosen(self, "rescue-not-stored");
  farewell(self, domain::confirm(s.word));
}

void on_choice(self_ptr self, char digit) {
  auto& s = self->state;
  const auto index = static_cast<std::size_t>(digit - '1');
  if (digit < '1' || index >= s.orders.size()) {
    s.phase_due = s.around->now(self) + key_patience;
    return list_orders(self);
  }
  s.chosen = index;
  tell_chosen(self);
}

void on_key(self_ptr self, const std::string& text) {
  auto& s = self->state;
  if (text.empty()) return;
  const char digit = text.front();
  const auto now = s.around->now(self);
  const bool echo = digit == std::exchange(s.last_digit, digit) && now - s.last_press < echo_time;
  s.last_press = now;
  if (echo) return;
  if (s.now == phase::proving) return on_code_digit(self, digit);
  if (s.now == phase::choosing) return on_choice(self, digit);
  if (s.now != phase::telling) return;
  if (digit == '*' && s.orders.size() > 1) return list_orders(self);
  const auto key = domain::read_key(menu(s), digit);
  const auto word = key ? domain::word_of(*key) : std::nullopt;
  if (word) return store(self, *word);
  tell_chosen(self, key ? nullptr : "rescue-wrong-key");
}

void on_play_finished(self_ptr self) {
  auto& s = self->state;
  const auto now = s.around->now(self);
  if (s.now == phase::farewell) {
    if (now - s.played >= shortest_words) return end(self);
    s.phase_due = now + likely_words; // nothing to be heard, or the end of what was said before
    return arm(self);
  }
  const bool repeats = s.now == phase::proving || s.now == phase::choosing || s.now == phase::telling;
  if (!repeats || s.plays >= most_plays) return;
  s.replay_due = now + replay_pause;
  arm(self);
}

void on_opened(self_ptr self, const media::endpoint_event& e) {
  auto& s = self->state;
  if (s.now != phase::opening) return;
  s.local = {e.address, e.port};
  if (s.in.offer.present) {
    s.around->sip->answer(s.in.leg, domain::make_answer(s.in.offer, s.local));
    s.around->media->set_remote(s.in.leg, s.in.offer);
    s.described = true;
  } else { // theirs comes with the ACK
    s.around->sip->answer(s.in.leg, domain::make_offer(s.local));
  }
  s.around->media->listen_tones(s.in.leg, true); // old phones press keys in the audio only
  welcome(self);
}

void on_endpoint(self_ptr self, const media::endpoint_event& e) {
  auto& s = self->state;
  switch (e.kind) {
  case media::endpoint_event_kind::opened: return on_opened(self, e);
  case media::endpoint_event_kind::failed:
    if (s.now != phase::opening) return end(self);
    s.around->sip->refuse(s.in.leg, 500, "No media port");
    return self->quit();
  case media::endpoint_event_kind::digit: return on_key(self, e.text);
  case media::endpoint_event_kind::play_finished: return on_play_finished(self);
  case media::endpoint_event_kind::silent:
  case media::endpoint_event_kind::silent_on_hold:
  case media::endpoint_event_kind::heard: return;
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

/// Without an answer to our offer nobody would hear us (RFC 3261, 13.2.2.4); one to a later offer changes nothing then.
void on_acked(self_ptr self, const sip::leg_event& e) {
  auto& s = self->state;
  if (domain::is_usable(e.sdp)) {
    s.described = true;
    s.around->media->set_remote(e.leg, e.sdp);
  } else if (!s.described) {
    end(self);
  }
}

void on_leg(self_ptr self, const sip::leg_event& e) {
  auto& s = self->state;
  switch (e.kind) {
  case sip::leg_event_kind::digit: return on_key(self, e.text);
  case sip::leg_event_kind::reoffer: return on_reoffer(self, e);
  case sip::leg_event_kind::acked: return on_acked(self, e);
  case sip::leg_event_kind::ended: // what is being stored is stored all the same
    s.around->media->close(s.in.leg);
    return self->quit();
  default: return;
  }
}

void on_wake(self_ptr self, const wake& w) {
  auto& s = self->state;
  if (w.generation != s.timer) return;
  const auto now = s.around->now(self);
  if (now >= s.end_due) return end(self);
  if (now >= s.phase_due) {
    if (s.now != phase::storing) return end(self);
    return tell_chosen(self, "rescue-not-stored"); // as far as is known; pressed again it is the same word
  }
  if (s.replay_due != domain::never && now >= s.replay_due) prepare(self);
  arm(self);
}

caf::behavior report_call(self_ptr self, rescue_surroundings_ptr around, sip::incoming_call in) {
  harden(self);
  auto& s = self->state;
  s.around = std::move(around);
  s.in = std::move(in);
  const auto me = caf::actor_cast<caf::actor>(self);
  self->attach_functor([around = s.around, leg = s.in.leg](const caf::error& reason) {
    if (is_normal_end(reason)) return;
    around->sip->hang_up(leg);
    around->media->close(leg);
  });
  s.around->sip->attach(s.in.leg, std::make_shared<leg_mailbox<caf::actor>>(me));
  if (s.in.offer.present && !domain::is_usable(s.in.offer)) {
    s.around->sip->refuse(s.in.leg, 488, "Not Acceptable Here");
    self->quit();
    return {};
  }
  self->set_down_handler([self](const caf::down_msg& down) {
    if (is_normal_end(down.reason)) end(self); // the engine stops
  });
  if (const auto calls = s.around->who.calls.get()) self->monitor(calls);
  s.end_due = s.around->now(self) + longest_call;
  enter(self, phase::opening, s.around->plan().limits.setup_timeout);
  s.around->media->open(s.in.leg, std::make_shared<endpoint_mailbox>(me));
  return {
      [self](const sip::leg_event& e) { on_leg(self, e); },
      [self](const media::endpoint_event& e) { on_endpoint(self, e); },
      [self](const speech_prepared& p) { on_prepared(self, p); },
      [self](const word_stored& w) { on_stored(self, w); },
      [](const crash_order& c) { throw std::runtime_error(c.why); },
      [self](const wake& w) { on_wake(self, w); },
  };
}

} // namespace

void spawn_report_call(caf::actor_system& system, const rescue_surroundings_ptr& around,
                       const sip::incoming_call& call) {
  system.spawn(report_call, around, call);
}

} // namespace lifeline::actors
