// Lanes: which agents serve which callers, and who of them is ready.
#include "domain/router_impl.hpp"

#include <algorithm>

namespace lifeline::domain {

using namespace routing;

namespace {

/// Lanes of one queue that are kept for calls with requirements of their own, although nobody uses them at the moment:
/// making one costs a look at every agent of the queue.
constexpr std::size_t idle_lane_limit = 256;

/// Both lists as one: sorted, with the highest level of each skill.
requirement_set combined(const std::vector<skill_requirement>& a, const std::vector<skill_requirement>& b) {
  std::map<std::string, int> levels;
  for (const auto* list : {&a, &b}) {
    for (const auto& each : *list) {
      const auto [at, fresh] = levels.try_emplace(each.skill, each.level);
      if (!fresh) at->second = std::max(at->second, each.level);
    }
  }
  return {levels.begin(), levels.end()};
}

bool reaches(const agent_entry& agent, const requirement_set& required) {
  return std::all_of(required.begin(), required.end(), [&](const auto& each) {
    const auto has = agent.skills.find(each.first);
    return has != agent.skills.end() && has->second >= each.second;
  });
}

} // namespace

router::impl::impl(const plan& p, std::uint64_t epoch, std::uint64_t seed)
    : epoch_(epoch), ids_(seed), random_(seed ^ 0x9E3779B97F4A7C15ull) {
  for (const auto& each : p.queues) {
    if (!queue_slots_.try_emplace(each.name, static_cast<slot>(queues_.size())).second) continue;
    queues_.emplace_back().plan = each;
  }
  for (const auto& each : p.agents) {
    const auto agent = static_cast<slot>(agents_.size());
    if (!agent_slots_.try_emplace(each.account, agent).second) continue;
    agent_entry& entry = agents_.emplace_back();
    entry.account = each.account;
    entry.skills = each.skills;
    for (const auto& name : each.queues) {
      const auto queue = queue_slots_.find(name);
      if (queue == queue_slots_.end()) continue;
      auto& roster = queues_[queue->second].roster;
      if (roster.empty() || roster.back() != agent) roster.push_back(agent);
    }
  }
  for (slot queue = 0; queue < queues_.size(); ++queue)
    queues_[queue].base_lane = lane_for(queue, {});
}

slot router::impl::lane_for(slot queue, const std::vector<skill_requirement>& extra) {
  if (extra.empty() && queues_[queue].base_lane != none) return queues_[queue].base_lane;
  requirement_set required = combined(queues_[queue].plan.required, extra);
  const auto known = queues_[queue].lanes.find(required);
  if (known != queues_[queue].lanes.end()) return known->second;
  if (queues_[queue].lanes.size() > idle_lane_limit) drop_idle_lanes(queue);
  return make_lane(queue, std::move(required));
}

slot router::impl::make_lane(slot queue, requirement_set required) {
  slot lane = none;
  if (free_lanes_.empty()) {
    lane = static_cast<slot>(lanes_.size());
    lanes_.emplace_back();
    heads_.emplace_back();
  } else {
    lane = free_lanes_.back();
    free_lanes_.pop_back();
  }
  lane_entry& entry = lanes_[lane];
  entry.queue = queue;
  entry.serves.assign(agents_.size(), 0);
  for (const slot agent : queues_[queue].roster) {
    agent_entry& each = agents_[agent];
    if (!reaches(each, required)) continue;
    entry.serves[agent] = 1;
    each.lanes.push_back(lane);
    if (each.listed) entry.ready.insert(key_of(agent, queues_[queue].plan.strategy));
  }
  heads_[lane] = lane_head{{}, queues_[queue].plan.weight};
  queues_[queue].lanes.emplace(required, lane);
  entry.required = std::move(required);
  return lane;
}

void router::impl::drop_idle_lanes(slot queue) {
  queue_entry& of = queues_[queue];
  std::vector<std::uint8_t> dropped(lanes_.size(), 0);
  for (auto each = of.lanes.begin(); each != of.lanes.end();) {
    const slot lane = each->second;
    if (lane == of.base_lane || lanes_[lane].users > 0) {
      ++each;
      continue;
    }
    dropped[lane] = 1;
    lanes_[lane] = lane_entry{};
    free_lanes_.push_back(lane);
    each = of.lanes.erase(each);
  }
  for (const slot agent : of.roster) {
    std::erase_if(agents_[agent].lanes, [&](slot lane) { return dropped[lane] != 0; });
  }
}

agent_key router::impl::key_of(slot agent, strategy by) const {
  const agent_entry& of = agents_[agent];
  const std::int64_t ready_since = micros(of.view.ready_since);
  switch (by) {
  case strategy::longest_idle:
  case strategy::ring_all: return {ready_since, ready_since, agent};
  case strategy::round_robin: return {micros(of.last_offered), ready_since, agent};
  case strategy::fewest_calls: return {static_cast<std::int64_t>(of.view.calls_answered), ready_since, agent};
  case strategy::least_talk: return {of.view.talk_time.count(), ready_since, agent};
  case strategy::random: break;
  case strategy::top_down:
  case strategy::sequential:
  case strategy::ring_progressively: return {0, 0, agent};
  }
  return {0, 0, agent};
}

void router::impl::list(slot agent) {
  agent_entry& of = agents_[agent];
  if (of.listed) return;
  of.listed = true;
  for (const slot lane : of.lanes)
    lanes_[lane].ready.insert(key_of(agent, queues_[lanes_[lane].queue].plan.strategy));
}

void router::impl::unlist(slot agent) {
  agent_entry& of = agents_[agent];
  if (!of.listed) return;
  of.listed = false;
  for (const slot lane : of.lanes)
    lanes_[lane].ready.erase(key_of(agent, queues_[lanes_[lane].queue].plan.strategy));
}

void router::impl::refresh_head(slot lane) {
  const auto& callers = lanes_[lane].callers;
  heads_[lane].key = callers.empty() ? caller_key{} : callers.front();
}

} // namespace lifeline::domain
