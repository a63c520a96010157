// What is due: leases, max wait, retry delays, resting agents, and everything that waiting alone brings about.
#include "domain/routing/router_impl.hpp"

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

void router::impl::arm_call(timer_kind kind, slot call, instant due, slot detail) {
  arm({due, kind, call, calls_[call].generation, detail});
}

bool router::impl::is_live(const timer& t) const {
  switch (t.kind) {
  case timer_kind::lease: {
    const auto& of = reservations_[t.subject];
    return of.used && of.generation == t.generation && !of.connected;
  }
  case timer_kind::agent_rest: {
    const auto& of = agents_[t.subject];
    if (of.listed || of.reservation != none) return false;
    return (!of.settled && of.settle_until == t.due) || of.view.retry_until == t.due;
  }
  case timer_kind::empty: return queues_[t.subject].empty_due == t.due && queues_[t.subject].present == 0;
  default: break;
  }
  return calls_[t.subject].used && calls_[t.subject].generation == t.generation && is_live_of_call(t);
}

bool router::impl::is_live_of_call(const timer& t) const {
  const call_entry& of = calls_[t.subject];
  if (t.kind == timer_kind::pair_retry) {
    return std::any_of(of.excluded.begin(), of.excluded.end(),
                       [&](const auto& each) { return each.agent == t.detail && each.until == t.due; });
  }
  if (!of.in_order) return false;
  switch (t.kind) {
  case timer_kind::max_wait: return of.overdue == nullptr;
  case timer_kind::tier: return of.tier_due == t.due;
  case timer_kind::growth: return of.growth_due == t.due;
  case timer_kind::sticky: return of.sticky_due == t.due && of.offers.empty();
  case timer_kind::ring_step: // a caller who rings at its sticky agent rings nowhere else
    return of.step_due == t.due && !of.in_lane && of.overdue == nullptr && lanes_[of.lane].key.only == none;
  case timer_kind::rule: return of.fired[t.detail] == 0;
  default: return false;
  }
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
    one_offer_less(call, now, out);
    break;
  }
  case timer_kind::agent_rest: free_agents_.push_back(t.subject); break;
  case timer_kind::empty: release_empty(t.subject, now, out); break;
  default: expire_of_call(t, now, out);
  }
}

void router::impl::expire_of_call(const timer& t, instant now, commands& out) {
  const slot call = t.subject;
  switch (t.kind) {
  case timer_kind::max_wait: overflow_when_free(call, "max wait", now, out); break;
  case timer_kind::pair_retry: {
    std::erase_if(calls_[call].excluded, [&](const auto& each) { return each.agent == t.detail; });
    if (!calls_[call].in_lane) break;
    ask_again_due_ = ask_again_due_ || queues_[calls_[call].queue].emergency;
    if (!agents_[t.detail].listed) break;
    unlist(t.detail); // a listed agent is not looked at again
    free_agents_.push_back(t.detail);
    break;
  }
  case timer_kind::tier:
    relane(call, now);
    arm_tier(call, now);
    break;
  case timer_kind::growth: grow(call, now); break;
  case timer_kind::sticky: end_sticky(call, now); break;
  case timer_kind::ring_step:
    put_in_lane(call);
    free_calls_.push_back(call);
    break;
  case timer_kind::rule: fire(call, t.detail, now, out, false); break;
  default: break;
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
