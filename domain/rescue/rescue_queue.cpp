#include "domain/rescue/rescue_queue.hpp"

#include <algorithm>

namespace lifeline::domain {

std::size_t rescue_queue::held_by(const order_id& order) const {
  const auto found = held_.find(order);
  return found == held_.end() ? 0 : found->second;
}

bool rescue_queue::before(const place& a, const place& b) const {
  if (a.claim.urging != b.claim.urging) return !a.claim.urging;
  if (a.claim.urgent != b.claim.urgent) return a.claim.urgent;
  const bool first_a = held_by(a.claim.order) == 0;
  const bool first_b = held_by(b.claim.order) == 0;
  if (first_a != first_b) return first_a;
  if (a.claim.level != b.claim.level) return a.claim.level > b.claim.level;
  if (a.claim.received != b.claim.received) return a.claim.received < b.claim.received;
  return a.asked < b.asked;
}

void rescue_queue::ask(holder who, const rescue_claim& claim) {
  const auto [it, fresh] = all_.try_emplace(who);
  if (fresh) it->second = {claim, ++asked_, false};
}

void rescue_queue::keep(holder who, const rescue_claim& claim) {
  ask(who, claim);
  auto& mine = all_.at(who);
  if (mine.has_line) return;
  mine.has_line = true;
  ++in_use_;
  if (awaited_ > 0) --awaited_;
  ++held_[mine.claim.order];
}

void rescue_queue::update(const order_id& order, bool urgent, std::uint8_t level) {
  for (auto& [who, p] : all_) {
    if (p.claim.order != order) continue;
    p.claim.urgent = urgent;
    p.claim.level = std::max(p.claim.level, level);
  }
}

bool rescue_queue::leave(holder who) {
  const auto gone = all_.extract(who);
  if (gone.empty()) return false;
  const auto& p = gone.mapped();
  if (!p.has_line) return true;
  --in_use_;
  if (const auto held = held_.find(p.claim.order); held != held_.end() && --held->second == 0) held_.erase(held);
  return true;
}

std::vector<rescue_queue::holder> rescue_queue::grant() {
  std::vector<holder> granted;
  while (in_use_ + awaited_ < lines_ && waiting() > 0) {
    auto first = all_.end();
    for (auto it = all_.begin(); it != all_.end(); ++it) {
      if (it->second.has_line) continue;
      if (first == all_.end() || before(it->second, first->second)) first = it;
    }
    first->second.has_line = true;
    ++in_use_;
    ++held_[first->second.claim.order];
    granted.push_back(first->first);
  }
  return granted;
}

bool rescue_queue::has_line(holder who) const {
  const auto found = all_.find(who);
  return found != all_.end() && found->second.has_line;
}

std::vector<order_id> rescue_queue::waiting_orders() const {
  std::vector<order_id> orders;
  for (const auto& [who, p] : all_)
    if (!p.has_line && std::find(orders.begin(), orders.end(), p.claim.order) == orders.end())
      orders.push_back(p.claim.order);
  return orders;
}

} // namespace lifeline::domain
