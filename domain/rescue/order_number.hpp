#pragma once
// Order numbers as people say them: "JY20261124-0001", the day in local time, counted from 1 every day. Past 9999 a
// number has more digits.

#include "domain/base/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace lifeline::domain {

struct order_number {
  std::string prefix;
  std::chrono::year_month_day day{};
  std::uint32_t count = 0; ///< from 1
  bool operator==(const order_number&) const = default;
};

std::string to_string(const order_number& n);
/// The prefix is whatever stands before the eight digits of the day. Nothing when it is not one.
std::optional<order_number> parse_order_number(std::string_view text);
std::chrono::year_month_day local_day(instant now, span utc_offset);

/// Gives the numbers out; after a restart it is told those that exist, in any order, and goes on after the highest.
class order_counter {
public:
  void remember(const order_number& n);
  /// The next number of the day. When a day begins, or the clock was set and another day is back, those that exist of
  /// it must have been remembered (`begins`). Days too far back to be known go on with the latest day.
  order_number next(const std::string& prefix, instant now, span utc_offset);
  /// The day has given no number yet, as far as is known here.
  [[nodiscard]] bool begins(instant now, span utc_offset) const { return !days_.contains(local_day(now, utc_offset)); }

private:
  static constexpr std::size_t most_days = 32;
  std::map<std::chrono::year_month_day, std::uint32_t> days_; ///< the highest number of each
};

} // namespace lifeline::domain
