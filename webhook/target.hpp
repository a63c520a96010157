#pragma once
// Where a request goes: the parts of an http:// or https:// URL (RFC 3986) that HTTP needs.

#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace lifeline::webhook {

struct target {
  bool secure = false;
  std::string host; ///< a name or a numeric address, IPv6 without brackets
  std::string port; ///< digits
  std::string path; ///< with the query; at least "/"

  /// The Host header: a port that follows from the scheme is left out.
  [[nodiscard]] std::string host_header() const;
  /// Two URLs with the same one go to the same receiver.
  [[nodiscard]] std::string receiver() const { return (secure ? "s " : "p ") + host + ' ' + port; }
};

/// Errors are sentences without the URL, which may hold a secret.
[[nodiscard]] tl::expected<target, std::string> parse_url(std::string_view url);

} // namespace lifeline::webhook
