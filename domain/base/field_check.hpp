#pragma once
// Checks of single fields, and the sentences of their refusal: "expected ..., found ...".

#include "domain/base/geo_point.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace lifeline::domain {

/// In quotes, cut after 40 characters; control characters and broken UTF-8 as "?".
std::string quoted(std::string_view text);
std::string expected_found(std::string_view expected, std::string_view found);

bool is_digits(std::string_view text);
bool is_digits(std::string_view text, std::size_t count);

// Each: what is wrong, or nothing. Empty texts are right.

/// UTF-8 of at most `most` characters without control characters.
std::optional<std::string> check_text(std::string_view text, std::size_t most);
/// YYYY-MM-DD, a day of the calendar, 1950 .. 2100.
std::optional<std::string> check_date(std::string_view text);
/// 3 to 20 digits, perhaps with a leading '+', blanks, dashes or brackets.
std::optional<std::string> check_phone(std::string_view text);
/// Six digits that begin with a province of GB/T 2260.
std::optional<std::string> check_district(std::string_view text);
/// Inside of China: 18..54 N, 73..136 E.
std::optional<std::string> check_point(const geo_point& p);

/// As it is compared: digits only, without the country's code (+86, 0086) and the trunk's 0.
std::string plain_phone(std::string_view number);

} // namespace lifeline::domain
