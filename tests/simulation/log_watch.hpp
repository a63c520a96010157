#pragma once
// What the event log must always be, checked as it is written: the exactly-once proof (domain/log/log_verifier.hpp),
// leases that end, accounts that add up, no agent asked again within its delay. Also a hash of the course.

#include "domain/log/log_verifier.hpp"
#include "domain/plan/plan.hpp"
#include "storage/journal.hpp"
#include "tests/simulation/outside.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lifeline::simulation {

struct violation {
  std::string rule;
  std::string what;
};

/// Where all watches bring what they have found.
class findings {
public:
  void add(std::string rule, std::string what) {
    ++count_;
    if (all_.size() < 20) all_.push_back({std::move(rule), std::move(what)});
  }
  [[nodiscard]] const std::vector<violation>& all() const { return all_; }
  [[nodiscard]] bool any() const { return count_ > 0; }

private:
  std::vector<violation> all_;
  std::uint64_t count_ = 0;
};

class log_watch final : public storage::commit_observer {
public:
  struct lease {
    domain::reservation_id id;
    domain::call_id call;
    domain::agent_id agent;
    domain::queue_id queue;
    domain::instant deadline = domain::never;
    bool asked_again = false; ///< an agent that has missed calls: only an emergency rings it
  };

  log_watch(findings& found, outside& world) : found_(found), world_(world) {}

  void on_commit(const std::vector<domain::event>& events, bool stored) override;
  /// Delays after failed offers are the plan's.
  void obey(const domain::plan& p, domain::instant since = domain::never) {
    plan_ = &p;
    obeyed_since_ = since;
  }
  /// After the engine has died: the log is what the disk has.
  void read_again(const storage::journal& journal);
  /// Of an engine that has come to rest: what has begun has ended.
  void finish();

  [[nodiscard]] const std::map<domain::reservation_id, lease>& leases() const { return leases_; }
  /// Reservations logged since the last call.
  std::vector<lease> take_made() { return std::exchange(made_, {}); }
  /// The agent has failed this caller lately: it is not to be asked again yet.
  [[nodiscard]] bool rests(const domain::agent_id& agent, const domain::call_id& call, domain::instant now) const;
  [[nodiscard]] bool has_entered(const domain::call_id& call) const { return entered_.contains(call); }
  /// The fold again from the beginning, to be broken by tests.
  [[nodiscard]] std::uint64_t events() const { return events_; }
  [[nodiscard]] std::uint64_t trace() const { return trace_; }
  [[nodiscard]] std::uint64_t ended_calls() const { return ended_calls_; }
  [[nodiscard]] std::uint64_t last_sequence() const { return proof_->last_sequence(); }

private:
  void fold(const domain::event& e, bool live);
  void on(const domain::event& e, const domain::agent_reserved& x, bool live);
  void on(const domain::event& e, const domain::reservation_ended& x, bool live);
  void on(const domain::event& e, const domain::call_ended& x, bool live);
  void on(const domain::event& e, const domain::queue_entered& x, bool live);
  void on(const domain::event& e, const domain::dispatcher_started& x, bool live);
  template <class Body> void on(const domain::event&, const Body&, bool) {}
  void count(const domain::event& e);
  void collect_proof();

  findings& found_;
  outside& world_;
  const domain::plan* plan_ = nullptr;
  domain::instant obeyed_since_ = domain::never;
  std::unique_ptr<domain::log_verifier> proof_ = std::make_unique<domain::log_verifier>(4096);
  std::size_t proof_seen_ = 0;
  std::map<domain::reservation_id, lease> leases_;
  std::vector<lease> made_;
  struct rest {
    domain::instant until = domain::never;
    bool certain = false; ///< the queue's delay; else there may be one, by the engine's own caution
  };
  std::map<std::pair<domain::agent_id, domain::call_id>, rest> resting_;
  std::map<domain::call_id, domain::queue_id> entered_;
  std::uint64_t events_ = 0;
  std::uint64_t trace_ = 0;
  std::uint64_t ended_calls_ = 0;
};

} // namespace lifeline::simulation
