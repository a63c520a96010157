#pragma once
// The families that grow with events, each series made once and kept by reference.

#include "domain/log/events.hpp"
#include "domain/plan/plan.hpp"
#include "metrics/rules.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <deque>
#include <map>
#include <string>
#include <unordered_map>

namespace lifeline::actors {

struct queue_series {
  domain::queue_plan plan;
  prometheus::Counter& offered;
  prometheus::Counter& answered;
  prometheus::Counter& answered_within;
  prometheus::Counter& abandoned;
  prometheus::Counter& short_abandoned;
  prometheus::Counter& overflowed;
  prometheus::Counter& failed;
  prometheus::Histogram& wait_answered;
  prometheus::Histogram& wait_abandoned;
  prometheus::Histogram& ring;
  prometheus::Histogram& talk;
  prometheus::Histogram& wrap_up;
  prometheus::Counter& hold;
  prometheus::Counter& escalated;
  prometheus::Counter& resumed;
  prometheus::Histogram& wait_error;
  prometheus::Counter& wait_overrated;
  prometheus::Counter& wait_underrated;
};

inline constexpr std::size_t call_outcome_count = 5;
inline constexpr std::size_t end_cause_count = 13;
inline constexpr std::size_t reservation_outcome_count = 11;

struct hotline_series {
  prometheus::Counter& arrived;
  prometheus::Counter& blocked;
  /// [outcome - 1][cause - 1]
  std::array<std::array<prometheus::Counter*, end_cause_count>, call_outcome_count> ended{};
};

class metric_families {
public:
  explicit metric_families(const domain::plan& plan);

  /// What is new appears, what is gone stays, what has changed (service level times) holds from now on.
  void set_plan(const domain::plan& plan);
  /// Numbers of the first plan's queues come first, in its order. A name that is in no plan is counted as "other".
  std::size_t queue_index(const domain::queue_id& name);
  queue_series& queue(std::size_t index) { return queues_[index]; }
  [[nodiscard]] const std::string& queue_label(std::size_t index) const { return queues_[index].plan.name; }
  [[nodiscard]] std::size_t queue_count() const { return queues_.size(); }
  hotline_series& hotline(const std::string& name);
  [[nodiscard]] bool has_hotline(const std::string& name) const { return hotlines_.count(name) > 0; }
  prometheus::Counter& restarts(const std::string& kind);
  prometheus::Counter& overflow_attempts(const domain::queue_id& from, bool to_number);
  prometheus::Counter& responses(int status);
  prometheus::Counter& public_responses(int status);
  /// Null: nothing is known by this name.
  prometheus::Counter* public_refusal(std::string_view why);

  prometheus::Registry registry;

private:
  prometheus::Family<prometheus::Counter>& counter(const std::string& name, const std::string& help);
  prometheus::Family<prometheus::Histogram>& histogram(const std::string& name, const std::string& help);
  void add_queue(const domain::queue_plan& plan);
  hotline_series& add_hotline(const std::string& name);

  prometheus::Family<prometheus::Counter>& offered_;
  prometheus::Family<prometheus::Counter>& answered_;
  prometheus::Family<prometheus::Counter>& answered_within_;
  prometheus::Family<prometheus::Counter>& abandoned_;
  prometheus::Family<prometheus::Counter>& short_abandoned_;
  prometheus::Family<prometheus::Counter>& overflowed_;
  prometheus::Family<prometheus::Counter>& failed_;
  prometheus::Family<prometheus::Counter>& attempts_;
  prometheus::Family<prometheus::Histogram>& wait_;
  prometheus::Family<prometheus::Histogram>& ring_;
  prometheus::Family<prometheus::Histogram>& talk_;
  prometheus::Family<prometheus::Histogram>& wrap_up_;
  prometheus::Family<prometheus::Counter>& hold_;
  prometheus::Family<prometheus::Counter>& escalated_;
  prometheus::Family<prometheus::Counter>& resumed_;
  prometheus::Family<prometheus::Histogram>& wait_error_;
  prometheus::Family<prometheus::Counter>& misjudged_;
  prometheus::Family<prometheus::Counter>& arrived_;
  prometheus::Family<prometheus::Counter>& blocked_;
  prometheus::Family<prometheus::Counter>& ended_;
  prometheus::Family<prometheus::Counter>& reservations_;
  prometheus::Family<prometheus::Counter>& violations_;
  prometheus::Family<prometheus::Counter>& restarts_;
  prometheus::Family<prometheus::Counter>& responses_;
  prometheus::Family<prometheus::Counter>& public_responses_;
  prometheus::Family<prometheus::Counter>& public_refused_;
  prometheus::Family<prometheus::Counter>& public_doubtful_;
  prometheus::Family<prometheus::Histogram>& batch_seconds_;

  std::deque<queue_series> queues_; ///< references stay valid while it grows
  std::unordered_map<domain::queue_id, std::size_t> queue_numbers_;
  std::unordered_map<std::string, hotline_series> hotlines_;
  std::map<std::string, prometheus::Counter*> restart_series_;
  std::array<prometheus::Counter*, 5> response_series_{};
  std::array<prometheus::Counter*, 5> public_series_{};
  std::map<std::string, prometheus::Counter*, std::less<>> public_refusals_;

public:
  /// [outcome - 1]
  std::array<prometheus::Counter*, reservation_outcome_count> reservation_ended{};
  std::array<prometheus::Counter*, invariant_count> violation{};
  prometheus::Counter& unauthorized;
  prometheus::Counter& events;
  prometheus::Counter& events_not_stored;
  prometheus::Counter& bans;
  prometheus::Counter& reloads;
  prometheus::Counter& backups;
  prometheus::Histogram& batch_synced;
  prometheus::Histogram& batch_unsynced;
  prometheus::Histogram& batch_changes;
};

} // namespace lifeline::actors
