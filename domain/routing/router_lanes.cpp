// Lanes: which agents serve which callers, and who of them is ready.
#include "domain/routing/router_impl.hpp"

#include <algorithm>

namespace lifeline::domain {

using namespace routing;

namespace {

/// Lanes of one queue that are kept for calls with requirements of their own, although nobody uses them at the moment:
/// making one costs a look at every agent of the queue.
constexpr std::size_t idle_lane_limit = 256;

} // namespace

requirement_set routing::combined(const std::vector<skill_requirement>& a, const std::vector<skill_requirement>& b) {
  std::map<std::string, int> levels;
  for (const auto* list : {&a, &b}) {
    for (const auto& each : *list) {
      const auto [at, fresh] = levels.try_emplace(each.skill, each.level);
      if (!fresh) at->second = std::max(at->second, each.level);
    }
  }
  return {levels.begin(), levels.end()};
}

bool routing::reaches(const agent_entry& agent, const requirement_set& required) {
  return std::all_of(required.begin(), required.end(), [&](const auto& each) {
    const auto has = agent.skills.find(each.first);
    return has != agent.skills.end() && has->second >= each.second;
  });
}

slot router::impl::lane_for(slot queue, const call_entry& call, int tier) {
  queue_entry& of = queues_[queue];
  const bool base = call.own.empty() && !call.instead;
  if (base) {
    for (const auto& [each, lane] : of.base_lanes) {
      if (each == tier) return lane;
    }
  }
  const auto& queues_own = call.instead ? *call.instead : of.plan.required;
  const slot lane = find_lane(queue, {combined(queues_own, call.own), tier, none});
  if (base) of.base_lanes.emplace_back(tier, lane);
  return lane;
}

slot router::impl::find_lane(slot queue, lane_key key) {
  queue_entry& of = queues_[queue];
  const auto known = of.lanes.find(key);
  if (known != of.lanes.end()) return known->second;
  if (of.lanes.size() > std::max(idle_lane_limit, 2 * of.lanes_after_sweep)) drop_idle_lanes(queue);
  return make_lane(queue, std::move(key));
}

slot router::impl::make_lane(slot queue, lane_key key) {
  slot lane = none;
  if (free_lanes_.empty()) {
    lane = static_cast<slot>(lanes_.size());
    lanes_.emplace_back();
    heads_.emplace_back();
  } else {
    lane = free_lanes_.back();
    free_lanes_.pop_back();
  }
  queue_entry& of = queues_[queue];
  lane_entry& entry = lanes_[lane];
  entry.queue = queue;
  const auto serve = [&](slot agent, const tier_place& place) {
    agents_[agent].lanes.push_back({lane, place, key.only != none});
    if (agents_[agent].listed) entry.ready.insert(key_of(agent, queue, place));
  };
  if (key.only != none) {
    serve(key.only, place_of(key.only, queue));
  } else {
    entry.serves.assign(agents_.size(), 0);
    for (const slot agent : of.roster) {
      const tier_place place = place_of(agent, queue);
      if (place.tier > std::max(key.tier, of.open_tier) || !reaches(agents_[agent], key.required)) continue;
      entry.serves[agent] = 1;
      serve(agent, place);
    }
  }
  heads_[lane] = lane_head{{}, of.plan.weight};
  of.lanes.emplace(key, lane);
  for (const auto& [skill, level] : key.required)
    entry.skills.push_back(skill_slot(skill));
  entry.key = std::move(key);
  return lane;
}

/// The name outlives the lane: what was noted of a decision may speak of it.
slot router::impl::skill_slot(const std::string& name) {
  const auto [at, fresh] = skill_slots_.try_emplace(name, static_cast<slot>(skill_names_.size()));
  if (fresh) skill_names_.push_back(name);
  return at->second;
}

/// Nobody uses it.
void router::impl::drop_lane(slot lane) {
  lane_entry& entry = lanes_[lane];
  const auto leaves = [&](slot agent) {
    std::erase_if(agents_[agent].lanes, [&](const served_lane& each) { return each.lane == lane; });
  };
  if (entry.key.only != none) {
    leaves(entry.key.only);
  } else {
    for (const slot agent : queues_[entry.queue].roster) {
      if (entry.serves[agent] != 0) leaves(agent);
    }
  }
  queues_[entry.queue].lanes.erase(entry.key);
  entry = lane_entry{};
  heads_[lane] = lane_head{};
  free_lanes_.push_back(lane);
}

void router::impl::drop_idle_lanes(slot queue) {
  queue_entry& of = queues_[queue];
  std::vector<slot> idle;
  for (const auto& [key, lane] : of.lanes) {
    const bool base = std::any_of(of.base_lanes.begin(), of.base_lanes.end(),
                                  [&, l = lane](const auto& each) { return each.second == l; });
    if (!base && lanes_[lane].users == 0) idle.push_back(lane);
  }
  for (const slot lane : idle)
    drop_lane(lane);
  of.lanes_after_sweep = of.lanes.size();
}

/// One call belongs to it no longer. Lanes of ordinary requirements come back soon and are kept, see above.
void router::impl::leave_lane_for_good(slot lane) {
  if (--lanes_[lane].users == 0 && lanes_[lane].key.only != none) drop_lane(lane);
}

bool router::impl::serves(slot lane, slot agent) const {
  const lane_entry& of = lanes_[lane];
  return of.key.only != none ? of.key.only == agent : of.serves[agent] != 0;
}

tier_place router::impl::place_of(slot agent, slot queue) const {
  for (const auto& each : agents_[agent].queues) {
    if (each.queue == queue) return each.place;
  }
  return {};
}

agent_key router::impl::key_of(slot agent, slot queue, const tier_place& place) const {
  const agent_entry& of = agents_[agent];
  const queue_plan& plan = queues_[queue].plan;
  const std::int64_t ready_since = micros(of.view.ready_since);
  const bool by_tier = plan.tier_wait > 0s || is_positional(plan.strategy);
  const int tier = by_tier ? place.tier : 0;
  switch (plan.strategy) {
  case strategy::longest_idle:
  case strategy::ring_all: return {tier, ready_since, ready_since, agent};
  case strategy::round_robin: return {tier, micros(of.last_offered), ready_since, agent};
  case strategy::fewest_calls: return {tier, static_cast<std::int64_t>(of.view.calls_answered), ready_since, agent};
  case strategy::least_talk: return {tier, of.view.talk_time.count(), ready_since, agent};
  case strategy::random: break;
  case strategy::top_down:
  case strategy::sequential:
  case strategy::ring_progressively: return {tier, place.position, 0, agent};
  }
  return {tier, 0, 0, agent};
}

void router::impl::list(slot agent) {
  agent_entry& of = agents_[agent];
  if (of.listed) return;
  of.listed = true;
  for (const auto& each : of.lanes)
    lanes_[each.lane].ready.insert(key_of(agent, lanes_[each.lane].queue, each.place));
}

void router::impl::unlist(slot agent) {
  agent_entry& of = agents_[agent];
  if (!of.listed) return;
  of.listed = false;
  for (const auto& each : of.lanes)
    lanes_[each.lane].ready.erase(key_of(agent, lanes_[each.lane].queue, each.place));
}

void router::impl::refresh_head(slot lane) {
  const auto& callers = lanes_[lane].callers;
  heads_[lane].key = callers.empty() ? caller_key{} : callers.front();
}

} // namespace lifeline::domain
