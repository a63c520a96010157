#include "actors/supervision/supervisor_effects.hpp"

#include <exception>

namespace lifeline::actors {

std::variant<caf::actor, std::string> try_start(const child_factory& start) {
  try {
    auto handle = start();
    if (!handle) return std::string{"start failed: the factory gave no actor"};
    return handle;
  } catch (const std::exception& e) {
    return std::string{"start failed: "} + e.what();
  } catch (...) {
    return std::string{"start failed: unknown exception"};
  }
}

domain::instant steady_now(const caf::local_actor& self) {
  return domain::instant{std::chrono::duration_cast<domain::span>(self.clock().now().time_since_epoch())};
}

void ask_to_end(caf::local_actor& self, const caf::strong_actor_ptr& child) {
  self.send_exit(child, caf::exit_reason::user_shutdown);
}

void kill(const caf::strong_actor_ptr& child) {
  if (const auto handle = caf::actor_cast<caf::actor>(child)) {
    caf::anon_send<caf::message_priority::high>(handle, caf::exit_msg{handle.address(), caf::exit_reason::kill});
  }
}

void arm_timer(caf::local_actor& self, domain::span delay, std::uint64_t generation) {
  auto& clock = self.clock();
  clock.schedule_message(
      clock.now() + delay, caf::strong_actor_ptr{self.ctrl()},
      caf::make_mailbox_element(nullptr, caf::make_message_id(), caf::no_stages, supervisor_timer{generation}));
}

std::string reason_text(const caf::actor_system& system, const caf::error& reason) {
  if (!reason || reason == caf::exit_reason::normal) return "normal";
  return system.render(reason);
}

} // namespace lifeline::actors
