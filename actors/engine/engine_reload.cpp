#include "actors/engine/engine_reload.hpp"

#include "actors/supervision/supervisor_messages.hpp"
#include "domain/plan/plan_change.hpp"

namespace lifeline::actors {

namespace {

/// A summary for the log: enough to know what happened, not the whole difference.
constexpr std::size_t summary_lines = 10;

std::string summary_of(const std::vector<std::string>& changes) {
  std::string text;
  for (std::size_t i = 0; i < changes.size() && i < summary_lines; ++i)
    text += (i > 0 ? "; " : "") + changes[i];
  if (changes.size() > summary_lines) text += "; and " + std::to_string(changes.size() - summary_lines) + " more";
  return text;
}

/// Accounts that have no actor yet. Sentences about those that could not be started.
std::vector<std::string> start_agents(const reload_scene& scene) {
  std::vector<std::string> failures;
  const caf::scoped_actor self{scene.system};
  caf::actor agents;
  self->request(scene.root, operation_timeout, child_named{"agents"})
      .receive([&](caf::actor& a) { agents = std::move(a); }, [](caf::error&) {});
  for (const auto& plan : scene.around.plan().agents) {
    if (plan.retired || scene.around.who.agents.find(plan.account)) continue;
    bool started = false;
    if (agents)
      self->request(agents, operation_timeout, start_child{plan.account})
          .receive([&](caf::actor&) { started = true; }, [](caf::error&) {});
    if (!started) failures.push_back("agent " + plan.account + " could not be started");
  }
  return failures;
}

void tell_everybody(const reload_scene& scene) {
  if (const auto calls = scene.around.who.calls.get()) caf::anon_send(calls, plan_changed{});
  if (const auto lines = scene.around.who_rescues.lines.get()) caf::anon_send(lines, plan_changed{});
  if (const auto alarms = scene.around.who_rescues.alarms.get()) caf::anon_send(alarms, plan_changed{});
  for (const auto& a : scene.around.who.agents.all())
    caf::anon_send(a, plan_changed{});
}

} // namespace

domain::result<reload_report> reload_engine(const reload_scene& scene, reloaded_settings wanted, bool dry_run) {
  reload_report report;
  report.changes = domain::describe_changes(domain::without_retired(scene.around.plan()), wanted.plan);
  report.changes.insert(report.changes.end(), wanted.changes.begin(), wanted.changes.end());
  report.needs_restart = wanted.needs_restart;
  if (dry_run || !report.needs_restart.empty()) return report;
  // The gateway first: it is the only one that can refuse.
  if (auto taken = scene.sip.reconfigure(wanted.sip); !taken)
    return tl::unexpected(domain::failure{domain::errc::invalid, "SIP: " + taken.error()});
  scene.around.set_plan(domain::with_retired(scene.around.plan(), std::move(wanted.plan)));
  scene.around.lifts.set_utc_offset(scene.around.plan().rescue.utc_offset);
  // The dispatcher before new agents report to it.
  if (const auto dispatcher = scene.around.who.dispatcher()) caf::anon_send(dispatcher, plan_changed{});
  const auto failures = start_agents(scene);
  tell_everybody(scene);
  scene.sink.claim();
  if (wanted.apply_rest) wanted.apply_rest();
  storage::change c;
  domain::configuration_reloaded entry;
  entry.changes = static_cast<std::uint32_t>(report.changes.size());
  entry.summary = summary_of(report.changes);
  c.events.push_back({0, scene.around.now_steady(), {}, std::move(entry)});
  scene.around.journal->append(std::move(c), storage::durability::durable);
  report.applied = true;
  report.changes.insert(report.changes.end(), failures.begin(), failures.end());
  return report;
}

} // namespace lifeline::actors
