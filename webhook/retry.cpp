#include "webhook/retry.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string>

namespace lifeline::webhook {

using std::chrono::milliseconds;
using std::chrono::seconds;

verdict judge(int status) {
  if (status >= 200 && status < 300) return verdict::delivered;
  if (status == 0 || status >= 500 || status == 408 || status == 425 || status == 429) return verdict::again;
  return verdict::refused;
}

milliseconds pause_after(const settings& s, std::uint32_t tries, std::optional<seconds> asked) {
  auto pause = std::clamp(s.first_retry, milliseconds{1}, longest_pause);
  for (std::uint32_t i = 1; i < tries && pause < longest_pause; ++i)
    pause *= 2;
  if (asked) pause = std::max<milliseconds>(pause, std::min<seconds>(*asked, seconds{3600}));
  return std::min(pause, longest_pause);
}

std::optional<seconds> parse_retry_after(std::string_view header, std::chrono::system_clock::time_point now) {
  std::uint32_t count = 0;
  const auto* const end = header.data() + header.size();
  const auto [stopped, fault] = std::from_chars(header.data(), end, count);
  if (fault == std::errc{} && stopped == end) return seconds{count};
  std::tm parts{};
  const std::string text{header};
  const char* rest = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (rest == nullptr || *rest != '\0') return std::nullopt;
  const auto at = std::chrono::system_clock::from_time_t(::timegm(&parts));
  return std::max(seconds{0}, std::chrono::ceil<seconds>(at - now));
}

} // namespace lifeline::webhook
