#include "domain/base/time.hpp"

#include "domain/base/wall_time.hpp"

#include <cstdio>

namespace lifeline::domain {

namespace {

/// Takes `digits` digits from the front of `text`.
bool take_number(std::string_view& text, std::size_t digits, int& value) {
  if (text.size() < digits) return false;
  value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return true;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool take_fraction(std::string_view& text, span& fraction) {
  if (!take(text, '.')) return true;
  std::int64_t scale = 100000;
  std::size_t digits = 0;
  std::int64_t micros = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
    micros += (text[digits] - '0') * scale;
    scale /= 10;
  }
  text.remove_prefix(digits);
  fraction = span{micros};
  return digits > 0;
}

bool take_offset(std::string_view& text, std::chrono::minutes& offset) {
  if (take(text, 'Z') || take(text, 'z')) return text.empty();
  const bool west = !text.empty() && text.front() == '-';
  int hours = 0;
  int minutes = 0;
  if (!take(text, west ? '-' : '+') || !take_number(text, 2, hours) || !take(text, ':') ||
      !take_number(text, 2, minutes) || hours > 23 || minutes > 59)
    return false;
  offset = std::chrono::minutes{(west ? -1 : 1) * (hours * 60 + minutes)};
  return text.empty();
}

} // namespace

std::string to_rfc3339(instant engine) {
  if (engine == never) return {};
  const auto t = to_world(engine);
  using namespace std::chrono;
  const auto day = floor<days>(t);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<milliseconds>(t - day)};
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return text;
}

std::optional<instant> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0;
  span fraction{0};
  minutes offset{0};
  if (!take_number(text, 4, y) || !take(text, '-') || !take_number(text, 2, mo) || !take(text, '-') ||
      !take_number(text, 2, d))
    return std::nullopt;
  if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return std::nullopt;
  if (!take_number(text, 2, h) || !take(text, ':') || !take_number(text, 2, mi) || !take(text, ':') ||
      !take_number(text, 2, s) || !take_fraction(text, fraction) || !take_offset(text, offset))
    return std::nullopt;
  const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (!date.ok() || h > 23 || mi > 59 || s > 60) return std::nullopt;
  const instant at =
      time_point_cast<span>(sys_days{date}) + hours{h} + minutes{mi} + std::chrono::seconds{s} + fraction - offset;
  if (at <= never) return std::nullopt;
  return from_world(at);
}

} // namespace lifeline::domain
