// In an emergency nobody is left out for having missed a call: when nobody else is free, whoever has missed is asked
// again. Such an offer delays nothing: the caller is offered to the first agent who becomes free as if it rang nowhere,
// and overflows when that is due.
#include "domain/routing/router_impl.hpp"

#include <algorithm>
#include <utility>

namespace lifeline::domain {

using namespace routing;

bool router::impl::can_be_asked_again(const agent_entry& agent, instant now) const {
  return agent.seen && !agent.retired && agent.view.state == agent_state::not_ready && was_missed(agent.view.reason) &&
         agent.reservation == none && (agent.settled || agent.settle_until <= now) && agent.view.retry_until <= now;
}

/// After everybody else has been paired. Who was asked longest ago comes first.
void router::impl::ask_again(instant now, commands& out) {
  if (!std::exchange(ask_again_due_, false)) return;
  std::vector<std::pair<instant, slot>> missed;
  for (slot agent = 0; agent < agents_.size(); ++agent) {
    if (can_be_asked_again(agents_[agent], now)) missed.emplace_back(agents_[agent].last_offered, agent);
  }
  std::sort(missed.begin(), missed.end());
  for (const auto& [asked, agent] : missed) {
    const slot call = most_urgent_for(agent, now);
    if (call != none) reserve(call, agent, reasons_for(call, agent, now), now, out, true);
  }
}

/// The first of the emergency callers who ring nowhere yet; none: there is no such caller for this agent.
slot router::impl::most_urgent_for(slot agent, instant now) const {
  lane_head best;
  for (const auto& [lane, place, alone] : agents_[agent].lanes) {
    if (!queues_[lanes_[lane].queue].emergency) continue;
    lane_head head = heads_[lane];
    head.key.call = none;
    lanes_[lane].callers.walk([&](const caller_key& key) {
      if (!calls_[key.call].offers.empty() || excludes(calls_[key.call], agent)) return true;
      head.key = key;
      return false;
    });
    if (head.key.call != none && (best.key.call == none || goes_before(head, best, now))) best = head;
  }
  return best.key.call;
}

} // namespace lifeline::domain
