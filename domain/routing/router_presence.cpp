// Which agents are there at all: what empty queues, tiers and the expected wait go by.
#include "domain/routing/router_impl.hpp"

#include <algorithm>

namespace lifeline::domain {

using namespace routing;

namespace {
std::size_t tier_index(const queue_entry& queue, int tier) {
  if (queue.tiers.size() == 1) return 0;
  return static_cast<std::size_t>(std::lower_bound(queue.tiers.begin(), queue.tiers.end(), tier) - queue.tiers.begin());
}
} // namespace

/// The agent's view is about to be replaced by `view`. In the agent's entry the old one still stands.
void router::impl::count_presence(slot agent, const agent_view& view, instant now) {
  const agent_entry& of = agents_[agent];
  const auto at_work = [](agent_state s) { return s != agent_state::not_ready; };
  for (const auto& each : of.queues) {
    queue_entry& queue = queues_[each.queue];
    const bool was = of.seen && is_there(queue, of.view);
    const bool is = is_there(queue, view);
    if (each.qualified && was && at_work(of.view.state)) --queue.serving;
    if (each.qualified && is && at_work(view.state)) ++queue.serving;
    const std::size_t before = queue.present;
    if (of.seen && can_be_rung(queue, of.view)) --queue.present;
    if (can_be_rung(queue, view)) ++queue.present;
    if (was && !is) { // whoever has missed a call does not keep the next tier from being asked
      --queue.present_in_tier[tier_index(queue, each.place.tier)];
    } else if (is && !was) {
      ++queue.present_in_tier[tier_index(queue, each.place.tier)];
    }
    if (was != is || before != queue.present) presence_changed(each.queue, before, now);
  }
}

void router::impl::presence_changed(slot queue, std::size_t before, instant now) {
  queue_entry& of = queues_[queue];
  update_open_tier(queue);
  if (of.present > 0) {
    of.empty_due = never;
  } else if (before > 0 && of.plan.leave_empty == empty_policy::overflow) {
    of.empty_due = now + of.plan.leave_empty_after;
    arm({of.empty_due, timer_kind::empty, queue, 0, none});
  }
}

/// After a restart nobody knows yet whether the agents are there. Had they left before, a caller who comes again would
/// wait for them for ever.
void router::impl::await_agents(slot queue, const call_request& request, instant now) {
  queue_entry& of = queues_[queue];
  if (!request.known || of.present > 0 || of.empty_due != never || of.plan.leave_empty != empty_policy::overflow)
    return;
  of.empty_due = now + std::max(of.plan.leave_empty_after, settle_limit);
  arm({of.empty_due, timer_kind::empty, queue, 0, none});
}

/// The last agent has left, and none has come back in time. A caller that rings somewhere nevertheless may still be
/// answered there.
void router::impl::release_empty(slot queue, instant now, commands& out) {
  queues_[queue].empty_due = never;
  std::vector<slot> waiting;
  queues_[queue].order.walk([&](const caller_key& key) {
    if (!calls_[key.call].patient) waiting.push_back(key.call);
    return true;
  });
  for (const slot call : waiting)
    overflow_when_free(call, "no agent is present", now, out);
}

std::size_t router::impl::present(const queue_id& queue) const {
  const auto found = queue_slots_.find(queue);
  return found == queue_slots_.end() ? 0 : queues_[found->second].present;
}

} // namespace lifeline::domain
