#include "actors/alarm.hpp"

#include "actors/alarm_outlet.hpp"
#include "actors/order_environment.hpp"
#include "domain/mass_event.hpp"
#include "storage/tables.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace lifeline::actors {

namespace {

using self_ptr = alarm_actor::stateful_pointer<alarm_actor_state>;
using written = std::function<void(bool stored, const std::string& error)>;

/// When the rows of an order that the journal had to give up are written again.
constexpr domain::span rewrite_after = std::chrono::seconds{30};

bool may_rest(const alarm_actor_state& s) {
  return domain::is_over(s.order.status) && s.writes.empty() && !s.unwritten &&
         domain::next_deadline(s.order) == domain::never;
}

domain::instant next_wake(const alarm_actor_state& s, domain::instant now) {
  if (may_rest(s)) return s.last_work + rest_after;
  const auto next = domain::next_deadline(s.order);
  return next == domain::never && s.unwritten ? now + rewrite_after : next;
}

void arm(self_ptr self, domain::instant now) {
  auto& s = self->state;
  s.clock.arm(self, *s.around, next_wake(s, now), now);
}

storage::completion expect(self_ptr self, order_write w) {
  auto& s = self->state;
  const auto number = ++s.last_write;
  s.writes[number] = std::move(w);
  return [me = alarm_actor{self}, number](const storage::commit_result& r) {
    caf::anon_send(me, rows_stored{number, r.ok, r.error.message});
  };
}

/// Hands the order as it is now to the journal, with what the change holds already, and shows it to everybody.
void store(self_ptr self, storage::change c, written done) {
  auto& s = self->state;
  put_order_rows(c, s.order, s.indexed);
  s.around->orders.put(std::make_shared<const domain::order_state>(s.order));
  append_durably(s.around, std::move(c), s.order.id, expect(self, {false, std::move(done)}));
}

/// Once more, the rows as they are by now. Nobody waits for it: the journal may keep it until the disk takes it.
void store_again(self_ptr self) {
  auto& s = self->state;
  storage::change c;
  s.indexed.clear();
  put_order_rows(c, s.order, s.indexed);
  s.around->journal->append(std::move(c), storage::durability::lazy, expect(self, {true, {}}));
}

/// What decides whether an alarm belongs to a mass event.
auto mass_facts(const domain::order_state& o) {
  const auto rescued = o.status == domain::order_status::rescued;
  const bool at_work = o.status >= domain::order_status::open && o.status < domain::order_status::rescued;
  return std::tuple{domain::area_of(o), domain::has_ladder(o.type), at_work, rescued};
}

/// Persist, tell.
void settle(self_ptr self, const std::vector<domain::order_output>& outputs, storage::change c, written done,
            bool changed) {
  auto& s = self->state;
  const auto now = s.around->now(self);
  if (!outputs.empty() || !c.events.empty() || !c.state.empty() || done || changed) {
    put_order_events(c, outputs, now);
    s.last_work = now;
    store(self, std::move(c), std::move(done));
    carry_out(s.around, s.order, outputs);
  }
  arm(self, now);
}

/// Decide, persist, tell. A refusal changes nothing, and `done` is not called.
tl::expected<void, domain::order_refusal> apply(self_ptr self, const domain::order_event& e, storage::change c = {},
                                                written done = {}) {
  auto& s = self->state;
  const auto book = s.around->lifts.book();
  const auto version = s.order.version;
  const auto facts = mass_facts(s.order);
  const auto alert = std::pair{s.order.alert.stage, s.order.alert.reasons};
  auto outputs = domain::step(s.order, e, order_environment_of(*s.around, *book, s.ids), s.around->now(self));
  if (!outputs) return tl::unexpected(std::move(outputs.error()));
  settle(self, *outputs, std::move(c), std::move(done), s.order.version != version);
  if (facts != mass_facts(s.order)) tell(self, s.around->who.alarms(), mass_news{s.order.id, false});
  if (alert != std::pair{s.order.alert.stage, s.order.alert.reasons})
    if (const auto desk = s.around->who.alert_desk()) caf::anon_send(desk, alert_changed{});
  return {};
}

void on_stored(self_ptr self, const rows_stored& r) {
  auto& s = self->state;
  auto write = s.writes.extract(r.number);
  if (write.empty()) return;
  auto& w = write.mapped();
  if (!r.ok && !w.again) {
    store_again(self);
  } else if (!r.ok) { // the next wake tries again
    s.unwritten = true;
  }
  if (w.done) w.done(r.ok, r.error);
  arm(self, s.around->now(self)); // it may rest now
}

order_answer refused(const domain::order_refusal& r, const domain::order_state& order) {
  order_answer a;
  a.code = r.why == domain::order_refusal::code::invalid ? operation_errc::invalid : operation_errc::conflict;
  a.forbidden = r.why == domain::order_refusal::code::forbidden;
  a.field = r.field;
  a.error = r.message;
  a.state = order;
  return a;
}

order_answer answer_of(const domain::order_state& order, bool stored, const std::string& error) {
  order_answer a;
  a.ok = stored;
  a.state = order;
  if (!stored) a.error = "in force, but not stored, a restart would forget it: " + error;
  return a;
}

/// What a person orders: answered when it is on disk.
caf::typed_response_promise<order_answer> on_action(self_ptr self, const domain::order_action& action) {
  auto promise = self->make_response_promise<order_answer>();
  const auto& order = self->state.order;
  const auto group = order.mass_group;
  const auto done = [self, promise](bool stored, const std::string& error) mutable {
    promise.deliver(answer_of(self->state.order, stored, error));
  };
  if (const auto applied = apply(self, action, {}, done); !applied) promise.deliver(refused(applied.error(), order));
  if (action.verb == domain::order_verb::leave_mass && group != 0 && order.mass_group == 0)
    tell(self, self->state.around->who.alarms(), mass_news{order.id, true});
  return promise;
}

/// The word is on the timeline either way; whoever spoke for a party that was not sent is told so.
caf::typed_response_promise<order_answer> on_words(self_ptr self, const domain::rescuer_report& r) {
  auto promise = self->make_response_promise<order_answer>();
  const auto& all = self->state.order.deployments;
  const bool sent = r.party.empty() || std::any_of(all.begin(), all.end(), [&](const auto& d) {
                      return d.party == r.party || d.name == r.party;
                    });
  const auto done = [self, promise, sent, party = r.party](bool stored, const std::string& error) mutable {
    order_answer a = answer_of(self->state.order, stored, error);
    if (stored && !sent) {
      a.ok = false;
      a.code = operation_errc::conflict;
      a.field = "party";
      a.error = "noted, but the party \"" + party + "\" was not sent to this order";
    }
    promise.deliver(std::move(a));
  };
  (void)apply(self, r, {}, done); // never refused
  return promise;
}

caf::typed_response_promise<order_answer> on_call_answered(self_ptr self, const order_call_answered& a) {
  auto promise = self->make_response_promise<order_answer>();
  const auto done = [self, promise](bool stored, const std::string& error) mutable {
    promise.deliver(answer_of(self->state.order, stored, error));
  };
  (void)apply(self, domain::linked_call_answered{a.call, {a.at, a.agent}}, {}, done); // never refused
  return promise;
}

report_receipt receipt_of(const domain::order_state& order, const domain::alarm_report& r) {
  report_receipt receipt;
  receipt.fate = domain::report_fate::merged;
  receipt.order = order.id;
  receipt.number = order.number;
  receipt.status = order.status;
  receipt.doubts = r.doubts;
  return receipt;
}

bool is_known(const domain::order_state& order, const domain::alarm_report& r) {
  return std::any_of(order.callers.begin(), order.callers.end(),
                     [&](const auto& c) { return c.source == r.source && c.message_id == r.message_id; });
}

caf::typed_response_promise<merge_answer> on_merge(self_ptr self, domain::alarm_report& r) {
  auto& s = self->state;
  auto promise = self->make_response_promise<merge_answer>();
  const bool known = is_known(s.order, r); // it was merged before its answer was lost, and may have ended the order
  if (!known && !domain::is_active(s.order.status)) {
    promise.deliver(merge_answer{});
    return promise;
  }
  storage::change c;
  if (!known)
    c.events.push_back(
        {0, s.around->now(self), {}, domain::alarm_received{s.order.id, domain::report_fate::merged, r}});
  c.state.push_back({storage::table::reports, storage::report_key{r.source, r.message_id}.encode(),
                     encode_receipt(receipt_of(s.order, r))});
  const auto done = [self, promise, r](bool stored, const std::string& error) mutable {
    merge_answer a{true, {stored, {}, receipt_of(self->state.order, r)}};
    if (!stored) a.answer.error = "the alarm is in force, but its report is not stored: " + error;
    promise.deliver(std::move(a));
  };
  if (known)
    settle(self, {}, std::move(c), done, true);
  else
    (void)apply(self, domain::report_merged{r}, std::move(c), done); // never refused
  return promise;
}

bool is_open(const domain::order_state& order, const domain::attempt_id& attempt) {
  return std::any_of(order.deployments.begin(), order.deployments.end(), [&](const auto& d) {
    return std::any_of(d.attempts.begin(), d.attempts.end(), [&](const auto& a) { return a.id == attempt; });
  });
}

/// What has become of it lies in the surroundings. Where nobody knows it, it never began, or is lost.
void on_attempt(self_ptr self, const domain::attempt_id& attempt) {
  auto& s = self->state;
  auto& all = s.around->attempts;
  if (const auto at = all.dialled(attempt)) (void)apply(self, domain::attempt_dialled{attempt, *at});
  if (const auto whom = all.alerted(attempt)) {
    const auto result = all.take(attempt);
    if (result && result->outcome == domain::attempt_outcome::accepted)
      (void)apply(self, domain::alert_answer{whom->name, whom->account});
    return;
  }
  if (const auto result = all.take(attempt)) return (void)apply(self, *result);
  if (is_open(s.order, attempt) && !all.knows(attempt))
    (void)apply(self, domain::attempt_result{attempt, domain::attempt_outcome::interrupted, {}, "it was lost", {}});
}

/// Attempts go on without their actor: some have been dialled or have ended meanwhile, and some never began.
void look_after_attempts(self_ptr self) {
  auto& s = self->state;
  std::vector<domain::attempt_id> open;
  for (const auto& d : s.order.deployments)
    for (const auto& a : d.attempts)
      open.push_back(a.id);
  for (const auto& id : open)
    on_attempt(self, id);
  for (const auto& id : s.around->attempts.ended(s.order.id))
    on_attempt(self, id);
}

void begin(self_ptr self, alarm_birth birth, const std::vector<domain::order_output>& todo) {
  auto& s = self->state;
  s.last_work = s.around->now(self);
  if (birth == alarm_birth::opened) {
    carry_out(s.around, s.order, todo);
    return arm(self, s.last_work);
  }
  if (birth == alarm_birth::crashed) {
    store_again(self); // what the lost actor had not come to write
    look_after_attempts(self);
  } else {
    const auto book = s.around->lifts.book();
    const auto version = s.order.version;
    const auto outputs = domain::resume(s.order, order_environment_of(*s.around, *book, s.ids), s.last_work);
    settle(self, outputs, {}, {}, s.order.version != version);
  }
  (void)apply(self, domain::order_clock{}); // what came due meanwhile
}

void on_wake(self_ptr self) {
  auto& s = self->state;
  const auto now = s.around->now(self);
  if (std::exchange(s.unwritten, false)) store_again(self);
  if (may_rest(s) && now - s.last_work >= rest_after) return self->quit();
  const auto next = domain::next_deadline(s.order);
  if (next != domain::never && next <= now) {
    (void)apply(self, domain::order_clock{});
  } else {
    arm(self, now);
  }
}

} // namespace

alarm_actor::behavior_type alarm(self_ptr self, surroundings_ptr around, order_ptr order, alarm_birth birth,
                                 std::vector<domain::order_output> todo) {
  harden(self);
  auto& s = self->state;
  s.around = std::move(around);
  s.order = *order;
  s.ids = domain::id_source{s.order.id.lo ^ s.around->seed ^ (s.order.version * 0x9E3779B97F4A7C15ull)};
  s.indexed = index_keys(s.order);
  s.around->who.set_order(s.order.id, alarm_actor{self}); // before anything that it begins can have a result
  begin(self, birth, todo);
  return {
      [self](merge_report& r) { return on_merge(self, r.report); },
      [self](const order_request& r) { return on_action(self, r.action); },
      [self](const rescuer_words& r) { return on_words(self, r.report); },
      [self](const order_call_answered& a) { return on_call_answered(self, a); },
      [self](const attempt_over& a) { on_attempt(self, a.attempt); },
      [self](const mass_event_order& m) { (void)apply(self, domain::mass_event_set{m.group}); },
      [self](const rows_stored& r) { on_stored(self, r); },
      [self](const registry_changed&) { (void)apply(self, domain::order_clock{}); },
      [self](const plan_changed&) { (void)apply(self, domain::order_clock{}); },
      [](const crash_order& c) { throw std::runtime_error(c.why); },
      [self](const wake& w) {
        if (self->state.clock.came(w)) on_wake(self);
      },
  };
}

} // namespace lifeline::actors
