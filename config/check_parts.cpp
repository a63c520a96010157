#include "config/check_parts.hpp"

#include <algorithm>

namespace lifeline::config {

bool contains(const names& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool unique_words::add(const std::string& word, position at) {
  if (word.empty()) return true;
  const auto [it, fresh] = seen_.emplace(word, at);
  if (!fresh) {
    problems_->add(at, what_ + ' ' + quote(word) + " is given twice, first in line " + std::to_string(it->second.line));
  }
  return fresh;
}

names overflow_chain(const domain::plan& plan, const domain::queue_id& first, bool& cycle) {
  names chain;
  const auto* q = plan.find_queue(first);
  while (q != nullptr && !contains(chain, q->name)) {
    chain.push_back(q->name);
    q = q->overflow_queue.empty() ? nullptr : plan.find_queue(q->overflow_queue);
  }
  cycle = q != nullptr;
  if (cycle) chain.push_back(q->name);
  return chain;
}

bool ever_overflows(const domain::queue_plan& q) {
  return q.max_wait != domain::span{0} || q.max_length != 0 || q.max_expected_wait != domain::span{0} ||
         q.join_empty == domain::empty_policy::overflow || q.leave_empty == domain::empty_policy::overflow ||
         std::any_of(q.escalations.begin(), q.escalations.end(), [](const auto& rule) { return rule.overflow; });
}

void check_outside_numbers(const domain::plan& plan, const names& numbers, const node& table, const std::string& kind,
                           problem_list& problems) {
  const auto key = kind + "_numbers";
  if (!numbers.empty() && plan.outbound_trunks({}).empty())
    problems.add(place_of(table, key), key + " need a [[trunk]] with outbound to be dialled through");
  unique_words once("number", problems);
  for (std::size_t n = 0; n < numbers.size(); ++n) {
    const auto& number = numbers[n];
    const auto at = place_of(table, key, n);
    once.add(number, at);
    const auto* h = number.empty() ? nullptr : plan.find_hotline_by_number(number);
    if (h == nullptr) continue;
    problems.add(at, kind + " number " + quote(number) + " belongs to hotline " + quote(h->name) +
                         ": the call would come back");
  }
}

} // namespace lifeline::config
