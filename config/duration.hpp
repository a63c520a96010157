#pragma once
// Durations as people write them: "20s", "500ms", "1h30m".

#include "domain/base/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace lifeline::config {

/// One or more of <whole number><h|m|s|ms>, from the largest unit to the smallest, each at most once. At most 10000 h.
std::optional<domain::span> parse_duration(std::string_view text);
/// The same form, rounded to milliseconds: "1h30m", "0s".
std::string format_duration(domain::span d);

} // namespace lifeline::config
