// Pairing: the best call for an agent, the best agent for a call.
#include "domain/routing/router_impl.hpp"

#include <algorithm>

namespace lifeline::domain {

using namespace routing;

bool routing::goes_before(const lane_head& a, const lane_head& b, instant now) {
  if (a.key.descending_priority != b.key.descending_priority) {
    return a.key.descending_priority < b.key.descending_priority;
  }
  const auto waited = [&](const caller_key& key) {
    return static_cast<double>(std::max<std::int64_t>(micros(now) - key.entered, 0));
  };
  const double urgency_a = a.weight * waited(a.key);
  const double urgency_b = b.weight * waited(b.key);
  if (urgency_a != urgency_b) return urgency_a > urgency_b;
  return a.key < b.key;
}

bool router::impl::available(const agent_entry& agent, instant now) const {
  return agent.seen && !agent.retired && agent.view.state == agent_state::ready && agent.reservation == none &&
         (agent.settled || agent.settle_until <= now) && agent.view.retry_until <= now;
}

bool router::impl::set_agent(const agent_id& account, const agent_view& view, instant now, commands& out) {
  const slot found = agent_slot(account);
  if (found == none) return false;
  agent_entry& agent = agents_[found];
  if (agent.seen && view.version <= agent.view.version) return false;
  apply_due(now, out);
  unlist(found); // by the keys of the old view
  note_view(found, view, now);
  count_presence(found, view, now);
  agent.view = view;
  agent.seen = true;
  if (view.ready_since == never) agent.view.ready_since = now;
  agent.last_offered = std::max(agent.last_offered, view.last_offered);
  // What an agent is offered a call for may have been said before the offer reached it: it does not count as an answer.
  const bool before_it =
      view.state == agent_state::ready || (view.state == agent_state::not_ready && was_missed(view.reason));
  if (agent.reservation == none || !before_it) agent.settled = true;
  if (view.retry_until > now) arm({view.retry_until, timer_kind::agent_rest, found, 0, none});
  free_agents_.push_back(found);
  release_sticky(found, now);
  apply_due(now, out); // what its leaving has brought about at once
  resolve(now, out);
  return true;
}

/// Pairs what has become free, lets the rules by place fire for those who still wait, and pairs what that has freed.
void router::impl::resolve(instant now, commands& out) {
  do {
    pair(now, out);
  } while (check_places(now, out));
  ask_again(now, out);
  drop_dead_timers();
}

/// Calls first, the most urgent before the others, then agents in the order in which they became free. An agent that
/// was listed before fits none of the other waiting calls, so taking it for a freed call passes nobody over.
void router::impl::pair(instant now, commands& out) {
  const auto head_of = [&](slot call) { return lane_head{calls_[call].key, queues_[calls_[call].queue].plan.weight}; };
  while (!free_calls_.empty()) {
    pairing_.clear();
    pairing_.swap(free_calls_);
    if (pairing_.size() > 1) {
      std::sort(pairing_.begin(), pairing_.end(),
                [&](slot a, slot b) { return a != b && goes_before(head_of(a), head_of(b), now); });
    }
    for (const slot call : pairing_) {
      if (calls_[call].in_lane) match_call(call, now, out);
    }
  }
  for (const slot agent : free_agents_)
    refresh(agent, now, out);
  free_agents_.clear();
}

void router::impl::refresh(slot agent, instant now, commands& out) {
  const agent_entry& of = agents_[agent];
  if (!available(of, now)) {
    unlist(agent);
    ask_again_due_ = ask_again_due_ || can_be_asked_again(of, now);
  } else if (!of.listed) {
    match_agent(agent, now, out);
    if (of.reservation == none) list(agent);
  }
}

void router::impl::match_call(slot call, instant now, commands& out) {
  const call_entry& of = calls_[call];
  const bool alone = lanes_[of.lane].key.only != none;
  if (!alone && rings_all(queues_[of.queue].plan)) {
    ring_everybody(call, now, out);
    return;
  }
  const slot agent = best_agent(call);
  if (agent != none) {
    reserve(call, agent, reasons_for(call, agent, now), now, out);
  } else if (alone && of.sticky_due <= now) {
    end_sticky(call, now); // and is paired again, among all
  } else if (queues_[of.queue].emergency) {
    ask_again_due_ = true;
  }
}

void router::impl::ring_everybody(slot call, instant now, commands& out) {
  const lane_entry& lane = lanes_[calls_[call].lane];
  std::vector<std::pair<slot, reasons>> chosen;
  lane.ready.walk([&](const agent_key& key) {
    if (!excludes(calls_[call], key.agent)) chosen.emplace_back(key.agent, reasons_for(call, key.agent, now));
    return true;
  });
  for (const auto& [agent, why] : chosen)
    reserve(call, agent, why, now, out);
  if (chosen.empty() && queues_[calls_[call].queue].emergency) ask_again_due_ = true;
}

void router::impl::match_agent(slot agent, instant now, commands& out) {
  const auto best_of = [&](auto&& key_in) {
    lane_head best;
    for (const auto& each : agents_[agent].lanes) {
      lane_head head = heads_[each.lane];
      if (head.key.call == none) continue;
      if (best.key.call != none && head.key.descending_priority > best.key.descending_priority) continue;
      head.key = key_in(each.lane);
      if (head.key.call != none && (best.key.call == none || goes_before(head, best, now))) best = head;
    }
    return best.key.call;
  };
  // Hardly ever has a caller a retry delay, so only that of the best is looked at: whoever stands behind a lane's first
  // goes before nobody whom that one does not go before.
  slot call = best_of([&](slot lane) { return heads_[lane].key; });
  if (call != none && !calls_[call].excluded.empty()) call = best_of([&](slot lane) { return first_for(lane, agent); });
  if (call != none) reserve(call, agent, reasons_for(call, agent, now), now, out);
}

/// The first caller of the lane that has no retry delay with this agent.
caller_key router::impl::first_for(slot lane, slot agent) const {
  caller_key first;
  lanes_[lane].callers.walk([&](const caller_key& key) {
    if (excludes(calls_[key.call], agent)) return true;
    first = key;
    return false;
  });
  return first;
}

/// `again`: the agent has missed a call before, and nobody else is free.
void router::impl::reserve(slot call, slot agent, const reasons& why, instant now, commands& out, bool again) {
  call_entry& of = calls_[call];
  queue_entry& queue = queues_[of.queue];
  const auto id = ids_.next<reservation_id>(now);
  const instant deadline = now + queue.plan.ring_timeout + lease_margin;
  const slot reservation = open_reservation(call, agent, id, now, deadline);
  of.offers.push_back(reservation);
  reservations_[reservation].again = again;
  queue.ringing.insert(of.key);
  if (!again) of.last_asked = agent;
  if (!again && queue.plan.strategy == strategy::ring_progressively && !rings_all(queue.plan)) {
    of.step_due = now + queue.plan.ring_step;
    arm_call(timer_kind::ring_step, call, of.step_due);
  }
  if (!wants_offer(call, now)) take_from_lane(call);
  arm({deadline, timer_kind::lease, reservation, reservations_[reservation].generation, none});
  out.push_back(routing::reserve{id, epoch_, of.id, agents_[agent].account, queue.plan.name, deadline, why});
}

} // namespace lifeline::domain
