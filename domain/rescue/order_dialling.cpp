// Calling a party: its phones one by one in rounds or all at once, its software besides, and urging.
// phones[0, next_phone) were called in this round. next_dial is set between calls only; `no_more_rounds` = stopped.

#include "domain/rescue/order_impl.hpp"

#include <limits>

namespace lifeline::domain::detail {

namespace {

constexpr auto no_more_rounds = std::numeric_limits<std::uint32_t>::max();

bool is_calling(const deployment& d) {
  return std::any_of(d.attempts.begin(), d.attempts.end(),
                     [](const open_attempt& a) { return a.channel == attempt_channel::phone; });
}

} // namespace

void order_rules::begin_attempt(std::size_t d, attempt_channel channel, attempt_purpose purpose,
                                const std::string& target) {
  touch();
  auto& p = s.deployments[d];
  open_attempt a;
  a.id = env.ids.next<attempt_id>(now);
  a.channel = channel;
  a.purpose = purpose;
  a.target = target;
  a.started = now;
  const bool phone = channel == attempt_channel::phone;
  a.deadline = phone ? in(longest_line_wait) : in(webhook_patience) + attempt_margin;
  if (phone && p.rung == never && p.line_due == never) p.line_due = in(plan().line_patience);
  rescuer_called e;
  e.order = s.id;
  e.attempt = a.id;
  e.level = p.level;
  e.party = p.party;
  e.party_name = p.name;
  e.target = a.target;
  e.channel = a.channel;
  e.purpose = a.purpose;
  if (phone) e.due = a.deadline + attempt_grace;
  p.attempts.push_back(a);
  out.emplace_back(order_command::log{std::move(e)});
  out.emplace_back(order_command::attempt{std::move(a), p.level, p.party, p.name});
}

void order_rules::dialled(std::size_t d, open_attempt& a, instant at) {
  touch();
  a.dialled = at == never ? now : std::clamp(at, a.started, std::max(a.started, now));
  a.deadline = a.dialled + plan().ring_timeout + plan().answer_patience + attempt_margin;
  out.emplace_back(order_command::log{rescuer_dialled{s.id, a.id}});
  mark_rung(d);
}

void order_rules::on(const attempt_dialled& e) {
  for (std::size_t d = 0; d < s.deployments.size(); ++d)
    for (auto& a : s.deployments[d].attempts)
      if (a.id == e.attempt && waits_for_line(a)) return dialled(d, a, e.at);
}

void order_rules::mark_rung(std::size_t d) {
  auto& p = s.deployments[d];
  if (p.rung != never) return;
  touch();
  p.rung = now;
  p.line_due = never;
  if (p.phase != deployment_phase::dispatched || p.answer_overdue) return;
  const auto answer = in(limits(p.level).answer);
  p.answer_due = p.answer_due == never ? answer : std::max(p.answer_due, answer);
}

/// The call by which it seemed to be rung has failed on the way: the trunk's fault, or ours.
void order_rules::not_reached(std::size_t d, const open_attempt& a, attempt_outcome outcome) {
  auto& p = s.deployments[d];
  if (a.channel == attempt_channel::phone && outcome == attempt_outcome::failed && p.rung == a.dialled) p.rung = never;
}

void order_rules::end_attempt(std::size_t d, const attempt_id& id, attempt_outcome outcome,
                              const attempt_result* result) {
  auto& p = s.deployments[d];
  const auto a = std::find_if(p.attempts.begin(), p.attempts.end(), [&](const auto& x) { return x.id == id; });
  if (a == p.attempts.end()) return;
  touch();
  rescuer_called e;
  e.order = s.id;
  e.attempt = a->id;
  e.level = p.level;
  e.party = p.party;
  e.party_name = p.name;
  e.target = std::move(a->target);
  e.channel = a->channel;
  e.purpose = a->purpose;
  e.outcome_known = true;
  e.outcome = outcome;
  e.took = between(a->started, now);
  if (result != nullptr) {
    e.detail = cut(result->detail, longest_text);
    e.recording = result->recording.path;
  }
  p.attempts.erase(a);
  p.ended_attempts.push_back(id);
  if (p.ended_attempts.size() > most_ended_attempts) p.ended_attempts.erase(p.ended_attempts.begin());
  out.emplace_back(order_command::log{std::move(e)});
}

void order_rules::give_up_calls(std::size_t d) {
  const auto attempts = s.deployments[d].attempts;
  for (const auto& a : attempts) {
    if (a.channel != attempt_channel::phone) continue;
    out.emplace_back(order_command::give_up{a.id});
    end_attempt(d, a.id, attempt_outcome::withdrawn, nullptr);
  }
}

void order_rules::give_up_attempts(std::size_t d) {
  const auto attempts = s.deployments[d].attempts;
  for (const auto& a : attempts) {
    out.emplace_back(order_command::give_up{a.id});
    end_attempt(d, a.id, attempt_outcome::withdrawn, nullptr);
  }
}

void order_rules::dial(std::size_t d) {
  auto& p = s.deployments[d];
  p.next_dial = never;
  touch();
  if (!is_awaited(p.phase) || (!p.at_once && is_calling(p))) return;
  const auto purpose = p.phase == deployment_phase::accepted ? attempt_purpose::urge : attempt_purpose::dispatch;
  while (p.next_phone < p.phones.size()) {
    begin_attempt(d, attempt_channel::phone, purpose, p.phones[p.next_phone++]);
    if (!p.at_once) break;
  }
}

void order_rules::stop_dialling(std::size_t d) {
  auto& p = s.deployments[d];
  p.next_dial = never;
  p.next_phone = static_cast<std::uint32_t>(p.phones.size());
  p.round = no_more_rounds;
}

void order_rules::after_call(std::size_t d, const open_attempt& call, attempt_outcome outcome) {
  auto& p = s.deployments[d];
  if (call.purpose == attempt_purpose::urge && outcome == attempt_outcome::heard) return stop_dialling(d);
  const bool not_called = outcome == attempt_outcome::no_line || outcome == attempt_outcome::interrupted ||
                          outcome == attempt_outcome::withdrawn; // by nobody's wish
  if (not_called && p.round != no_more_rounds && call_again(d, call.target, retry_pause)) return;
  if (p.next_dial != never) return;
  if (p.next_phone < p.phones.size()) return dial(d);
  if (!is_calling(p)) round_over(d);
}

bool order_rules::call_again(std::size_t d, const std::string& target, span pause) {
  // The phone becomes the last of those called, and then the first of those to be called.
  auto& p = s.deployments[d];
  const auto called =
      p.phones.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(p.next_phone, p.phones.size()));
  const auto phone = std::find(p.phones.begin(), called, target);
  if (phone == called) return false;
  std::rotate(phone, phone + 1, called);
  --p.next_phone;
  p.next_dial = now + pause;
  return true;
}

void order_rules::round_over(std::size_t d) {
  auto& p = s.deployments[d];
  if (p.round != no_more_rounds && ++p.round < std::max<std::uint32_t>(plan().dial_rounds, 1)) {
    p.next_phone = 0;
    p.next_dial = in(plan().dial_pause);
    return;
  }
  stop_dialling(d);
  if (p.phase != deployment_phase::dispatched) return;
  if (p.answer_overdue) {
    p.phase = deployment_phase::unanswered; // climbed over when it became overdue
    return log(order_step::unanswered, about(d));
  }
  if (p.webhook.empty()) nobody_reached(d); // else its software may still answer in time
}

void order_rules::software_failed(std::size_t d) {
  const auto& p = s.deployments[d];
  const bool silent = !is_calling(p) && p.next_dial == never;
  if (silent && p.phase == deployment_phase::dispatched && !p.answer_overdue) nobody_reached(d);
}

void order_rules::urge(std::size_t d, const std::string& note) {
  auto& p = s.deployments[d];
  ++p.urged;
  s.urged.push_back(now);
  if (s.urged.size() > most_times) s.urged.erase(s.urged.begin());
  log(order_step::urged, about(d, note));
  const auto webhook = s.deployments[d].webhook;
  if (!webhook.empty()) begin_attempt(d, attempt_channel::webhook, attempt_purpose::urge, webhook);
  auto& again = s.deployments[d];
  if (is_calling(again)) return; // it is being called right now
  if (again.next_dial == never || again.phase != deployment_phase::dispatched) {
    again.next_phone = 0;
    again.round = no_more_rounds - 1; // once through the list
  }
  dial(d);
}

} // namespace lifeline::domain::detail
