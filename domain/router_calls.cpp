// A call's way into a queue and out of it.
#include "domain/router_impl.hpp"

#include <algorithm>

namespace lifeline::domain {

using namespace routing;

slot router::impl::make_call(const call_request& request, slot queue) {
  const slot lane = lane_for(queue, request.required);
  slot call = none;
  if (free_call_slots_.empty()) {
    call = static_cast<slot>(calls_.size());
    calls_.emplace_back();
  } else {
    call = free_call_slots_.back();
    free_call_slots_.pop_back();
  }
  call_entry& entry = calls_[call];
  entry.id = request.call;
  entry.used = true;
  entry.queue = queue;
  entry.lane = lane;
  entry.patient = request.patient;
  entry.key = {-(std::int64_t{queues_[queue].plan.priority} + request.priority), micros(request.entered_at),
               arrivals_++, call};
  ++lanes_[lane].users;
  call_slots_.emplace(request.call, call);
  return call;
}

/// Without offers or talk. Its slot may be used again at once.
void router::impl::forget_call(slot call) {
  take_from_order(call);
  call_entry& entry = calls_[call];
  --lanes_[entry.lane].users;
  call_slots_.erase(entry.id);
  std::erase(free_calls_, call);
  entry.used = false;
  entry.overflow_due = false;
  ++entry.generation;
  entry.excluded.clear();
  entry.talk = none;
  free_call_slots_.push_back(call);
}

void router::impl::put_in_order(slot call) {
  call_entry& entry = calls_[call];
  if (entry.in_order) return;
  entry.in_order = true;
  queue_entry& queue = queues_[entry.queue];
  queue.order.insert(entry.key);
  if (queue.plan.max_wait > 0s && !entry.patient) {
    const instant due = from_micros(entry.key.entered) + queue.plan.max_wait;
    arm({due, timer_kind::max_wait, call, entry.generation, none});
  }
}

void router::impl::take_from_order(slot call) {
  take_from_lane(call);
  call_entry& entry = calls_[call];
  if (!entry.in_order) return;
  entry.in_order = false;
  queues_[entry.queue].order.erase(entry.key);
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

enqueue_result router::impl::enqueue(const call_request& request, instant now, commands& out) {
  enqueue_result result;
  if (call_slots_.contains(request.call)) {
    result.status = enqueue_status::duplicate;
    result.position = position(request.call).value_or(0);
    return result;
  }
  const auto queue = queue_slots_.find(request.queue);
  if (queue == queue_slots_.end()) {
    result.status = enqueue_status::unknown_queue;
    return result;
  }
  apply_due(now, out);
  const queue_entry& of = queues_[queue->second];
  if (!request.patient && !request.known && of.plan.max_length > 0 && of.order.size() >= of.plan.max_length) {
    result.status = enqueue_status::queue_full;
  } else {
    const slot call = make_call(request, queue->second);
    put_in_order(call);
    result.position = static_cast<std::uint32_t>(of.order.rank(calls_[call].key)) + 1;
    offer_over(call, now, out); // never had one: waits, or is overdue already
  }
  resolve(now, out);
  return result;
}

/// The call has no open offer (any more): it waits again, or overflows when that is due.
void router::impl::offer_over(slot call, instant now, commands& out) {
  call_entry& entry = calls_[call];
  const queue_entry& queue = queues_[entry.queue];
  queues_[entry.queue].ringing.erase(entry.key);
  const bool due =
      !entry.patient && queue.plan.max_wait > 0s && from_micros(entry.key.entered) + queue.plan.max_wait <= now;
  if (entry.overflow_due || due) {
    out.push_back(overflow{entry.id, queue.plan.name, "max wait"});
    forget_call(call);
    return;
  }
  put_in_lane(call);
  free_calls_.push_back(call);
}

bool router::impl::leave(const call_id& id, instant now, commands& out, reservation_outcome outcome) {
  const auto found = call_slots_.find(id);
  if (found == call_slots_.end()) return false;
  const slot call = found->second;
  take_from_order(call);
  end_other_offers(call, none, outcome, now, out);
  if (calls_[call].talk != none) close_reservation(calls_[call].talk, now);
  forget_call(call);
  apply_due(now, out);
  resolve(now, out);
  return true;
}

} // namespace lifeline::domain
