#include "actors/rescue_lines.hpp"

namespace lifeline::actors {

line_reply grant_rescue_line(calls_actor::stateful_pointer<calls_state> self, const rescue_line_request& r) {
  auto& s = self->state;
  const auto holder = self->current_sender();
  if (!holder || s.around->releasing) return {false}; // nobody could give it back, or the engine stops
  if (s.rescue_lines.contains(holder->id())) return {true};
  if (s.lines->try_outbound(r.hotline) != domain::line_status::granted) return {false};
  s.rescue_lines[holder->id()] = {holder, r.hotline};
  self->monitor(holder); // already gone: the notice comes all the same
  s.around->lines.set(r.hotline, s.lines->in_use(r.hotline));
  return {true};
}

bool give_back_rescue_line(calls_state& s, caf::actor_id holder) {
  const auto line = s.rescue_lines.extract(holder);
  if (line.empty()) return false;
  const auto& hotline = line.mapped().hotline;
  s.lines->release_outbound(hotline);
  s.around->lines.set(hotline, s.lines->in_use(hotline));
  return true;
}

void end_rescue_calls(const calls_state& s) {
  for (const auto& [id, line] : s.rescue_lines)
    caf::anon_send(caf::actor_cast<caf::actor>(line.holder), release_order{domain::end_cause::engine_stopped});
}

} // namespace lifeline::actors
