#include "domain/rescue/order_number.hpp"

#include "domain/base/wall_time.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace lifeline::domain {

namespace {

std::optional<std::uint32_t> digits(std::string_view text) {
  std::uint32_t n = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, n);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return n;
}

} // namespace

std::string to_string(const order_number& n) {
  char text[64];
  std::snprintf(text, sizeof text, "%04d%02u%02u-%04u", static_cast<int>(n.day.year()),
                static_cast<unsigned>(n.day.month()), static_cast<unsigned>(n.day.day()), n.count);
  return n.prefix + text;
}

std::optional<order_number> parse_order_number(std::string_view text) {
  using namespace std::chrono;
  const auto dash = text.rfind('-');
  if (dash == std::string_view::npos || dash < 8) return std::nullopt;
  const auto date = text.substr(dash - 8, 8);
  const auto counted = text.substr(dash + 1);
  const auto y = digits(date.substr(0, 4));
  const auto m = digits(date.substr(4, 2));
  const auto d = digits(date.substr(6, 2));
  const auto count = digits(counted);
  if (!y || !m || !d || !count || *count == 0 || counted.size() < 4) return std::nullopt;
  if (counted.size() > 4 && counted.front() == '0') return std::nullopt; // would be written otherwise
  const year_month_day day_of{year{static_cast<int>(*y)}, month{*m}, day{*d}};
  if (!day_of.ok()) return std::nullopt;
  return order_number{std::string{text.substr(0, dash - 8)}, day_of, *count};
}

std::chrono::year_month_day local_day(instant now, span utc_offset) {
  return std::chrono::floor<std::chrono::days>(to_world(now) + utc_offset);
}

void order_counter::remember(const order_number& n) {
  auto& count = days_[n.day];
  count = std::max(count, n.count);
  if (days_.size() > most_days) days_.erase(days_.begin());
}

order_number order_counter::next(const std::string& prefix, instant now, span utc_offset) {
  auto day = local_day(now, utc_offset);
  if (days_.size() >= most_days && day < days_.begin()->first) day = days_.rbegin()->first;
  order_number n{prefix, day, days_[day] + 1};
  remember(n);
  return n;
}

} // namespace lifeline::domain
