#include "actors/metrics.hpp"

#include "actors/metrics_families.hpp"
#include "actors/metrics_rules.hpp"
#include "actors/metrics_scrape.hpp"
#include "build_info.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <mutex>
#include <sstream>

namespace lifeline::actors {

using domain::seconds;

namespace {

const std::string other_label = "other";

} // namespace

/// The event side is written under `mutex`; prometheus's own counters may be read at any time.
struct metrics::impl {
  impl(const domain::plan& plan, metric_sources asked)
      : families(plan), waiting(families.queue_count()), sources(std::move(asked)) {
    for (const auto& a : plan.agents)
      agents[a.account] = domain::agent_state::logged_out;
    for (const auto& h : plan.hotlines)
      live[h.name] = 0;
  }

  void apply(const domain::event& e);

  // What each event counts; those without a clause count nothing.
  template <class T> void count(const domain::event&, const T&) {}
  void count(const domain::event& e, const domain::call_arrived& x);
  void count(const domain::event& e, const domain::call_blocked& x);
  void count(const domain::event& e, const domain::queue_entered& x);
  void count(const domain::event& e, const domain::queue_left& x);
  void count(const domain::event& e, const domain::reservation_ended& x);
  void count(const domain::event& e, const domain::call_connected& x);
  void count(const domain::event& e, const domain::call_overflowed& x);
  void count(const domain::event& e, const domain::call_ended& x);
  void count(const domain::event& e, const domain::agent_changed& x);
  void count(const domain::event& e, const domain::actor_restarted& x);

  void violate(invariant x) { families.violation[static_cast<std::size_t>(x)]->Increment(); }
  void render_live(scrape& out, domain::instant now);

  std::mutex mutex;
  metric_families families;
  waiting_fold waiting;
  invariant_fold invariants;
  metric_sources sources;
  std::unordered_map<domain::agent_id, domain::agent_state> agents;
  std::unordered_map<domain::agent_id, std::size_t> last_queue; ///< whose call an agent's wrap-up belongs to
  std::unordered_map<domain::call_id, std::string> hotline_of;  ///< of live calls
  std::map<std::string, std::uint64_t> live;
  std::uint64_t last_sequence = 0;
};

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
  const auto index = families.queue_index(x.queue);
  waiting.grow(index);
  if (waiting.entered(e.call, index, e.at)) families.queue(index).offered.Increment();
}

void metrics::impl::count(const domain::event& e, const domain::queue_left& x) {
  const auto index = families.queue_index(x.queue);
  waiting.grow(index);
  waiting.left(e.call, index, e.at);
  auto& queue = families.queue(index);
  switch (x.outcome) {
  case domain::queue_outcome::answered:
    queue.answered.Increment();
    if (within_service_level(queue.plan, x.waited)) queue.answered_within.Increment();
    queue.wait_answered.Observe(seconds(x.waited));
    return;
  case domain::queue_outcome::abandoned:
    queue.abandoned.Increment();
    if (is_short_abandon(queue.plan, x.waited)) queue.short_abandoned.Increment();
    queue.wait_abandoned.Observe(seconds(x.waited));
    return;
  case domain::queue_outcome::overflowed: queue.overflowed.Increment(); return;
  case domain::queue_outcome::failed: queue.failed.Increment(); return;
  }
}

void metrics::impl::count(const domain::event&, const domain::reservation_ended& x) {
  const auto outcome = static_cast<std::size_t>(x.outcome);
  if (outcome >= 1 && outcome <= reservation_outcome_count) families.reservation_ended[outcome - 1]->Increment();
  const bool rang = x.rang > domain::span{0} || x.outcome == domain::reservation_outcome::connected;
  if (rang) families.queue(families.queue_index(x.queue)).ring.Observe(seconds(x.rang));
}

void metrics::impl::count(const domain::event&, const domain::call_connected& x) {
  if (!x.agent.empty()) last_queue[x.agent] = families.queue_index(x.queue);
}

void metrics::impl::count(const domain::event&, const domain::call_overflowed& x) {
  const auto& from = families.queue_label(families.queue_index(x.from));
  families.overflow_attempts(from, !x.to_number.empty()).Increment();
}

void metrics::impl::count(const domain::event& e, const domain::call_ended& x) {
  const auto outcome = static_cast<std::size_t>(x.record.outcome);
  const auto cause = static_cast<std::size_t>(x.record.cause);
  if (outcome >= 1 && outcome <= call_outcome_count && cause >= 1 && cause <= end_cause_count)
    families.hotline(x.record.hotline).ended[outcome - 1][cause - 1]->Increment();
  if (x.record.answered != domain::never)
    families.queue(families.queue_index(x.record.queue)).talk.Observe(seconds(x.record.talk));
  waiting.ended(e.call);
  if (const auto known = hotline_of.find(e.call); known != hotline_of.end()) {
    --live[known->second];
    hotline_of.erase(known);
  }
}

void metrics::impl::count(const domain::event&, const domain::agent_changed& x) {
  agents[x.agent] = x.to;
  const auto queue = last_queue.find(x.agent);
  if (x.from == domain::agent_state::wrap_up && x.to != x.from && queue != last_queue.end())
    families.queue(queue->second).wrap_up.Observe(seconds(x.in_from));
}

void metrics::impl::count(const domain::event&, const domain::actor_restarted& x) {
  families.restarts(actor_kind(x.actor)).Increment();
}

void metrics::impl::render_live(scrape& out, domain::instant now) {
  std::array<std::uint64_t, domain::agent_state_count> in_state{};
  for (const auto& [account, state] : agents)
    ++in_state[static_cast<std::size_t>(state)];
  for (std::size_t i = 0; i < families.queue_count(); ++i) {
    waiting.grow(i);
    out.gauge("lifeline_queue_waiting", "Callers in the queue, ringing ones included.",
              static_cast<double>(waiting.count(i)), {{"queue", families.queue_label(i)}});
  }
  for (std::size_t i = 0; i < families.queue_count(); ++i)
    out.gauge("lifeline_queue_oldest_wait_seconds", "Wait of the caller who has been in the queue for longest.",
              seconds(waiting.oldest(i, now)), {{"queue", families.queue_label(i)}});
  for (const auto& [hotline, n] : live)
    out.gauge("lifeline_calls_in_progress", "Calls in the engine.", static_cast<double>(n), {{"hotline", hotline}});
  for (std::size_t i = 0; i < in_state.size(); ++i)
    out.gauge("lifeline_agents", "Agents by state.", static_cast<double>(in_state[i]),
              {{"state", std::string{to_string(static_cast<domain::agent_state>(i))}}});
  out.gauge("lifeline_reservations_open", "Agents reserved for a call and not yet connected.",
            static_cast<double>(invariants.open_reservations()));
  out.gauge("lifeline_journal_last_sequence", "Number of the last entry of the event log seen.",
            static_cast<double>(last_sequence));
}

metrics::metrics(const domain::plan& plan, metric_sources sources)
    : impl_(std::make_unique<impl>(plan, std::move(sources))) {}

metrics::~metrics() = default;

void metrics::on_commit(const std::vector<domain::event>& events, bool stored) {
  const std::lock_guard lock(impl_->mutex);
  if (!stored) impl_->families.events_not_stored.Increment(static_cast<double>(events.size()));
  for (const auto& e : events)
    impl_->apply(e);
}

void metrics::set_agent_state(const domain::agent_id& account, domain::agent_state state) {
  const std::lock_guard lock(impl_->mutex);
  impl_->agents[account] = state;
}

void metrics::observe_batch(std::chrono::nanoseconds took, std::size_t changes, bool synced) {
  auto& families = impl_->families;
  (synced ? families.batch_synced : families.batch_unsynced).Observe(std::chrono::duration<double>(took).count());
  families.batch_changes.Observe(static_cast<double>(changes));
}

void metrics::count_http(int status) {
  impl_->families.responses(status).Increment();
  if (status == 401) impl_->families.unauthorized.Increment();
}

void metrics::count_violation(const std::string& name) {
  for (std::size_t i = 0; i < invariant_count; ++i) {
    if (name == to_string(static_cast<invariant>(i))) return impl_->violate(static_cast<invariant>(i));
  }
  impl_->violate(invariant::stuck_state); // a name we do not know must still raise the alarm
}

std::string metrics::render(domain::instant now) {
  scrape out;
  // The sources are asked without the lock: a slow one must not hold up the journal's thread.
  const auto& sources = impl_->sources;
  if (sources.sip) out.add(sources.sip());
  if (sources.media) out.add(sources.media());
  if (sources.journal) out.add(sources.journal());
  if (sources.mailboxes) {
    for (const auto& [actor, depth] : sources.mailboxes())
      out.gauge("lifeline_mailbox_messages", "Messages waiting in actors' mailboxes.", static_cast<double>(depth),
                {{"actor", actor}});
  }
  out.add(read_process());
  out.gauge("lifeline_build_info", "The build, as labels; always 1.", 1,
            {{"version", std::string{build_version}}, {"revision", std::string{build_revision}}});
  {
    const std::lock_guard lock(impl_->mutex);
    for (auto stuck = impl_->invariants.newly_stuck(now); stuck > 0; --stuck)
      impl_->violate(invariant::stuck_state);
    impl_->render_live(out, now);
  }
  std::ostringstream text;
  const prometheus::TextSerializer serializer;
  serializer.Serialize(text, impl_->families.registry.Collect());
  serializer.Serialize(text, out.families());
  return text.str();
}

} // namespace lifeline::actors
