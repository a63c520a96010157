#pragma once
// The two pages of the public server, in Chinese: whole, with style and script inside, without anything from elsewhere.

#include "cti/public_part.hpp"
#include "domain/order_state.hpp"

#include <string>

namespace lifeline::cti {

/// A passenger's: the lift's place, a big button, then what becomes of the alarm. `place` may be empty.
page_content alarm_page_of(const std::string& rescue_code, const std::string& place, const std::string& hotline);

/// A rescuer's: where to go, how urgent it is, and what may be said now. Nothing of who called.
page_content rescuer_page_of(const domain::order_state& order, const domain::deployment& own,
                             const std::string& hotline, domain::span utc_offset);

} // namespace lifeline::cti
