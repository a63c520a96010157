#include "metrics/rules.hpp"

#include <algorithm>

namespace lifeline::actors {

namespace {

/// Leaves without an entry: their entries follow within milliseconds or not at all.
constexpr std::size_t early_limit = 4096;
constexpr domain::span early_lifetime = std::chrono::seconds{60};

bool is_conversation(domain::agent_state s) {
  return s == domain::agent_state::talking || s == domain::agent_state::hold;
}

} // namespace

bool within_service_level(const domain::queue_plan& queue, domain::span waited) {
  return waited <= queue.service_level;
}

bool is_short_abandon(const domain::queue_plan& queue, domain::span waited) { return waited <= queue.short_abandon; }

void waiting_fold::grow(std::size_t queue) {
  if (queue >= lines_.size()) lines_.resize(queue + 1);
}

void waiting_fold::remove(const domain::call_id& call, const stay& at) {
  lines_[at.queue].erase({at.since, call});
  places_.erase(call);
}

bool waiting_fold::entered(const domain::call_id& call, std::size_t queue, domain::instant at, domain::span expected) {
  if (left_early_.erase({call, queue}) > 0) return true;
  if (const auto old = places_.find(call); old != places_.end()) {
    if (old->second.queue == queue) return false;
    remove(call, stay{old->second});
  }
  places_[call] = {queue, at, expected};
  lines_[queue].insert({at, call});
  return true;
}

std::optional<waiting_fold::stay> waiting_fold::left(const domain::call_id& call, std::size_t queue,
                                                     domain::instant at) {
  const auto old = places_.find(call);
  if (old != places_.end() && old->second.queue == queue) {
    const auto ended = old->second;
    remove(call, ended);
    return ended;
  }
  left_early_[{call, queue}] = at;
  if (left_early_.size() <= early_limit) return std::nullopt;
  std::erase_if(left_early_, [&](const auto& x) { return x.second + early_lifetime < at; });
  if (left_early_.size() > early_limit) left_early_.erase(left_early_.begin()); // ids are ordered by time: the oldest
  return std::nullopt;
}

void waiting_fold::ended(const domain::call_id& call) {
  const auto old = places_.find(call);
  if (old != places_.end()) remove(call, stay{old->second});
}

domain::span waiting_fold::oldest(std::size_t queue, domain::instant now) const {
  const auto& line = lines_[queue];
  if (line.empty()) return domain::span{0};
  return std::max(domain::span{0}, now - line.begin()->first);
}

std::string_view to_string(invariant x) {
  switch (x) {
  case invariant::orphan_reservation: return "orphan_reservation";
  case invariant::double_assignment: return "double_assignment";
  case invariant::stuck_state: return "stuck_state";
  }
  return "unknown";
}

std::optional<invariant> invariant_fold::on(const domain::agent_reserved& e) {
  const auto held = reserved_.find(e.agent);
  const bool twice = (held != reserved_.end() && held->second != e.reservation) || talking_.count(e.agent) > 0;
  open_[e.reservation] = {e.agent, e.deadline, false};
  reserved_[e.agent] = e.reservation;
  if (twice) return invariant::double_assignment;
  return std::nullopt;
}

std::optional<invariant> invariant_fold::on(const domain::reservation_ended& e) {
  open_.erase(e.reservation);
  const auto held = reserved_.find(e.agent);
  if (held != reserved_.end() && held->second == e.reservation) reserved_.erase(held);
  if (e.outcome == domain::reservation_outcome::lease_expired) return invariant::orphan_reservation;
  return std::nullopt;
}

std::optional<invariant> invariant_fold::apply(const domain::event& e) {
  if (const auto* reserved = std::get_if<domain::agent_reserved>(&e.body)) return on(*reserved);
  if (const auto* over = std::get_if<domain::reservation_ended>(&e.body)) return on(*over);
  if (const auto* changed = std::get_if<domain::agent_changed>(&e.body)) {
    if (is_conversation(changed->to))
      talking_.insert(changed->agent);
    else
      talking_.erase(changed->agent);
  } else if (std::holds_alternative<domain::call_connected>(e.body)) {
    if (!connected_.insert(e.call).second) return invariant::double_assignment;
  } else if (std::holds_alternative<domain::call_ended>(e.body)) {
    connected_.erase(e.call);
  }
  return std::nullopt;
}

std::size_t invariant_fold::newly_stuck(domain::instant now) {
  std::size_t found = 0;
  for (auto& [id, r] : open_) {
    if (r.told || r.deadline == domain::never || now < r.deadline + overdue_grace) continue;
    r.told = true;
    ++found;
  }
  return found;
}

std::string actor_kind(std::string_view actor) {
  const auto end = actor.find_first_of("/:#0123456789");
  std::string kind{actor.substr(0, end)};
  while (!kind.empty() && (kind.back() == ' ' || kind.back() == '-' || kind.back() == '_'))
    kind.pop_back();
  return kind.empty() ? "other" : kind;
}

} // namespace lifeline::actors
