#include "metrics/agents.hpp"

#include "domain/agents/agent_machine.hpp"

#include <algorithm>

namespace lifeline::actors {

namespace {

std::size_t index(domain::agent_state s) { return static_cast<std::size_t>(s); }

} // namespace

void agent_fold::set_plan(const domain::plan& plan) {
  for (auto& [account, a] : agents_)
    a.planned = false;
  queues_.clear();
  for (const auto& q : plan.queues) {
    auto& known = queues_[q.name];
    known.emergency = plan.serves_emergency(q.name);
    for (const auto state : q.present_states)
      known.present[index(state)] = true;
  }
  for (const auto& a : plan.agents) {
    agents_[a.account].planned = !a.retired;
    for (const auto& name : a.queues) {
      if (const auto q = queues_.find(name); q != queues_.end()) q->second.agents.push_back(a.account);
    }
  }
}

void agent_fold::apply(const domain::agent_changed& e, domain::instant at) {
  auto& a = agents_[e.agent];
  if (a.since != domain::never && at > a.since) past_[index(a.state)] += at - a.since;
  a.state = e.to;
  a.reason = e.to == domain::agent_state::not_ready ? e.reason : std::string{};
  a.since = at;
}

agent_fold::counts agent_fold::by_state() const {
  counts n{};
  for (const auto& [account, a] : agents_) {
    if (a.planned || a.state != domain::agent_state::logged_out) ++n[index(a.state)];
  }
  return n;
}

agent_fold::staffing agent_fold::of_queue(const domain::queue_id& queue) const {
  staffing s;
  const auto known = queues_.find(queue);
  if (known == queues_.end()) return s;
  for (const auto& account : known->second.agents) {
    const auto& a = agents_.at(account);
    const bool rung_again = known->second.emergency && a.reason == domain::reason_no_answer; // as the router does
    if (known->second.present[index(a.state)] || rung_again) ++s.present;
    if (a.state == domain::agent_state::ready) ++s.ready;
    if (domain::was_missed(a.reason)) ++s.missed;
  }
  return s;
}

const agent_fold::times& agent_fold::seconds_by_state(domain::instant now) {
  auto sums = past_;
  for (const auto& [account, a] : agents_) {
    if (a.since != domain::never && now > a.since) sums[index(a.state)] += now - a.since;
  }
  for (std::size_t i = 0; i < sums.size(); ++i)
    shown_[i] = std::max(shown_[i], domain::seconds(sums[i]));
  return shown_;
}

} // namespace lifeline::actors
