#pragma once
// An actor system in virtual time whose next actor is drawn by lot: a seed decides which of the actors that have a
// message handles its next one. Each actor's own messages keep their order, as they do on real threads.
//
// The lot of a message depends on the seed, on whose message it is and on how many that actor has handled before, not
// on how many others have: leaving an input out changes the order of as little as possible.

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lifeline::simulation {

/// One round of splitmix64: spreads what is put in.
constexpr std::uint64_t spread(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ull;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

class clockwork {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;

  explicit clockwork(std::uint64_t seed);
  clockwork(const clockwork&) = delete;
  clockwork& operator=(const clockwork&) = delete;
  /// Ends whatever actor is left.
  ~clockwork();

  [[nodiscard]] caf::actor_system& system() { return system_; }
  [[nodiscard]] time_point now() const { return sched_.clock().current_time; }
  [[nodiscard]] bool has_work() const { return sched_.has_job(); }

  /// One actor handles one message; false: there is none.
  bool step();
  /// When the next timer of an actor is due; time_point::max(): there is none.
  [[nodiscard]] time_point next_timer() const;
  /// Lets time pass to `t` at once; timers due until then fire together, in their order.
  void jump_to(time_point t);
  /// Called after each step with the actor that ran; null when it has ended.
  std::function<void(caf::abstract_actor*)> after_step;

  /// The living actor of that name that has run last; empty: none.
  [[nodiscard]] caf::actor latest(std::string_view name) const;
  /// Every actor ends, all timers and messages are gone: what a killed process leaves of them.
  void end_all_actors();

  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  /// Of the order in which actors have run.
  [[nodiscard]] std::uint64_t trace() const { return trace_; }

private:
  struct runner {
    std::uint64_t key = 0; ///< by name and order of appearance: ids would shift with each actor left out
    std::uint64_t handled = 0;
    std::uint64_t last_step = 0;
    const char* name = "";
    caf::actor_addr address;
  };
  runner& runner_of(caf::abstract_actor& a);
  std::size_t draw();

  std::uint64_t seed_;
  caf::actor_system_config config_;
  caf::actor_system system_;
  caf::scheduler::test_coordinator& sched_;
  std::unordered_map<caf::actor_id, runner> runners_;
  std::unordered_map<std::string_view, std::uint64_t> seen_; ///< how many actors of each name
  std::uint64_t steps_ = 0;
  std::uint64_t trace_ = 0;
};

template <class Handle> bool is_alive(const Handle& handle) {
  if (!handle) return false; // a null handle would be cast to an actor that is none
  const auto* actor = caf::actor_cast<caf::abstract_actor*>(handle);
  return actor != nullptr && !actor->getf(caf::abstract_actor::is_terminated_flag) &&
         !actor->getf(caf::abstract_actor::is_cleaned_up_flag);
}

/// The state of a living actor, to be looked at between steps; null: it has ended.
template <class State, class Interface> const State* look_at(const Interface& handle) {
  using actor_type = std::remove_pointer_t<typename Interface::template stateful_pointer<State>>;
  if (!is_alive(handle)) return nullptr;
  const auto* actor = dynamic_cast<const actor_type*>(caf::actor_cast<caf::abstract_actor*>(handle));
  return actor != nullptr ? &actor->state : nullptr;
}

} // namespace lifeline::simulation
