// What is due: leases, max wait, retry delays, resting agents.
#include "domain/router_impl.hpp"

#include <algorithm>

namespace lifeline::domain {

using namespace routing;

namespace {
bool later(const timer& a, const timer& b) { return a.due > b.due; }
} // namespace

void router::impl::arm(const timer& t) {
  timers_.push_back(t);
  std::push_heap(timers_.begin(), timers_.end(), later);
}

bool router::impl::is_live(const timer& t) const {
  switch (t.kind) {
  case timer_kind::lease: {
    const auto& of = reservations_[t.subject];
    return of.used && of.generation == t.generation && !of.connected;
  }
  case timer_kind::max_wait: {
    const auto& of = calls_[t.subject];
    return of.used && of.generation == t.generation && of.in_order && !of.overflow_due;
  }
  case timer_kind::pair_retry: {
    const auto& of = calls_[t.subject];
    return of.used && of.generation == t.generation &&
           std::any_of(of.excluded.begin(), of.excluded.end(),
                       [&](const auto& each) { return each.agent == t.agent && each.until == t.due; });
  }
  case timer_kind::agent_rest: {
    const auto& of = agents_[t.subject];
    if (of.listed || of.reservation != none) return false;
    return (!of.settled && of.settle_until == t.due) || of.view.retry_until == t.due;
  }
  }
  return false;
}

/// Keeps a live timer on top, and the dead ones fewer than the live ones.
void router::impl::drop_dead_timers() {
  if (timers_.size() > 2 * timers_after_sweep_ + 1024) {
    std::erase_if(timers_, [&](const timer& t) { return !is_live(t); });
    std::make_heap(timers_.begin(), timers_.end(), later);
    timers_after_sweep_ = timers_.size();
  }
  while (!timers_.empty() && !is_live(timers_.front())) {
    std::pop_heap(timers_.begin(), timers_.end(), later);
    timers_.pop_back();
  }
}

void router::impl::apply_due(instant now, commands& out) {
  while (!timers_.empty() && timers_.front().due <= now) {
    const timer t = timers_.front();
    std::pop_heap(timers_.begin(), timers_.end(), later);
    timers_.pop_back();
    if (is_live(t)) expire(t, now, out);
  }
}

void router::impl::expire(const timer& t, instant now, commands& out) {
  switch (t.kind) {
  case timer_kind::lease: {
    const slot call = reservations_[t.subject].call;
    const slot agent = reservations_[t.subject].agent;
    const span delay = queues_[calls_[call].queue].plan.delay_after(reservation_outcome::lease_expired);
    end_offer(t.subject, reservation_outcome::lease_expired, now, out);
    if (delay > 0s) exclude(call, agent, now + delay);
    if (calls_[call].offers.empty()) offer_over(call, now, out);
    break;
  }
  case timer_kind::max_wait:
    calls_[t.subject].overflow_due = true;
    take_from_lane(t.subject);
    if (calls_[t.subject].offers.empty()) offer_over(t.subject, now, out);
    break;
  case timer_kind::pair_retry: {
    std::erase_if(calls_[t.subject].excluded, [&](const auto& each) { return each.agent == t.agent; });
    if (!calls_[t.subject].in_lane || !agents_[t.agent].listed) break;
    unlist(t.agent); // a listed agent is not looked at again
    free_agents_.push_back(t.agent);
    break;
  }
  case timer_kind::agent_rest: free_agents_.push_back(t.subject); break;
  }
}

void router::impl::tick(instant now, commands& out) {
  apply_due(now, out);
  resolve(now, out);
}

std::optional<instant> router::impl::next_deadline() const {
  if (timers_.empty()) return std::nullopt;
  return timers_.front().due;
}

} // namespace lifeline::domain
