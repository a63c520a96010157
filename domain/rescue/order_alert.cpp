// The alert: an order that needs a person now rings phones until somebody has taken it. First those of idle agents,
// then the supervisors' besides, then the hotline's backup numbers. Who is rung is not decided here.

#include "domain/rescue/order_impl.hpp"

namespace lifeline::domain {

namespace detail {

namespace {

order_step step_of(alert_stage stage) {
  switch (stage) {
  case alert_stage::backup: return order_step::alerted_backup;
  case alert_stage::supervisor: return order_step::alerted_supervisor;
  case alert_stage::agents:
  case alert_stage::none: break;
  }
  return order_step::alerted_agents;
}

instant sooner(instant a, instant b) { return a == never ? b : std::min(a, b); }

/// Told to come, and it cannot know of it.
bool is_unrung(const deployment& d) {
  const bool awaited = d.phase == deployment_phase::dispatched || d.phase == deployment_phase::unanswered;
  return awaited && d.rung == never && !d.phones.empty();
}

bool is_coming(const deployment& d) {
  return d.phase == deployment_phase::arrived || (d.phase == deployment_phase::accepted && !d.arrival_overdue);
}

} // namespace

void order_rules::raise(alert_stage stage, std::uint8_t reasons, std::string note) {
  touch();
  s.alert.reasons = static_cast<std::uint8_t>(s.alert.reasons | reasons);
  if (s.alert.stage == alert_stage::none) s.alert.since = now;
  s.alert.stage = std::max(s.alert.stage, stage);
  // Whoever comes next has as long as it has for an alarm that nobody has taken.
  if (s.alert.stage == alert_stage::agents)
    s.alert_supervisor_due = sooner(s.alert_supervisor_due, in(plan().alert_supervisor - plan().alert_agents));
  if (stage == alert_stage::supervisor)
    s.alert_backup_due = sooner(s.alert_backup_due, in(plan().alert_backup - plan().alert_supervisor));
  step_detail d;
  d.level = s.level;
  d.note = std::move(note);
  log(step_of(stage), std::move(d));
}

std::string order_rules::why_untaken() const {
  return s.unclear.empty() ? "not acknowledged" : cut("not understood: " + s.unclear, longest_text);
}

void order_rules::ask_agents(std::size_t d, const std::string& why) {
  raise(alert_stage::agents, bit(alert_reason::not_rung), s.deployments[d].name + " could not be called: " + why);
}

void order_rules::alert_agents() {
  s.alert_agents_due = s.acknowledged == never ? in(plan().review_every) : never;
  if (s.acknowledged == never) raise(alert_stage::agents, bit(alert_reason::unacknowledged), why_untaken());
}

void order_rules::alert_supervisor() {
  std::string note;
  auto reasons = bit(alert_reason::nobody_comes);
  if (ladder() && !on_course()) {
    note = "nobody is on the way in time";
  } else if (s.acknowledged == never) {
    note = why_untaken();
    reasons = bit(alert_reason::unacknowledged);
  } else if (s.alert.stage != alert_stage::none) {
    note = "nobody has taken the alert: " + alert_words(s.alert.reasons);
    reasons = s.alert.reasons;
  }
  s.alert_supervisor_due = note.empty() ? never : in(plan().review_every);
  if (!note.empty()) raise(alert_stage::supervisor, reasons, std::move(note));
}

void order_rules::alert_backup() {
  s.alert_backup_due = never;
  if (s.alert.stage == alert_stage::none) return;
  raise(alert_stage::backup, s.alert.reasons, "nobody has taken the alert: " + alert_words(s.alert.reasons));
}

void order_rules::heed_alert() {
  if (s.alert.stage == alert_stage::none) return;
  auto left = s.alert.reasons;
  const auto over = [&](alert_reason r) { left = static_cast<std::uint8_t>(left & ~bit(r)); };
  if (!is_active(s.status)) left = 0;
  if (s.acknowledged != never) over(alert_reason::unacknowledged);
  const bool comes = std::any_of(s.deployments.begin(), s.deployments.end(), is_coming);
  const bool unrung = std::any_of(s.deployments.begin(), s.deployments.end(), is_unrung);
  if (!ladder() || !unrung) over(alert_reason::not_rung);
  if (!ladder() || on_course()) over(alert_reason::nobody_comes);
  if (!ladder() || comes) over(alert_reason::exhausted);
  if (s.status != order_status::rescued) over(alert_reason::reported_again);
  if (left == s.alert.reasons) return;
  touch();
  s.alert.reasons = left;
  if (left != 0) return;
  s.alert = {};
  s.alert_backup_due = never;
}

/// A person works on the order: what it was rung for has been seen. Only taking the alarm counts for an alarm that
/// nobody has taken.
void order_rules::seen_by(const order_action& a) {
  if (s.alert.stage == alert_stage::none || a.role == role::integration || a.verb == order_verb::link_call) return;
  s.alert.reasons = static_cast<std::uint8_t>(s.alert.reasons & bit(alert_reason::unacknowledged));
  if (s.alert.reasons != 0) return heed_alert();
  touch();
  s.alert = {};
  s.alert_backup_due = never;
}

void order_rules::on(const alert_answer& e) {
  if (s.alert.stage == alert_stage::none) return; // another was quicker
  touch_by_others();
  by = e.by;
  via = step_via::phone_key;
  step_detail d;
  d.note = alert_words(s.alert.reasons);
  const auto agent = s.agent;
  if (s.acknowledged == never && has_ladder(s.type)) acknowledge(e.by);
  if (!e.account) s.agent = agent;
  log(order_step::alert_taken, std::move(d));
  s.alert = {};
  s.alert_backup_due = never;
  // It is somebody's now; it comes up again with the review.
  if (s.alert_supervisor_due != never || (ladder() && !on_course())) s.alert_supervisor_due = in(plan().review_every);
}

} // namespace detail

std::string alert_words(std::uint8_t reasons) {
  std::string words;
  const auto add = [&](alert_reason r, const char* text) {
    if ((reasons & bit(r)) != 0) words += (words.empty() ? "" : ", ") + std::string{text};
  };
  add(alert_reason::unacknowledged, "not acknowledged");
  add(alert_reason::not_rung, "a party could not be called");
  add(alert_reason::nobody_comes, "nobody is on the way in time");
  add(alert_reason::reported_again, "reported again after the rescue");
  add(alert_reason::exhausted, "nobody is left to be engaged");
  return words;
}

} // namespace lifeline::domain
