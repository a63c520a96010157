#include "actors/calls/calls_impl.hpp"

#include "actors/calls/call.hpp"
#include "actors/core/checkpoints.hpp"
#include "storage/tables.hpp"

#include <utility>

namespace lifeline::actors {

namespace {

void supervise(calls_self self, const call_actor& child, supervised_call c) {
  self->state.book->adopt(c.id, child);
  self->state.children[c.id] = std::move(c);
}

void log_crash(calls_self self, const domain::call_id& call, const std::string& who, const caf::error& reason) {
  const auto& around = *self->state.around;
  around.journal->append({{{0, around.now(self), call, domain::actor_restarted{who, to_string(reason)}}}, {}},
                         storage::durability::lazy);
}

/// A lift's phone has been identified, or will not be: from here on it is a call like any other.
void begin_lift(calls_self self, supervised_call c) {
  auto& s = self->state;
  s.around->who.lift_calls.remove(c.id);
  c.identifies = false;
  auto state = last_state(*s.around, c.id);
  if (!state) return wind_up(self, c);
  if (!state->arrives_answered) s.around->media->close(c.caller_leg); // the call opens it when it wants it
  const auto rerouted = s.rerouted.find(c.hotline);
  state->rerouted = rerouted != s.rerouted.end();
  if (state->rerouted) state->overflow_reason = rerouted->second;
  start(self, std::move(*state), false, std::move(c));
}

void restart(calls_self self, const supervised_call& c) {
  auto state = last_state(*self->state.around, c.id);
  if (!state || state->phase == domain::call_phase::ended) return wind_up(self, c);
  const bool begun = state->phase != domain::call_phase::arriving;
  start(self, std::move(*state), begun, c);
}

/// It has ended for good, or is a lift's phone whose actor has crashed.
void on_over(calls_self self, const supervised_call& c, const caf::error& reason) {
  if (!c.identifies || is_normal_end(reason)) return forget(self, c);
  log_crash(self, {}, "lift call", reason);
  begin_lift(self, c); // somebody may be in that lift
}

} // namespace

tl::expected<domain::call_state, std::string> last_state(const surroundings& around, const domain::call_id& id) {
  const auto row = around.kept.get(storage::table::live_calls, storage::call_key{id}.encode());
  if (!row) return tl::unexpected(std::string{"no checkpoint"});
  auto state = decode_call(*row);
  if (!state) return tl::unexpected(state.error().message);
  return std::move(*state);
}

void start(calls_self self, domain::call_state state, bool continued, supervised_call c) {
  const auto actor = self->spawn(call, self->state.around, std::move(state), continued);
  self->state.around->who.live_calls.enter(c.id, actor);
  supervise(self, actor, std::move(c));
}

void forget(calls_self self, const supervised_call& c) {
  auto& s = self->state;
  s.book->forget(c.id);
  s.around->who.live_calls.remove(c.id);
  s.around->who.lift_calls.remove(c.id);
  s.lines->release_inbound(c.hotline);
  if (const auto out = s.outbound.find(c.id); out != s.outbound.end()) {
    s.lines->release_outbound(out->second);
    s.outbound.erase(out);
  }
  s.around->kept.forget(c.id);
  publish_lines(s, c.hotline);
  s.children.erase(c.id);
}

void on_lift_ready(calls_self self, const lift_call_ready& r) {
  const auto& s = self->state;
  const auto* stage = s.book->find(r.call);
  if (stage == nullptr || !stage->actor || stage->actor->id() != r.stage) return; // asked twice
  begin_lift(self, supervised_call{s.children.at(r.call)});
}

void on_news(calls_self self, const child_news<domain::call_id>& news) {
  if (news.what == child_verdict::none) return;
  const supervised_call child = self->state.children.at(news.key); // a copy: its row may go
  if (news.what == child_verdict::over) return on_over(self, child, news.reason);
  if (news.reason) log_crash(self, child.id, "call", news.reason);
  switch (news.what) {
  case child_verdict::restart: return restart(self, child);
  case child_verdict::too_often: return wind_up(self, child); // one bad call never takes others down
  case child_verdict::none:
  case child_verdict::over:
  case child_verdict::waits: return;
  }
}

void supervise_lift(calls_self self, const caf::actor& stage, supervised_call c) {
  self->state.book->adopt(c.id, stage, domain::restart_type::temporary);
  self->state.children[c.id] = std::move(c);
}

void adopt(calls_self self, const domain::call_id& id, const call_actor& actor) {
  auto& s = self->state;
  supervised_call child{id, {}, {}, {}};
  if (const auto state = last_state(*s.around, id)) {
    child = {id, state->hotline, state->caller_leg, state->arrived};
    if (state->line_held && s.lines->try_diversion(state->hotline) == domain::line_status::granted)
      s.outbound[id] = state->hotline;
    // Its request may have been lost with the supervisor of before.
    if (state->line_requested) self->send(calls_actor{self}, line_request{id, state->hotline});
  }
  (void)s.lines->try_inbound(child.hotline);
  publish_lines(s, child.hotline);
  supervise(self, actor, std::move(child));
}

void adopt_lift(calls_self self, const domain::call_id& id, const caf::actor& stage) {
  auto& s = self->state;
  const auto state = last_state(*s.around, id);
  if (!state || s.around->who.live_calls.find(id)) return s.around->who.lift_calls.remove(id);
  (void)s.lines->try_inbound(state->hotline);
  publish_lines(s, state->hotline);
  supervise_lift(self, stage, {id, state->hotline, state->caller_leg, state->arrived, true});
}

} // namespace lifeline::actors
