#pragma once
// Sizes as people write them: "64KiB", "50MiB".

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lifeline::config {

/// <whole number><B|KiB|MiB|GiB>; "0" needs no unit. At most 1024 GiB.
std::optional<std::uint64_t> parse_size(std::string_view text);
/// In the largest unit that needs no fraction: "50MiB", "1500B", "0".
std::string format_size(std::uint64_t bytes);

} // namespace lifeline::config
