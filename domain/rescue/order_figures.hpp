#pragma once
// Orders in numbers: what stands open now, and how long. A count over the live orders, for metrics and wallboards.

#include "domain/rescue/order_state.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lifeline::domain {

/// Upper bounds of the age groups, each included; the last group is older.
inline constexpr std::array<span, 4> age_bounds{5min, 15min, 30min, 60min};
inline constexpr std::size_t age_groups = age_bounds.size() + 1;
std::size_t age_group(span age);
/// "0-5m", "5-15m", ..., "60m+": a label's value.
std::string_view age_name(std::size_t group);

struct order_figures {
  std::array<std::uint64_t, 4> open{}; ///< active alarms by the highest level engaged, 0 = none yet; no filtered ones
  std::array<std::uint64_t, age_groups> open_by_age{}; ///< the same ones by time since the first report
  std::uint64_t filtered = 0;                          ///< stored and shown, not dispatched
  std::uint64_t orders = 0;                            ///< active orders of the other types
  std::uint64_t unacknowledged = 0;                    ///< of the open alarms
  std::uint64_t unclear = 0;          ///< of the open alarms: nobody is sent before somebody says where
  std::uint64_t exhausted = 0;        ///< of the open alarms: nobody is left to be engaged, and nobody is on the way
  std::uint64_t overdue_answers = 0;  ///< parties that have not answered within the limit, and still may
  std::uint64_t overdue_arrivals = 0; ///< parties that have accepted, and are not there within the limit
  std::uint64_t alerting = 0;         ///< ring our own people until somebody takes them
  std::uint64_t not_rung = 0;         ///< parties that are to come and could not be called yet
  span oldest_open{0};                ///< age of the oldest open alarm
  span oldest_unacknowledged{0};      ///< and of the oldest that nobody has taken; 0 = there is none
};

/// Adds one order. Those that are over count nowhere.
void count_order(order_figures& f, const order_state& s, instant now);

} // namespace lifeline::domain
