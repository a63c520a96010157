#pragma once
// When a duty phone is answered, as people write it: "1-5 08:00-18:00; 6,7 9:00-12:00", "周一至周五 8:00-18:00".

#include "domain/rescue/rescue_party.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::domain {

/// The minute of "08:30", "8:30" or "8：30"; "24:00" is the end of the day and so 0, as duty_shift says.
std::optional<std::uint16_t> parse_clock(std::string_view text);
/// "08:30".
std::string clock_text(std::uint16_t minute);

/// Shifts with ';' between them; each is days (1 = Monday to 7, or 一 to 日, with '-', '至' or ','; none = every day)
/// and hours. Empty, "24h" or "24小时": always, which is no shift. The error is a sentence.
tl::expected<std::vector<duty_shift>, std::string> parse_shifts(std::string_view text);
/// What parse_shifts reads again; empty: always.
std::string shifts_text(const std::vector<duty_shift>& shifts);

} // namespace lifeline::domain
