#include "actors/rescue/alarm.hpp"

#include "actors/protocol/failures.hpp"
#include "actors/rescue/rescue_codec.hpp"
#include "storage/tables.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace lifeline::actors {

namespace {

using self_ptr = alarm_actor::stateful_pointer<alarm_actor_state>;

rescue_surroundings& around_of(self_ptr self) { return *self->state.order.thing().around; }

/// A refusal changes nothing, and `done` is not called.
domain::result<void> apply(self_ptr self, const domain::order_event& e, storage::change c = {}, written done = {}) {
  return self->state.order.apply(self, e, std::move(c), std::move(done));
}

order_answer refused(const domain::failure& why, const domain::order_state& order) { return {why, order}; }

order_answer answer_of(const domain::order_state& order, bool stored, const std::string& error) {
  order_answer a{std::nullopt, order};
  if (!stored) a.refused = not_stored(error);
  return a;
}

/// What a person orders: answered when it is on disk.
caf::typed_response_promise<order_answer> on_action(self_ptr self, const domain::order_action& action) {
  auto promise = self->make_response_promise<order_answer>();
  const auto& order = *self->state.order;
  const auto group = order.mass_group;
  const auto done = [self, promise](bool stored, const std::string& error) mutable {
    promise.deliver(answer_of(*self->state.order, stored, error));
  };
  if (const auto applied = apply(self, action, {}, done); !applied) promise.deliver(refused(applied.error(), order));
  if (action.verb == domain::order_verb::leave_mass && group != 0 && order.mass_group == 0)
    tell(self, around_of(self).who_rescues.alarms.get(), mass_news{order.id, true});
  return promise;
}

/// The word is on the timeline either way; whoever spoke for a party that was not sent is told so.
caf::typed_response_promise<order_answer> on_words(self_ptr self, const domain::rescuer_report& r) {
  auto promise = self->make_response_promise<order_answer>();
  const auto& all = self->state.order->deployments;
  const bool sent = r.party.empty() || std::any_of(all.begin(), all.end(), [&](const auto& d) {
                      return d.party == r.party || d.name == r.party;
                    });
  const auto done = [self, promise, sent, party = r.party](bool stored, const std::string& error) mutable {
    order_answer a = answer_of(*self->state.order, stored, error);
    if (stored && !sent) {
      a.refused = {domain::errc::conflict, "noted, but the party \"" + party + "\" was not sent to this order",
                   "party"};
    }
    promise.deliver(std::move(a));
  };
  (void)apply(self, r, {}, done); // never refused
  return promise;
}

caf::typed_response_promise<order_answer> on_call_answered(self_ptr self, const order_call_answered& a) {
  auto promise = self->make_response_promise<order_answer>();
  const auto done = [self, promise](bool stored, const std::string& error) mutable {
    promise.deliver(answer_of(*self->state.order, stored, error));
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

caf::typed_response_promise<merge_answer> on_merge(self_ptr self, domain::alarm_report& r) {
  const auto& order = *self->state.order;
  auto promise = self->make_response_promise<merge_answer>();
  // It was merged before its answer was lost, and may have ended the order.
  const bool known = domain::has_report(order, r.source, r.message_id);
  if (!known && !domain::is_active(order.status)) {
    promise.deliver(merge_answer{});
    return promise;
  }
  storage::change c;
  if (!known)
    c.events.push_back(
        {0, around_of(self).now(self), {}, domain::alarm_received{order.id, domain::report_fate::merged, r}});
  c.state.push_back({storage::table::reports, storage::report_key{r.source, r.message_id}.encode(),
                     encode_receipt(receipt_of(order, r))});
  const auto done = [self, promise, r](bool stored, const std::string& error) mutable {
    merge_answer a{true, {std::nullopt, receipt_of(*self->state.order, r)}};
    if (!stored)
      a.answer.refused = {
          domain::errc::unavailable, "the alarm is in force, but its report is not stored: " + error, {}};
    promise.deliver(std::move(a));
  };
  if (known)
    self->state.order.settle(self, {}, std::move(c), done, true);
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
  auto& all = around_of(self).attempts;
  if (const auto at = all.dialled(attempt)) (void)apply(self, domain::attempt_dialled{attempt, *at});
  if (const auto whom = all.alerted(attempt)) {
    const auto result = all.take(attempt);
    if (result && result->outcome == domain::attempt_outcome::accepted)
      (void)apply(self, domain::alert_answer{whom->name, whom->account});
    return;
  }
  if (const auto result = all.take(attempt)) return (void)apply(self, *result);
  if (is_open(*self->state.order, attempt) && !all.knows(attempt))
    (void)apply(self, domain::attempt_result{attempt, domain::attempt_outcome::interrupted, {}, "it was lost", {}});
}

/// Attempts go on without their actor: some have been dialled or have ended meanwhile, and some never began.
void look_after_attempts(self_ptr self) {
  const auto& order = *self->state.order;
  std::vector<domain::attempt_id> open;
  for (const auto& d : order.deployments)
    for (const auto& a : d.attempts)
      open.push_back(a.id);
  for (const auto& id : open)
    on_attempt(self, id);
  for (const auto& id : around_of(self).attempts.ended(order.id))
    on_attempt(self, id);
}

void begin(self_ptr self, birth how, const std::vector<domain::order_output>& todo) {
  self->state.order.take_up(self, how, todo);
  if (how == birth::crashed) look_after_attempts(self);
  if (how != birth::opened) (void)apply(self, domain::order_clock{}); // what came due meanwhile
}

} // namespace

alarm_actor::behavior_type alarm(self_ptr self, rescue_surroundings_ptr around, order_ptr order, birth how,
                                 std::vector<domain::order_output> todo) {
  harden(self);
  const auto ids = around->new_ids(order->id.lo ^ (order->version * 0x9E3779B97F4A7C15ull));
  around->who_rescues.orders.enter(order->id, alarm_actor{self}); // before anything that it begins can have a result
  self->state.order.hold({std::move(around), ids}, *order);
  begin(self, how, todo);
  return {
      [self](merge_report& r) { return on_merge(self, r.report); },
      [self](const order_request& r) { return on_action(self, r.action); },
      [self](const rescuer_words& r) { return on_words(self, r.report); },
      [self](const order_call_answered& a) { return on_call_answered(self, a); },
      [self](const attempt_over& a) { on_attempt(self, a.attempt); },
      [self](const mass_event_order& m) { (void)apply(self, domain::mass_event_set{m.group}); },
      [self](const rows_stored& r) { self->state.order.on_stored(self, r); },
      [self](const registry_changed&) { (void)apply(self, domain::order_clock{}); },
      [self](const plan_changed&) { (void)apply(self, domain::order_clock{}); },
      [](const crash_order& c) { throw std::runtime_error(c.why); },
      [self](const wake& w) { self->state.order.on_wake(self, w); },
  };
}

alarm_actor spawn_alarm(caf::actor_system& system, const rescue_surroundings_ptr& around, order_ptr order, birth how,
                        std::vector<domain::order_output> todo) {
  const auto id = order->id;
  auto actor = system.spawn(alarm, around, std::move(order), how, std::move(todo));
  around->who_rescues.orders.enter(id, actor); // it has done so itself, unless it has not run yet
  return actor;
}

} // namespace lifeline::actors
