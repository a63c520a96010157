#include "config/duration.hpp"

#include <array>
#include <cstdint>

namespace lifeline::config {

namespace {

struct unit {
  std::string_view name;
  std::int64_t milliseconds;
};
constexpr std::array<unit, 4> units{{{"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
constexpr std::int64_t longest = 10'000LL * 3'600'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

} // namespace

std::optional<domain::span> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  while (!text.empty()) {
    std::int64_t number = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && is_digit(text[digits]); ++digits) {
      if (number > longest) return std::nullopt;
      number = number * 10 + (text[digits] - '0');
    }
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
    std::size_t letters = 0;
    while (letters < text.size() && !is_digit(text[letters]))
      ++letters;
    std::size_t index = next_unit;
    while (index < units.size() && units[index].name != text.substr(0, letters))
      ++index;
    if (index == units.size() || number > longest / units[index].milliseconds) return std::nullopt;
    total += number * units[index].milliseconds;
    next_unit = index + 1;
    text.remove_prefix(letters);
  }
  if (total > longest) return std::nullopt;
  return std::chrono::milliseconds{total};
}

std::string format_duration(domain::span d) {
  std::int64_t rest = std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
  std::string text;
  for (const auto& u : units) {
    if (rest < u.milliseconds) continue;
    text += std::to_string(rest / u.milliseconds) + std::string{u.name};
    rest %= u.milliseconds;
  }
  return text.empty() ? "0s" : text;
}

} // namespace lifeline::config
