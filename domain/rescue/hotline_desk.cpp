#include "domain/rescue/hotline_desk.hpp"

#include <algorithm>
#include <set>

namespace lifeline::domain {

desk desk_of(const plan& p, const std::string& hotline, const agent_id& account) {
  const auto* agent = p.find_agent(account);
  if (agent == nullptr || agent->retired) return desk::unknown;
  const auto* h = p.find_hotline(hotline);
  if (h == nullptr) return desk::ours;
  std::set<queue_id> seen; // overflows may run in a circle
  for (auto queue = h->queue; !queue.empty() && seen.insert(queue).second;) {
    if (std::find(agent->queues.begin(), agent->queues.end(), queue) != agent->queues.end()) return desk::ours;
    const auto* q = p.find_queue(queue);
    queue = q == nullptr ? queue_id{} : q->overflow_queue;
  }
  return desk::another;
}

} // namespace lifeline::domain
