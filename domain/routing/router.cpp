// The router's surface and its questions.
#include "domain/routing/router.hpp"

#include "domain/routing/router_impl.hpp"

#include <algorithm>
#include <limits>

namespace lifeline::domain {

using namespace routing;

router::router(const plan& p, std::uint64_t epoch, std::uint64_t seed)
    : impl_(std::make_unique<impl>(p, epoch, seed)) {}
router::~router() = default;
router::router(router&&) noexcept = default;
router& router::operator=(router&&) noexcept = default;

bool router::set_agent(const agent_id& account, const agent_view& view, instant now, commands& out) {
  return impl_->set_agent(account, view, now, out);
}
enqueue_result router::enqueue(const call_request& request, instant now, commands& out) {
  return impl_->enqueue(request, now, out);
}
bool router::leave(const call_id& call, instant now, commands& out, reservation_outcome outcome) {
  return impl_->leave(call, now, out, outcome);
}
bool router::agent_refused(const reservation_id& reservation, reservation_outcome outcome, instant retry_until,
                           instant now, commands& out) {
  return impl_->agent_refused(reservation, outcome, retry_until, now, out);
}
bool router::connected(const reservation_id& reservation, instant now, commands& out) {
  return impl_->connected(reservation, now, out);
}
bool router::ended(const reservation_id& reservation, reservation_outcome outcome, instant now, commands& out) {
  return impl_->ended(reservation, outcome, now, out);
}
adopt_status router::adopt(const adoption& a, instant now, commands& out) { return impl_->adopt(a, now, out); }
void router::reconfigure(const plan& p, instant now, commands& out) { impl_->reconfigure(p, now, out); }
void router::remember(const call_record& record, instant now) { impl_->remember(record, now); }
void router::tick(instant now, commands& out) { impl_->tick(now, out); }

std::uint64_t router::epoch() const { return impl_->epoch(); }
std::optional<instant> router::next_deadline() const { return impl_->next_deadline(); }
std::size_t router::waiting(const queue_id& queue) const { return impl_->waiting(queue); }
span router::oldest_wait(const queue_id& queue, instant now) const { return impl_->oldest_wait(queue, now); }
std::optional<std::uint32_t> router::position(const call_id& call) const { return impl_->position(call); }
std::optional<span> router::expected_wait(const queue_id& queue, std::uint32_t position, instant) const {
  return impl_->expected_wait(queue, position);
}
std::size_t router::present(const queue_id& queue) const { return impl_->present(queue); }
bool router::is_ready(const agent_id& account) const { return impl_->is_ready(account); }
std::optional<reservation_view> router::find(const reservation_id& reservation) const {
  return impl_->find(reservation);
}
std::vector<reservation_view> router::reservations() const { return impl_->reservations(); }
std::optional<explanation> router::explain(const call_id& call, instant now) const { return impl_->explain(call, now); }
explanation router::explain(const reserve& decision) const { return impl_->explain(decision); }

slot router::impl::agent_slot(const agent_id& account) const {
  return agent_slots_.find(account, [&](slot at) { return agents_[at].account == account; });
}
slot router::impl::call_slot(const call_id& id) const {
  return call_slots_.find(id, [&](slot at) { return calls_[at].id == id; });
}
slot router::impl::reservation_slot(const reservation_id& id) const {
  return reservation_slots_.find(id, [&](slot at) { return reservations_[at].id == id; });
}

std::size_t router::impl::waiting(const queue_id& queue) const {
  const auto found = queue_slots_.find(queue);
  return found == queue_slots_.end() ? 0 : queues_[found->second].order.size();
}

/// The oldest is the first of one of the priorities that are waiting: these are visited, not the callers.
span router::impl::oldest_wait(const queue_id& queue, instant now) const {
  const auto found = queue_slots_.find(queue);
  if (found == queue_slots_.end()) return 0s;
  const auto& order = queues_[found->second].order;
  std::int64_t oldest = micros(now);
  for (std::size_t i = 0; i < order.size();) {
    const caller_key& first = order.nth(i);
    oldest = std::min(oldest, first.entered);
    i = order.rank({first.descending_priority + 1, std::numeric_limits<std::int64_t>::min(), 0, 0});
  }
  return span{micros(now) - oldest};
}

std::optional<std::uint32_t> router::impl::position(const call_id& id) const {
  const slot found = call_slot(id);
  if (found == none || !calls_[found].in_order) return std::nullopt;
  const call_entry& call = calls_[found];
  return static_cast<std::uint32_t>(queues_[call.queue].order.rank(call.key)) + 1;
}

bool router::impl::is_ready(const agent_id& account) const {
  const slot found = agent_slot(account);
  return found != none && agents_[found].listed;
}

std::optional<reservation_view> router::impl::find(const reservation_id& id) const {
  const slot found = reservation_slot(id);
  if (found == none) return std::nullopt;
  const reservation_entry& of = reservations_[found];
  const call_entry& call = calls_[of.call];
  return reservation_view{of.id,       call.id,     agents_[of.agent].account, queues_[call.queue].plan.name, of.made,
                          of.deadline, of.connected};
}

std::vector<reservation_view> router::impl::reservations() const {
  std::vector<reservation_view> all;
  all.reserve(reservation_slots_.size());
  for (const auto& each : reservations_) {
    if (each.used) all.push_back(*find(each.id));
  }
  return all;
}

} // namespace lifeline::domain
