#pragma once
// A memory that does not grow: the last so many of what was put in.

#include <cstddef>
#include <deque>
#include <unordered_map>
#include <utility>

namespace lifeline::domain {

template <class Id, class Value> class last_ones {
public:
  explicit last_ones(std::size_t limit) : limit_(limit) {}
  /// A known id keeps its place in the order of forgetting.
  void put(const Id& id, Value value) {
    if (!values_.insert_or_assign(id, std::move(value)).second) return;
    order_.push_back(id);
    if (order_.size() <= limit_) return;
    values_.erase(order_.front());
    order_.pop_front();
  }
  [[nodiscard]] const Value* find(const Id& id) const {
    const auto it = values_.find(id);
    return it == values_.end() ? nullptr : &it->second;
  }
  [[nodiscard]] std::size_t size() const { return values_.size(); }

private:
  std::size_t limit_;
  std::unordered_map<Id, Value> values_;
  std::deque<Id> order_;
};

} // namespace lifeline::domain
