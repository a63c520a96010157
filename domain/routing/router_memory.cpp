// Callers and calls of the past: sticky agents, regained places, and what the expected wait is estimated from.
#include "domain/routing/router_impl.hpp"

#include <algorithm>

namespace lifeline::domain {

using namespace routing;

std::string routing::place_name(const queue_id& queue, const std::string& caller) { return queue + '\n' + caller; }

// ---- sticky agents -----------------------------------------------------------------------------------------------

/// The agent is ready, or will be before long.
bool router::impl::is_awaited(slot agent, slot queue) const {
  const agent_entry& of = agents_[agent];
  if (of.listed) return true;
  if (!of.seen || !is_there(queues_[queue], of.view)) return false;
  switch (of.view.state) {
  case agent_state::ready:
  case agent_state::reserved:
  case agent_state::ringing:
  case agent_state::talking:
  case agent_state::hold:
  case agent_state::wrap_up: return true;
  default: return of.reservation != none;
  }
}

/// A new caller who has talked to an agent of this queue waits for that one alone. A tier that has not been reached
/// does not matter: the two know each other.
void router::impl::begin_sticky(slot call, instant now) {
  call_entry& entry = calls_[call];
  const queue_plan& plan = queues_[entry.queue].plan;
  if (plan.sticky <= 0s || entry.caller.empty()) return;
  const auto account = talked_to_.find(entry.caller, now - plan.sticky);
  if (!account) return;
  const slot agent = agent_slot(*account);
  if (agent == none) return;
  const agent_entry& of = agents_[agent];
  const bool member = std::any_of(of.queues.begin(), of.queues.end(),
                                  [&](const membership& each) { return each.queue == entry.queue; });
  const auto required = required_of(entry);
  if (!member || !reaches(of, required) || !is_awaited(agent, entry.queue)) return;
  const instant due = entry.joined + plan.sticky_wait;
  if (due <= now && !of.listed) return;
  entry.sticky_due = due;
  move_to_lane(call, find_lane(entry.queue, {required, 0, agent}));
  if (entry.sticky_due > now) arm_call(timer_kind::sticky, call, entry.sticky_due);
}

/// From now on it may have any agent.
void router::impl::end_sticky(slot call, instant now) {
  call_entry& entry = calls_[call];
  if (lanes_[entry.lane].key.only == none) return;
  entry.sticky_due = never;
  move_to_lane(call, lane_for(entry.queue, entry, tier_limit(entry.queue, entry, now)));
}

/// The agent has become one for whom nobody should wait.
void router::impl::release_sticky(slot agent, instant now) {
  std::vector<slot> waiting;
  for (const auto& each : agents_[agent].lanes) {
    if (!each.alone || is_awaited(agent, lanes_[each.lane].queue)) continue;
    lanes_[each.lane].callers.walk([&](const caller_key& key) {
      waiting.push_back(key.call);
      return true;
    });
  }
  for (const slot call : waiting)
    end_sticky(call, now);
}

// ---- regained places ---------------------------------------------------------------------------------------------

/// The entry of the place that the caller has left unserved not long ago.
std::optional<instant> router::impl::regained_place(const call_request& request, const queue_plan& plan,
                                                    instant now) const {
  if (plan.resume_place <= 0s || request.caller.empty() || request.known || request.patient) return std::nullopt;
  const auto place = left_early_.find(place_name(request.queue, request.caller), now - plan.resume_place);
  if (!place || place->entered >= request.entered_at) return std::nullopt;
  return place->entered;
}

/// It leaves while it waits or rings. A patient one may just as well have been answered elsewhere.
void router::impl::note_departure(slot call, instant now) {
  const call_entry& entry = calls_[call];
  queue_entry& queue = queues_[entry.queue];
  if (entry.patient) {
    queue.estimator.removed(now - entry.joined);
    return;
  }
  queue.estimator.abandoned(now - entry.joined);
  if (queue.plan.resume_place <= 0s || entry.caller.empty()) return;
  left_early_.put(place_name(queue.plan.name, entry.caller), {from_micros(entry.key.entered)}, now);
  forget_old(now);
}

void router::impl::forget_old(instant now) {
  talked_to_.forget_before(now - longest_sticky_);
  left_early_.forget_before(now - longest_resume_);
}

// ---- handling times ----------------------------------------------------------------------------------------------

void router::impl::note_connected(slot call, slot agent, instant now) {
  const call_entry& entry = calls_[call];
  queues_[entry.queue].estimator.served(now - entry.joined);
  agent_entry& of = agents_[agent];
  of.handled_queue = entry.queue;
  of.handled_from = now;
  of.talk_ended = never;
}

void router::impl::note_talk_over(slot call, slot agent, instant now) {
  agents_[agent].talk_ended = now;
  const call_entry& entry = calls_[call];
  if (longest_sticky_ <= 0s || entry.caller.empty()) return;
  talked_to_.put(entry.caller, agents_[agent].account, now);
  forget_old(now);
}

/// The talk's wrap-up ends with the first view that is of something else.
void router::impl::note_view(slot agent, const agent_view& next, instant now) {
  const agent_entry& of = agents_[agent];
  if (of.handled_queue == none || of.talk_ended == never) return;
  switch (next.state) {
  case agent_state::reserved:
  case agent_state::ringing:
  case agent_state::talking:
  case agent_state::hold:
  case agent_state::wrap_up: return;
  default: note_handled(agent, of.view.state == agent_state::wrap_up ? now : of.talk_ended);
  }
}

void router::impl::note_handled(slot agent, instant until) {
  agent_entry& of = agents_[agent];
  if (of.handled_queue == none || of.talk_ended == never) return;
  queues_[of.handled_queue].estimator.handled(until - of.handled_from);
  of.handled_queue = none;
}

void router::impl::remember(const call_record& record, instant now) {
  if (longest_sticky_ > 0s && !record.agent.empty() && record.answered != never && !record.caller.empty() &&
      record.ended + longest_sticky_ >= now)
    talked_to_.put(record.caller, record.agent, record.ended);
  const auto found = queue_slots_.find(record.queue);
  if (found == queue_slots_.end() || record.queued == never) return;
  queue_entry& queue = queues_[found->second];
  if (record.outcome == call_outcome::answered && !record.agent.empty()) {
    queue.estimator.served(record.waited);
    queue.estimator.handled(record.talk + record.hold + queue.plan.wrap_up);
  } else if (record.outcome == call_outcome::abandoned) {
    queue.estimator.abandoned(record.waited);
    if (queue.plan.resume_place > 0s && !record.caller.empty() && record.ended + queue.plan.resume_place >= now)
      left_early_.put(place_name(record.queue, record.caller), {record.queued}, record.ended);
  } else {
    queue.estimator.removed(record.waited);
  }
}

std::optional<span> router::impl::expected_wait(const queue_id& name, std::uint32_t position) const {
  const auto found = queue_slots_.find(name);
  if (found == queue_slots_.end()) return std::nullopt;
  const queue_entry& queue = queues_[found->second];
  const std::size_t ahead = position > 0 ? position - 1 : 0;
  const auto expected = queue.estimator.expected(ahead, queue.serving);
  if (expected && lanes_[queue.base_lanes.front().second].ready.size() > ahead) return span{0};
  return expected;
}

} // namespace lifeline::domain
