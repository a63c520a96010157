#include "actors/calls/calls_impl.hpp"

#include "actors/supervision/supervisor_effects.hpp"

#include <stdexcept>
#include <utility>

namespace lifeline::actors {

namespace {

using namespace std::chrono_literals;

/// A call that crashes more often than this is wound up: better one clean end than a loop.
const child_rules call_rules{{{3, 10s}, {0s, 2.0, 2s}}, crash_scope::each};

} // namespace

void publish_lines(const calls_state& s, const std::string& hotline) {
  s.around->lines.set(hotline, s.lines->in_use(hotline));
}

calls_actor::behavior_type calls(calls_self self, surroundings_ptr around) {
  harden(self);
  auto& s = self->state;
  s.around = std::move(around);
  s.ids = s.around->new_ids(self->id() * 31);
  s.around->who.calls.enter(calls_actor{self}); // those that it adopts have things to tell it
  s.lines = std::make_unique<domain::line_counter>(s.around->plan());
  load_reroutes(s);
  s.book.emplace(self, call_rules);
  self->set_down_handler([self](const caf::down_msg& down) { on_news(self, self->state.book->down(down)); });
  for (auto& [id, actor] : s.around->who.live_calls.entries())
    adopt(self, id, actor); // those of a supervisor that crashed
  for (auto& [id, stage] : s.around->who.lift_calls.entries())
    adopt_lift(self, id, stage);
  for (const auto& [hotline, before] : s.around->lines.all())
    publish_lines(s, hotline); // what is not held any more has ended while nobody counted
  return {
      [self](sip::incoming_call& in) { on_incoming(self, in); },
      [self](const line_request& r) {
        auto& state = self->state;
        const auto asking = state.around->who.live_calls.find(r.call);
        if (!asking) return;                               // it has ended meanwhile: nobody would give the line back
        const bool held = state.outbound.contains(r.call); // asked again after a restart
        const bool granted = held || state.lines->try_diversion(r.hotline) == domain::line_status::granted;
        if (granted) state.outbound[r.call] = r.hotline;
        publish_lines(state, r.hotline);
        self->send(asking, line_reply{granted});
      },
      [self](const line_release& r) {
        if (self->state.outbound.erase(r.call) > 0) self->state.lines->release_outbound(r.hotline);
        publish_lines(self->state, r.hotline);
      },
      [self](const media::recording_event& e) { on_late_seal(self, e); },
      [self](get_lines) {
        std::vector<line_figures> all;
        for (const auto& h : self->state.around->plan().hotlines)
          if (!h.retired) all.push_back(lines_of(self->state, h));
        return all;
      },
      [self](const reroute_request& r) { return reroute(self, r); },
      [self](const rows_stored& r) { self->state.writes.came(r); },
      [self](const lift_call_ready& r) { on_lift_ready(self, r); },
      [self](const call_stuck& c) {
        if (const auto stuck = self->state.around->who.live_calls.find(c.call))
          kill(caf::actor_cast<caf::strong_actor_ptr>(stuck)); // its end is a crash: it is restarted
      },
      [self](const plan_changed&) { self->state.lines->reconfigure(self->state.around->plan()); },
      [self](const drain_order& d) {
        self->state.around->draining = true;
        if (!d.release) return;
        self->state.around->releasing = true;
        for (const auto& [id, stage] : self->state.around->who.lift_calls.entries())
          caf::anon_send(stage, release_order{domain::end_cause::engine_stopped});
        for (const auto& c : self->state.around->who.live_calls.all())
          self->send(c, release_order{domain::end_cause::engine_stopped});
      },
      [](const crash_order& c) { throw std::runtime_error(c.why); },
      [self](const supervisor_timer& t) { on_news(self, self->state.book->timer(t)); },
  };
}

calls_actor spawn_calls(caf::actor_system& system, const surroundings_ptr& around) {
  auto handle = system.spawn(calls, around);
  around->who.calls.enter(handle);
  return handle;
}

} // namespace lifeline::actors
