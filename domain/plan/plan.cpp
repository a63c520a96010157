#include "domain/plan/plan.hpp"

#include <algorithm>

namespace lifeline::domain {

namespace {

template <class T, class Predicate> const T* find_in(const std::vector<T>& items, Predicate matches) {
  const auto it = std::find_if(items.begin(), items.end(), matches);
  return it == items.end() ? nullptr : &*it;
}

/// How long an agent is not offered a call that could not be offered for a fault of our own.
constexpr span fault_delay = 1s;

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

bool plan::serves_emergency(const queue_id& queue) const {
  return std::any_of(hotlines.begin(), hotlines.end(), [&](const hotline_plan& h) {
    const auto* at = h.emergency ? find_queue(h.queue) : nullptr;
    for (std::size_t steps = 0; at != nullptr && steps < queues.size(); ++steps) { // overflows may go in a circle
      if (at->name == queue) return true;
      at = find_queue(at->overflow_queue);
    }
    return false;
  });
}

std::vector<std::string> plan::outbound_trunks(const hotline_plan& hotline) const {
  std::vector<std::string> names;
  const auto add = [&](const trunk_plan& t) {
    if (!t.outbound.empty()) names.push_back(t.name);
  };
  if (hotline.trunks.empty()) {
    for (const auto& t : trunks)
      add(t);
    return names;
  }
  for (const auto& wanted : hotline.trunks)
    if (const auto* t = find_in(trunks, [&](const trunk_plan& each) { return each.name == wanted; })) add(*t);
  return names;
}

span queue_plan::delay_after(reservation_outcome outcome) const {
  switch (outcome) {
  case reservation_outcome::rejected: return reject_delay;
  case reservation_outcome::busy: return busy_delay;
  case reservation_outcome::no_answer:
  case reservation_outcome::unreachable:
  case reservation_outcome::lease_expired: return no_answer_delay;
  // The call could not be offered at all, for want of a media port. Without a delay it would be offered again and again
  // in the same moment, for as long as the want lasts.
  case reservation_outcome::refused: return fault_delay;
  default: return span{0};
  }
}

tier_place agent_plan::place_in(const queue_id& queue) const {
  const auto found = places.find(queue);
  return found == places.end() ? tier_place{} : found->second;
}

std::string_view to_string(empty_policy x) {
  switch (x) {
  case empty_policy::wait: return "wait";
  case empty_policy::overflow: return "overflow";
  }
  return "unknown";
}

std::string_view to_string(holding x) {
  switch (x) {
  case holding::ringing: return "ringing";
  case holding::early_media: return "early-media";
  case holding::answered: return "answered";
  }
  return "unknown";
}

} // namespace lifeline::domain
