#pragma once
// The engine's one notion of time. Everything in domain/ takes `now` as an argument.
//
// An `instant` is UTC, but within one run of the engine it is taken from the monotonic clock, anchored once at start:
// a jump of the wall clock moves no deadline and distorts no measured duration.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lifeline::domain {

using namespace std::chrono_literals;

/// Resolution of every time in the engine.
using span = std::chrono::microseconds;
/// A point in time, UTC.
using instant = std::chrono::time_point<std::chrono::system_clock, span>;

/// "No such time (yet)".
inline constexpr instant never{};

inline double seconds(span s) { return std::chrono::duration<double>(s).count(); }
inline std::int64_t micros(instant t) { return t.time_since_epoch().count(); }
inline instant from_micros(std::int64_t us) { return instant{span{us}}; }

/// RFC 3339 in UTC with milliseconds: 2026-11-23T20:44:27.123Z. Empty for `never`.
std::string to_rfc3339(instant t);
/// "2026-11-23T20:44:27Z", "…27.5+08:00". Nothing when it is not one, or before 1970.
std::optional<instant> parse_rfc3339(std::string_view text);

} // namespace lifeline::domain
