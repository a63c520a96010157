#pragma once
// The rescue plate of a lift's car (电梯应急救援标识牌): its rescue code, the hotline, and the QR code of its alarm
// page.

#include "domain/lifts/elevator.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace lifeline::cti {

/// An SVG of 200 by 120 millimetres. Fails when the URL is too long for a QR code.
tl::expected<std::string, std::string> draw_plate(const domain::elevator& lift, const std::string& url,
                                                  const std::string& hotline);

/// For text in XML and HTML, attributes included: & < > " ' as entities; control characters as blanks, and what is not
/// UTF-8 as U+FFFD.
std::string escape_markup(std::string_view text);

} // namespace lifeline::cti
