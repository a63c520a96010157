#pragma once
// Times as people of one place say them. The engine itself counts in UTC; what is local is a fixed offset from it
// (China has no summer time).

#include "domain/base/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace lifeline::domain {

/// "+08:00", "-03:30"; nothing when it is none, or more than 14 hours.
std::optional<span> parse_utc_offset(std::string_view text);
std::string utc_offset_text(span offset);

/// "2026-11-23 20:00:00"; empty for `never`.
std::string to_local_text(instant t, span utc_offset);

/// Where a day is meant, which of its ends.
enum class day_end : std::uint8_t { begin, end };

/// What people type for a time: RFC 3339; "2026-11-30 08:15", "2026-11-30T08:15:30" in local time; a day, "2026-11-30",
/// "today" (今天) or "yesterday" (昨天), of which the `wanted` end is taken: the end of a day is the begin of the next.
std::optional<instant> parse_time(std::string_view text, instant now, span utc_offset, day_end wanted);
/// What parse_time takes, for messages.
inline constexpr std::string_view time_forms =
    "a time like 2026-11-23T08:00:00+08:00 (RFC 3339), a local one like 2026-11-23 08:00, a day like 2026-11-23, today "
    "or yesterday";

} // namespace lifeline::domain
