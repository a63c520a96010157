#include "actors/rescue_lines.hpp"

namespace lifeline::actors {

namespace {

void reply(const caf::strong_actor_ptr& to, bool granted) {
  caf::anon_send(caf::actor_cast<caf::actor>(to), line_reply{granted});
}

/// What has become of the orders since their calls have asked.
void look_at_orders(calls_state& s) {
  for (const auto& id : s.rescue_lines.waiting_orders())
    if (const auto order = s.around->orders.get(id)) s.rescue_lines.update(id, domain::is_urgent(*order), order->level);
}

} // namespace

void grant_rescue_lines(calls_state& s) {
  s.rescue_lines.set_lines(s.around->plan().rescue.lines);
  look_at_orders(s);
  const auto granted = s.rescue_lines.grant();
  s.around->rescue_lines_used = s.rescue_lines.in_use() + s.rescue_lines.awaited(); // a successor goes by it
  s.around->rescue_calls_waiting = s.rescue_lines.waiting();
  for (const auto holder : granted)
    if (const auto call = s.rescue_calls.find(holder); call != s.rescue_calls.end()) reply(call->second, true);
}

void begin_rescue_lines(calls_actor::stateful_pointer<calls_state> self) {
  auto& s = self->state;
  s.rescue_lines.await_holders(s.around->rescue_lines_used);
  grant_rescue_lines(s);
  if (s.rescue_lines.awaited() == 0) return;
  s.lines_settle = ++s.timer;
  self->delayed_send(self, 2 * supervisor_pause, wake{s.lines_settle});
}

void rescue_lines_settled(calls_state& s) {
  s.rescue_lines.await_holders(0); // the calls of the others have ended meanwhile
  grant_rescue_lines(s);
}

void ask_for_rescue_line(calls_actor::stateful_pointer<calls_state> self, const rescue_line_request& r) {
  auto& s = self->state;
  const auto call = self->current_sender();
  if (!call) return; // nobody could give it back
  if (s.around->releasing) return reply(call, false);
  if (s.rescue_calls.try_emplace(call->id(), call).second) self->monitor(call); // gone already: the notice comes
  if (s.rescue_lines.has_line(call->id())) return reply(call, true);
  if (r.held)
    s.rescue_lines.keep(call->id(), r.claim);
  else
    s.rescue_lines.ask(call->id(), r.claim);
  grant_rescue_lines(s);
}

bool give_back_rescue_line(calls_state& s, caf::actor_id holder) {
  if (s.rescue_calls.erase(holder) == 0) return false;
  s.rescue_lines.leave(holder);
  grant_rescue_lines(s);
  return true;
}

void end_rescue_calls(const calls_state& s) {
  for (const auto& [id, call] : s.rescue_calls)
    caf::anon_send(caf::actor_cast<caf::actor>(call), release_order{domain::end_cause::engine_stopped});
}

} // namespace lifeline::actors
