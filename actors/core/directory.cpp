#include "actors/core/directory.hpp"

namespace lifeline::actors {

void directory::set_dispatcher(dispatcher_actor a, std::uint64_t epoch) {
  const std::unique_lock lock{mutex_};
  dispatcher_ = std::move(a);
  epoch_ = epoch;
}

dispatcher_actor directory::dispatcher() const {
  const std::shared_lock lock{mutex_};
  return dispatcher_;
}

std::uint64_t directory::epoch() const {
  const std::shared_lock lock{mutex_};
  return epoch_;
}

void directory::clear() {
  set_dispatcher({}, epoch());
  agents.clear();
  calls.clear();
  live_calls.clear();
  lift_calls.clear();
}

} // namespace lifeline::actors
