#include "metrics/families.hpp"

#include <algorithm>

namespace lifeline::actors {

namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Histogram;
using buckets = Histogram::BucketBoundaries;

constexpr std::size_t kind_limit = 32;

// Around 15 s and 20 s, the usual thresholds of service level and ring timeout.
const buckets wait_buckets{1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200};
const buckets ring_buckets{0.5, 1, 2, 3, 5, 8, 10, 15, 20, 30, 60};
const buckets error_buckets{1, 2, 5, 10, 15, 20, 30, 45, 60, 120, 300, 600};
const buckets talk_buckets{5, 15, 30, 60, 90, 120, 180, 300, 600, 900, 1800, 3600};
const buckets wrap_up_buckets{1, 5, 10, 15, 20, 30, 45, 60, 120, 300};
const buckets batch_buckets{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1};
const buckets changes_buckets{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000};

} // namespace

Family<Counter>& metric_families::counter(const std::string& name, const std::string& help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

Family<Histogram>& metric_families::histogram(const std::string& name, const std::string& help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

metric_families::metric_families(const domain::plan& plan)
    : offered_(counter("lifeline_calls_offered_total", "Callers who entered the queue.")),
      answered_(counter("lifeline_calls_answered_total", "Callers of the queue who were connected to an agent.")),
      answered_within_(counter("lifeline_calls_answered_within_threshold_total",
                               "Callers who were connected within the queue's service level time.")),
      abandoned_(
          counter("lifeline_calls_abandoned_total", "Callers who hung up in the queue, short abandons included.")),
      short_abandoned_(counter("lifeline_calls_short_abandoned_total",
                               "Callers who hung up within the queue's short abandon time.")),
      overflowed_(counter("lifeline_calls_overflowed_total",
                          "Callers who left the queue for another one or for an external number.")),
      failed_(
          counter("lifeline_calls_queue_failed_total", "Callers who lost their place through a fault or a release.")),
      attempts_(counter("lifeline_overflow_attempts_total",
                        "Times that the queue's overflow was tried: another queue, or an external number.")),
      wait_(histogram("lifeline_call_wait_seconds", "Time in the queue of answered and of abandoned callers.")),
      ring_(histogram("lifeline_agent_ring_seconds", "How long agents' phones rang, until answered or not.")),
      talk_(histogram("lifeline_call_talk_seconds", "Length of conversations without hold.")),
      wrap_up_(histogram("lifeline_agent_wrap_up_seconds", "Time that agents spent in wrap-up.")),
      hold_(counter("lifeline_call_hold_seconds_total", "Time that callers of the queue were on hold.")),
      escalated_(
          counter("lifeline_queue_escalations_total", "Times that a rule of the queue changed what a caller gets.")),
      resumed_(counter("lifeline_queue_resumed_total", "Callers who called again and had their old place.")),
      wait_error_(histogram("lifeline_queue_expected_wait_error_seconds",
                            "Difference between the wait that was expected at entry and the real one, answered "
                            "callers only.")),
      misjudged_(counter("lifeline_queue_expected_wait_misjudged_seconds_total",
                         "The same differences added up, by direction: expected too long or too short.")),
      arrived_(counter("lifeline_calls_arrived_total", "Calls that were let in.")),
      blocked_(counter("lifeline_calls_blocked_total", "Calls that were refused on arrival.")),
      ended_(counter("lifeline_calls_ended_total", "Calls that ended, by how and why.")),
      reservations_(counter("lifeline_reservations_total", "Reservations that ended, by how.")),
      violations_(counter("lifeline_invariant_violations_total", "Faults that must never happen.")),
      restarts_(counter("lifeline_actor_restarts_total", "Actors that were started again after a fault.")),
      responses_(counter("lifeline_http_responses_total", "Answers of the HTTP server by class of status.")),
      public_responses_(counter("lifeline_public_responses_total", "Answers of the public server by class of status.")),
      public_refused_(counter("lifeline_public_refused_total", "What the public server did not let in, by why.")),
      public_doubtful_(counter("lifeline_public_doubtful_total",
                               "Messages that the public server took in although something was wrong, by what.")),
      batch_seconds_(histogram("lifeline_journal_batch_seconds", "Time that the journal took to write a batch.")),
      unauthorized(counter("lifeline_http_unauthorized_total", "API requests without a valid token.").Add({})),
      events(counter("lifeline_events_total", "Entries of the event log.").Add({})),
      events_not_stored(counter("lifeline_events_not_stored_total", "Entries that the disk did not take.").Add({})),
      bans(counter("lifeline_sip_bans_total", "Addresses that were banned.").Add({})),
      reloads(counter("lifeline_configuration_reloads_total", "Times that a changed configuration came into force.")
                  .Add({})),
      backups(counter("lifeline_backups_total", "Backups that were made.").Add({})),
      batch_synced(batch_seconds_.Add({{"synced", "true"}}, batch_buckets)),
      batch_unsynced(batch_seconds_.Add({{"synced", "false"}}, batch_buckets)),
      batch_changes(histogram("lifeline_journal_batch_changes", "Changes in one batch of the journal.")
                        .Add({}, changes_buckets)) {
  set_plan(plan);
  for (std::size_t i = 0; i < reservation_outcome_count; ++i) {
    const auto outcome = static_cast<domain::reservation_outcome>(i + 1);
    reservation_ended[i] = &reservations_.Add({{"outcome", std::string{to_string(outcome)}}});
  }
  for (std::size_t i = 0; i < invariant_count; ++i)
    violation[i] = &violations_.Add({{"invariant", std::string{to_string(static_cast<invariant>(i))}}});
  for (const auto* kind : {"call", "agent", "dispatcher"})
    restarts(kind);
  for (std::size_t i = 0; i < response_series_.size(); ++i)
    response_series_[i] = &responses_.Add({{"code", std::to_string(i + 1) + "xx"}});
  for (std::size_t i = 0; i < public_series_.size(); ++i)
    public_series_[i] = &public_responses_.Add({{"code", std::to_string(i + 1) + "xx"}});
  for (const auto* why : {"signature", "link", "rate"})
    public_refusals_[why] = &public_refused_.Add({{"reason", why}});
  for (const auto* what : {"details", "unreadable"})
    public_refusals_[what] = &public_doubtful_.Add({{"doubt", what}});
}

void metric_families::set_plan(const domain::plan& plan) {
  for (const auto& q : plan.queues) {
    if (const auto known = queue_numbers_.find(q.name); known != queue_numbers_.end())
      queues_[known->second].plan = q;
    else
      add_queue(q);
  }
  for (const auto& h : plan.hotlines) {
    if (!has_hotline(h.name)) add_hotline(h.name);
  }
}

void metric_families::add_queue(const domain::queue_plan& plan) {
  const prometheus::Labels label{{"queue", plan.name}};
  queue_numbers_[plan.name] = queues_.size();
  queues_.push_back({plan, offered_.Add(label), answered_.Add(label), answered_within_.Add(label),
                     abandoned_.Add(label), short_abandoned_.Add(label), overflowed_.Add(label), failed_.Add(label),
                     wait_.Add({{"queue", plan.name}, {"outcome", "answered"}}, wait_buckets),
                     wait_.Add({{"queue", plan.name}, {"outcome", "abandoned"}}, wait_buckets),
                     ring_.Add(label, ring_buckets), talk_.Add(label, talk_buckets),
                     wrap_up_.Add(label, wrap_up_buckets), hold_.Add(label), escalated_.Add(label), resumed_.Add(label),
                     wait_error_.Add(label, error_buckets),
                     misjudged_.Add({{"queue", plan.name}, {"direction", "too_long"}}),
                     misjudged_.Add({{"queue", plan.name}, {"direction", "too_short"}})});
  overflow_attempts(plan.name, false);
  overflow_attempts(plan.name, true);
}

hotline_series& metric_families::add_hotline(const std::string& name) {
  const prometheus::Labels label{{"hotline", name}};
  auto& series = hotlines_.emplace(name, hotline_series{arrived_.Add(label), blocked_.Add(label), {}}).first->second;
  for (std::size_t o = 0; o < call_outcome_count; ++o) {
    for (std::size_t c = 0; c < end_cause_count; ++c) {
      const auto outcome = to_string(static_cast<domain::call_outcome>(o + 1));
      const auto cause = to_string(static_cast<domain::end_cause>(c + 1));
      series.ended[o][c] =
          &ended_.Add({{"hotline", name}, {"outcome", std::string{outcome}}, {"cause", std::string{cause}}});
    }
  }
  return series;
}

std::size_t metric_families::queue_index(const domain::queue_id& name) {
  const auto known = queue_numbers_.find(name);
  if (known != queue_numbers_.end()) return known->second;
  const auto other = queue_numbers_.find("other");
  if (other != queue_numbers_.end()) return other->second;
  domain::queue_plan plan;
  plan.name = "other";
  add_queue(plan);
  return queues_.size() - 1;
}

hotline_series& metric_families::hotline(const std::string& name) {
  const auto known = hotlines_.find(name);
  if (known != hotlines_.end()) return known->second;
  const auto other = hotlines_.find("other");
  return other != hotlines_.end() ? other->second : add_hotline("other");
}

Counter& metric_families::restarts(const std::string& kind) {
  if (const auto known = restart_series_.find(kind); known != restart_series_.end()) return *known->second;
  if (restart_series_.size() >= kind_limit && kind != "other") return restarts("other");
  auto& series = restarts_.Add({{"actor", kind}});
  restart_series_[kind] = &series;
  return series;
}

Counter& metric_families::overflow_attempts(const domain::queue_id& from, bool to_number) {
  return attempts_.Add({{"queue", from}, {"target", to_number ? "number" : "queue"}});
}

namespace {

std::size_t class_of(int status) { return static_cast<std::size_t>(std::clamp(status / 100, 1, 5) - 1); }

} // namespace

Counter& metric_families::responses(int status) { return *response_series_[class_of(status)]; }

Counter& metric_families::public_responses(int status) { return *public_series_[class_of(status)]; }

Counter* metric_families::public_refusal(std::string_view why) {
  const auto found = public_refusals_.find(why);
  return found == public_refusals_.end() ? nullptr : found->second;
}

} // namespace lifeline::actors
