#pragma once
// Where the command finds its secret.

#include <tl/expected.hpp>

#include <string>

namespace lifeline::ctl {

/// The API's token: from TOML with the key api_token (the engine's secrets.toml), or from a file that holds nothing
/// else. The error is a sentence and never quotes the file.
tl::expected<std::string, std::string> read_token(const std::string& path);

/// The SIP password of an account, from the engine's secrets.toml.
tl::expected<std::string, std::string> read_sip_password(const std::string& path, const std::string& account);

} // namespace lifeline::ctl
