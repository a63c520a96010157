#pragma once
// The engine's secrets: the agents' SIP passwords and API tokens, the operators' API token, what IoT platforms and
// rescue parties sign with, the key of our own links, all made when they are missing; and the passwords that carriers
// gave for trunks, written by hand. They live in one file of mode 0600, and are never part of a message.

#include <tl/expected.hpp>

#include <map>
#include <string>
#include <vector>

namespace lifeline::config {

/// Whose secrets are asked for.
struct wanted_secrets {
  std::vector<std::string> accounts = {}; ///< of phones
  std::vector<std::string> trunks = {};
  std::vector<std::string> agents = {};  ///< accounts with a token for the API
  std::vector<std::string> clients = {}; ///< programs with a token for the API
  std::vector<std::string> vendors = {};
  bool link_key = false;
};

/// Each map holds those that were asked for.
struct secrets {
  std::map<std::string, std::string> sip_passwords;   ///< account → password
  std::string api_token;                              ///< 64 hexadecimal digits, as are the next ones when we made them
  std::map<std::string, std::string> trunk_passwords; ///< trunk → password
  std::map<std::string, std::string> agent_tokens;    ///< account → token
  std::map<std::string, std::string> client_tokens;   ///< [[api_client]] → token
  std::map<std::string, std::string> vendor_secrets;  ///< [[rescue.vendor]] → secret of its signatures
  std::map<std::string, std::string> webhook_secrets; ///< rescue party → secret, where one is set by hand: all
  std::string link_key;                               ///< signs QR codes and rescuers' links
  bool operator==(const secrets&) const = default;
};

struct secrets_result {
  lifeline::config::secrets secrets;
  bool created = false;           ///< the file was made just now
  std::vector<std::string> added; ///< accounts that got their password just now
  std::string unsaved;            ///< what the file should hold, when it does not yet (look_up_secrets only)
};

/// Reads the file, makes what is missing (the file, its folder, a password for each new account, ...) and writes it
/// back atomically. Existing values never change; those that are no longer asked for are kept in the file, so that a
/// returning agent has its old password. A trunk's password cannot be made: without it the error says where to put it,
/// and the file then has the section for it. The error is a sentence with the file and, if known, the line.
[[nodiscard]] tl::expected<secrets_result, std::string> load_secrets(const std::string& path,
                                                                     const wanted_secrets& wanted);
/// The same, but writes nothing: what was made is in `unsaved`, for `save_secrets`.
[[nodiscard]] tl::expected<secrets_result, std::string> look_up_secrets(const std::string& path,
                                                                        const wanted_secrets& wanted);
/// Writes `unsaved`; nothing to do when it is empty.
[[nodiscard]] tl::expected<void, std::string> save_secrets(const std::string& path, const secrets_result& result);

/// What messages to the rescue party are signed with: the one set by hand, else one that follows from the link key, so
/// that it is there as soon as the party is, and the same after every start. Empty: there is neither.
std::string webhook_secret_of(const secrets& s, const std::string& party);

/// 24 characters without look-alikes (no 0 O 1 l I o): 137 bits.
std::string make_password();
/// 32 random bytes in hexadecimal.
std::string make_token();

} // namespace lifeline::config
