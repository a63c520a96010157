#include "apps/lifelinectl/token.hpp"

#include <toml++/toml.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>

namespace lifeline::ctl {

namespace {

tl::expected<std::string, std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return tl::make_unexpected(path + ": " + std::strerror(errno) + " (see --token-file)");
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (file.bad()) return tl::make_unexpected(path + ": cannot be read");
  return text;
}

/// Nothing when it is not TOML.
std::optional<toml::table> parse(const std::string& text) {
  try {
    return toml::parse(std::string_view{text});
  } catch (const toml::parse_error&) { // Debian builds the library with exceptions
    return std::nullopt;
  }
}

/// One word that may stand in a header.
bool is_token(const std::string& text) {
  return !text.empty() && text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                                 "-._~+/=") == std::string::npos;
}

} // namespace

tl::expected<std::string, std::string> read_token(const std::string& path) {
  auto text = read_file(path);
  if (!text) return text;
  const auto begin = text->find_first_not_of(" \t\r\n");
  const auto end = text->find_last_not_of(" \t\r\n");
  if (begin != std::string::npos) {
    auto word = text->substr(begin, end - begin + 1);
    if (is_token(word)) return word;
  }
  const auto parsed = parse(*text);
  if (!parsed) return tl::make_unexpected(path + ": neither a token nor TOML with the key api_token");
  const auto token = (*parsed)["api_token"].value<std::string>();
  if (!token || token->find_first_of("\r\n ") != std::string::npos || token->empty())
    return tl::make_unexpected(path + ": has no key api_token");
  return *token;
}

tl::expected<std::string, std::string> read_sip_password(const std::string& path, const std::string& account) {
  auto text = read_file(path);
  if (!text) return text;
  const auto parsed = parse(*text);
  if (!parsed) return tl::make_unexpected(path + ": not TOML");
  const auto password = (*parsed)["sip_passwords"][account].value<std::string>();
  if (!password) return tl::make_unexpected(path + ": has no password for the account " + account);
  return *password;
}

} // namespace lifeline::ctl
