#pragma once
// Prometheus metrics as a fold of the event log, plus the gateways' own counters. Families are made once; nothing is
// looked up by name on a hot path. Labels are bounded: queue, hotline, trunk, outcome, state, method, status, actor,
// folder; of the rescue side level, age, channel, kind, fate, type, step, purpose, result.

#include "actors/rescue/rescue_figures.hpp"
#include "domain/plan/plan.hpp"
#include "media/gateway.hpp"
#include "sip/gateway.hpp"
#include "storage/journal.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Registry;
}

namespace lifeline::actors {

/// What the metrics ask anew at each scrape. A function that is empty is left out.
struct metric_sources {
  std::function<sip::sip_statistics()> sip;
  std::function<media::media_statistics()> media;
  std::function<storage::journal_health()> journal;
  /// Messages waiting in the mailboxes by actor kind: "dispatcher", "calls", ...; bounded keys.
  std::function<std::map<std::string, std::uint64_t>()> mailboxes;
  std::function<std::vector<sip::trunk_state>()> trunks;
  /// Which new calls are answered 503 for overload: domain::shed_level as a number.
  std::function<int()> shedding;
  /// How long an actor that has something to do waits for a worker.
  std::function<domain::span()> actor_lag;
  /// Whether calls are taken, as /readyz says.
  std::function<bool()> ready;
  /// A restored copy that calls nobody outside yet.
  std::function<bool()> outbound_held;
  /// Lines in use by hotline, calls out included.
  std::function<std::map<std::string, std::uint64_t>()> lines;
  /// Callers to be rung back, for the engine died under their calls, by hotline.
  std::function<std::map<std::string, std::uint64_t>()> cut_calls;
  /// The rescue side as it stands: open alarms, overdue parties, silent devices.
  std::function<rescue_figures()> rescue;
  /// Folders whose free space is shown, by a name for it: "journal", "recordings".
  std::map<std::string, std::string> folders;
};

class metrics final : public storage::commit_observer {
public:
  metrics(const domain::plan& plan, metric_sources sources);
  ~metrics() override;

  /// The fold. On the journal's thread.
  void on_commit(const std::vector<domain::event>& events, bool stored) override;
  /// After a reload: new queues, hotlines and agents appear, old ones stay. Thread-safe.
  void set_plan(const domain::plan& plan);
  /// A reroute that the log of this run does not tell: as it was before the start. Thread-safe.
  void set_rerouted(const std::string& hotline, bool on);
  /// For storage::settings::on_batch.
  void observe_batch(std::chrono::nanoseconds took, std::size_t changes, bool synced);
  /// A request over HTTP was refused or served: `status` as 2xx/4xx/5xx class.
  void count_http(int status);
  /// The same for the public server.
  void count_public(int status);
  /// What the public server did not let in ("signature", "link", "rate"), or took in with doubts ("details",
  /// "unreadable").
  void count_public_refusal(std::string_view why);
  /// A fault that must never happen, by name: "orphan_reservation", "double_assignment", "stuck_state". Thread-safe.
  void count_violation(const std::string& invariant);

  /// Prometheus text format 0.0.4, with `now` for the gauges that grow with time (oldest wait). Thread-safe.
  [[nodiscard]] std::string render(domain::instant now);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace lifeline::actors
