// What becomes of one engaged party: accepted, refused, arrived, done, called back.

#include "domain/rescue/order_impl.hpp"

namespace lifeline::domain::detail {

void order_rules::accept(std::size_t d, const std::string& note) {
  auto& p = s.deployments[d];
  const bool late = p.answer_overdue || p.phase != deployment_phase::dispatched;
  p.phase = deployment_phase::accepted;
  p.accepted = now;
  p.arrival_due = in(limits(p.level).arrival);
  p.next_urge = plan().urge_every > span{0} ? in(plan().urge_every) : never;
  stop_dialling(d);
  give_up_calls(d);
  if (s.accepted == never) s.accepted = now;
  update_status();
  auto detail = about(d, note);
  detail.took = between(s.deployments[d].dispatched, now);
  log(late ? order_step::accepted_late : order_step::accepted, std::move(detail));
}

void order_rules::refuse(std::size_t d, const std::string& note) {
  auto& p = s.deployments[d];
  // Whoever was late has been climbed over already.
  const bool counted_on = (p.phase == deployment_phase::dispatched && !p.answer_overdue) ||
                          (p.phase == deployment_phase::accepted && !p.arrival_overdue) ||
                          p.phase == deployment_phase::arrived;
  p.phase = deployment_phase::refused;
  p.next_urge = never;
  stop_dialling(d);
  give_up_calls(d);
  update_status();
  log(order_step::refused, about(d, note));
  if (counted_on || !on_course()) climb(s.deployments[d].level, true, "refused by " + s.deployments[d].name);
}

void order_rules::arrive(std::size_t d, instant at, const std::string& note) {
  auto& p = s.deployments[d];
  p.phase = deployment_phase::arrived;
  if (p.accepted == never) p.accepted = at;
  p.arrived = at;
  p.next_urge = never;
  stop_dialling(d);
  give_up_calls(d);
  if (s.accepted == never) s.accepted = at;
  if (s.arrived == never) s.arrived = at;
  update_status();
  auto detail = about(d, note);
  if (at != now) detail.told_at = at;
  detail.took = between(s.answered, at);
  log(order_step::arrived, std::move(detail));
}

void order_rules::complete(std::size_t d, instant at, const std::string& cause, const std::string& note) {
  auto& p = s.deployments[d];
  p.phase = deployment_phase::completed;
  if (p.accepted == never) p.accepted = at;
  if (p.arrived == never) p.arrived = at;
  p.completed = at;
  p.next_urge = never;
  stop_dialling(d);
  give_up_calls(d);
  if (s.accepted == never) s.accepted = p.accepted;
  if (s.arrived == never) s.arrived = p.arrived;
  take_cause(cause);
  s.status = order_status::rescued;
  s.rescued = at;
  auto detail = about(d, note);
  if (at != now) detail.told_at = at;
  detail.took = between(s.arrived, at);
  log(order_step::rescued, std::move(detail));
  rescued("people are out");
}

void order_rules::rescued(const std::string& why) {
  s.self_release_pending = false;
  by_engine();
  withdraw_absent(why);
  remind_in(plan().confirm_within);
}

void order_rules::withdraw(std::size_t d, const std::string& note) {
  s.deployments[d].phase = deployment_phase::withdrawn;
  s.deployments[d].next_urge = never;
  stop_dialling(d);
  give_up_attempts(d);
  update_status();
  log(order_step::withdrawn, about(d, note));
  const auto webhook = s.deployments[d].webhook;
  if (!webhook.empty()) begin_attempt(d, attempt_channel::webhook, attempt_purpose::withdrawal, webhook);
}

void order_rules::withdraw_absent(const std::string& note) {
  for (std::size_t d = 0; d < s.deployments.size(); ++d)
    if (is_awaited(s.deployments[d].phase)) withdraw(d, note);
}

void order_rules::nobody_reached(std::size_t d) {
  auto& p = s.deployments[d];
  p.phase = deployment_phase::unanswered;
  p.line_due = never;
  if (p.rung == never && !p.phones.empty()) { // every call failed on the way: that is not the party's silence
    if (!p.answer_overdue) p.answer_due = never;
    log(order_step::not_rung, about(d, "every call has failed"));
    ask_agents(d, "every call has failed");
  } else {
    log(order_step::unanswered, about(d, "nobody could be reached"));
  }
  climb(s.deployments[d].level, true, "nobody reached at " + s.deployments[d].name);
}

void order_rules::take_cause(const std::string& cause) {
  if (cause.empty()) return;
  if (is_fault_cause(cause))
    s.fault_cause = cause;
  else if (s.fault_detail.empty()) // said in the rescuer's own words
    s.fault_detail = cut(cause, longest_text);
}

void order_rules::end_alarm(const std::string& with, const std::string& note) {
  s.status = order_status::confirmed;
  s.confirmed = now;
  s.confirmed_with = with;
  s.self_release_pending = false;
  step_detail d;
  d.note = note.empty() ? with : with + ": " + note;
  log(order_step::confirmed, std::move(d));
}

} // namespace lifeline::domain::detail
