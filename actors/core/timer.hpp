#pragma once
// The one timer that an actor has.

#include "actors/core/surroundings.hpp"
#include "actors/core/timekeeper.hpp"

#include <algorithm>
#include <memory>

namespace lifeline::actors {

/// Lives in the actor's state, and is taken back with it.
class timer {
public:
  timer() = default;
  ~timer() {
    if (keeper_) keeper_->forget(owner_);
  }
  timer(const timer&) = delete;
  timer& operator=(const timer&) = delete;

  /// A `wake` comes at `due`, or sooner: an earlier time that was asked for before stays. Whoever is woken looks what
  /// is due and asks again. `never` asks for nothing.
  template <class Self> void arm(Self* self, const surroundings& around, domain::instant due, domain::instant now) {
    if (due == domain::never) return;
    if (!around.time) due = std::min(due, now + longest_sleep);
    if (armed_ != domain::never && armed_ <= due) return;
    armed_ = due;
    const auto delay = std::max(due - now, domain::span{0});
    if (!around.time) return self->delayed_send(self, delay, wake{++generation_});
    keeper_ = around.time;
    owner_ = self->id();
    keeper_->wake_at(caf::actor_cast<caf::weak_actor_ptr>(self), self->clock().now() + delay, ++generation_);
  }

  /// When a `wake` will come; never: none was asked for.
  [[nodiscard]] domain::instant armed() const { return armed_; }

  /// Whether it is the last one that was asked for; it is not armed any more then.
  bool came(const wake& w) {
    if (w.generation != generation_) return false;
    armed_ = domain::never;
    return true;
  }

private:
  /// CAF's delayed messages cannot be taken back and would keep an actor that is over for so long.
  static constexpr domain::span longest_sleep = std::chrono::seconds{30};

  std::shared_ptr<timekeeper> keeper_;
  caf::actor_id owner_ = 0;
  std::uint64_t generation_ = 0;
  domain::instant armed_ = domain::never;
};

} // namespace lifeline::actors
