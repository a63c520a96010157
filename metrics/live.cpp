// The gauges that are computed at each scrape from what the log has told so far.

#include "domain/base/wall_time.hpp"
#include "metrics/impl.hpp"

namespace lifeline::actors {

using domain::seconds;

namespace {

double timestamp(domain::instant t) { return static_cast<double>(domain::micros(domain::to_world(t))) / 1e6; }

} // namespace

void metrics::impl::render_queues(scrape& out, domain::instant now) {
  const auto each = [&](const char* name, const char* help, const auto& value) {
    for (std::size_t i = 0; i < figures.size(); ++i) {
      const std::optional<double> v = value(i);
      if (v) out.gauge(name, help, *v, {{"queue", families.queue_label(i)}});
    }
  };
  each("lifeline_queue_waiting", "Callers in the queue, ringing ones included.",
       [&](std::size_t i) { return static_cast<double>(waiting.count(i)); });
  each("lifeline_queue_oldest_wait_seconds", "Wait of the caller who has been in the queue for longest.",
       [&](std::size_t i) { return seconds(waiting.oldest(i, now)); });
  each("lifeline_queue_emergency", "1 for the queue of an emergency hotline.",
       [&](std::size_t i) { return figures[i].emergency ? 1.0 : 0.0; });
  each("lifeline_queue_agents_present", "Agents of the queue who can be rung, or will be when their call is over.",
       [&](std::size_t i) { return static_cast<double>(agents.of_queue(families.queue_label(i)).present); });
  each("lifeline_queue_agents_ready", "Agents of the queue who can be given a call.",
       [&](std::size_t i) { return static_cast<double>(agents.of_queue(families.queue_label(i)).ready); });
  each("lifeline_queue_agents_missed", "Agents of the queue who are not ready because they missed calls.",
       [&](std::size_t i) { return static_cast<double>(agents.of_queue(families.queue_label(i)).missed); });
  each("lifeline_queue_service_level_ratio",
       "Share of the callers of the last 30 minutes who were answered in time: answered within T / (answered + "
       "abandoned - short abandons).",
       [&](std::size_t i) { return service_level(figures[i].level.total(now)); });
  each("lifeline_queue_service_level_callers", "Callers that the ratio is about.",
       [&](std::size_t i) { return static_cast<double>(service_level_callers(figures[i].level.total(now))); });
  each("lifeline_queue_service_level_threshold_seconds", "T of the service level.",
       [&](std::size_t i) { return seconds(families.queue(i).plan.service_level); });
  each("lifeline_queue_expected_wait_bias_seconds",
       "Mean of expected minus real wait of the answered callers since the start: above 0 = expected too long.",
       [&](std::size_t i) -> std::optional<double> {
         const auto& f = figures[i];
         if (f.estimates == 0) return std::nullopt;
         return f.bias / static_cast<double>(f.estimates);
       });
}

void metrics::impl::render_hotlines(scrape& out) {
  for (const auto& [hotline, n] : live)
    out.gauge("lifeline_calls_in_progress", "Calls in the engine.", static_cast<double>(n), {{"hotline", hotline}});
  for (const auto& [hotline, on] : rerouted)
    out.gauge("lifeline_hotline_rerouted", "1 while the hotline's callers go to its backup numbers.", on ? 1 : 0,
              {{"hotline", hotline}});
  for (const auto& h : hotlines) {
    out.gauge("lifeline_hotline_emergency", "1 for an emergency hotline.", h.emergency ? 1 : 0, {{"hotline", h.name}});
    if (h.lines > 0)
      out.gauge("lifeline_hotline_lines", "Calls that the hotline can have at the same time.",
                static_cast<double>(h.lines), {{"hotline", h.name}});
  }
}

void metrics::impl::render_live(scrape& out, domain::instant now) {
  render_queues(out, now);
  render_hotlines(out);
  const auto in_state = agents.by_state();
  const auto& time_in = agents.seconds_by_state(now);
  const auto state = [](std::size_t i) { return std::string{to_string(static_cast<domain::agent_state>(i))}; };
  for (std::size_t i = 0; i < in_state.size(); ++i)
    out.gauge("lifeline_agents", "Agents by state.", static_cast<double>(in_state[i]), {{"state", state(i)}});
  for (std::size_t i = 0; i < time_in.size(); ++i)
    out.counter("lifeline_agent_state_seconds_total", "Time that all agents together spent in each state.", time_in[i],
                {{"state", state(i)}});
  out.gauge("lifeline_reservations_open", "Agents reserved for a call and not yet connected.",
            static_cast<double>(invariants.open_reservations()));
  out.gauge("lifeline_journal_last_sequence", "Number of the last entry of the event log seen.",
            static_cast<double>(last_sequence));
  out.counter("lifeline_clock_steps_total", "Times that the wall clock was set while the engine ran.",
              static_cast<double>(clock_steps));
  out.gauge("lifeline_draining", "1 while no new calls are taken and the engine waits for the last one.",
            draining ? 1 : 0);
  if (last_reload != domain::never)
    out.gauge("lifeline_configuration_last_reload_timestamp_seconds", "When the configuration was last changed.",
              timestamp(last_reload));
  if (last_backup == domain::never) return;
  out.gauge("lifeline_backup_last_timestamp_seconds", "When the last backup of this run was made.",
            timestamp(last_backup));
  out.gauge("lifeline_backup_last_sequence", "Number of the last entry of the event log in it.",
            static_cast<double>(last_backup_sequence));
}

} // namespace lifeline::actors
