#include "tests/simulation/world.hpp"

#include "actors/rescue/alarm.hpp"
#include "actors/rescue/rescue_codec.hpp"
#include "storage/tables.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace lifeline::simulation {

using namespace std::chrono_literals;
using domain::attempt_outcome;

std::optional<attempt_outcome> outcome_named(const std::string& name) {
  for (int n = 1; n <= static_cast<int>(attempt_outcome::delivered); ++n)
    if (to_string(static_cast<attempt_outcome>(n)) == name) return static_cast<attempt_outcome>(n);
  return std::nullopt;
}

void world::play_rescue(const input& i) {
  switch (i.what) {
  case verb::report: return new_report(i.who, i.text);
  case verb::report_again: return send_report(i.who);
  case verb::word: return party_says(i.who, i.text);
  case verb::desk: return desk_orders(i.who, i.text);
  case verb::rescuer:
    for (auto& a : attempts_)
      if (const auto outcome = outcome_named(i.text); outcome && !a->over && a->request.party == i.who)
        return rescuer_does(*a, *outcome);
    return;
  default: return;
  }
}

// ---- calls to rescuers -------------------------------------------------------------------------------------------

world::attempt* world::begin_attempt(const actors::rescue_call_request& r) {
  attempts_.push_back(std::make_unique<attempt>(attempt{r, false}));
  return attempts_.back().get();
}

/// Whoever is called; as long as the call waits for a line there is nobody.
void world::rescuer_does(const attempt& a, attempt_outcome outcome) {
  const auto id = domain::leg_of(a.request.attempt.id);
  auto* leg = sip_.find(a.request.attempt.target, [&](const network_leg& l) { return l.id == id; });
  if (leg == nullptr) return outside_.note("rescuer waits for a line");
  const auto answer = [&](char key) {
    sip_.answer_by(*leg);
    if (key != 0) media_.press(id, key);
  };
  switch (outcome) {
  case attempt_outcome::accepted: return answer('1');
  case attempt_outcome::refused: return answer('2');
  case attempt_outcome::arrived: return answer('4');
  case attempt_outcome::completed: return answer('5');
  case attempt_outcome::heard: answer(0); return (void)sip_.hang_up_by(*leg);
  case attempt_outcome::busy: return sip_.refuse_by(*leg, 486);
  case attempt_outcome::no_answer: return sip_.refuse_by(*leg, 480);
  default: return sip_.refuse_by(*leg, 503);
  }
}

std::vector<const world::attempt*> world::attempts() const {
  std::vector<const attempt*> open;
  for (const auto& a : attempts_)
    if (!a->over && a->request.attempt.purpose != domain::attempt_purpose::alert) open.push_back(a.get());
  return open;
}

// ---- reports -----------------------------------------------------------------------------------------------------

std::vector<std::string> world::reports() const {
  std::vector<std::string> names;
  for (const auto& [name, r] : reports_)
    names.push_back(name);
  return names;
}

/// KIND LIFT [device]
void world::new_report(const std::string& name, const std::string& words) {
  if (reports_.contains(name)) return;
  const auto first = std::min(words.find(' '), words.size());
  const auto second = std::min(words.find(' ', std::min(first + 1, words.size())), words.size());
  domain::alarm_report r;
  const auto kind = domain::parse_report_kind(words.substr(0, first));
  if (!kind) return;
  r.kind = *kind;
  if (first < second) r.lift_key = words.substr(first + 1, second - first - 1);
  if (r.lift_key == "-") r.lift_key.clear();
  const bool device = words.ends_with(" device");
  r.channel = device ? domain::report_channel::lift_phone : domain::report_channel::mobile;
  r.source = device ? "lift-phone" : "mobile";
  r.message_id = "m" + name;
  r.confirmed = !device;
  if (!device) r.caller_phone = "139" + name;
  reports_[name].report = std::move(r);
  send_report(name);
}

void world::send_report(const std::string& name) {
  const auto found = reports_.find(name);
  const auto alarms = around_->who_rescues.alarms.get();
  if (found == reports_.end() || !alarms || !is_alive(alarms)) return;
  time_.system().spawn([this, alarms, name, report = found->second.report](caf::event_based_actor* me) {
    me->request(alarms, 10s, actors::take_report{report})
        .then([this, name](const actors::report_answer& a) { answered(name, a); }, [](caf::error&) {});
  });
}

/// An acknowledged report is on the disk, and stays in the order that it was told to be in.
void world::answered(const std::string& name, const actors::report_answer& a) {
  if (a.refused || !looks_) {
    if (looks_) outside_.note("report refused");
    return;
  }
  auto& r = reports_[name];
  const auto key = storage::report_key{r.report.source, r.report.message_id}.encode();
  const auto row = disk_.get(storage::table::reports, key);
  if (!row || !*row) found_.add("alarm", "report " + name + " was acknowledged and is not on the disk");
  if (a.receipt.repeated) outside_.note("report repeated");
  if (r.acknowledged && r.order != a.receipt.order)
    found_.add("alarm", "report " + name + " was said to be in two orders");
  r.acknowledged = true;
  r.order = a.receipt.order;
  outside_.note("report " + std::string{to_string(a.receipt.fate)});
  if (a.receipt.order.is_nil()) return;
  const auto order = disk_.get(storage::table::orders, storage::order_key{a.receipt.order}.encode());
  if (!order || !*order) found_.add("alarm", "the order of report " + name + " is not on the disk");
}

domain::order_id world::order_of(const std::string& report) const {
  const auto found = reports_.find(report);
  return found != reports_.end() ? found->second.order : domain::order_id{};
}

void world::desk_orders(const std::string& report, const std::string& verb) {
  const auto order = order_of(report);
  const auto known = domain::parse_order_verb(verb);
  const auto alarms = around_->who_rescues.alarms.get();
  if (order.is_nil() || !known || !alarms) return;
  domain::order_action a;
  a.verb = *known;
  a.by = "8001";
  a.role = domain::role::admin;
  for (const auto& rule : domain::verb_rules()) {
    if (rule.verb != *known) continue;
    for (const auto field : rule.required)
      a.fields[std::string{field}] = field == "with" ? "trapped person" : field == "party" ? "firm-1" : "other";
  }
  caf::anon_send(alarms, actors::order_request{order, a});
}

/// WORD PARTY
void world::party_says(const std::string& report, const std::string& words) {
  static constexpr std::array<std::pair<std::string_view, domain::rescuer_word>, 4> known{{
      {"accept", domain::rescuer_word::accept},
      {"refuse", domain::rescuer_word::refuse},
      {"arrived", domain::rescuer_word::arrived},
      {"completed", domain::rescuer_word::completed},
  }};
  const auto blank = std::min(words.find(' '), words.size());
  const auto found = std::find_if(known.begin(), known.end(),
                                  [&](const auto& w) { return w.first == std::string_view{words}.substr(0, blank); });
  const auto order = order_of(report);
  const auto alarms = around_->who_rescues.alarms.get();
  if (found == known.end() || order.is_nil() || !alarms) return;
  domain::rescuer_report r;
  r.word = found->second;
  if (blank < words.size()) r.party = words.substr(blank + 1);
  r.via = domain::step_via::signed_link;
  caf::anon_send(alarms, actors::rescuer_words{order, r});
}

/// No alarm that was acknowledged is lost: it is over, or its actor lives and has a deadline.
void world::check_alarms() {
  for (const auto& [name, r] : reports_) {
    if (!r.acknowledged || r.order.is_nil()) continue;
    const auto row = disk_.get(storage::table::orders, storage::order_key{r.order}.encode());
    const auto order = row && *row
                           ? actors::decode_order(**row)
                           : tl::expected<domain::order_state, storage::failure>{tl::unexpected(storage::failure{})};
    if (!order) {
      found_.add("alarm", "the order of report " + name + " is lost");
      continue;
    }
    if (!domain::is_active(order->status)) continue;
    const auto live = around_->orders.get(r.order);
    if (!live || !is_alive(around_->who_rescues.orders.find(r.order))) {
      found_.add("alarm", "order " + order->number + " is active and nobody works for it");
    } else if (domain::is_active(live->status) && domain::next_deadline(*live) == domain::never) {
      found_.add("alarm", "order " + order->number + " is active and waits for nothing");
    }
  }
}

} // namespace lifeline::simulation
