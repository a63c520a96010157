#pragma once
// What the parts of the simulated outer world share: their timers, and the count of the situations that a course has
// come across.

#include "tests/simulation/clockwork.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace lifeline::simulation {

class outside {
public:
  explicit outside(clockwork& time) : time_(time) {}

  [[nodiscard]] clockwork::time_point now() const { return time_.now(); }
  void after(clockwork::duration d, std::function<void()> what) { timers_.emplace(now() + d, std::move(what)); }
  [[nodiscard]] clockwork::time_point next_timer() const {
    return timers_.empty() ? clockwork::time_point::max() : timers_.begin()->first;
  }
  void fire_due() {
    while (!timers_.empty() && timers_.begin()->first <= now()) {
      const auto what = std::move(timers_.begin()->second);
      timers_.erase(timers_.begin());
      what();
    }
  }
  [[nodiscard]] bool quiet() const { return timers_.empty(); }

  /// A situation that a replay may ask for ("late answer").
  void note(std::string_view situation) {
    const auto found = situations_.find(situation);
    if (found != situations_.end())
      ++found->second;
    else
      situations_.emplace(situation, 1);
  }
  [[nodiscard]] const std::map<std::string, std::uint64_t, std::less<>>& situations() const { return situations_; }

private:
  clockwork& time_;
  std::multimap<clockwork::time_point, std::function<void()>> timers_;
  std::map<std::string, std::uint64_t, std::less<>> situations_;
};

} // namespace lifeline::simulation
