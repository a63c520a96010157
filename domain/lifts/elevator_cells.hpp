#pragma once
// What a cell of a list of lifts means. Office programs change what they believe to be numbers or dates.

#include "domain/lifts/elevator.hpp"
#include "domain/lifts/elevator_fields.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace lifeline::domain {

/// Without ="...", a leading apostrophe, blanks around it, and line ends.
std::string clean_cell(std::string_view cell);

/// "救援识别码（6位） *" is 救援识别码; "Rescue Code" is rescue_code.
std::string plain_heading(std::string_view heading);
/// The code of a district of Huai'an that is named; else the text as it is.
std::string district_of(std::string code);

/// The value of a text field; an error is a sentence. `cell` is clean.
tl::expected<std::string, std::string> read_field(const elevator_field& field, std::string cell);
tl::expected<lift_status, std::string> read_status(std::string_view cell);
/// Degrees.
tl::expected<double, std::string> read_degrees(std::string_view cell);

/// The shortest form that is read as the same number.
std::string degrees_text(double degrees);

/// "2020-01-05" of 2020/1/5, 2020.1.5, 2020年1月5日, 20200105, with or without a time; else the text as it is.
std::string normal_date(std::string_view text);

} // namespace lifeline::domain
