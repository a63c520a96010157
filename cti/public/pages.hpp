#pragma once
// The pages of the public server, in Chinese: whole, with style and script inside, without anything from elsewhere.

#include "cti/public/public_part.hpp"
#include "domain/rescue/order_state.hpp"

#include <string>
#include <string_view>

namespace lifeline::cti {

/// A passenger's: the lift's place, a big button, then what becomes of the alarm. `place` may be empty.
page_content alarm_page_of(const std::string& rescue_code, const std::string& place, const std::string& hotline);

/// A rescuer's: where to go, how urgent it is, and what may be said now. Nothing of who called.
page_content rescuer_page_of(const domain::order_state& order, const domain::deployment& own,
                             const std::string& hotline, domain::span utc_offset);

/// What is shown when there is no page: what is wrong, and what to do. `path` as it came.
page_content problem_page_of(std::string_view path, int status, const std::string& hotline);

} // namespace lifeline::cti
