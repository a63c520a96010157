#pragma once
// What stands behind metrics/metrics.hpp. Only for metrics*.cpp.

#include "domain/log/describe.hpp"
#include "metrics/agents.hpp"
#include "metrics/families.hpp"
#include "metrics/metrics.hpp"
#include "metrics/orders.hpp"
#include "metrics/rules.hpp"
#include "metrics/scrape.hpp"
#include "metrics/window.hpp"

#include <deque>
#include <mutex>
#include <unordered_map>

namespace lifeline::actors {

/// What is kept of a queue besides its series.
struct queue_tally {
  service_level_window level;
  bool emergency = false; ///< an emergency hotline's callers come here first
  double bias = 0;        ///< expected minus real waits, seconds, all added
  std::uint64_t estimates = 0;
};

/// Entries that no metric is made of, by name: whoever adds one has to think of it.
template <class Body>
concept counts_nothing =
    domain::one_of<Body, domain::engine_stopped, domain::dispatcher_started, domain::trunk_changed, domain::events_lost,
                   domain::log_salvaged, domain::outbound_resumed, domain::agent_reserved, domain::agent_ringing,
                   domain::call_held, domain::call_resumed, domain::recording_started, domain::recording_sealed,
                   domain::recording_failed, domain::recording_fetched, domain::call_cut, domain::call_rung_back,
                   domain::registration_changed, domain::party_changed, domain::rescuer_dialled,
                   domain::rescuer_link_made>;

/// The event side is written under `mutex`; prometheus's own counters may be read at any time.
struct metrics::impl {
  impl(const domain::plan& plan, metric_sources asked);
  void set_plan(const domain::plan& plan);

  void apply(const domain::event& e);

  // What each event counts; those without a clause count nothing.
  template <class Body>
  requires counts_nothing<Body>
  void count(const domain::event&, const Body&) {}
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
  void count(const domain::event& e, const domain::call_escalated& x);
  void count(const domain::event& e, const domain::hotline_rerouted& x);
  void count(const domain::event& e, const domain::source_banned& x);
  void count(const domain::event& e, const domain::configuration_reloaded& x);
  void count(const domain::event& e, const domain::engine_started& x);
  void count(const domain::event& e, const domain::engine_draining& x);
  void count(const domain::event& e, const domain::backup_made& x);
  void count(const domain::event&, const domain::alarm_received& x) { orders.count(x); }
  void count(const domain::event&, const domain::clock_stepped&) { ++clock_steps; }
  void count(const domain::event& e, const domain::order_changed& x) { orders.count(x, e.at); }
  void count(const domain::event&, const domain::rescuer_called& x) { orders.count(x); }
  void count(const domain::event&, const domain::alert_rung& x) { orders.count(x); }
  void count(const domain::event&, const domain::elevators_imported& x) { orders.count(x); }
  void count(const domain::event&, const domain::device_silence& x) { orders.count(x); }
  void count(const domain::event&, const domain::mass_event_changed& x) { orders.count(x); }

  void violate(invariant x) { families.violation[static_cast<std::size_t>(x)]->Increment(); }
  /// A queue's number; there is room for it in everything that is kept by number.
  std::size_t number_of(const domain::queue_id& queue);
  void measure_estimate(queue_series& queue, queue_tally& figures, const waiting_fold::stay& stay, domain::instant at);

  void render_live(scrape& out, domain::instant now);
  void render_queues(scrape& out, domain::instant now);
  void render_hotlines(scrape& out);

  std::mutex mutex;
  metric_families families;
  order_families orders{families.registry};
  waiting_fold waiting;
  invariant_fold invariants;
  metric_sources sources;
  std::deque<queue_tally> figures; ///< by number
  agent_fold agents;
  std::vector<domain::hotline_plan> hotlines;                   ///< of the plan in force
  std::unordered_map<domain::agent_id, std::size_t> last_queue; ///< whose call an agent's wrap-up belongs to
  std::unordered_map<domain::call_id, std::string> hotline_of;  ///< of live calls
  std::map<std::string, std::uint64_t> live;
  std::map<std::string, bool> rerouted;
  std::uint64_t last_sequence = 0;
  bool draining = false;
  std::uint64_t clock_steps = 0;
  domain::instant last_reload = domain::never;
  domain::instant last_backup = domain::never;
  std::uint64_t last_backup_sequence = 0;
};

} // namespace lifeline::actors
