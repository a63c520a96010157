#pragma once
// The file of secrets as text.

#include "config/secrets.hpp"

#include <tl/expected.hpp>

#include <string>

namespace lifeline::config {

/// Errors name places, never contents: a wrongly pasted password may stand anywhere.
[[nodiscard]] tl::expected<secrets, std::string> parse_secrets(const std::string& text, const std::string& path);
[[nodiscard]] std::string format_secrets(const secrets& s);

} // namespace lifeline::config
