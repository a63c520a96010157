#include "actors/rescue/rescue_lines.hpp"

#include "domain/rescue/rescuer_script.hpp"

#include <stdexcept>

namespace lifeline::actors {

namespace {

using self_ptr = rescue_lines_actor::stateful_pointer<rescue_lines_state>;

void reply(const caf::strong_actor_ptr& to, bool granted) {
  caf::anon_send(caf::actor_cast<caf::actor>(to), line_reply{granted});
}

/// There may be more lines, or more urgent orders, than before.
void grant(rescue_lines_state& s) {
  s.lines.set_lines(s.around->plan().rescue.lines);
  for (const auto& id : s.lines.waiting_orders()) // what has become of the orders since their calls have asked
    if (const auto order = s.around->orders.get(id)) s.lines.update(id, domain::is_urgent(*order), order->level);
  const auto granted = s.lines.grant();
  s.around->rescue_lines_used = s.lines.in_use() + s.lines.awaited(); // a successor goes by it
  s.around->rescue_calls_waiting = s.lines.waiting();
  for (const auto holder : granted)
    if (const auto call = s.calls.find(holder); call != s.calls.end()) reply(call->second, true);
}

void on_request(self_ptr self, const rescue_line_request& r) {
  auto& s = self->state;
  const auto call = self->current_sender();
  if (!call) return; // nobody could give it back
  if (s.around->releasing) return reply(call, false);
  if (s.calls.try_emplace(call->id(), call).second) self->monitor(call); // gone already: the notice comes
  if (s.lines.has_line(call->id())) return reply(call, true);
  if (r.held)
    s.lines.keep(call->id(), r.claim);
  else
    s.lines.ask(call->id(), r.claim);
  grant(s);
}

void on_down(self_ptr self, const caf::down_msg& down) {
  auto& s = self->state;
  if (s.calls.erase(down.source.id()) == 0) return;
  s.lines.leave(down.source.id());
  grant(s);
}

/// The engine stops: there are no more. Each comes back after the restart, from its order.
void on_drain(const rescue_lines_state& s, const drain_order& d) {
  if (!d.release) return;
  s.around->releasing = true;
  for (const auto& [id, call] : s.calls)
    caf::anon_send(caf::actor_cast<caf::actor>(call), release_order{domain::end_cause::engine_stopped});
}

} // namespace

rescue_lines_actor::behavior_type rescue_lines(self_ptr self, rescue_surroundings_ptr around) {
  harden(self);
  auto& s = self->state;
  s.around = std::move(around);
  s.around->who_rescues.lines.enter(rescue_lines_actor{self});
  self->set_down_handler([self](const caf::down_msg& down) { on_down(self, down); });
  s.lines.await_holders(s.around->rescue_lines_used);
  grant(s);
  if (s.lines.awaited() > 0) self->delayed_send(self, 2 * domain::line_request_again, wake{});
  return {
      [self](const rescue_line_request& r) { on_request(self, r); },
      [self](const plan_changed&) { grant(self->state); },
      [self](const drain_order& d) { on_drain(self->state, d); },
      [](const crash_order& c) { throw std::runtime_error(c.why); },
      [self](const wake&) { // the calls of those that have not spoken have ended meanwhile
        self->state.lines.await_holders(0);
        grant(self->state);
      },
  };
}

rescue_lines_actor spawn_rescue_lines(caf::actor_system& system, const rescue_surroundings_ptr& around) {
  auto handle = system.spawn(rescue_lines, around);
  around->who_rescues.lines.enter(handle);
  return handle;
}

} // namespace lifeline::actors
