// What a reload took out of the plan, kept for the calls that are still in it.

#include "domain/plan/plan_change.hpp"

#include <algorithm>
#include <set>

namespace lifeline::domain {

namespace {

/// Adds to `after` what only `before` has, as `retire` leaves it.
template <class T, class Name, class Retire>
void keep_gone(const std::vector<T>& before, std::vector<T>& after, Name name, Retire retire) {
  std::set<std::string> present;
  for (const auto& item : after)
    present.insert(item.*name);
  for (const auto& item : before) {
    if (!present.insert(item.*name).second) continue;
    after.push_back(item);
    after.back().retired = true;
    retire(after.back());
  }
}

} // namespace

plan with_retired(const plan& from, plan to) {
  keep_gone(from.hotlines, to.hotlines, &hotline_plan::name, [](hotline_plan& h) { h.numbers.clear(); });
  keep_gone(from.queues, to.queues, &queue_plan::name, [](queue_plan&) {});
  keep_gone(from.agents, to.agents, &agent_plan::account, [](agent_plan& a) {
    a.queues.clear();
    a.places.clear();
  });
  // Callers who are still in a queue that is gone are served by those who served it.
  for (auto& agent : to.agents) {
    const auto* before = from.find_agent(agent.account);
    if (agent.retired || before == nullptr) continue;
    for (const auto& name : before->queues) {
      const auto* queue = to.find_queue(name);
      const bool serves = std::find(agent.queues.begin(), agent.queues.end(), name) != agent.queues.end();
      if (queue == nullptr || !queue->retired || serves) continue;
      agent.queues.push_back(name);
      if (const auto place = before->places.find(name); place != before->places.end()) agent.places.insert(*place);
    }
  }
  return to;
}

plan without_retired(plan p) {
  for (auto& agent : p.agents) {
    const auto gone = [&](const queue_id& name) {
      const auto* queue = p.find_queue(name);
      return queue != nullptr && queue->retired;
    };
    std::erase_if(agent.queues, gone);
    std::erase_if(agent.places, [&](const auto& entry) { return gone(entry.first); });
  }
  std::erase_if(p.hotlines, [](const hotline_plan& x) { return x.retired; });
  std::erase_if(p.queues, [](const queue_plan& x) { return x.retired; });
  std::erase_if(p.agents, [](const agent_plan& x) { return x.retired; });
  return p;
}

} // namespace lifeline::domain
