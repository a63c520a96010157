#include "domain/base/local_time.hpp"

#include "domain/base/wall_time.hpp"

#include <charconv>
#include <cstdio>

namespace lifeline::domain {

namespace {

using std::chrono::days;

constexpr span furthest = 14h;

bool take(std::string_view& text, std::string_view part) {
  if (!text.starts_with(part)) return false;
  text.remove_prefix(part.size());
  return true;
}

bool take_number(std::string_view& text, std::size_t digits, int& n) {
  if (text.size() < digits) return false;
  const auto* end = text.data() + digits;
  const auto [stop, failed] = std::from_chars(text.data(), end, n);
  if (failed != std::errc{} || stop != end || text.front() == '-') return false;
  text.remove_prefix(digits);
  return true;
}

std::optional<std::chrono::sys_days> take_day(std::string_view& text) {
  int y = 0, m = 0, d = 0;
  if (!take_number(text, 4, y) || !take(text, "-") || !take_number(text, 2, m) || !take(text, "-") ||
      !take_number(text, 2, d))
    return std::nullopt;
  const std::chrono::year_month_day day{std::chrono::year{y}, std::chrono::month{static_cast<unsigned>(m)},
                                        std::chrono::day{static_cast<unsigned>(d)}};
  if (!day.ok() || y < 1970) return std::nullopt;
  return std::chrono::sys_days{day};
}

/// "08:15", "08:15:30".
std::optional<span> clock_of(std::string_view text) {
  int h = 0, m = 0, s = 0;
  if (!take_number(text, 2, h) || !take(text, ":") || !take_number(text, 2, m)) return std::nullopt;
  if (!text.empty() && (!take(text, ":") || !take_number(text, 2, s))) return std::nullopt;
  if (!text.empty() || h > 23 || m > 59 || s > 59) return std::nullopt;
  return std::chrono::hours{h} + std::chrono::minutes{m} + std::chrono::seconds{s};
}

} // namespace

std::optional<span> parse_utc_offset(std::string_view text) {
  int h = 0, m = 0;
  const bool west = text.starts_with('-');
  if (!take(text, "+") && !take(text, "-")) return std::nullopt;
  if (!take_number(text, 2, h) || !take(text, ":") || !take_number(text, 2, m) || !text.empty() || m > 59)
    return std::nullopt;
  const span offset = std::chrono::hours{h} + std::chrono::minutes{m};
  if (offset > furthest) return std::nullopt;
  return west ? -offset : offset;
}

std::string utc_offset_text(span offset) {
  const auto minutes = std::abs(std::chrono::duration_cast<std::chrono::minutes>(offset).count());
  const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return (offset < span{0} ? "-" : "+") + two(minutes / 60) + ":" + two(minutes % 60);
}

std::string to_local_text(instant t, span utc_offset) {
  auto text = t == never ? std::string{} : to_rfc3339(t + utc_offset);
  if (text.size() < 19) return text;
  text.resize(19);
  text[10] = ' ';
  return text;
}

std::optional<instant> parse_time(std::string_view text, instant now, span utc_offset, day_end wanted) {
  if (const auto exact = parse_rfc3339(text)) return exact;
  const auto today = std::chrono::floor<days>(to_world(now) + utc_offset);
  const auto end_of = [&](std::chrono::sys_days day) {
    return from_world(instant{day + (wanted == day_end::end ? days{1} : days{0})} - utc_offset);
  };
  if (text == "today" || text == "今天") return end_of(today);
  if (text == "yesterday" || text == "昨天") return end_of(today - days{1});
  const auto day = take_day(text);
  if (!day) return std::nullopt;
  if (text.empty()) return end_of(*day);
  if (!take(text, " ") && !take(text, "T")) return std::nullopt;
  const auto clock = clock_of(text);
  if (!clock) return std::nullopt;
  return from_world(instant{*day} + *clock - utc_offset);
}

} // namespace lifeline::domain
