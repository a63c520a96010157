#pragma once
// Who calls and who we say calls: name-addr parsing (RFC 3261, 25.1), P-Asserted-Identity (RFC 3325), Privacy
// (RFC 3323), tel URIs (RFC 3966).

#include "sip/gateway.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace lifeline::sip {

struct name_addr {
  std::string display; ///< unquoted
  std::string uri;     ///< without angle brackets and header parameters
  std::string user;    ///< unescaped user part, or the number of a tel URI; empty when there is none
  std::string host;
};

/// The first name-addr or addr-spec of a header's value; tolerant of what phones really send, but not of a value
/// without a URI.
std::optional<name_addr> parse_name_addr(std::string_view value);

/// `asserted` is the values of P-Asserted-Identity if the peer may assert (a trunk), else empty; `privacy` of Privacy.
caller_identity identify_caller(std::string_view asserted, const name_addr& from, std::string_view privacy);

/// "Display" <sip:number@host>, escaped; anonymous (RFC 3323, 4.1.1.3) when `number` is empty or "anonymous":
/// the display then is what it may nevertheless say, "Anonymous" when it is empty.
std::string write_from(std::string_view display, std::string_view number, std::string_view host);
/// The user part of a SIP URI, percent-escaped.
std::string escape_user(std::string_view user);
std::string unescape(std::string_view text);

} // namespace lifeline::sip
