#include "domain/rescue/duty_text.hpp"

#include "domain/base/field_check.hpp"
#include "domain/base/utf8.hpp"

#include <algorithm>
#include <charconv>

namespace lifeline::domain {

namespace {

constexpr std::string_view expected_shift = "shifts like 1-5 08:00-18:00; 6,7 9:00-12:00, or nothing for always";
constexpr unsigned every_day = 0x7F;

/// Digits for the names of days, plain signs for those of an input method; without blanks but one.
std::string plain(std::string_view text) {
  auto folded = fold(text);
  const auto replace = [&](std::string_view from, std::string_view to) {
    for (auto at = folded.find(from); at != std::string::npos; at = folded.find(from, at + to.size()))
      folded.replace(at, from.size(), to);
  };
  for (const auto* word : {"星期", "周", "每天", "每日"})
    replace(word, "");
  const std::pair<const char*, const char*> days[] = {{"一", "1"}, {"二", "2"}, {"三", "3"}, {"四", "4"}, {"五", "5"},
                                                      {"六", "6"}, {"日", "7"}, {"天", "7"}, {"至", "-"}, {"到", "-"},
                                                      {"、", ","}, {"；", ";"}, {"—", "-"},  {"~", "-"}};
  for (const auto& [from, to] : days)
    replace(from, to);
  return folded;
}

std::optional<unsigned> day_bits(std::string_view text) {
  if (text.empty()) return every_day;
  const auto day = [](char c) { return c >= '1' && c <= '7' ? std::optional<unsigned>(c - '1') : std::nullopt; };
  unsigned bits = 0;
  while (!text.empty()) {
    const auto first = day(text.front());
    if (!first) return std::nullopt;
    auto last = first;
    text.remove_prefix(1);
    if (text.size() >= 2 && text.front() == '-') {
      last = day(text[1]);
      if (!last || *last < *first) return std::nullopt;
      text.remove_prefix(2);
    }
    for (auto d = *first; d <= *last; ++d)
      bits |= 1U << d;
    if (text.empty()) return bits;
    if (text.front() != ',') return std::nullopt;
    text.remove_prefix(1);
    if (text.empty()) return std::nullopt;
  }
  return bits;
}

/// "1-5 08:00-18:00"; the hours are what stands behind the last blank, or all.
std::optional<duty_shift> shift_of(std::string_view text) {
  const auto blank = text.rfind(' ');
  auto days = std::string{blank == std::string_view::npos ? std::string_view{} : text.substr(0, blank)};
  std::erase(days, ' ');
  const auto hours = blank == std::string_view::npos ? text : text.substr(blank + 1);
  const auto dash = hours.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto bits = day_bits(days);
  const auto from = parse_clock(hours.substr(0, dash));
  const auto until = parse_clock(hours.substr(dash + 1));
  if (!bits || !from || !until) return std::nullopt;
  return duty_shift{static_cast<std::uint8_t>(*bits), *from, *until};
}

std::string days_text(std::uint8_t weekdays) {
  std::string text;
  for (unsigned day = 0; day < 7; ++day) {
    const auto on = [&](unsigned d) { return d < 7 && (weekdays >> d & 1U) != 0; };
    if (!on(day)) continue;
    auto last = day;
    while (on(last + 1))
      ++last;
    text += (text.empty() ? "" : ",") + std::to_string(day + 1);
    if (last > day) text += "-" + std::to_string(last + 1);
    day = last;
  }
  return text;
}

} // namespace

std::optional<std::uint16_t> parse_clock(std::string_view text) {
  const auto folded = fold(trim(text));
  const auto colon = folded.find(':');
  if (colon == std::string::npos || colon < 1 || colon > 2 || folded.size() != colon + 3) return std::nullopt;
  int hour = 0;
  int minute = 0;
  const auto whole = [&](std::size_t begin, std::size_t size, int& to) {
    const auto* from = folded.data() + begin;
    return is_digits(std::string_view{from, size}) && std::from_chars(from, from + size, to).ptr == from + size;
  };
  if (!whole(0, colon, hour) || !whole(colon + 1, 2, minute)) return std::nullopt;
  if (hour == 24 && minute == 0) return static_cast<std::uint16_t>(0);
  if (hour > 23 || minute > 59) return std::nullopt;
  return static_cast<std::uint16_t>(hour * 60 + minute);
}

std::string clock_text(std::uint16_t minute) {
  const auto two = [](int n) { return std::string{static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10)}; };
  return two(minute / 60) + ":" + two(minute % 60);
}

tl::expected<std::vector<duty_shift>, std::string> parse_shifts(std::string_view text) {
  std::vector<duty_shift> shifts;
  const auto words = plain(text);
  auto rest = trim(words);
  if (rest.empty() || rest == "24h" || rest == "24小时") return shifts;
  while (!rest.empty()) {
    const auto end = rest.find(';');
    const auto one = trim(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view{} : trim(rest.substr(end + 1));
    const auto shift = shift_of(one);
    if (!shift) return tl::make_unexpected(expected_found(expected_shift, text));
    shifts.push_back(*shift);
  }
  return shifts;
}

std::string shifts_text(const std::vector<duty_shift>& shifts) {
  std::string text;
  for (const auto& s : shifts) {
    const auto until = s.until == 0 && s.from != 0 ? std::string{"24:00"} : clock_text(s.until);
    text += (text.empty() ? "" : "; ") + (s.weekdays == every_day ? "" : days_text(s.weekdays) + " ") +
            clock_text(s.from) + "-" + until;
  }
  return text;
}

} // namespace lifeline::domain
