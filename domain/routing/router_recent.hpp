#pragma once
// A bounded memory of things that count for a while: what the router knows of callers who have been here.

#include "domain/base/time.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace lifeline::domain::routing {

/// Values by key, each with the time it is of. When it is full the oldest entry goes.
template <class Value> class recent {
public:
  explicit recent(std::size_t limit = 100'000) : limit_(limit) {}

  /// Times must not run backwards by much: what is put first is forgotten first.
  void put(const std::string& key, Value value, instant at) {
    values_.insert_or_assign(key, std::pair{std::move(value), at});
    by_time_.emplace_back(at, key);
    while (values_.size() > limit_ || by_time_.size() > 2 * limit_)
      drop_oldest();
  }
  /// Nothing when it is older than `since`.
  [[nodiscard]] std::optional<Value> find(const std::string& key, instant since) const {
    const auto found = values_.find(key);
    if (found == values_.end() || found->second.second < since) return std::nullopt;
    return found->second.first;
  }
  void erase(const std::string& key) { values_.erase(key); }
  void forget_before(instant since) {
    while (!by_time_.empty() && by_time_.front().first < since)
      drop_oldest();
  }
  [[nodiscard]] std::size_t size() const { return values_.size(); }

private:
  void drop_oldest() {
    const auto& [at, key] = by_time_.front();
    const auto found = values_.find(key);
    if (found != values_.end() && found->second.second == at) values_.erase(found);
    by_time_.pop_front();
  }

  std::size_t limit_;
  std::unordered_map<std::string, std::pair<Value, instant>> values_;
  std::deque<std::pair<instant, std::string>> by_time_;
};

} // namespace lifeline::domain::routing
