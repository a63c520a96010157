// A call's way into a queue and out of it.
#include "domain/routing/router_impl.hpp"

#include <algorithm>

namespace lifeline::domain {

using namespace routing;

slot router::impl::make_call(const call_request& request, slot queue, instant entered, instant now) {
  slot call = none;
  if (free_call_slots_.empty()) {
    call = static_cast<slot>(calls_.size());
    calls_.emplace_back();
  } else {
    call = free_call_slots_.back();
    free_call_slots_.pop_back();
  }
  call_entry& entry = calls_[call];
  const queue_plan& plan = queues_[queue].plan;
  entry.id = request.call;
  entry.used = true;
  entry.queue = queue;
  entry.caller = request.caller;
  entry.joined = request.entered_at;
  entry.own_priority = request.priority;
  entry.own = request.required;
  entry.patient = request.patient;
  entry.fired.assign(plan.escalations.size(), 0);
  entry.grown = growth_after(plan, entered, now);
  entry.key = {0, micros(entered), arrivals_++, call};
  entry.key.descending_priority = -total_priority(entry);
  entry.lane = lane_for(queue, entry, tier_limit(queue, entry, now));
  ++lanes_[entry.lane].users;
  call_slots_.insert(request.call, call);
  if (request.known) recall_rules(call, now);
  return call;
}

/// Without offers or talk. Its slot may be used again at once.
void router::impl::forget_call(slot call) {
  take_from_order(call);
  call_entry& entry = calls_[call];
  leave_lane_for_good(entry.lane);
  call_slots_.erase(entry.id, call);
  std::erase(free_calls_, call);
  entry.used = false;
  ++entry.generation;
  entry.lane = none;
  entry.raised = entry.grown = entry.tier = 0;
  entry.own.clear();
  entry.instead.reset();
  entry.excluded.clear();
  entry.talk = none;
  entry.last_asked = none;
  entry.tier_due = entry.growth_due = entry.sticky_due = entry.step_due = never;
  entry.overdue = nullptr;
  free_call_slots_.push_back(call);
}

void router::impl::insert_in_order(slot call) {
  queue_entry& queue = queues_[calls_[call].queue];
  queue.order.insert(calls_[call].key);
  if (!queue.place_limits.empty()) place_checks_.push_back(call);
}

/// Whoever comes by this among the first N, where a rule asks for that, is looked at.
void router::impl::erase_from_order(slot call) {
  queue_entry& queue = queues_[calls_[call].queue];
  const std::size_t place = queue.place_limits.empty() ? 0 : queue.order.rank(calls_[call].key);
  queue.order.erase(calls_[call].key);
  for (const std::uint32_t limit : queue.place_limits) {
    if (place < limit && queue.order.size() >= limit) place_checks_.push_back(queue.order.nth(limit - 1).call);
  }
}

void router::impl::put_in_order(slot call, instant now) {
  call_entry& entry = calls_[call];
  if (entry.in_order) return;
  entry.in_order = true;
  insert_in_order(call);
  arm_waiting(call, now);
}

/// Everything that comes due by waiting alone.
void router::impl::arm_waiting(slot call, instant now) {
  const call_entry& entry = calls_[call];
  const span max_wait = queues_[entry.queue].plan.max_wait;
  if (max_wait > 0s && !entry.patient && entry.overdue == nullptr)
    arm_call(timer_kind::max_wait, call, entry.joined + max_wait);
  arm_tier(call, now);
  grow(call, now);
  arm_rules(call);
}

void router::impl::take_from_order(slot call) {
  take_from_lane(call);
  call_entry& entry = calls_[call];
  if (!entry.in_order) return;
  entry.in_order = false;
  erase_from_order(call);
  queues_[entry.queue].ringing.erase(entry.key);
}

void router::impl::put_in_lane(slot call) {
  call_entry& entry = calls_[call];
  if (entry.in_lane) return;
  entry.in_lane = true;
  lanes_[entry.lane].callers.insert(entry.key);
  refresh_head(entry.lane);
}

void router::impl::take_from_lane(slot call) {
  call_entry& entry = calls_[call];
  if (!entry.in_lane) return;
  entry.in_lane = false;
  lanes_[entry.lane].callers.erase(entry.key);
  refresh_head(entry.lane);
}

/// Why the caller cannot come in; nothing: it can. Fills the result's estimate.
std::optional<enqueue_status> router::impl::refusal(const call_request& request, slot queue, instant entered,
                                                    instant now, enqueue_result& result) const {
  const queue_entry& of = queues_[queue];
  const queue_plan& plan = of.plan;
  const bool stays = request.patient || request.known;
  if (!stays && of.present == 0 && plan.join_empty == empty_policy::overflow) return enqueue_status::no_agent;
  if (!stays && plan.max_length > 0 && of.order.size() >= plan.max_length) return enqueue_status::queue_full;
  const std::int64_t priority = std::int64_t{plan.priority} + request.priority + growth_after(plan, entered, now);
  const auto ahead = of.order.rank({-priority, micros(entered), arrivals_, 0});
  result.expected_wait = expected_wait(plan.name, static_cast<std::uint32_t>(ahead) + 1);
  if (!stays && plan.max_expected_wait > 0s && result.expected_wait.value_or(0s) > plan.max_expected_wait)
    return enqueue_status::long_wait;
  return std::nullopt;
}

enqueue_result router::impl::enqueue(const call_request& request, instant now, commands& out) {
  enqueue_result result;
  if (call_slot(request.call) != none) {
    result.status = enqueue_status::duplicate;
    result.position = position(request.call).value_or(0);
    return result;
  }
  const auto found = queue_slots_.find(request.queue);
  if (found == queue_slots_.end() || (queues_[found->second].plan.retired && !request.known)) {
    result.status = enqueue_status::unknown_queue;
    return result;
  }
  apply_due(now, out);
  const slot queue = found->second;
  const auto regained = regained_place(request, queues_[queue].plan, now);
  const instant entered = regained.value_or(request.entered_at);
  if (const auto why = refusal(request, queue, entered, now, result)) {
    result.status = *why;
    resolve(now, out);
    return result;
  }
  if (regained) {
    result.resumed = true;
    result.entered_at = entered;
    left_early_.erase(place_name(request.queue, request.caller));
  }
  const slot call = make_call(request, queue, entered, now);
  put_in_order(call, now);
  result.position = static_cast<std::uint32_t>(queues_[queue].order.rank(calls_[call].key)) + 1;
  begin_sticky(call, now);
  offer_over(call, now, out); // never had one: waits, or is overdue already
  await_agents(queue, request, now);
  apply_due(now, out); // what it has waited for already
  resolve(now, out);
  return result;
}

/// Rings at agents at the most who have missed a call before: it is offered to whoever becomes free.
bool router::impl::rings_nowhere_else(const call_entry& call) const {
  return std::all_of(call.offers.begin(), call.offers.end(), [&](slot each) { return reservations_[each].again; });
}

void router::impl::note_overdue(slot call, instant now) {
  call_entry& entry = calls_[call];
  const span max_wait = queues_[entry.queue].plan.max_wait;
  if (!entry.patient && max_wait > 0s && entry.joined + max_wait <= now && !entry.overdue) entry.overdue = "max wait";
}

/// One of the call's offers has ended. It goes on waiting as long as another one may still be answered; one to an agent
/// that has missed a call before is nothing to wait for.
void router::impl::one_offer_less(slot call, instant now, commands& out) {
  call_entry& entry = calls_[call];
  if (entry.offers.empty()) return offer_over(call, now, out);
  if (!rings_nowhere_else(entry)) return;
  entry.step_due = never;
  note_overdue(call, now);
  if (entry.overdue) {
    end_other_offers(call, none, reservation_outcome::superseded, now, out);
    return offer_over(call, now, out);
  }
  put_in_lane(call);
  free_calls_.push_back(call);
}

/// The call has no open offer (any more): it waits again, or overflows when that is due.
void router::impl::offer_over(slot call, instant now, commands& out) {
  call_entry& entry = calls_[call];
  queue_entry& queue = queues_[entry.queue];
  queue.ringing.erase(entry.key);
  entry.step_due = never;
  note_overdue(call, now);
  if (entry.overdue) {
    queue.estimator.removed(now - entry.joined);
    out.push_back(overflow{entry.id, queue.plan.name, entry.overdue});
    forget_call(call);
    return;
  }
  if (!queue.place_limits.empty()) place_checks_.push_back(call);
  if (entry.last_asked != none) end_sticky(call, now); // that agent has had its chance
  put_in_lane(call);
  free_calls_.push_back(call);
}

/// At once, or when the last of its offers has failed; it gets no new one.
void router::impl::overflow_when_free(slot call, const char* why, instant now, commands& out) {
  call_entry& entry = calls_[call];
  if (!entry.overdue) entry.overdue = why;
  take_from_lane(call);
  if (!rings_nowhere_else(entry)) return;
  end_other_offers(call, none, reservation_outcome::superseded, now, out);
  offer_over(call, now, out);
}

/// Could be offered to one more agent.
bool router::impl::wants_offer(slot call, instant now) const {
  const call_entry& entry = calls_[call];
  if (!entry.in_order || entry.overdue) return false;
  if (rings_nowhere_else(entry)) return true;
  const lane_entry& lane = lanes_[entry.lane];
  const queue_plan& plan = queues_[entry.queue].plan;
  if (lane.key.only != none) return false;
  return rings_all(plan) || (plan.strategy == strategy::ring_progressively && entry.step_due <= now);
}

bool router::impl::leave(const call_id& id, instant now, commands& out, reservation_outcome outcome) {
  const slot call = call_slot(id);
  if (call == none) return false;
  if (calls_[call].in_order) note_departure(call, now);
  take_from_order(call);
  end_other_offers(call, none, outcome, now, out);
  if (const slot talk = calls_[call].talk; talk != none) {
    note_talk_over(call, reservations_[talk].agent, now);
    close_reservation(talk, now);
  }
  forget_call(call);
  apply_due(now, out);
  resolve(now, out);
  return true;
}

} // namespace lifeline::domain
