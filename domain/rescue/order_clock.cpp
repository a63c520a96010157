// Everything that becomes due: one list of it, for the next deadline and for the clock. After a restart several things
// may be overdue at once; they are handled in their order.

#include "domain/rescue/order_impl.hpp"

namespace lifeline::domain {

namespace detail {

namespace {

enum class due_kind : std::uint8_t {
  attempt,
  line,
  answer,
  arrival,
  dial,
  urging,
  agents,
  supervisor,
  backup,
  reminder
};
struct due_thing {
  instant at = never;
  due_kind kind = due_kind::reminder;
  std::size_t deployment = 0;
  attempt_id attempt;
};

template <class Visit> void each_due(const order_state& s, Visit visit) {
  const auto offer = [&](instant at, due_kind kind, std::size_t d = 0, attempt_id attempt = {}) {
    if (at != never) visit(due_thing{at, kind, d, attempt});
  };
  for (std::size_t d = 0; d < s.deployments.size(); ++d) {
    const auto& p = s.deployments[d];
    for (const auto& a : p.attempts)
      offer(a.deadline + attempt_grace, due_kind::attempt, d, a.id);
    if (!is_active(s.status)) continue;
    offer(p.line_due, due_kind::line, d);
    const bool waiting = p.phase == deployment_phase::dispatched || p.phase == deployment_phase::unanswered;
    if (waiting && !p.answer_overdue) offer(p.answer_due, due_kind::answer, d);
    if (p.phase == deployment_phase::accepted && !p.arrival_overdue) offer(p.arrival_due, due_kind::arrival, d);
    if (p.phase == deployment_phase::accepted) offer(p.next_urge, due_kind::urging, d);
    offer(p.next_dial, due_kind::dial, d);
  }
  if (!is_active(s.status)) return;
  offer(s.alert_agents_due, due_kind::agents);
  offer(s.alert_supervisor_due, due_kind::supervisor);
  offer(s.alert_backup_due, due_kind::backup);
  offer(s.remind_due, due_kind::reminder);
}

} // namespace

void order_rules::on(const order_clock&) {
  // Each thing handled is gone or put off by a second at least, so this ends; the bound is against a bug's endless
  // loop.
  for (int i = 0; i < 10'000 && handle_due(); ++i) {
  }
}

bool order_rules::handle_due() {
  due_thing first;
  each_due(s, [&](const due_thing& x) {
    if (x.at <= now && (first.at == never || x.at < first.at)) first = x;
  });
  if (first.at == never) return false;
  touch();
  switch (first.kind) {
  case due_kind::attempt: attempt_lost(first.deployment, first.attempt); break;
  case due_kind::line: line_overdue(first.deployment); break;
  case due_kind::answer: answer_overdue(first.deployment); break;
  case due_kind::arrival: arrival_overdue(first.deployment); break;
  case due_kind::dial: dial(first.deployment); break;
  case due_kind::urging:
    s.deployments[first.deployment].next_urge = plan().urge_every > span{0} ? in(plan().urge_every) : never;
    urge(first.deployment, {});
    break;
  case due_kind::agents: alert_agents(); break;
  case due_kind::supervisor: alert_supervisor(); break;
  case due_kind::backup: alert_backup(); break;
  case due_kind::reminder: remind(); break;
  }
  return true;
}

void order_rules::line_overdue(std::size_t d) {
  auto& p = s.deployments[d];
  const bool waits = std::any_of(p.attempts.begin(), p.attempts.end(), waits_for_line);
  p.line_due = never;
  if (p.rung != never || p.phase != deployment_phase::dispatched || (!waits && p.next_dial == never)) return;
  p.line_due = in(plan().review_every);
  log(order_step::not_rung, about(d, "no line is free"));
  ask_agents(d, "no line is free");
}

void order_rules::answer_overdue(std::size_t d) {
  auto& p = s.deployments[d];
  const bool still_to_be_rung =
      p.rung == never && p.phase == deployment_phase::dispatched &&
      (p.next_dial != never || std::any_of(p.attempts.begin(), p.attempts.end(), waits_for_line));
  if (still_to_be_rung) { // it is not late: we are. Its time begins when it is rung
    p.answer_due = in(limits(p.level).answer);
    return;
  }
  const bool climbed = p.phase == deployment_phase::unanswered;
  p.answer_overdue = true;
  log(order_step::answer_overdue, about(d));
  if (climbed) return;
  stop_dialling(d);
  const bool ringing = std::any_of(s.deployments[d].attempts.begin(), s.deployments[d].attempts.end(),
                                   [](const auto& a) { return a.channel == attempt_channel::phone; });
  if (!ringing) { // otherwise this call may still bring the answer
    s.deployments[d].phase = deployment_phase::unanswered;
    log(order_step::unanswered, about(d));
  }
  climb(s.deployments[d].level, false, "no answer in time from " + s.deployments[d].name);
}

void order_rules::arrival_overdue(std::size_t d) {
  s.deployments[d].arrival_overdue = true;
  log(order_step::arrival_overdue, about(d));
  climb(s.deployments[d].level, false, "no arrival in time of " + s.deployments[d].name);
}

void order_rules::attempt_lost(std::size_t d, const attempt_id& id) {
  const auto& attempts = s.deployments[d].attempts;
  const auto lost = std::find_if(attempts.begin(), attempts.end(), [&](const auto& a) { return a.id == id; });
  if (lost == attempts.end()) return;
  const auto a = *lost; // NOLINT(performance-unnecessary-copy-initialization): it is gone once it has ended
  out.emplace_back(order_command::give_up{id});
  end_attempt(d, id, attempt_outcome::interrupted, nullptr);
  // One that waited for a line has lost nothing but its actor; else it had its whole time: the next phone's turn.
  if (waits_for_line(a)) return after_call(d, a, attempt_outcome::interrupted);
  if (a.channel == attempt_channel::phone) return after_call(d, a, attempt_outcome::no_answer);
  if (a.purpose == attempt_purpose::dispatch) software_failed(d);
}

void order_rules::remind() {
  step_detail d;
  const bool release = s.status == order_status::rescued || s.self_release_pending;
  if (s.status == order_status::rescued)
    d.note = "the rescue is to be confirmed";
  else if (s.self_release_pending)
    d.note = "to be called back: are they out by themselves?";
  else
    d.note = s.status == order_status::filtered ? "filtered: to be looked at" : "review";
  const bool waits_for_place = !s.unclear.empty() && s.status == order_status::open && has_ladder(s.type);
  if (waits_for_place && !release) d.note = cut("not understood, nobody is sent: " + s.unclear, longest_text);
  remind_in(release || waits_for_place ? plan().confirm_within : plan().review_every);
  log(order_step::reminded, std::move(d));
}

} // namespace detail

instant next_deadline(const order_state& s) {
  instant next = never;
  detail::each_due(s, [&](const detail::due_thing& x) {
    if (next == never || x.at < next) next = x.at;
  });
  return next;
}

} // namespace lifeline::domain
