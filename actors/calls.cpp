#include "actors/calls.hpp"

#include "actors/call.hpp"
#include "actors/call_outlet.hpp"
#include "actors/call_story.hpp"
#include "actors/checkpoints.hpp"
#include "actors/feature_call.hpp"
#include "actors/lift_call.hpp"
#include "actors/report_call.hpp"
#include "actors/rescue_lines.hpp"
#include "actors/supervisor_effects.hpp"
#include "domain/feature_code.hpp"
#include "domain/overload.hpp"
#include "storage/event_codec.hpp"
#include "storage/tables.hpp"

#include <algorithm>
#include <stdexcept>

namespace lifeline::actors {

namespace {

using namespace std::chrono_literals;
using self_ptr = calls_actor::stateful_pointer<calls_state>;

/// A call that crashes more often than this is wound up: better one clean end than a loop.
const domain::restart_rules call_rules{{3, 10s}, {0s, 2.0, 2s}};

/// A recorder that never seals must not fill the memory.
constexpr std::size_t max_unsealed = 1000;

void publish_lines(const calls_state& s, const std::string& hotline) {
  s.around->lines.set(hotline, s.lines->in_use(hotline));
}

void supervise(self_ptr self, const call_actor& child, supervised_call c) {
  self->state.children[child.id()] = std::move(c);
  self->monitor(child);
}

/// Known before it runs: a supervisor that replaces this one in between must find it.
void start(self_ptr self, domain::call_state state, bool continued, supervised_call c) {
  const auto actor = self->spawn(call, self->state.around, std::move(state), continued);
  self->state.around->who.add_call(c.id, actor);
  supervise(self, actor, std::move(c));
}

void refuse(self_ptr self, const sip::incoming_call& in, const domain::hotline_plan* hotline, int status,
            const std::string& reason, domain::end_cause cause) {
  auto& s = self->state;
  const auto now = s.around->now(self);
  s.around->sip->refuse(in.leg, status, reason, std::chrono::seconds{status == 503 ? 5 : 0});
  if (hotline == nullptr) return; // a number that is nobody's: no call of any hotline, nothing to record
  const auto id = s.ids.next<domain::call_id>(now);
  domain::call_record r;
  r.call = id;
  r.hotline = hotline->name;
  r.queue = hotline->queue;
  r.caller = in.caller.number;
  r.caller_received = in.caller.received;
  r.called = in.called;
  r.trunk = in.trunk;
  r.arrived = r.ended = now;
  r.outcome = domain::call_outcome::blocked;
  r.cause = cause;
  storage::change c;
  c.events.push_back({0, now, id, domain::call_blocked{hotline->name, reason, status}});
  c.events.push_back({0, now, id, domain::call_ended{r}});
  c.state.push_back({storage::table::records, storage::call_key{id}.encode(), storage::encode_record(r)});
  s.around->journal->append(std::move(c), storage::durability::lazy);
}

/// The emergency hotlines' share is closed to the others; what they wait for counts as well (domain/overload.hpp).
bool admits(const surroundings& around, std::size_t calls, bool emergency) {
  const auto& limits = around.plan().limits;
  domain::engine_load load;
  load.calls = calls;
  load.mailbox = static_cast<std::size_t>(std::max(around.dispatcher_mailbox.load(), around.calls_mailbox.load()));
  const auto level = domain::decide_shedding(load, limits, domain::shed_level::none);
  return domain::admits(std::max(level, around.shedding.load()), emergency);
}

/// A called number as the configuration has it, however the carrier writes it.
void find_called(std::string& called, const domain::plan& plan) {
  for (const auto& form : domain::spellings(called, plan.numbers))
    if (plan.find_hotline_by_number(form) != nullptr || is_report_number(plan.rescue, form)) {
      called = form;
      return;
    }
}

/// One form for each number, before anybody looks at it. What came is kept beside it where it is another.
void normalise(sip::incoming_call& in, const domain::plan& plan) {
  auto& c = in.caller;
  if (!in.agent.empty()) return; // an account is no number
  if (plan.find_hotline_by_number(in.called) == nullptr && !is_report_number(plan.rescue, in.called))
    find_called(in.called, plan);
  if (c.received.empty()) c.received = c.number;
  for (auto* number : {&c.number, &c.asserted})
    if (auto normal = domain::normal_number(*number, plan.numbers); !normal.empty()) *number = std::move(normal);
  if (c.withheld || c.received == c.number) c.received.clear();
}

/// It is part of a rescue, so only what refuses emergencies refuses it. It needs no line of a hotline.
void on_report_call(self_ptr self, const sip::incoming_call& in) {
  auto& s = self->state;
  if (s.around->releasing || !admits(*s.around, s.children.size(), true))
    return refuse(self, in, nullptr, 503, "Service Unavailable", domain::end_cause::lines_full);
  spawn_report_call(self->system(), s.around, in);
}

/// Its checkpoint lies there before its actor lives: whatever happens to the actor, the call can begin.
void admit_lift(self_ptr self, domain::call_state c, const std::string& sip_call_id) {
  auto& s = self->state;
  c.arrived = s.around->now(self);
  s.around->kept.put(storage::table::live_calls, storage::call_key{c.id}.encode(), encode_call(c));
  supervised_call child{c.id, c.hotline, c.caller_leg, c.arrived, true};
  const auto id = c.id;
  const auto stage = spawn_lift_call(self->system(), s.around, std::move(c), sip_call_id);
  s.around->who.add_lift_call(id, stage);
  s.children[stage.id()] = std::move(child);
  self->monitor(stage);
}

void on_incoming(self_ptr self, sip::incoming_call& in) {
  auto& s = self->state;
  s.around->calls_mailbox = mailbox_depth(self);
  normalise(in, s.around->plan());
  if (!in.agent.empty()) {
    if (const auto order = domain::read_feature_code(s.around->plan().codes, in.called))
      return spawn_feature_call(self->system(), s.around, in, *order);
  }
  if (is_report_number(s.around->plan().rescue, in.called)) return on_report_call(self, in);
  const auto* hotline = s.around->plan().find_hotline_by_number(in.called);
  if (hotline == nullptr) return refuse(self, in, nullptr, 404, "Not Found", domain::end_cause::internal_error);
  // Whoever may be trapped is still let in while the last calls end, until they are ended.
  if (hotline->emergency ? s.around->releasing : s.around->draining)
    return refuse(self, in, hotline, 503, "Service Unavailable", domain::end_cause::engine_stopped);
  if (!admits(*s.around, s.children.size(), hotline->emergency))
    return refuse(self, in, hotline, 503, "Service Unavailable", domain::end_cause::lines_full);
  if (s.lines->try_inbound(hotline->name) != domain::line_status::granted)
    return refuse(self, in, hotline, 486, "Busy Here", domain::end_cause::lines_full);
  publish_lines(s, hotline->name);
  domain::call_state c;
  c.id = s.ids.next<domain::call_id>(s.around->now(self));
  c.hotline = hotline->name;
  c.trunk = in.trunk;
  c.caller = in.caller.number;
  c.caller_received = in.caller.received;
  c.caller_display = in.caller.display;
  // A rescuer must be able to call back, whatever the caller's phone withholds.
  if (hotline->emergency && in.caller.withheld && !in.caller.asserted.empty()) c.caller = in.caller.asserted;
  c.rerouted = s.rerouted.contains(hotline->name);
  if (c.rerouted) c.overflow_reason = s.rerouted[hotline->name];
  c.called = std::move(in.called);
  c.caller_leg = in.leg;
  c.caller_offer = std::move(in.offer);
  if (hotline->media == domain::media_mode::anchored) c.caller_offer.raw = {}; // not handed through: saves memory
  if (hotline->media == domain::media_mode::anchored && is_lift_line(s.around->plan(), c.called))
    return admit_lift(self, std::move(c), in.sip_call_id);
  supervised_call child{c.id, hotline->name, c.caller_leg, s.around->now(self)};
  s.around->kept.put(storage::table::live_calls, storage::call_key{c.id}.encode(), encode_call(c));
  start(self, std::move(c), false, std::move(child));
}

tl::expected<domain::call_state, std::string> last_state(const surroundings& around, const domain::call_id& id) {
  // From memory: the disk may be behind, slow or gone, and nobody here may wait for it.
  const auto row = around.kept.get(storage::table::live_calls, storage::call_key{id}.encode());
  if (!row) return tl::unexpected(std::string{"no checkpoint"});
  auto state = decode_call(*row);
  if (!state) return tl::unexpected(state.error().message);
  return std::move(*state);
}

void forget(self_ptr self, const supervised_call& c) {
  auto& s = self->state;
  s.around->who.remove_call(c.id);
  s.around->who.remove_lift_call(c.id);
  s.lines->release_inbound(c.hotline);
  if (const auto out = s.outbound.find(c.id); out != s.outbound.end()) {
    s.lines->release_outbound(out->second);
    s.outbound.erase(out);
  }
  s.crashes.erase(c.id);
  s.around->kept.forget(c.id);
  publish_lines(s, c.hotline);
}

domain::recording_info info_of(const media::recording_event& e) {
  return {e.path, e.sha256, e.bytes, e.duration, false};
}

/// Ends the call from its checkpoint, as if it had ended by itself. False: there is none, or it cannot be followed.
bool wind_up_from_checkpoint(self_ptr self, const supervised_call& c) {
  auto& s = self->state;
  auto state = last_state(*s.around, c.id);
  if (!state) return false;
  if (state->phase == domain::call_phase::ended) return true;
  const auto now = s.around->now(self);
  call_outlet out{*s.around, *state, {}, now};
  const domain::call_environment env{s.around->plan(), s.ids};
  if (state->phase == domain::call_phase::arriving) { // a lift's phone whose call could not even begin
    auto begun = domain::step(*state, domain::call_begins{}, env, now);
    out.carry_out(begun);
  }
  auto commands = domain::step(*state, domain::release_call{domain::end_cause::internal_error}, env, now);
  out.carry_out(commands);
  if (state->phase == domain::call_phase::ended) return true;
  domain::recording_done recorded{false, {}, "the call's actor failed"};
  const auto sealed = s.around->kept.recording(c.id);
  if (sealed) recorded = {sealed->ok, info_of(*sealed), sealed->error};
  commands = domain::step(*state, recorded, env, now);
  out.carry_out(commands);
  if (!sealed && s.unsealed.size() < max_unsealed) s.unsealed[c.id] = domain::make_record(*state);
  return true;
}

/// Of a call that was wound up: its record learns of the seal.
void on_late_seal(self_ptr self, const media::recording_event& e) {
  auto& s = self->state;
  auto row = s.unsealed.extract(e.call);
  if (row.empty() || !e.ok) return;
  auto& record = row.mapped();
  record.recording = info_of(e);
  storage::change c;
  c.events.push_back({0, s.around->now(self), e.call, domain::recording_sealed{record.recording}});
  c.state.push_back({storage::table::records, storage::call_key{e.call}.encode(), storage::encode_record(record)});
  s.around->journal->append(std::move(c), storage::durability::lazy);
}

/// The little that is known without a checkpoint: the caller's leg is ended and the call has its one end in the log.
void wind_up_blindly(self_ptr self, const supervised_call& c) {
  auto& s = self->state;
  s.around->sip->hang_up(c.caller_leg, "SIP;cause=500;text=\"Internal error\"");
  tell(self, s.around->who.dispatcher(), call_leaves{c.id});
  auto story = tell_story(*s.around->journal, c.id);
  story.record.hotline = c.hotline;
  story.record.arrived = c.arrived;
  s.around->journal->append(close_blindly(std::move(story), s.around->now(self)), storage::durability::lazy);
}

/// Ends the call without its actor: gateways, agents, dispatcher and log hear of it. Whatever made the actor fail must
/// not make its supervisor fail as well.
void wind_up(self_ptr self, const supervised_call& c) {
  bool done = false;
  try {
    done = wind_up_from_checkpoint(self, c);
  } catch (const std::exception&) {
    done = false;
  }
  if (!done) wind_up_blindly(self, c);
  forget(self, c);
}

void restart(self_ptr self, const supervised_call& c) {
  auto state = last_state(*self->state.around, c.id);
  if (!state || state->phase == domain::call_phase::ended) return wind_up(self, c);
  const bool begun = state->phase != domain::call_phase::arriving;
  start(self, std::move(*state), begun, c);
}

/// A lift's phone has been identified, or will not be: from here on it is a call like any other.
void begin_lift(self_ptr self, supervised_call c) {
  auto& s = self->state;
  s.around->who.remove_lift_call(c.id);
  c.identifies = false;
  auto state = last_state(*s.around, c.id);
  if (!state) return wind_up(self, c);
  if (!state->arrives_answered) s.around->media->close(c.caller_leg); // the call opens it when it wants it
  const auto rerouted = s.rerouted.find(c.hotline);
  state->rerouted = rerouted != s.rerouted.end();
  if (state->rerouted) state->overflow_reason = rerouted->second;
  start(self, std::move(*state), false, std::move(c));
}

void on_lift_ready(self_ptr self, const lift_call_ready& r) {
  auto& children = self->state.children;
  const auto it = children.find(r.stage);
  if (it == children.end() || it->second.id != r.call) return; // asked twice
  auto child = std::move(it->second);
  children.erase(it);
  begin_lift(self, std::move(child));
}

void on_down(self_ptr self, const caf::down_msg& down) {
  auto& s = self->state;
  if (give_back_rescue_line(s, down.source.id())) return;
  const auto it = s.children.find(down.source.id());
  if (it == s.children.end()) return;
  const auto child = std::move(it->second);
  s.children.erase(it);
  if (is_normal_end(down.reason)) return forget(self, child);
  const auto now = s.around->now(self);
  if (child.identifies) { // somebody may be in that lift: no second try, but the telephone
    const auto reason = to_string(down.reason);
    s.around->journal->append({{{0, now, {}, domain::actor_restarted{"lift call", reason}}}, {}},
                              storage::durability::lazy);
    return begin_lift(self, child);
  }
  auto& crash = s.crashes[child.id];
  const auto decision =
      domain::decide(call_rules, crash.history, crash.row, domain::restart_type::transient, false, now);
  const auto why = to_string(down.reason);
  s.around->journal->append({{{0, now, child.id, domain::actor_restarted{"call", why}}}, {}},
                            storage::durability::lazy);
  switch (decision.action) {
  case domain::restart_action::restart_now: return restart(self, child);
  case domain::restart_action::restart_after:
    s.delayed[++s.timer] = child;
    self->delayed_send(self, decision.delay, wake{s.timer});
    return;
  case domain::restart_action::nothing:
  case domain::restart_action::escalate: return wind_up(self, child); // one bad call never takes others down
  }
}

void adopt(self_ptr self, const domain::call_id& id, const call_actor& actor) {
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

/// The same for lifts' phones that have not become calls yet.
void adopt_lift(self_ptr self, const domain::call_id& id, const caf::actor& stage) {
  auto& s = self->state;
  const auto state = last_state(*s.around, id);
  if (!state || s.around->who.call(id)) return s.around->who.remove_lift_call(id);
  (void)s.lines->try_inbound(state->hotline);
  publish_lines(s, state->hotline);
  s.children[stage.id()] = {id, state->hotline, state->caller_leg, state->arrived, true};
  self->monitor(stage);
}

} // namespace

void load_reroutes(calls_state& s) {
  (void)s.around->journal->scan(storage::table::meta, reroute_prefix, reroute_end, false,
                                [&](std::string_view key, std::string_view value) {
                                  s.rerouted[std::string{key.substr(reroute_prefix.size())}] = std::string{value};
                                  return true;
                                });
}

line_figures lines_of(const calls_state& s, const domain::hotline_plan& h) {
  line_figures f;
  f.hotline = h.name;
  f.in_use = s.lines->in_use(h.name);
  const auto rerouted = s.rerouted.find(h.name);
  f.rerouted = rerouted != s.rerouted.end();
  if (f.rerouted) f.reason = rerouted->second;
  return f;
}

/// Durable before it is answered: after a crash the callers must go where the operator has sent them. It is obeyed at
/// once, even if the disk refuses: the callers matter more than the memory of it.
caf::typed_response_promise<reroute_answer> reroute(self_ptr self, const reroute_request& r) {
  auto& s = self->state;
  auto promise = self->make_response_promise<reroute_answer>();
  const auto* hotline = s.around->plan().find_hotline(r.hotline);
  if (hotline == nullptr || hotline->retired) {
    reroute_answer answer;
    answer.error = "no hotline \"" + r.hotline + "\"";
    promise.deliver(answer);
    return promise;
  }
  const auto now = s.around->now(self);
  storage::change c;
  c.events.push_back({0, now, {}, domain::hotline_rerouted{r.hotline, r.on, r.reason}});
  std::optional<std::string> value;
  if (r.on) value = r.reason;
  c.state.push_back({storage::table::meta, std::string{reroute_prefix} + r.hotline, value});
  if (r.on)
    s.rerouted[r.hotline] = r.reason;
  else
    s.rerouted.erase(r.hotline);
  s.reroutes[++s.timer] = {promise, r.hotline};
  const calls_actor me{self};
  s.around->journal->append(std::move(c), storage::durability::durable,
                            [me, number = s.timer](const storage::commit_result& result) {
                              caf::anon_send(me, reroute_stored{number, result.ok, result.error.message});
                            });
  if (!r.on) return promise;
  for (const auto& [id, child] : s.children)
    if (child.hotline == r.hotline) tell(self, s.around->who.call(child.id), reroute_order{"rerouted: " + r.reason});
  return promise;
}

void on_reroute_stored(self_ptr self, const reroute_stored& r) {
  auto& s = self->state;
  const auto waiting = s.reroutes.find(r.number);
  if (waiting == s.reroutes.end()) return;
  auto [promise, hotline] = std::move(waiting->second);
  s.reroutes.erase(waiting);
  reroute_answer answer;
  if (!r.ok) answer.error = "in force, but not stored, a restart would forget it: " + r.error;
  answer.stored = r.ok;
  if (const auto* plan = s.around->plan().find_hotline(hotline)) answer.figures = lines_of(s, *plan);
  promise.deliver(std::move(answer));
}

calls_actor::behavior_type calls(self_ptr self, surroundings_ptr around) {
  harden(self);
  auto& s = self->state;
  s.around = std::move(around);
  s.ids = domain::id_source{s.around->seed * 31 + self->id()};
  s.around->who.set_calls(calls_actor{self}); // those that it adopts have things to tell it
  s.lines = std::make_unique<domain::line_counter>(s.around->plan());
  load_reroutes(s);
  begin_rescue_lines(self);
  self->set_down_handler([self](const caf::down_msg& down) { on_down(self, down); });
  for (auto& [id, actor] : s.around->who.live_calls())
    adopt(self, id, actor); // those of a supervisor that crashed
  for (auto& [id, stage] : s.around->who.lift_calls())
    adopt_lift(self, id, stage);
  return {
      [self](sip::incoming_call& in) { on_incoming(self, in); },
      [self](const line_request& r) {
        auto& state = self->state;
        const auto asking = state.around->who.call(r.call);
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
      [self](const rescue_line_request& r) { ask_for_rescue_line(self, r); },
      [self](const media::recording_event& e) { on_late_seal(self, e); },
      [self](get_lines) {
        std::vector<line_figures> all;
        for (const auto& h : self->state.around->plan().hotlines)
          if (!h.retired) all.push_back(lines_of(self->state, h));
        return all;
      },
      [self](const reroute_request& r) { return reroute(self, r); },
      [self](const reroute_stored& r) { on_reroute_stored(self, r); },
      [self](const lift_call_ready& r) { on_lift_ready(self, r); },
      [self](const call_stuck& c) {
        if (const auto stuck = self->state.around->who.call(c.call))
          kill(caf::actor_cast<caf::strong_actor_ptr>(stuck)); // its end is a crash: it is restarted
      },
      [self](const plan_changed&) {
        self->state.lines->reconfigure(self->state.around->plan());
        grant_rescue_lines(self->state);
      },
      [self](const drain_order& d) {
        self->state.around->draining = true;
        if (!d.release) return;
        self->state.around->releasing = true;
        for (const auto& [id, stage] : self->state.around->who.lift_calls())
          caf::anon_send(stage, release_order{domain::end_cause::engine_stopped});
        for (const auto& c : self->state.around->who.all_calls())
          self->send(c, release_order{domain::end_cause::engine_stopped});
        end_rescue_calls(self->state);
      },
      [](const crash_order& c) { throw std::runtime_error(c.why); },
      [self](const wake& w) {
        if (w.generation == self->state.lines_settle) return rescue_lines_settled(self->state);
        auto& waiting = self->state.delayed;
        const auto it = waiting.find(w.generation);
        if (it == waiting.end()) return;
        const auto child = std::move(it->second);
        waiting.erase(it);
        restart(self, child);
      },
  };
}

calls_actor spawn_calls(caf::actor_system& system, const surroundings_ptr& around) {
  auto handle = system.spawn(calls, around);
  around->who.set_calls(handle);
  return handle;
}

} // namespace lifeline::actors
