#pragma once
// What follows from one try: pure decisions.

#include "webhook/gateway.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lifeline::webhook {

enum class verdict : std::uint8_t {
  delivered, ///< 2xx
  again,     ///< nothing came, or what may pass: 408, 425, 429, 5xx
  refused,   ///< any other: repeating it would not help; redirects are not followed
};
[[nodiscard]] verdict judge(int status);

/// No pause between two tries is longer, whatever the receiver asks for.
inline constexpr std::chrono::milliseconds longest_pause{60000};

/// After so many tries; at least what the receiver asked for.
[[nodiscard]] std::chrono::milliseconds pause_after(const settings& s, std::uint32_t tries,
                                                    std::optional<std::chrono::seconds> asked);

/// A Retry-After header (RFC 9110, 10.2.3): seconds or a date in GMT. Nothing when it is neither.
[[nodiscard]] std::optional<std::chrono::seconds> parse_retry_after(std::string_view header,
                                                                    std::chrono::system_clock::time_point now);

} // namespace lifeline::webhook
