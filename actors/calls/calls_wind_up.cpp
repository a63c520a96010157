#include "actors/calls/calls_impl.hpp"

#include "actors/calls/call_outlet.hpp"
#include "actors/calls/call_story.hpp"
#include "storage/event_codec.hpp"
#include "storage/tables.hpp"

#include <exception>
#include <utility>

namespace lifeline::actors {

namespace {

/// A recorder that never seals must not fill the memory.
constexpr std::size_t max_unsealed = 1000;

domain::recording_info info_of(const media::recording_event& e) {
  return {e.path, e.sha256, e.bytes, e.duration, false};
}

/// Ends the call from its checkpoint, as if it had ended by itself. False: there is none, or it cannot be followed.
bool wind_up_from_checkpoint(calls_self self, const supervised_call& c) {
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

/// The little that is known without a checkpoint: the caller's leg is ended and the call has its one end in the log.
void wind_up_blindly(calls_self self, const supervised_call& c) {
  auto& s = self->state;
  s.around->sip->hang_up(c.caller_leg, "SIP;cause=500;text=\"Internal error\"");
  tell(self, s.around->who.dispatcher(), call_leaves{c.id});
  auto story = tell_story(*s.around->journal, c.id);
  story.record.hotline = c.hotline;
  story.record.arrived = c.arrived;
  s.around->journal->append(close_blindly(std::move(story), s.around->now(self)), storage::durability::lazy);
}

} // namespace

void on_late_seal(calls_self self, const media::recording_event& e) {
  auto& s = self->state;
  const auto call = domain::logged_under(e.recording);
  auto row = s.unsealed.extract(call);
  if (row.empty() || !e.ok) return;
  auto& record = row.mapped();
  record.recording = info_of(e);
  storage::change c;
  c.events.push_back({0, s.around->now(self), call, domain::recording_sealed{record.recording}});
  c.state.push_back({storage::table::records, storage::call_key{call}.encode(), storage::encode_record(record)});
  s.around->journal->append(std::move(c), storage::durability::lazy);
}

void wind_up(calls_self self, const supervised_call& c) {
  bool done = false;
  try {
    done = wind_up_from_checkpoint(self, c);
  } catch (const std::exception&) {
    done = false;
  }
  if (!done) wind_up_blindly(self, c);
  forget(self, c);
}

} // namespace lifeline::actors
