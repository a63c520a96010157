// What people order of the rescue itself: every step of the ladder can be taken by hand, with a reason.

#include "domain/rescue/order_desk.hpp"

namespace lifeline::domain::detail {

namespace {

/// The last status in which the ladder may work.
constexpr auto last_at_work = order_status::arrived;

} // namespace

std::optional<std::size_t> order_desk::party(rescuer_word word) {
  const auto key = f.text("party", longest_text);
  const auto found = r.find_party(key, word);
  if (found) return found;
  if (key.empty())
    f.refuse("party", "it is not clear which party is meant");
  else
    f.refuse("party", "\"" + key + "\" is not engaged in this order");
  return std::nullopt;
}

void order_desk::take_over() {
  if (s.acknowledged == never) r.acknowledge(a.by);
}

void order_desk::promote() {
  const auto note = f.text("note", longest_note);
  const bool unclear = !s.unclear.empty() && s.status == order_status::open;
  if (!unclear && !status_within(order_status::filtered, order_status::filtered)) return;
  if (!s.unclear.empty() && s.lift.empty() && s.address.empty())
    f.conflict({}, "nobody knows where it is: link its lift, or edit its address, and rescuers are sent");
  if (!ok()) return;
  take_over();
  s.unclear.clear(); // somebody has looked at it
  r.promote(note);
}

void order_desk::dismiss() {
  const auto reason = f.text("reason", longest_text);
  if (!status_within(order_status::filtered, last_at_work, "confirm") || !ok()) return;
  take_over();
  s.dismissed_because = reason;
  s.status = order_status::dismissed;
  log(order_step::dismissed, reason);
  r.withdraw_absent("dismissed: " + reason);
}

void order_desk::escalate() {
  const auto level = f.count("level", 2);
  const auto reason = f.text("reason", longest_text);
  if (!status_within(order_status::open, last_at_work) || !ok()) return;
  if (!has_ladder(s.type)) return f.conflict({}, "only an entrapment or a fault is escalated: change the type first");
  take_over();
  s.unclear.clear(); // whoever sends somebody knows where
  if (level == 2) {
    if (!r.engage_station(reason)) f.conflict("level", "there is no rescue station left that was not engaged");
    return;
  }
  const bool there = std::any_of(s.deployments.begin(), s.deployments.end(),
                                 [](const deployment& d) { return d.level == 3 && is_working(d.phase); });
  if (there) return f.conflict("level", "public rescue is engaged already");
  const auto* party = r.env.book.public_rescue(s.district);
  if (party == nullptr) return f.conflict("level", "no public rescue is known for the district");
  s.level_exhausted = true;
  r.engage(3, *party, reason);
}

void order_desk::engage() {
  const auto id = f.text("party", longest_text);
  const auto level = f.count("level");
  const auto reason = f.text("reason", longest_text);
  if (!status_within(order_status::open, last_at_work) || !ok()) return;
  const auto* p = r.env.book.find(id);
  if (p == nullptr) return f.refuse("party", "unknown party \"" + cut(id, 40) + "\"");
  if (!p->active) return f.refuse("party", p->name + " is not active");
  const bool there = std::any_of(s.deployments.begin(), s.deployments.end(), [&](const deployment& d) {
    return d.party == id && (is_working(d.phase) || d.phase == deployment_phase::completed);
  });
  if (there) return f.conflict("party", p->name + " is engaged already");
  if (s.deployments.size() >= most_deployments) return f.conflict("party", "too many parties were engaged");
  take_over();
  s.unclear.clear(); // whoever sends somebody knows where
  r.engage(static_cast<std::uint8_t>(level), *p, reason);
}

void order_desk::withdraw() {
  const auto d = party(rescuer_word::refuse);
  const auto reason = f.text("reason", longest_text);
  if (!status_within(order_status::open, order_status::rescued) || !ok()) return;
  const auto phase = s.deployments[*d].phase;
  if (phase == deployment_phase::withdrawn) return f.conflict("party", "was withdrawn before");
  if (phase == deployment_phase::completed) return f.conflict("party", "has done its work");
  take_over();
  r.withdraw(*d, reason);
}

void order_desk::accept_for() {
  const auto d = party(rescuer_word::accept);
  const auto note = f.text("note", longest_note);
  if (!status_within(order_status::open, last_at_work) || !ok()) return;
  const auto phase = s.deployments[*d].phase;
  if (!may_accept(phase))
    return f.conflict("party", "cannot accept any more: it is " + std::string{to_string(phase)} + " already");
  take_over();
  r.accept(*d, note);
}

void order_desk::refuse_for() {
  const auto d = party(rescuer_word::refuse);
  const auto reason = f.text("reason", longest_text);
  if (!status_within(order_status::open, last_at_work) || !ok()) return;
  const auto phase = s.deployments[*d].phase;
  if (!is_working(phase) && phase != deployment_phase::unanswered)
    return f.conflict("party", "cannot refuse any more: it is " + std::string{to_string(phase)} + " already");
  take_over();
  r.refuse(*d, reason);
}

void order_desk::arrive_for() {
  const auto d = party(rescuer_word::arrived);
  if (!d) return;
  const auto note = f.text("note", longest_note);
  const auto at =
      f.time("at", {{s.received, "the alarm was received"}, {s.deployments[*d].accepted, "the party accepted"}});
  if (!status_within(order_status::open, last_at_work) || !ok()) return;
  const auto phase = s.deployments[*d].phase;
  if (phase == deployment_phase::arrived || phase == deployment_phase::completed)
    return f.conflict("party", "has arrived at " + to_rfc3339(s.deployments[*d].arrived));
  take_over();
  r.arrive(*d, at, note);
}

void order_desk::complete_for() {
  const auto note = f.text("note", longest_note);
  const auto cause = f.text("fault_cause", longest_text);
  if (!cause.empty() && !is_fault_cause(cause)) f.refuse("fault_cause", fault_cause_expected(cause));
  if (!status_within(order_status::open, last_at_work)) return;
  if (!has_ladder(s.type) && s.deployments.empty() && !f.has("party")) { // handled without anybody sent
    const auto at = f.time("at", {{s.received, "the order was received"}});
    if (!ok()) return;
    take_over();
    r.take_cause(cause);
    s.status = order_status::rescued;
    s.rescued = at;
    log(order_step::rescued, note, at);
    return r.rescued("handled");
  }
  const auto d = party(rescuer_word::completed);
  if (!d) return;
  const auto at = f.time("at", {{s.received, "the alarm was received"},
                                {s.deployments[*d].accepted, "the party accepted"},
                                {s.deployments[*d].arrived, "the party arrived"}});
  if (!ok()) return;
  take_over();
  r.complete(*d, at, cause, note);
}

void order_desk::self_released() {
  const auto note = f.text("note", longest_note);
  const auto at = f.time("at", {{s.received, "the alarm was received"}});
  if (!status_within(order_status::filtered, last_at_work) || !ok()) return;
  if (!has_ladder(s.type))
    return f.conflict({}, "nobody was trapped: this is an order of type " + std::string{to_string(s.type)});
  take_over();
  s.self_released = true;
  s.self_release = at;
  s.rescued = at;
  s.status = order_status::rescued;
  log(order_step::self_released, note, at);
  r.rescued("they are out by themselves");
}

void order_desk::confirm() {
  const auto with = f.text("with", longest_text);
  const auto note = f.text("note", longest_note);
  if (with != "trapped person" && with != "using unit" && with != "other")
    f.refuse("with", "expected trapped person, using unit or other, found \"" + cut(with, 40) + "\"");
  const auto least = has_ladder(s.type) ? order_status::rescued : order_status::open;
  if (!status_within(least, order_status::rescued, "complete-for or self-released") || !ok()) return;
  take_over();
  if (s.rescued == never) s.rescued = now; // the other types: handled
  r.end_alarm(with, note);
}

void order_desk::urge() {
  const auto key = f.text("party", longest_text);
  const auto note = f.text("note", longest_note);
  if (!status_within(order_status::open, last_at_work)) return;
  std::vector<std::size_t> parties;
  for (std::size_t d = 0; d < s.deployments.size(); ++d)
    if (key.empty() && is_awaited(s.deployments[d].phase)) parties.push_back(d);
  if (!key.empty()) {
    const auto d = party(rescuer_word::arrived);
    if (!d) return;
    if (!is_awaited(s.deployments[*d].phase))
      return f.conflict("party", "cannot be urged: it is " + std::string{to_string(s.deployments[*d].phase)});
    parties.push_back(*d);
  }
  if (parties.empty()) f.conflict({}, "nobody is engaged who has not arrived");
  if (!ok()) return;
  for (const auto d : parties)
    r.urge(d, note);
}

void order_desk::extend() {
  const auto d = party(rescuer_word::arrived);
  const auto what = f.text("what", longest_text);
  const std::chrono::minutes minutes{f.count("minutes")};
  const auto reason = f.text("reason", longest_text);
  if (what != "answer" && what != "arrival")
    f.refuse("what", "expected answer or arrival, found \"" + cut(what, 40) + "\"");
  if (!status_within(order_status::open, last_at_work) || !ok()) return;
  auto& p = s.deployments[*d];
  const bool answer = what == "answer";
  if (p.phase != (answer ? deployment_phase::dispatched : deployment_phase::accepted))
    return f.conflict("what",
                      "the party is " + std::string{to_string(p.phase)} + ": its " + what + " is not waited for");
  if (answer ? p.answer_overdue : p.arrival_overdue) return f.conflict("what", "is overdue already, and was acted on");
  auto& due = answer ? p.answer_due : p.arrival_due;
  due = std::max(due, now) + minutes;
  auto detail = r.about(*d, what + " until " + to_rfc3339(due) + ": " + reason);
  r.log(order_step::extended, std::move(detail));
}

void order_desk::leave_mass() {
  const auto reason = f.text("reason", longest_text);
  if (!ok()) return;
  if (s.mass_group == 0) return f.conflict({}, "the order is in no mass event");
  s.mass_group = 0;
  log(order_step::mass_left, reason);
}

} // namespace lifeline::domain::detail
