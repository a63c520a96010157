#pragma once
// Who we say calls, towards somebody we call (RFC 3323, RFC 3325), and the headers that a request brings along.

#include "sip/gateway.hpp"

#include <string>

namespace lifeline::sip {

struct outgoing_identity {
  std::string from;
  std::string headers; ///< lines with their ends: P-Asserted-Identity, Privacy, those of the request
};

/// `trunk`: the one that is dialled, nullptr for a phone of ours. A withheld number is told to nobody but a trusted
/// trunk; an untrusted trunk gets no assertion at all.
outgoing_identity identify_us(const invite_request& request, const std::string& host, const domain::trunk_plan* trunk);

/// A header's value must not become two headers.
std::string one_line(std::string_view text);

} // namespace lifeline::sip
