#pragma once
// The forms of names, numbers and addresses in the configuration.

#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace lifeline::config {

/// 1 to 64 letters, digits, '.', '_' or '-': such a name goes into URLs, metric labels and file names as it is.
bool is_name(std::string_view text);
/// 1 to 32 digits, perhaps after a '+'.
bool is_number(std::string_view text);
/// A numeric IPv4 or IPv6 address.
bool is_address(const std::string& text);
/// The address as a socket's peer is written: short and in small letters. Nothing when it is none.
std::optional<std::string> canonical_address(const std::string& text);
/// A numeric address or a host name (RFC 1123).
bool is_host(const std::string& text);
/// "host:port", "[v6]:port", each perhaps with ";transport=udp", ";transport=tcp" or ";transport=tls".
bool is_outbound(std::string_view text);
/// The name by which a trunk knows us: 1 to 64 printable characters without quotes, backslashes or blanks.
bool is_username(std::string_view text);
/// "https://host", "http://host:port/path": what paths are put behind; without a last '/', query or fragment.
bool is_base_url(std::string_view text);
/// An administrative district (GB/T 2260): 6 digits.
bool is_district(std::string_view text);
/// 1 to 16 of 0-9, '*' and '#': what a telephone's keys can dial.
bool is_code(std::string_view text);
/// The network in canonical form; a single address gets its full prefix length. The error is a sentence.
tl::expected<std::string, std::string> canonical_cidr(const std::string& text);
/// A network as `canonical_cidr` writes it that is larger than anybody's own: 0.0.0.0/0, ::/0, 128.0.0.0/1.
bool is_wide_network(const std::string& cidr);

} // namespace lifeline::config
