// The rescue side as it stands at a scrape.

#include "metrics/scrape.hpp"

namespace lifeline::actors {

namespace {

double number(std::uint64_t x) { return static_cast<double>(x); }

} // namespace

void scrape::add(const rescue_figures& f) {
  for (std::size_t level = 0; level < f.open.size(); ++level)
    gauge("lifeline_alarms_open", "Alarms that are not confirmed to be over, by the highest level engaged; 0 = none.",
          number(f.open[level]), {{"level", std::to_string(level)}});
  for (std::size_t group = 0; group < f.open_by_age.size(); ++group)
    gauge("lifeline_alarms_open_by_age", "The same alarms by the time since their first report.",
          number(f.open_by_age[group]), {{"age", std::string{domain::age_name(group)}}});
  gauge("lifeline_alarm_oldest_open_seconds", "Age of the oldest of them; 0 = there is none.",
        domain::seconds(f.oldest_open));
  gauge("lifeline_alarms_unacknowledged", "Open alarms that no agent has taken.", number(f.unacknowledged));
  gauge("lifeline_alarm_oldest_unacknowledged_seconds", "Age of the oldest of them; 0 = there is none.",
        domain::seconds(f.oldest_unacknowledged));
  gauge("lifeline_alarms_unclear", "Open alarms that were not understood: nobody is sent before somebody says where.",
        number(f.unclear));
  gauge("lifeline_alarms_exhausted", "Open alarms for which nobody is left to be called, and nobody is on the way.",
        number(f.exhausted));
  gauge("lifeline_alarms_filtered", "Alarms that are shown and not dispatched: a person decides.", number(f.filtered));
  gauge("lifeline_answers_overdue", "Parties that have not answered within the limit and still may.",
        number(f.overdue_answers));
  gauge("lifeline_arrivals_overdue", "Parties that accepted and are not there within the limit.",
        number(f.overdue_arrivals));
  gauge("lifeline_orders_open", "Open orders that are no alarms: complaints and enquiries.", number(f.orders));
  gauge("lifeline_orders_unreadable", "Orders that could not be read at the start.", number(f.unreadable_orders));
  gauge("lifeline_rescuer_attempts_open", "Calls and webhooks to rescuers under way.", number(f.attempts));
  gauge("lifeline_rescue_lines", "Lines for calls to rescuers.", number(f.lines));
  gauge("lifeline_rescue_lines_in_use", "Of these, those in use.", number(f.lines_used));
  gauge("lifeline_rescue_calls_waiting", "Calls to rescuers that wait for a line.", number(f.waiting));
  gauge("lifeline_alarms_alerting", "Orders for which phones of agents, supervisors or backup numbers ring.",
        number(f.alerting));
  gauge("lifeline_parties_not_rung", "Parties that were told to come and could not be called yet.", number(f.not_rung));
  gauge("lifeline_mass_events", "Mass events now.", number(f.mass_events));
  gauge("lifeline_devices_silent", "Lift phones that have not tested themselves for too long.",
        number(f.silent_devices));
  gauge("lifeline_lifts", "Lifts that are known.", number(f.lifts));
}

} // namespace lifeline::actors
