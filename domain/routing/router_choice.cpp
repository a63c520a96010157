// The best agent for a call, by the queue's strategy.
#include "domain/routing/router_impl.hpp"

#include <algorithm>

namespace lifeline::domain {

using namespace routing;

slot router::impl::best_agent(slot call) {
  const call_entry& of = calls_[call];
  const lane_entry& lane = lanes_[of.lane];
  switch (queues_[of.queue].plan.strategy) {
  case strategy::random: return random_agent(of.lane, of);
  case strategy::sequential: return next_in_sequence(of.lane, of);
  default: break;
  }
  slot best = none;
  lane.ready.walk([&](const agent_key& key) {
    if (excludes(of, key.agent)) return true;
    best = key.agent;
    return false;
  });
  return best;
}

/// Where the ready agents end that are as good as the one at `from` but for the strategy: those of its tier, or all
/// when tiers do not count.
std::size_t router::impl::group_end(slot lane, std::size_t from) const {
  const auto& ready = lanes_[lane].ready;
  if (queues_[lanes_[lane].queue].plan.tier_wait <= 0s) return ready.size();
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  return ready.rank({ready.nth(from).tier + 1, least, least, 0});
}

/// Uniform among the ready agents of the lowest tier that has any that the call may have.
slot router::impl::random_agent(slot lane, const call_entry& call) {
  const auto& ready = lanes_[lane].ready;
  std::vector<std::size_t> barred;
  for (const auto& each : call.excluded) {
    if (!agents_[each.agent].listed) continue;
    const agent_key key = key_of(each.agent, call.queue, place_of(each.agent, call.queue));
    if (ready.contains(key)) barred.push_back(ready.rank(key));
  }
  std::sort(barred.begin(), barred.end());
  for (std::size_t from = 0; from < ready.size();) {
    const std::size_t to = group_end(lane, from);
    const auto low = std::lower_bound(barred.begin(), barred.end(), from);
    const auto high = std::lower_bound(low, barred.end(), to);
    const auto open = to - from - static_cast<std::size_t>(high - low);
    if (open > 0) {
      std::size_t n = from + std::uniform_int_distribution<std::size_t>(0, open - 1)(random_);
      for (auto each = low; each != high; ++each) {
        if (*each <= n) ++n;
      }
      return ready.nth(n).agent;
    }
    from = to;
  }
  return none;
}

/// The first after the agent who was asked last, and from the top again. Only agents in a retry delay are passed over.
slot router::impl::next_in_sequence(slot lane, const call_entry& call) const {
  const auto& ready = lanes_[lane].ready;
  std::size_t after = 0;
  if (call.last_asked != none) {
    const agent_key last = key_of(call.last_asked, call.queue, place_of(call.last_asked, call.queue));
    after = ready.rank(last) + (ready.contains(last) ? 1 : 0);
  }
  for (std::size_t from = 0; from < ready.size();) {
    const std::size_t to = group_end(lane, from);
    const std::size_t start = after > from && after < to ? after : from;
    for (std::size_t i = 0; i < to - from; ++i) {
      const std::size_t n = from + (start - from + i) % (to - from);
      if (const slot agent = ready.nth(n).agent; !excludes(call, agent)) return agent;
    }
    from = to;
  }
  return none;
}

} // namespace lifeline::domain
