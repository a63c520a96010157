// What each entry of the event log counts.

#include "metrics/impl.hpp"

#include <algorithm>
#include <cmath>

namespace lifeline::actors {

using domain::seconds;

namespace {

const std::string other_label = "other";

} // namespace

metrics::impl::impl(const domain::plan& plan, metric_sources asked)
    : families(plan), waiting(families.queue_count()), sources(std::move(asked)), agents(plan) {
  set_plan(plan);
}

void metrics::impl::set_plan(const domain::plan& plan) {
  families.set_plan(plan);
  agents.set_plan(plan);
  hotlines.clear();
  for (auto& f : figures)
    f.emergency = false;
  for (const auto& q : plan.queues)
    number_of(q.name);
  for (const auto& h : plan.hotlines) {
    live.try_emplace(h.name, 0);
    rerouted.try_emplace(h.name, false);
    if (h.retired) continue;
    hotlines.push_back(h);
    if (h.emergency && plan.find_queue(h.queue) != nullptr) figures[number_of(h.queue)].emergency = true;
  }
}

std::size_t metrics::impl::number_of(const domain::queue_id& queue) {
  const auto number = families.queue_index(queue);
  waiting.grow(number);
  if (number >= figures.size()) figures.resize(number + 1);
  return number;
}

void metrics::impl::apply(const domain::event& e) {
  families.events.Increment();
  last_sequence = std::max(last_sequence, e.seq);
  if (const auto broken = invariants.apply(e)) violate(*broken);
  std::visit([&](const auto& body) { count(e, body); }, e.body);
}

void metrics::impl::count(const domain::event& e, const domain::call_arrived& x) {
  families.hotline(x.hotline).arrived.Increment();
  const auto& label = families.has_hotline(x.hotline) ? x.hotline : other_label;
  if (hotline_of.emplace(e.call, label).second) ++live[label];
}

void metrics::impl::count(const domain::event&, const domain::call_blocked& x) {
  families.hotline(x.hotline).blocked.Increment();
}

void metrics::impl::count(const domain::event& e, const domain::queue_entered& x) {
  const auto number = number_of(x.queue);
  if (!waiting.entered(e.call, number, e.at, x.expected_wait)) return;
  families.queue(number).offered.Increment();
  if (x.resumed) families.queue(number).resumed.Increment();
}

void metrics::impl::count(const domain::event& e, const domain::queue_left& x) {
  const auto number = number_of(x.queue);
  const auto stay = waiting.left(e.call, number, e.at);
  auto& queue = families.queue(number);
  auto& recent = figures[number].level.at(e.at);
  switch (x.outcome) {
  case domain::queue_outcome::answered: {
    const bool within = within_service_level(queue.plan, x.waited);
    queue.answered.Increment();
    ++recent.answered;
    if (within) queue.answered_within.Increment();
    if (within) ++recent.answered_within;
    queue.wait_answered.Observe(seconds(x.waited));
    if (stay) measure_estimate(queue, figures[number], *stay, e.at);
    return;
  }
  case domain::queue_outcome::abandoned: {
    const bool at_once = is_short_abandon(queue.plan, x.waited);
    queue.abandoned.Increment();
    ++recent.abandoned;
    if (at_once) queue.short_abandoned.Increment();
    if (at_once) ++recent.short_abandoned;
    queue.wait_abandoned.Observe(seconds(x.waited));
    return;
  }
  case domain::queue_outcome::overflowed: queue.overflowed.Increment(); return;
  case domain::queue_outcome::failed: queue.failed.Increment(); return;
  }
}

/// The real wait runs from this entry: who regained a place has waited before, which was no matter of this estimate.
void metrics::impl::measure_estimate(queue_series& queue, queue_tally& kept, const waiting_fold::stay& stay,
                                     domain::instant at) {
  if (stay.expected < domain::span{0}) return;
  const auto difference = seconds(stay.expected - std::max(domain::span{0}, at - stay.since));
  queue.wait_error.Observe(std::abs(difference));
  (difference > 0 ? queue.wait_overrated : queue.wait_underrated).Increment(std::abs(difference));
  kept.bias += difference;
  ++kept.estimates;
}

void metrics::impl::count(const domain::event&, const domain::reservation_ended& x) {
  const auto outcome = static_cast<std::size_t>(x.outcome);
  if (outcome >= 1 && outcome <= reservation_outcome_count) families.reservation_ended[outcome - 1]->Increment();
  const bool rang = x.rang > domain::span{0} || x.outcome == domain::reservation_outcome::connected;
  if (rang) families.queue(number_of(x.queue)).ring.Observe(seconds(x.rang));
}

void metrics::impl::count(const domain::event&, const domain::call_connected& x) {
  if (!x.agent.empty()) last_queue[x.agent] = number_of(x.queue);
}

void metrics::impl::count(const domain::event&, const domain::call_overflowed& x) {
  const auto& from = families.queue_label(number_of(x.from));
  families.overflow_attempts(from, !x.to_number.empty()).Increment();
}

void metrics::impl::count(const domain::event& e, const domain::call_ended& x) {
  const auto outcome = static_cast<std::size_t>(x.record.outcome);
  const auto cause = static_cast<std::size_t>(x.record.cause);
  if (outcome >= 1 && outcome <= call_outcome_count && cause >= 1 && cause <= end_cause_count)
    families.hotline(x.record.hotline).ended[outcome - 1][cause - 1]->Increment();
  if (x.record.answered != domain::never) {
    auto& queue = families.queue(number_of(x.record.queue));
    queue.talk.Observe(seconds(x.record.talk));
    queue.hold.Increment(std::max(0.0, seconds(x.record.hold)));
  }
  waiting.ended(e.call);
  if (const auto known = hotline_of.find(e.call); known != hotline_of.end()) {
    --live[known->second];
    hotline_of.erase(known);
  }
}

void metrics::impl::count(const domain::event& e, const domain::agent_changed& x) {
  agents.apply(x, e.at);
  const auto queue = last_queue.find(x.agent);
  if (x.from == domain::agent_state::wrap_up && x.to != x.from && queue != last_queue.end())
    families.queue(queue->second).wrap_up.Observe(seconds(x.in_from));
}

void metrics::impl::count(const domain::event&, const domain::actor_restarted& x) {
  families.restarts(actor_kind(x.actor)).Increment();
}

void metrics::impl::count(const domain::event&, const domain::call_escalated& x) {
  families.queue(number_of(x.queue)).escalated.Increment();
}

void metrics::impl::count(const domain::event&, const domain::hotline_rerouted& x) {
  if (const auto known = rerouted.find(x.hotline); known != rerouted.end()) known->second = x.on;
}

void metrics::impl::count(const domain::event&, const domain::source_banned& x) {
  if (x.until != domain::never) families.bans.Increment();
}

void metrics::impl::count(const domain::event& e, const domain::configuration_reloaded&) {
  families.reloads.Increment();
  last_reload = e.at;
}

void metrics::impl::count(const domain::event&, const domain::engine_started&) { draining = false; }
void metrics::impl::count(const domain::event&, const domain::engine_draining&) { draining = true; }

void metrics::impl::count(const domain::event& e, const domain::backup_made& x) {
  families.backups.Increment();
  last_backup = e.at;
  last_backup_sequence = x.last_sequence;
}

} // namespace lifeline::actors
