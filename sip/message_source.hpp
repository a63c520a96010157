#pragma once
// Where the message of the current event came from.

#include "sip/sofia.hpp"

#include <string>

namespace lifeline::sip {

/// A numeric address without brackets, IPv4 as such; empty when the event has no message.
std::string source_host(const nua_t* nua);

} // namespace lifeline::sip
