#pragma once
// The engine's secrets: the agents' SIP passwords and the operators' API token. They are made at the first start, live
// in one file of mode 0600, and are never part of a message.

#include <tl/expected.hpp>

#include <map>
#include <string>
#include <vector>

namespace lifeline::config {

struct secrets {
  std::map<std::string, std::string> sip_passwords; ///< account → password, of every account asked for
  std::string api_token;                            ///< 64 hexadecimal digits
};

struct secrets_result {
  lifeline::config::secrets secrets;
  bool created = false;           ///< the file was made just now
  std::vector<std::string> added; ///< accounts that got their password just now
};

/// Reads the file, makes what is missing (the file, its folder, a password for each new account) and writes it back
/// atomically. Existing values never change; those of accounts that are no longer asked for are kept in the file, so
/// that a returning agent has its old password. The error is a sentence with the file and, if known, the line.
[[nodiscard]] tl::expected<secrets_result, std::string> load_secrets(const std::string& path,
                                                                     const std::vector<std::string>& accounts);

/// 24 characters without look-alikes (no 0 O 1 l I o): 137 bits.
std::string make_password();
/// 32 random bytes in hexadecimal.
std::string make_token();

} // namespace lifeline::config
