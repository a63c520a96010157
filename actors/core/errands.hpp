#pragma once
// Things that an actor means to do later. For the one timer that it is armed again and again see timer.hpp.

#include "actors/protocol/common.hpp"
#include "domain/base/time.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <functional>
#include <unordered_map>

namespace lifeline::actors {

/// Lives in the actor's state; the actor hands every `wake` to came().
class errands {
public:
  explicit errands(caf::scheduled_actor* self) : self_(self) {}

  void later(domain::span delay, std::function<void()> what);
  void came(const wake& w);

private:
  caf::scheduled_actor* self_;
  std::unordered_map<std::uint64_t, std::function<void()>> waiting_; ///< by the generation of their wake
  std::uint64_t last_ = 0;
};

} // namespace lifeline::actors
