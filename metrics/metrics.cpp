#include "metrics/metrics.hpp"

#include "build_info.hpp"
#include "metrics/impl.hpp"

#include <prometheus/text_serializer.h>

#include <sstream>

namespace lifeline::actors {

metrics::metrics(const domain::plan& plan, metric_sources sources)
    : impl_(std::make_unique<impl>(plan, std::move(sources))) {}

metrics::~metrics() = default;

void metrics::on_commit(const std::vector<domain::event>& events, bool stored) {
  const std::lock_guard lock(impl_->mutex);
  if (!stored) impl_->families.events_not_stored.Increment(static_cast<double>(events.size()));
  for (const auto& e : events)
    impl_->apply(e);
}

void metrics::set_plan(const domain::plan& plan) {
  const std::lock_guard lock(impl_->mutex);
  impl_->set_plan(plan);
}

void metrics::set_rerouted(const std::string& hotline, bool on) {
  const std::lock_guard lock(impl_->mutex);
  if (const auto known = impl_->rerouted.find(hotline); known != impl_->rerouted.end()) known->second = on;
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

void metrics::count_public(int status) { impl_->families.public_responses(status).Increment(); }

void metrics::count_public_refusal(std::string_view why) {
  if (auto* known = impl_->families.public_refusal(why)) known->Increment();
}

void metrics::count_violation(const std::string& name) {
  for (std::size_t i = 0; i < invariant_count; ++i) {
    if (name == to_string(static_cast<invariant>(i))) return impl_->violate(static_cast<invariant>(i));
  }
  impl_->violate(invariant::stuck_state); // a name we do not know must still raise the alarm
}

namespace {

/// The sources are asked without the lock: a slow one must not hold up the journal's thread.
void ask(const metric_sources& sources, scrape& out) {
  if (sources.sip) out.add(sources.sip());
  if (sources.trunks) out.add(sources.trunks());
  if (sources.media) out.add(sources.media());
  if (sources.journal) out.add(sources.journal());
  if (sources.mailboxes) {
    for (const auto& [actor, depth] : sources.mailboxes())
      out.gauge("lifeline_mailbox_messages", "Messages waiting in actors' mailboxes.", static_cast<double>(depth),
                {{"actor", actor}});
  }
  if (sources.cut_calls) {
    for (const auto& [hotline, n] : sources.cut_calls())
      out.gauge("lifeline_cut_calls", "Calls that the engine died under and whose callers are to be rung back.",
                static_cast<double>(n), {{"hotline", hotline}});
  }
  if (sources.lines) {
    for (const auto& [hotline, n] : sources.lines())
      out.gauge("lifeline_hotline_lines_in_use", "Lines of the hotline in use, calls out included.",
                static_cast<double>(n), {{"hotline", hotline}});
  }
  if (sources.shedding)
    out.gauge("lifeline_shedding_level", "New calls answered 503 for overload: 0 none, 1 all but emergencies, 2 all.",
              sources.shedding());
  if (sources.actor_lag)
    out.gauge("lifeline_actor_lag_seconds", "How long an actor that has something to do waits for a thread.",
              domain::seconds(sources.actor_lag()));
  if (sources.outbound_held)
    out.gauge("lifeline_outbound_held", "1 while a restored copy calls and tells nobody outside.",
              sources.outbound_held() ? 1 : 0);
  if (sources.ready) out.gauge("lifeline_ready", "1 while calls are taken.", sources.ready() ? 1 : 0);
  if (sources.rescue) out.add(sources.rescue());
  out.add_disks(sources.folders);
}

} // namespace

std::string metrics::render(domain::instant now) {
  scrape out;
  ask(impl_->sources, out);
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
