#include "actors/engine/silence_board.hpp"

namespace lifeline::actors {

std::chrono::milliseconds silence_board::patience(const std::string& name, clock::time_point now) {
  const std::lock_guard lock{mutex_};
  const auto known = silent_.find(name);
  return known != silent_.end() && now - known->second < memory ? short_patience : operation_timeout;
}

void silence_board::note(const std::string& name, bool answered, clock::time_point now) {
  const std::lock_guard lock{mutex_};
  if (answered) {
    silent_.erase(name);
    return;
  }
  std::erase_if(silent_, [&](const auto& each) { return now - each.second >= memory; }); // calls end: it stays small
  silent_.try_emplace(name, now);
}

} // namespace lifeline::actors
