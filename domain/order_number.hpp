#pragma once
// Order numbers as people say them: "JY20261124-0001", the day in local time, counted from 1 every day. Past 9999 a
// number has more digits.

#include "domain/time.hpp"

#include <cstdint>
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
  /// The next number of the day. A clock that steps back to an earlier day never gives a number twice: it goes on with
  /// the later day.
  order_number next(const std::string& prefix, instant now, span utc_offset);

private:
  std::chrono::year_month_day day_{};
  std::uint32_t count_ = 0;
};

} // namespace lifeline::domain
