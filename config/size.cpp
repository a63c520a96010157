#include "config/size.hpp"

#include <array>
#include <charconv>

namespace lifeline::config {

namespace {

struct unit {
  std::string_view name;
  unsigned shift;
};
constexpr std::array<unit, 4> units{{{"GiB", 30}, {"MiB", 20}, {"KiB", 10}, {"B", 0}}};
constexpr std::uint64_t largest = 1024ULL << 30U;

} // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{}) return std::nullopt;
  const auto name = text.substr(static_cast<std::size_t>(rest - text.data()));
  if (name.empty() && number == 0) return 0;
  for (const auto& u : units) {
    if (u.name != name) continue;
    if (number > largest >> u.shift) return std::nullopt;
    return number << u.shift;
  }
  return std::nullopt;
}

std::string format_size(std::uint64_t bytes) {
  if (bytes == 0) return "0";
  for (const auto& u : units)
    if (const auto whole = bytes >> u.shift; whole << u.shift == bytes)
      return std::to_string(whole) + std::string{u.name};
  return {};
}

} // namespace lifeline::config
