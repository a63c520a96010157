#include "config/secrets_text.hpp"

#include "config/document.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace lifeline::config {

namespace {

using error = tl::unexpected<std::string>;
using values = std::map<std::string, std::string>;

bool is_printable(std::string_view text, char least, std::size_t shortest, std::size_t longest) {
  for (const char c : text) {
    if (c < least || c >= 0x7F) return false;
  }
  return text.size() >= shortest && text.size() <= longest;
}
/// What may stand between quotes in TOML without escapes, in a SIP user agent's settings and in an HTTP header.
bool is_plain(std::string_view text, std::size_t shortest) {
  return is_printable(text, 0x21, shortest, std::string_view::npos) &&
         text.find_first_of("\"\\") == std::string_view::npos;
}

/// Passwords set by hand may be shorter than ours, but not guessable.
bool is_password(std::string_view text) { return is_plain(text, 12); }
bool is_token(std::string_view text) { return is_plain(text, 32); }
/// Carriers choose their own passwords.
bool is_carriers(std::string_view text) { return is_printable(text, 0x20, 1, 128); }
/// What others gave us to sign with.
bool is_shared(std::string_view text) { return is_printable(text, 0x21, 16, 256); }

constexpr const char* expected_token = "expected at least 32 printable characters without quotes";
constexpr const char* expected_shared = "expected a secret of 16 to 256 printable characters in quotes, without blanks";

struct single_value {
  const char* key;
  std::string secrets::*value;
};
constexpr std::array<single_value, 2> singles{{{"api_token", &secrets::api_token}, {"link_key", &secrets::link_key}}};

struct value_section {
  const char* key;
  values secrets::*items;
  bool (*right)(std::string_view);
  const char* expected;
  const char* comment; ///< in the file
};
constexpr std::array<value_section, 6> sections{{
    {"sip_passwords", &secrets::sip_passwords, is_password,
     "expected a password of at least 12 printable characters without quotes", ""},
    {"trunk_passwords", &secrets::trunk_passwords, is_carriers,
     "expected a password of 1 to 128 printable characters in quotes",
     "# Given by the carriers: trunk = \"password\"\n"},
    {"agent_tokens", &secrets::agent_tokens, is_token, expected_token,
     "# For the agents' desks, in the place of api_token: account = \"token\"\n"},
    {"client_tokens", &secrets::client_tokens, is_token, expected_token,
     "# For the programs of [[api_client]]: name = \"token\"\n"},
    {"vendor_secrets", &secrets::vendor_secrets, is_shared, expected_shared,
     "# Known to an IoT platform, which signs with it what it sends: vendor = \"secret\"\n"},
    {"webhook_secrets", &secrets::webhook_secrets, is_shared, expected_shared,
     "# In the place of those that follow from link_key: rescue party = \"secret\"\n"},
}};

error fault_at(const std::string& path, position at, const std::string& message) {
  return tl::make_unexpected(to_string(problem{path, at.line, at.column, message}));
}

/// Two that share a token could not be told apart.
class tokens_seen {
public:
  bool add(const std::string& token, position at) { return seen_.emplace(token, at).second; }
  [[nodiscard]] std::size_t line_of(const std::string& token) const { return seen_.at(token).line; }

private:
  std::map<std::string, position> seen_;
};

tl::expected<void, std::string> read_section(const value_section& kind, const node& table, const std::string& path,
                                             tokens_seen& tokens, secrets& out) {
  for (const auto& e : table.entries) {
    if (e.value.kind != node_kind::text || !kind.right(e.value.text)) return fault_at(path, e.value.at, kind.expected);
    if (kind.right == is_token && !tokens.add(e.value.text, e.value.at))
      return fault_at(path, e.value.at,
                      "this token is also that of line " + std::to_string(tokens.line_of(e.value.text)));
    if (std::any_of(e.key.begin(), e.key.end(), is_control))
      return fault_at(path, e.at, "expected a name without control characters");
    (out.*kind.items)[e.key] = e.value.text;
  }
  return {};
}

std::string expected_keys() {
  std::string text = "expected api_token = \"...\", link_key = \"...\" or the section ";
  for (std::size_t i = 0; i < sections.size(); ++i)
    text += std::string{i == 0 ? "" : i + 1 == sections.size() ? " or " : ", "} + '[' + sections[i].key + ']';
  return text;
}

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string assigned(const std::string& key, const std::string& value) {
  return key + " = \"" + escaped(value) + "\"\n";
}

} // namespace

tl::expected<secrets, std::string> parse_secrets(const std::string& text, const std::string& path) {
  const auto document = parse_document(text, path);
  if (!document) return fault_at(path, {document.error().line, document.error().column}, "not TOML");
  secrets result;
  tokens_seen tokens;
  for (const auto& e : document->entries) {
    bool known = false;
    for (const auto& single : singles) {
      if (e.key != single.key || e.value.kind != node_kind::text) continue;
      if (!is_token(e.value.text)) return fault_at(path, e.value.at, e.key + ": " + expected_token);
      if (!tokens.add(e.value.text, e.value.at))
        return fault_at(path, e.value.at, e.key + ": this is also the value of another line");
      result.*single.value = e.value.text;
      known = true;
    }
    for (const auto& kind : sections) {
      if (e.key != kind.key || e.value.kind != node_kind::table) continue;
      if (auto read = read_section(kind, e.value, path, tokens, result); !read) return error(read.error());
      known = true;
    }
    if (!known) return fault_at(path, e.at, expected_keys());
  }
  return result;
}

std::string format_secrets(const secrets& s) {
  std::string text =
      "# Made by lifelined. Keep it private (mode 0600). Values may be changed while the engine is stopped;\n"
      "# a line that is taken out is made anew at the next start.\n";
  text += assigned("api_token", s.api_token);
  if (!s.link_key.empty())
    text += "# Signs QR codes and rescuers' links: with another value, printed QR codes are void.\n" +
            assigned("link_key", s.link_key);
  for (const auto& kind : sections) {
    const auto& items = s.*kind.items;
    // The first two were always there; the others came later, and are there when they hold something.
    const bool always = kind.items == &secrets::sip_passwords || kind.items == &secrets::trunk_passwords;
    if (items.empty() && !always) continue;
    text.append("\n").append(kind.comment).append("[").append(kind.key).append("]\n");
    for (const auto& [name, value] : items)
      text += assigned('"' + escaped(name) + '"', value);
  }
  return text;
}

} // namespace lifeline::config
