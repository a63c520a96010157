#include "domain/plan.hpp"

#include <algorithm>

namespace lifeline::domain {

namespace {

template <class T, class Predicate> const T* find_in(const std::vector<T>& items, Predicate matches) {
  const auto it = std::find_if(items.begin(), items.end(), matches);
  return it == items.end() ? nullptr : &*it;
}

} // namespace

const queue_plan* plan::find_queue(const queue_id& name) const {
  return find_in(queues, [&](const queue_plan& q) { return q.name == name; });
}

const agent_plan* plan::find_agent(const agent_id& account) const {
  return find_in(agents, [&](const agent_plan& a) { return a.account == account; });
}

const hotline_plan* plan::find_hotline_by_number(const std::string& number) const {
  return find_in(hotlines, [&](const hotline_plan& h) {
    return std::find(h.numbers.begin(), h.numbers.end(), number) != h.numbers.end();
  });
}

const hotline_plan* plan::find_hotline(const std::string& name) const {
  return find_in(hotlines, [&](const hotline_plan& h) { return h.name == name; });
}

const trunk_plan* plan::outbound_trunk() const {
  return find_in(trunks, [](const trunk_plan& t) { return !t.outbound.empty(); });
}

} // namespace lifeline::domain
