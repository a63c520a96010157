#include "actors/calls/calls_impl.hpp"

#include "actors/agents/feature_call.hpp"
#include "actors/core/checkpoints.hpp"
#include "domain/calls/dialled_number.hpp"
#include "domain/calls/overload.hpp"
#include "storage/event_codec.hpp"
#include "storage/tables.hpp"

#include <algorithm>
#include <utility>

namespace lifeline::actors {

namespace {

void refuse(calls_self self, const sip::incoming_call& in, const domain::hotline_plan* hotline, int status,
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

/// The emergency hotlines' share is closed to the others; what they wait for counts as well
/// (domain/calls/overload.hpp).
bool admits(const surroundings& around, std::size_t calls, bool emergency) {
  const auto& limits = around.plan().limits;
  domain::engine_load load;
  load.calls = calls;
  load.mailbox = static_cast<std::size_t>(std::max(around.dispatcher_mailbox.load(), around.calls_mailbox.load()));
  const auto level = domain::decide_shedding(load, limits, domain::shed_level::none);
  return domain::admits(std::max(level, around.shedding.load()), emergency);
}

/// One form for each caller's number, before anybody looks at it. What came is kept beside it where it is another.
void normalise(sip::incoming_call& in, const domain::plan& plan) {
  auto& c = in.caller;
  if (!in.agent.empty()) return; // an account is no number
  if (c.received.empty()) c.received = c.number;
  for (auto* number : {&c.number, &c.asserted})
    if (auto normal = domain::normal_number(*number, plan.numbers); !normal.empty()) *number = std::move(normal);
  if (c.withheld || c.received == c.number) c.received.clear();
}

/// It is part of a rescue, so only what refuses emergencies refuses it. It needs no line of a hotline.
void on_report_call(calls_self self, const sip::incoming_call& in) {
  auto& s = self->state;
  if (s.around->releasing || !admits(*s.around, s.children.size(), true))
    return refuse(self, in, nullptr, 503, "Service Unavailable", domain::end_cause::lines_full);
  if (!s.around->entries.report_line)
    return refuse(self, in, nullptr, 404, "Not Found", domain::end_cause::internal_error);
  s.around->entries.report_line(in);
}

/// Its checkpoint lies there before its actor lives: whatever happens to the actor, the call can begin.
void admit_lift(calls_self self, domain::call_state c, const std::string& sip_call_id) {
  auto& s = self->state;
  c.arrived = s.around->now(self);
  s.around->kept.put(storage::table::live_calls, storage::call_key{c.id}.encode(), encode_call(c));
  supervised_call child{c.id, c.hotline, c.caller_leg, c.arrived, true};
  const auto id = c.id;
  const auto stage = s.around->entries.lift_phone(std::move(c), sip_call_id);
  s.around->who.lift_calls.enter(id, stage);
  supervise_lift(self, stage, std::move(child));
}

} // namespace

void on_incoming(calls_self self, sip::incoming_call& in) {
  auto& s = self->state;
  s.around->calls_mailbox = mailbox_depth(self);
  normalise(in, s.around->plan());
  auto entry = domain::find_entry(s.around->plan(), in.called, !in.agent.empty());
  in.called = std::move(entry.number);
  if (entry.kind == domain::entry_kind::feature_code)
    return spawn_feature_call(self->system(), s.around, in, entry.order);
  if (entry.kind == domain::entry_kind::report_line) return on_report_call(self, in);
  const auto* hotline = entry.hotline;
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
  if (entry.kind == domain::entry_kind::lift_phone && s.around->entries.lift_phone)
    return admit_lift(self, std::move(c), in.sip_call_id);
  supervised_call child{c.id, hotline->name, c.caller_leg, s.around->now(self)};
  s.around->kept.put(storage::table::live_calls, storage::call_key{c.id}.encode(), encode_call(c));
  start(self, std::move(c), false, std::move(child));
}

} // namespace lifeline::actors
