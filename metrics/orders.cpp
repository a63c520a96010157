#include "metrics/orders.hpp"

#include <algorithm>
#include <string>

namespace lifeline::actors {

using domain::order_step;
using domain::seconds;

namespace {

using buckets = prometheus::Histogram::BucketBoundaries;

// Around 15 s and 30 s, when agents and the supervisor are alerted.
const buckets acknowledge_buckets{1, 2, 5, 10, 15, 20, 30, 45, 60, 120, 300};
// Around the answer limit of 3 minutes.
const buckets accept_buckets{15, 30, 45, 60, 90, 120, 150, 180, 240, 300, 600};
// The authority's groups of 5 minutes up to 30, right-closed as Prometheus's are, and what is worse.
const buckets arrive_buckets{300, 600, 900, 1200, 1500, 1800, 2700, 3600, 7200};
const buckets rescue_buckets{30, 60, 120, 180, 300, 600, 900, 1800, 3600};
const buckets confirm_buckets{30, 60, 120, 300, 600, 900, 1800, 3600, 7200};

template <class E> std::string name_of(std::size_t index) { return std::string{to_string(static_cast<E>(index + 1))}; }

/// The place of an enumeration's value that counts from 1; entries that were read may hold any number.
template <class E, class Array> bool has(const Array& all, E value, std::size_t& index) {
  index = static_cast<std::size_t>(value) - 1;
  return index < all.size();
}

} // namespace

order_families::counters& order_families::make(prometheus::Registry& to, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(to);
}

order_families::by_level order_families::levels(counters& of) {
  by_level series{};
  for (std::size_t i = 0; i < level_count; ++i)
    series[i] = &of.Add({{"level", std::to_string(i + 1)}});
  return series;
}

order_families::order_families(prometheus::Registry& registry) {
  add_reports(registry);
  add_steps(registry);
  add_attempts(registry);
  add_times(registry);
  auto& imported = make(registry, "lifeline_lifts_imported_total", "Rows of imported lists of lifts, by result.");
  std::size_t i = 0;
  for (const auto* result : {"added", "changed", "unchanged", "bad"})
    imported_[i++] = &imported.Add({{"result", result}});
  silences_ = &make(registry, "lifeline_devices_fell_silent_total",
                    "Times that a lift's phone had not tested itself for too long.")
                   .Add({});
  mass_events_ = &make(registry, "lifeline_mass_events_total", "Mass events that began.").Add({});
}

void order_families::add_reports(prometheus::Registry& to) {
  auto& received =
      make(to, "lifeline_alarms_received_total", "Reports taken in, by how they came, of what, and what they became.");
  for (std::size_t c = 0; c < channel_count; ++c)
    for (std::size_t k = 0; k < kind_count; ++k)
      for (std::size_t f = 0; f < fate_count; ++f)
        received_[c][k][f] = &received.Add({{"channel", name_of<domain::report_channel>(c)},
                                            {"kind", name_of<domain::report_kind>(k)},
                                            {"fate", name_of<domain::report_fate>(f)}});
  auto& opened = make(to, "lifeline_orders_opened_total", "Orders that were made, filtered ones included.");
  for (std::size_t t = 0; t < type_count; ++t)
    opened_[t] = &opened.Add({{"type", name_of<domain::order_type>(t)}});
}

void order_families::add_steps(prometheus::Registry& to) {
  auto& steps = make(to, "lifeline_order_steps_total", "Steps of orders, as their timelines name them.");
  for (std::size_t i = 0; i < step_count; ++i) {
    const auto step = static_cast<order_step>(i + 1);
    // Attempts are counted with their outcome.
    if (step != order_step::calling && step != order_step::called)
      steps_[i] = &steps.Add({{"step", std::string{to_string(step)}}});
  }
  escalations_ =
      levels(make(to, "lifeline_order_escalations_total", "Times that the ladder was climbed, by the level reached."));
  answers_overdue_ = levels(make(to, "lifeline_order_answers_overdue_total",
                                 "Parties that did not answer within the limit, by their level."));
  arrivals_overdue_ = levels(make(to, "lifeline_order_arrivals_overdue_total",
                                  "Parties that were not there within the limit, by their level."));
  refusals_ = levels(make(to, "lifeline_order_refusals_total", "Parties that refused, by their level."));
}

void order_families::add_attempts(prometheus::Registry& to) {
  auto& attempts = make(to, "lifeline_rescuer_attempts_total", "Calls and webhooks to rescuers that ended, by how.");
  for (std::size_t c = 0; c < attempt_channel_count; ++c)
    for (std::size_t p = 0; p < purpose_count; ++p)
      for (std::size_t o = 0; o < outcome_count; ++o)
        attempts_[c][p][o] = &attempts.Add({{"channel", name_of<domain::attempt_channel>(c)},
                                            {"purpose", name_of<domain::attempt_purpose>(p)},
                                            {"outcome", name_of<domain::attempt_outcome>(o)}});
  auto& rings = make(to, "lifeline_alert_rings_total",
                     "Calls to our own people for orders that need a person, by who was rung, and how they ended.");
  for (std::size_t s = 0; s < alert_stage_count; ++s)
    for (std::size_t o = 0; o < outcome_count; ++o)
      rings_[s][o] =
          &rings.Add({{"stage", name_of<domain::alert_stage>(s)}, {"outcome", name_of<domain::attempt_outcome>(o)}});
}

void order_families::add_times(prometheus::Registry& to) {
  const auto family = [&](const char* name, const char* help) -> auto& {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(to);
  };
  auto& accept = family("lifeline_order_accept_seconds", "From a party's dispatch to its acceptance, late ones too.");
  for (std::size_t i = 0; i < level_count; ++i)
    accept_[i] = &accept.Add({{"level", std::to_string(i + 1)}}, accept_buckets);
  acknowledge_ = &family("lifeline_alarm_acknowledge_seconds", "From an alarm's arrival until an agent took it.")
                      .Add({}, acknowledge_buckets);
  arrive_ =
      &family("lifeline_order_arrive_seconds", "From the moment an agent took the alarm to a party's arrival on site.")
           .Add({}, arrive_buckets);
  rescue_ =
      &family("lifeline_order_rescue_seconds", "From the first arrival on site to the rescue.").Add({}, rescue_buckets);
  confirm_ = &family("lifeline_order_confirm_seconds", "From the rescue to the confirmed end of the alarm.")
                  .Add({}, confirm_buckets);
}

void order_families::count(const domain::alarm_received& x) {
  std::size_t channel = 0;
  std::size_t kind = 0;
  std::size_t fate = 0;
  if (!has(received_, x.report.channel, channel) || !has(received_[channel], x.report.kind, kind)) return;
  if (has(received_[channel][kind], x.fate, fate)) received_[channel][kind][fate]->Increment();
}

void order_families::count(const domain::order_changed& x, domain::instant at) {
  std::size_t step = 0;
  if (has(steps_, x.step, step) && steps_[step] != nullptr) steps_[step]->Increment();
  std::size_t type = 0;
  if (x.step == order_step::created && has(opened_, x.type, type)) opened_[type]->Increment();
  std::size_t level = 0;
  if (has(escalations_, x.level, level)) {
    if (x.step == order_step::escalated) escalations_[level]->Increment();
    if (x.step == order_step::answer_overdue) answers_overdue_[level]->Increment();
    if (x.step == order_step::arrival_overdue) arrivals_overdue_[level]->Increment();
    if (x.step == order_step::refused) refusals_[level]->Increment();
  }
  measure(x);
  follow(x, at);
}

/// A time that one end of is missing is 0 in the log: it is no measurement.
void order_families::measure(const domain::order_changed& x) {
  const auto took = seconds(x.took);
  const bool known = x.took > domain::span{0};
  std::size_t level = 0;
  switch (x.step) {
  case order_step::acknowledged: acknowledge_->Observe(std::max(0.0, took)); return; // 0: an agent made the order
  case order_step::accepted:
  case order_step::accepted_late:
    if (known && has(accept_, x.level, level)) accept_[level]->Observe(took);
    return;
  case order_step::arrived:
    if (known) arrive_->Observe(took);
    return;
  case order_step::rescued:
    if (known) rescue_->Observe(took);
    return;
  default: return;
  }
}

void order_families::follow(const domain::order_changed& x, domain::instant at) {
  const bool out = x.to == domain::order_status::rescued && x.from != domain::order_status::rescued;
  if (out) rescued_[x.order] = x.told_at == domain::never ? at : x.told_at;
  const auto known = rescued_.find(x.order);
  if (known == rescued_.end() || x.to == domain::order_status::rescued) return;
  if (x.step == order_step::confirmed) confirm_->Observe(std::max(0.0, seconds(at - known->second)));
  rescued_.erase(known); // also when it was reopened or dismissed
}

void order_families::count(const domain::rescuer_called& x) {
  if (!x.outcome_known) return;
  std::size_t channel = 0;
  std::size_t purpose = 0;
  std::size_t outcome = 0;
  if (!has(attempts_, x.channel, channel) || !has(attempts_[channel], x.purpose, purpose)) return;
  if (has(attempts_[channel][purpose], x.outcome, outcome)) attempts_[channel][purpose][outcome]->Increment();
}

void order_families::count(const domain::alert_rung& x) {
  std::size_t stage = 0;
  std::size_t outcome = 0;
  if (x.outcome_known && has(rings_, x.stage, stage) && has(rings_[stage], x.outcome, outcome))
    rings_[stage][outcome]->Increment();
}

void order_families::count(const domain::elevators_imported& x) {
  const std::array<std::uint64_t, 4> rows{x.added, x.changed, x.unchanged, x.bad_rows};
  for (std::size_t i = 0; i < rows.size(); ++i)
    imported_[i]->Increment(static_cast<double>(rows[i]));
}

void order_families::count(const domain::device_silence& x) {
  if (x.silent) silences_->Increment();
}

void order_families::count(const domain::mass_event_changed& x) {
  if (x.on) mass_events_->Increment();
}

} // namespace lifeline::actors
