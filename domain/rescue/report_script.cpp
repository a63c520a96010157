#include "domain/rescue/report_script.hpp"

#include "domain/rescue/order_code.hpp"

#include <algorithm>
#include <utility>

namespace lifeline::domain {

namespace {

constexpr span longest_farewell = 10s;

struct report_talk {
  report_script& s;
  instant now;
  voice::commands<report_script::request> out;

  void on(const voice::begins& e);
  void on(const voice::opened&);
  void on(const voice::no_port&);
  void on(const voice::pressed& e);
  void on(const voice::prepared& e) { voice::append(out, s.say.on(e, now)); }
  void on(const voice::played& e);
  void on(const voice::clock& e);
  void on(const voice::acknowledged&) {}
  void on(const voice::deaf&) { finish(); }
  void on(const voice::gone&) { finish(); } // what is being stored is stored all the same
  void on(const voice::engine_stops&) { finish(); }
  void on(const voice::picked_up&) {}
  void on(const voice::turned_down&) {}
  void on(const report_reply::orders_found& e);
  void on(const report_reply::word_stored& e);

  void finish();
  void refuse(int status, const char* reason);
  void say(report_phase next, utterance words, span longest);
  void take_leave(utterance words);
  void ask_code(const char* before);
  void show_orders();
  void list_orders();
  void tell_chosen(const char* before = nullptr);
  void on_code_digit(char digit);
  void on_choice(char digit);
  void store(rescuer_word word);
  [[nodiscard]] key_menu menu() const { return menu_of_report(s.orders[s.chosen].phase); }
};

// ---- the leg -----------------------------------------------------------------------------------------------------

void report_talk::finish() {
  s.phase.enter(report_phase::over, never);
  out.emplace_back(voice::end{});
}

void report_talk::refuse(int status, const char* reason) {
  out.emplace_back(voice::refuse{status, reason});
  finish();
}

void report_talk::on(const voice::begins& e) {
  s.end_due = now + longest_report_call;
  if (e.offered && !e.usable) return refuse(488, "Not Acceptable Here");
  s.phase.enter(report_phase::opening, now + s.setup_timeout);
  out.emplace_back(voice::open_port{});
}

void report_talk::on(const voice::no_port&) {
  if (!s.phase.in(report_phase::opening)) return finish();
  refuse(500, "No media port");
}

void report_talk::on(const voice::opened&) {
  if (!s.phase.in(report_phase::opening)) return;
  out.emplace_back(voice::answer{});
  out.emplace_back(report_request::find_orders{});
}

// ---- what is said ------------------------------------------------------------------------------------------------

void report_talk::say(report_phase next, utterance words, span longest) {
  voice::append(out, s.say.repeat(rescue_sentence(std::move(words))));
  s.phase.enter(next, now + longest);
}

void report_talk::take_leave(utterance words) {
  voice::append(out, s.say.last_words(rescue_sentence(std::move(words)), now + longest_farewell));
  s.phase.enter(report_phase::farewell, never);
}

/// A number that is shown can be anybody's: without a trunk that vouches for it (RFC 3325), or the password of a phone
/// of ours, the caller has to know what only who was sent to the order has been told.
void report_talk::ask_code(const char* before) {
  s.code.clear();
  say(report_phase::proving, {rescue_phrase(before), rescue_phrase("rescue-ask-code")}, report_key_patience);
}

void report_talk::tell_chosen(const char* before) {
  auto words = tell_order(s.orders[s.chosen].state, menu());
  if (before != nullptr) words.insert(words.begin(), rescue_phrase(before));
  say(report_phase::telling, std::move(words), report_key_patience);
}

void report_talk::list_orders() {
  std::vector<const order_state*> all;
  for (const auto& order : s.orders)
    all.push_back(&order.state);
  say(report_phase::choosing, choose_order(all), report_key_patience);
}

void report_talk::show_orders() {
  if (s.orders.size() > most_report_orders) s.orders.resize(most_report_orders);
  if (s.orders.size() == 1) return tell_chosen("rescue-welcome");
  list_orders();
}

void report_talk::on(const report_reply::orders_found& e) {
  if (!s.phase.in(report_phase::opening)) return;
  s.orders = e.orders;
  if (s.orders.empty()) return take_leave({rescue_phrase("rescue-no-order")});
  if (s.proven) return show_orders();
  ask_code("rescue-welcome");
}

// ---- keys --------------------------------------------------------------------------------------------------------

void report_talk::on_code_digit(char digit) {
  if (digit == '*') return ask_code("rescue-welcome"); // once more from its beginning
  if (digit < '0' || digit > '9' || (!s.code.empty() && s.code.back() == digit)) return;
  s.code += digit;
  s.phase.prolong(now + report_key_patience);
  if (s.code.size() < short_code_length) return;
  auto known = s.orders;
  std::erase_if(known, [&](const order_brief& o) { return short_code(o.order) != s.code; });
  if (!known.empty()) {
    s.orders = std::move(known);
    return show_orders();
  }
  if (++s.guesses >= most_code_guesses) return take_leave({rescue_phrase("rescue-no-order")});
  ask_code("rescue-wrong-code");
}

void report_talk::on_choice(char digit) {
  const auto index = static_cast<std::size_t>(digit - '1');
  if (digit < '1' || index >= s.orders.size()) return list_orders();
  s.chosen = index;
  tell_chosen();
}

void report_talk::on(const voice::pressed& e) {
  if (!s.keys.is_press(e.digit, now)) return;
  if (s.phase.in(report_phase::proving)) return on_code_digit(e.digit);
  if (s.phase.in(report_phase::choosing)) return on_choice(e.digit);
  if (!s.phase.in(report_phase::telling)) return;
  if (e.digit == '*' && s.orders.size() > 1) return list_orders();
  const auto key = read_key(menu(), e.digit);
  const auto word = key ? word_of(*key) : std::nullopt;
  if (word) return store(*word);
  tell_chosen(key ? nullptr : "rescue-wrong-key");
}

void report_talk::store(rescuer_word word) {
  const auto& order = s.orders[s.chosen];
  s.word = word;
  voice::append(out, s.say.hush());
  s.phase.enter(report_phase::storing, now + longest_word_storing);
  report_request::store_word r;
  r.tag = ++s.saving;
  r.order = order.order;
  r.report.party = order.party;
  r.report.word = word;
  r.report.via = step_via::phone_key;
  out.emplace_back(std::move(r));
}

void report_talk::on(const report_reply::word_stored& e) {
  if (!s.phase.in(report_phase::storing) || e.tag != s.saving) return; // too late: it was asked to press again
  if (!e.ok) return tell_chosen("rescue-not-stored");
  take_leave(confirm(s.word));
}

// ---- time --------------------------------------------------------------------------------------------------------

void report_talk::on(const voice::played& e) {
  s.say.on(e, now);
  if (s.say.has_ended()) finish();
}

void report_talk::on(const voice::clock& e) {
  if (now >= s.end_due) return finish();
  if (s.phase.overdue(now)) {
    if (!s.phase.in(report_phase::storing)) return finish();
    return tell_chosen("rescue-not-stored"); // as far as is known; pressed again it is the same word
  }
  voice::append(out, s.say.on(e, now));
  if (s.say.has_ended()) finish();
}

} // namespace

voice::commands<report_script::request> step(report_script& s, const voice::news& n, instant now) {
  return voice::apply<report_talk>(s, n, now);
}

voice::commands<report_script::request> step(report_script& s, const report_script::reply& r, instant now) {
  return voice::apply<report_talk>(s, r, now);
}

instant next_deadline(const report_script& s) {
  if (is_over(s)) return never;
  return voice::sooner(s.end_due, voice::sooner(s.phase.due(), s.say.due()));
}

} // namespace lifeline::domain
