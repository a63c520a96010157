#pragma once
// Agents whose phones are still in a call of the last run, until its end was answered or given up. Thread-safe.

#include "domain/base/ids.hpp"
#include "domain/plan/plan.hpp"

#include <map>
#include <mutex>
#include <string>

namespace lifeline::actors {

class busy_phones {
public:
  void add(const domain::leg_id& leg, const domain::agent_id& account) {
    const std::lock_guard lock{mutex_};
    legs_[leg] = account;
  }
  /// The agent whose phone is free by this; empty: it is nobody's, or still in another one.
  domain::agent_id over(const domain::leg_id& leg) {
    const std::lock_guard lock{mutex_};
    const auto found = legs_.extract(leg);
    if (found.empty() || has(found.mapped())) return {};
    return found.mapped();
  }
  [[nodiscard]] bool contains(const domain::agent_id& account) const {
    const std::lock_guard lock{mutex_};
    return has(account);
  }

private:
  [[nodiscard]] bool has(const domain::agent_id& account) const {
    for (const auto& [leg, whose] : legs_)
      if (whose == account) return true;
    return false;
  }
  mutable std::mutex mutex_;
  std::map<domain::leg_id, domain::agent_id> legs_;
};

} // namespace lifeline::actors
