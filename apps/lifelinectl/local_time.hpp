#pragma once
// The API tells times in UTC; people are shown those of the engine's place, as the engine says with each answer. With
// --utc they stay as they are.

#include <string>
#include <string_view>

namespace lifeline::ctl {

/// The engine's offset as its answer's header X-Lifeline-UTC-Offset says it; what is none is ignored.
void use_offset(std::string_view offset);
/// From now on UTC, whatever the engine says.
void keep_utc();

/// "2026-11-23 20:00:00" of an RFC 3339 time, in the offset in use.
std::string clock_time(const std::string& rfc3339);
/// The same, with " UTC" behind where it is that: for sentences.
std::string clock_words(const std::string& rfc3339);
/// A column's title: "SINCE", or "SINCE (UTC)" where it is that.
std::string time_column(const std::string& title);

} // namespace lifeline::ctl
