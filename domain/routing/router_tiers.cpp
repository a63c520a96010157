// Tiers: whom a caller may be offered to by now.
//
// A caller's limit rises with its waiting, by timers, and moves it to the lane of that limit. The tiers that are open
// to everybody because no agent of a lower one is present are the lanes' affair, so that a whole tier's coming or going
// touches agents and lanes but no waiting caller.
#include "domain/routing/router_impl.hpp"

#include <algorithm>

namespace lifeline::domain {

using namespace routing;

/// The highest tier of the queue's agents that has been reached by waiting or by a rule; 0 = none yet.
int router::impl::tier_limit(slot queue, const call_entry& call, instant now) const {
  const queue_entry& of = queues_[queue];
  if (of.plan.tier_wait <= 0s || of.tiers.empty()) return every_tier;
  const auto waited = std::max<std::int64_t>(micros(now) - call.key.entered, 0) / of.plan.tier_wait.count();
  const auto limit = std::max<std::int64_t>(waited + 1, call.tier);
  if (limit >= of.tiers.back()) return every_tier;
  const auto above = std::upper_bound(of.tiers.begin(), of.tiers.end(), static_cast<int>(limit));
  return above == of.tiers.begin() ? 0 : *(above - 1);
}

/// For the next tier that the caller reaches by waiting.
void router::impl::arm_tier(slot call, instant now) {
  call_entry& entry = calls_[call];
  const queue_entry& of = queues_[entry.queue];
  entry.tier_due = never;
  const int limit = tier_limit(entry.queue, entry, now);
  if (limit == every_tier) return;
  const int next = *std::upper_bound(of.tiers.begin(), of.tiers.end(), limit);
  entry.tier_due = from_micros(entry.key.entered) + (next - 1) * of.plan.tier_wait;
  arm_call(timer_kind::tier, call, entry.tier_due);
}

/// To the lane of its present requirements and limit, where it is offered to whoever is new to it. A caller who waits
/// for its sticky agent goes on doing so, unless that one cannot have it any more.
void router::impl::relane(slot call, instant now) {
  const call_entry& entry = calls_[call];
  const slot only = lanes_[entry.lane].key.only;
  if (only == none) {
    move_to_lane(call, lane_for(entry.queue, entry, tier_limit(entry.queue, entry, now)));
  } else if (entry.offers.empty() && !reaches(agents_[only], required_of(entry))) {
    end_sticky(call, now);
  }
}

/// The levels that an agent must reach: the queue's, or what a rule put in their place, and the call's own.
requirement_set router::impl::required_of(const call_entry& call) const {
  return combined(call.instead ? *call.instead : queues_[call.queue].plan.required, call.own);
}

void router::impl::move_to_lane(slot call, slot lane) {
  call_entry& entry = calls_[call];
  if (entry.lane == lane) return;
  const bool was_in_lane = entry.in_lane;
  const slot old = entry.lane;
  take_from_lane(call);
  entry.lane = lane;
  ++lanes_[lane].users;
  leave_lane_for_good(old);
  if (!was_in_lane) return;
  put_in_lane(call);
  free_calls_.push_back(call);
}

/// After the presence of a whole tier has changed: agents whose tier is now open to all lanes join them, others leave.
void router::impl::update_open_tier(slot queue) {
  queue_entry& of = queues_[queue];
  if (of.plan.tier_wait <= 0s || !of.plan.tier_skip_empty) return;
  const auto lowest = std::find_if(of.present_in_tier.begin(), of.present_in_tier.end(), [](auto n) { return n > 0; });
  const int open = lowest == of.present_in_tier.end()
                       ? every_tier
                       : of.tiers[static_cast<std::size_t>(lowest - of.present_in_tier.begin())];
  if (open == of.open_tier) return;
  const int low = std::min(open, of.open_tier);
  const int high = std::max(open, of.open_tier);
  of.open_tier = open;
  ask_again_due_ = ask_again_due_ || of.emergency; // whoever has missed a call may be among those who join
  std::vector<std::pair<agent_key, slot>> moved;
  for (const slot agent : of.roster) {
    const tier_place place = place_of(agent, queue);
    if (place.tier <= low || place.tier > high) continue;
    if (agents_[agent].listed) moved.emplace_back(key_of(agent, queue, place), agent);
    unlist(agent);
  }
  for (const auto& [key, lane] : of.lanes) {
    if (key.only != none || key.tier == every_tier) continue;
    lane_entry& entry = lanes_[lane];
    for (const slot agent : of.roster) {
      const tier_place place = place_of(agent, queue);
      if (place.tier <= std::max(low, key.tier) || place.tier > high) continue;
      const bool joins = place.tier <= open;
      if (!joins && entry.serves[agent] != 0) {
        entry.serves[agent] = 0;
        std::erase_if(agents_[agent].lanes, [l = lane](const served_lane& each) { return each.lane == l; });
      } else if (joins && entry.serves[agent] == 0 && reaches(agents_[agent], key.required)) {
        entry.serves[agent] = 1;
        agents_[agent].lanes.push_back({lane, place, false});
      }
    }
  }
  std::sort(moved.begin(), moved.end()); // the strategy's order
  for (const auto& each : moved)
    free_agents_.push_back(each.second);
}

} // namespace lifeline::domain
