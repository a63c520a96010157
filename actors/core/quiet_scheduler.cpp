#include "actors/core/quiet_scheduler.hpp"

#include <caf/actor_system_config.hpp>

namespace lifeline::actors {

void quiet_clock::note(caf::abstract_actor* self) {
  const std::lock_guard lock{lock_};
  asked_.insert(self);
}

void quiet_clock::set_ordinary_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                                       std::uint64_t id) {
  note(self);
  thread_safe_actor_clock::set_ordinary_timeout(t, self, type, id);
}

void quiet_clock::set_request_timeout(time_point t, caf::abstract_actor* self, caf::message_id id) {
  note(self);
  thread_safe_actor_clock::set_request_timeout(t, self, id);
}

void quiet_clock::set_multi_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type, std::uint64_t id) {
  note(self);
  thread_safe_actor_clock::set_multi_timeout(t, self, type, id);
}

void quiet_clock::cancel_timeouts(caf::abstract_actor* self) {
  {
    const std::lock_guard lock{lock_};
    if (asked_.erase(self) == 0) return;
  }
  thread_safe_actor_clock::cancel_timeouts(self);
}

/// The clock that CAF's coordinator has is private: its thread sleeps, and ours does what it was for.
void quiet_scheduler::start() {
  hands_ = std::thread{[this] {
    system().thread_started();
    clock_.run_dispatch_loop();
    system().thread_terminates();
  }};
  super::start();
}

void quiet_scheduler::stop() {
  super::stop();
  clock_.cancel_dispatch_loop();
  hands_.join();
}

void use_quiet_scheduler(caf::actor_system_config& config) {
  config.module_factories.push_back(
      [](caf::actor_system& system) -> caf::actor_system::module* { return new quiet_scheduler(system); });
}

} // namespace lifeline::actors
