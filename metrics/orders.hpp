#pragma once
// What the log tells about alarms, orders and rescuers, as series that grow with it. Labels are names of enumerations
// and levels only.

#include "domain/log/events.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <cstddef>
#include <unordered_map>

namespace lifeline::actors {

class order_families {
public:
  explicit order_families(prometheus::Registry& registry);

  void count(const domain::alarm_received& x);
  void count(const domain::order_changed& x, domain::instant at);
  void count(const domain::rescuer_called& x);
  void count(const domain::alert_rung& x);
  void count(const domain::elevators_imported& x);
  void count(const domain::device_silence& x);
  void count(const domain::mass_event_changed& x);

private:
  using counter = prometheus::Counter;
  using counters = prometheus::Family<counter>;
  using histogram = prometheus::Histogram;
  static constexpr std::size_t channel_count = 4;
  static constexpr std::size_t kind_count = 8;
  static constexpr std::size_t fate_count = 4;
  static constexpr std::size_t type_count = 4;
  static constexpr std::size_t level_count = 3;
  static constexpr std::size_t step_count = static_cast<std::size_t>(domain::last_order_step);
  static constexpr std::size_t attempt_channel_count = 2;
  static constexpr std::size_t purpose_count = 3;
  static constexpr std::size_t alert_stage_count = 3;
  static constexpr std::size_t outcome_count = 12;
  using by_level = std::array<counter*, level_count>;

  static counters& make(prometheus::Registry& to, const char* name, const char* help);
  void add_reports(prometheus::Registry& to);
  void add_attempts(prometheus::Registry& to);
  void add_steps(prometheus::Registry& to);
  void add_times(prometheus::Registry& to);
  static by_level levels(counters& of);
  void measure(const domain::order_changed& x);
  void follow(const domain::order_changed& x, domain::instant at);

  std::array<std::array<std::array<counter*, fate_count>, kind_count>, channel_count> received_{};
  std::array<counter*, type_count> opened_{};
  std::array<counter*, step_count> steps_{};
  by_level escalations_{};
  by_level answers_overdue_{};
  by_level arrivals_overdue_{};
  by_level refusals_{};
  std::array<std::array<std::array<counter*, outcome_count>, purpose_count>, attempt_channel_count> attempts_{};
  std::array<std::array<counter*, outcome_count>, alert_stage_count> rings_{};
  std::array<histogram*, level_count> accept_{};
  histogram* acknowledge_ = nullptr;
  histogram* arrive_ = nullptr;
  histogram* rescue_ = nullptr;
  histogram* confirm_ = nullptr;
  std::array<counter*, 4> imported_{}; ///< added, changed, unchanged, bad rows
  counter* silences_ = nullptr;
  counter* mass_events_ = nullptr;
  std::unordered_map<domain::order_id, domain::instant> rescued_; ///< in this run, and still to be confirmed
};

} // namespace lifeline::actors
