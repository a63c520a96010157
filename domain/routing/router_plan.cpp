// From the plan to queues and agents, and from one plan to the next while calls go on.
#include "domain/routing/router_impl.hpp"

#include <algorithm>

namespace lifeline::domain {

using namespace routing;

router::impl::impl(const plan& p, std::uint64_t epoch, std::uint64_t seed)
    : epoch_(epoch), ids_(seed), random_(seed ^ 0x9E3779B97F4A7C15ull) {
  build(p);
}

void router::impl::build(const plan& p) {
  longest_sticky_ = longest_resume_ = 0s;
  for (const auto& each : p.queues)
    add_queue(each);
  for (const auto& each : p.agents)
    add_agent(each);
  for (slot queue = 0; queue < queues_.size(); ++queue) {
    queues_[queue].emergency = p.serves_emergency(queues_[queue].plan.name);
    auto& tiers = queues_[queue].tiers;
    std::sort(tiers.begin(), tiers.end());
    tiers.erase(std::unique(tiers.begin(), tiers.end()), tiers.end());
    queues_[queue].present_in_tier.assign(tiers.size(), 0);
    update_open_tier(queue);
    call_entry fresh;
    (void)lane_for(queue, fresh, tier_limit(queue, fresh, never)); // the first of base_lanes: of who has just come
  }
}

void router::impl::add_queue(const queue_plan& plan) {
  if (!queue_slots_.try_emplace(plan.name, static_cast<slot>(queues_.size())).second) return;
  queue_entry& entry = queues_.emplace_back();
  entry.plan = plan;
  for (const agent_state state : plan.present_states)
    entry.is_present[static_cast<std::size_t>(state)] = true;
  for (const auto& rule : plan.escalations) {
    const bool known =
        std::find(entry.place_limits.begin(), entry.place_limits.end(), rule.position) != entry.place_limits.end();
    if (rule.position > 0 && !known) entry.place_limits.push_back(rule.position);
  }
  longest_sticky_ = std::max(longest_sticky_, plan.sticky);
  longest_resume_ = std::max(longest_resume_, plan.resume_place);
}

void router::impl::add_agent(const agent_plan& plan) {
  const auto agent = static_cast<slot>(agents_.size());
  if (agent_slot(plan.account) != none) return;
  agent_slots_.insert(plan.account, agent);
  agent_entry& entry = agents_.emplace_back();
  entry.account = plan.account;
  entry.skills = plan.skills;
  entry.retired = plan.retired;
  if (plan.retired) return; // gets no offers, and counts nowhere
  for (const auto& name : plan.queues) {
    const auto found = queue_slots_.find(name);
    if (found == queue_slots_.end()) continue;
    queue_entry& queue = queues_[found->second];
    if (!queue.roster.empty() && queue.roster.back() == agent) continue; // named twice
    const tier_place place = plan.place_in(name);
    queue.roster.push_back(agent);
    queue.tiers.push_back(place.tier);
    entry.queues.push_back({found->second, place, reaches(entry, combined(queue.plan.required, {}))});
  }
}

/// Everything but the plan's own is taken over by name: what agents have said, estimates, callers and offers keep their
/// slots, lanes and timers are made anew.
void router::impl::reconfigure(const plan& p, instant now, commands& out) {
  auto old_queues = std::move(queues_);
  auto old_agents = std::move(agents_);
  queues_.clear();
  agents_.clear();
  queue_slots_.clear();
  agent_slots_.clear();
  lanes_.clear();
  heads_.clear();
  free_lanes_.clear();
  timers_.clear();
  timers_after_sweep_ = 0;
  build(with_needed(p, old_queues, old_agents));
  std::vector<slot> queue_now;
  std::vector<slot> agent_now;
  for (const auto& each : old_queues) {
    const auto found = queue_slots_.find(each.plan.name);
    queue_now.push_back(found == queue_slots_.end() ? none : found->second);
  }
  for (const auto& each : old_agents)
    agent_now.push_back(agent_slot(each.account));
  for (slot queue = 0; queue < old_queues.size(); ++queue) {
    if (queue_now[queue] != none) queues_[queue_now[queue]].estimator = old_queues[queue].estimator;
  }
  carry_agents(old_agents, queue_now, agent_now, now);
  carry_calls(old_queues, queue_now, agent_now, now);
  carry_presence(old_queues, queue_now, now);
  apply_due(now, out);
  free_agents_.clear();
  for (slot agent = 0; agent < agents_.size(); ++agent) {
    if (available(agents_[agent], now)) list(agent);
  }
  free_calls_.clear();
  for (slot call = 0; call < calls_.size(); ++call) {
    if (calls_[call].used && calls_[call].in_lane) free_calls_.push_back(call);
  }
  resolve(now, out);
}

/// The plan, with what callers and offers still need added as retired should it be missing.
plan router::impl::with_needed(plan p, const std::vector<queue_entry>& queues, const std::vector<agent_entry>& agents) {
  std::vector<std::uint8_t> needed(queues.size(), 0);
  for (const auto& call : calls_) {
    if (call.used) needed[call.queue] = 1;
  }
  for (slot queue = 0; queue < queues.size(); ++queue) {
    if (needed[queue] == 0 || p.find_queue(queues[queue].plan.name) != nullptr) continue;
    p.queues.push_back(queues[queue].plan);
    p.queues.back().retired = true;
  }
  for (const auto& agent : agents) {
    if (agent.reservation == none || p.find_agent(agent.account) != nullptr) continue;
    agent_plan gone;
    gone.account = agent.account;
    gone.retired = true;
    p.agents.push_back(std::move(gone));
  }
  return p;
}

void router::impl::carry_agents(std::vector<agent_entry>& old, const std::vector<slot>& queue_now,
                                const std::vector<slot>& agent_now, instant now) {
  for (slot was = 0; was < old.size(); ++was) {
    const slot agent = agent_now[was];
    if (agent == none) continue;
    agent_entry& from = old[was];
    if (from.seen) count_presence(agent, from.view, now);
    agent_entry& to = agents_[agent];
    to.view = std::move(from.view);
    to.seen = from.seen;
    to.last_offered = from.last_offered;
    to.reservation = from.reservation;
    to.settled = from.settled;
    to.settle_until = from.settle_until;
    to.handled_queue = from.handled_queue == none ? none : queue_now[from.handled_queue];
    to.handled_from = from.handled_from;
    to.talk_ended = from.talk_ended;
    if (to.reservation != none) {
      reservations_[to.reservation].agent = agent;
      continue;
    }
    if (!to.settled && to.settle_until > now) arm({to.settle_until, timer_kind::agent_rest, agent, 0, none});
    if (to.view.retry_until > now) arm({to.view.retry_until, timer_kind::agent_rest, agent, 0, none});
  }
}

/// A queue whose agents the new plan took away is left by them; one that was empty before stays so.
void router::impl::carry_presence(const std::vector<queue_entry>& old, const std::vector<slot>& queue_now,
                                  instant now) {
  for (slot was = 0; was < old.size(); ++was) {
    if (queue_now[was] == none) continue;
    queue_entry& queue = queues_[queue_now[was]];
    if (queue.present > 0 || queue.plan.leave_empty != empty_policy::overflow) continue;
    if (old[was].present > 0)
      queue.empty_due = now + queue.plan.leave_empty_after;
    else
      queue.empty_due = old[was].empty_due;
    if (queue.empty_due != never) arm({queue.empty_due, timer_kind::empty, queue_now[was], 0, none});
  }
}

void router::impl::carry_calls(const std::vector<queue_entry>& old, const std::vector<slot>& queue_now,
                               const std::vector<slot>& agent_now, instant now) {
  const auto agent_of = [&](slot agent) { return agent == none ? none : agent_now[agent]; };
  for (slot call = 0; call < calls_.size(); ++call) {
    call_entry& entry = calls_[call];
    if (!entry.used) continue;
    const auto& rules_then = old[entry.queue].plan.escalations;
    entry.queue = queue_now[entry.queue];
    const auto& rules = queues_[entry.queue].plan.escalations;
    std::vector<std::uint8_t> fired(rules.size(), 0);
    for (std::size_t i = 0; i < rules.size(); ++i) {
      for (std::size_t j = 0; j < rules_then.size(); ++j) {
        if (entry.fired[j] != 0 && rules[i] == rules_then[j]) fired[i] = 1;
      }
    }
    entry.fired = std::move(fired);
    entry.last_asked = agent_of(entry.last_asked);
    for (auto& each : entry.excluded)
      each.agent = agent_of(each.agent);
    std::erase_if(entry.excluded, [](const auto& each) { return each.agent == none; });
    enter_anew(call, now);
  }
}

/// The caller's entries in order, lane and timers, as if it had been here under this plan all the time.
void router::impl::enter_anew(slot call, instant now) {
  call_entry& entry = calls_[call];
  const queue_plan& plan = queues_[entry.queue].plan;
  entry.grown = growth_after(plan, from_micros(entry.key.entered), now);
  entry.key.descending_priority = -total_priority(entry);
  entry.lane = lane_for(entry.queue, entry, tier_limit(entry.queue, entry, now));
  ++lanes_[entry.lane].users;
  entry.in_lane = false;
  if (entry.sticky_due != never && entry.in_order) {
    entry.sticky_due = never;
    begin_sticky(call, now);
  }
  for (const slot each : entry.offers)
    arm({reservations_[each].deadline, timer_kind::lease, each, reservations_[each].generation, none});
  for (const auto& each : entry.excluded)
    arm_call(timer_kind::pair_retry, call, each.until, each.agent);
  if (!entry.in_order) return; // talks
  insert_in_order(call);
  if (!entry.offers.empty()) queues_[entry.queue].ringing.insert(entry.key);
  arm_waiting(call, now);
  const bool steps = plan.strategy == strategy::ring_progressively && !rings_all(plan);
  if (steps && !entry.offers.empty()) {
    if (entry.step_due == never) entry.step_due = now + plan.ring_step;
    arm_call(timer_kind::ring_step, call, entry.step_due);
  }
  if (wants_offer(call, now)) put_in_lane(call);
}

} // namespace lifeline::domain
