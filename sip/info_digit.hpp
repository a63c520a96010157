#pragma once
// Digits that come as SIP INFO instead of telephone-events.

#include <string>
#include <string_view>

namespace lifeline::sip {

/// A digit from an INFO body (application/dtmf-relay, application/dtmf), empty when it has none.
std::string info_digit(std::string_view content_type, std::string_view body);

} // namespace lifeline::sip
