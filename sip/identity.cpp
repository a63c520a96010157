#include "sip/identity.hpp"

#include "domain/base/phone_number.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

namespace lifeline::sip {

namespace {

constexpr std::string_view anonymous = "anonymous";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())))
    text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())))
    text.remove_suffix(1);
  return text;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const auto l = static_cast<char>(c | 0x20);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool starts_with_scheme(std::string_view uri, std::string_view scheme) {
  return uri.size() > scheme.size() && std::equal(scheme.begin(), scheme.end(), uri.begin(), [](char a, char b) {
           return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
         });
}

/// Takes a quoted string off the front; nothing when it does not end.
std::optional<std::string> take_quoted(std::string_view& rest) {
  std::string text;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return text;
    }
    if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
    text += rest[i];
  }
  return std::nullopt;
}

bool split_uri(name_addr& address) {
  std::string_view uri = address.uri;
  if (starts_with_scheme(uri, "tel:")) {
    address.user = unescape(uri.substr(4, uri.find(';') - 4));
    return !address.user.empty();
  }
  if (starts_with_scheme(uri, "sips:"))
    uri.remove_prefix(5);
  else if (starts_with_scheme(uri, "sip:"))
    uri.remove_prefix(4);
  else
    return false;
  const auto at = uri.find('@');
  if (at != std::string_view::npos) {
    const auto userinfo = uri.substr(0, at);
    // A password, and the parameters that some trunks put into the user part ("13800000000;phone-context=+86").
    address.user = unescape(userinfo.substr(0, userinfo.find_first_of(":;")));
    uri.remove_prefix(at + 1);
  }
  address.host = uri.substr(0, uri.find_first_of(";?>"));
  return !address.host.empty();
}

enum class privacy_wish { unspoken, wanted, declined };

/// RFC 3323, 4.2: "none" means that the caller wants none, whatever a network would do by itself.
privacy_wish wish_in(std::string_view privacy) {
  auto wish = privacy_wish::unspoken;
  while (!privacy.empty()) {
    const auto end = privacy.find_first_of(";,");
    const auto value = trimmed(privacy.substr(0, end));
    const auto is = [value](std::string_view name) { return same_word(value, name); };
    if (is("none")) return privacy_wish::declined;
    if (is("id") || is("user") || is("header")) wish = privacy_wish::wanted;
    if (end == std::string_view::npos) break;
    privacy.remove_prefix(end + 1);
  }
  return wish;
}

/// How phones and carriers say that somebody does not want to be known, or is not (RFC 3323, 4.1.1.3, and custom).
bool is_anonymous(const name_addr& from) {
  for (const std::string_view name :
       {anonymous, std::string_view{"unavailable"}, std::string_view{"restricted"}, std::string_view{"private"},
        std::string_view{"withheld"}, std::string_view{"unknown"}})
    if (same_word(from.user, name)) return true;
  return same_word(from.host, "anonymous.invalid") || same_word(from.host, "unknown.invalid");
}

/// The values of a header, which may itself hold several: commas in quotes and brackets part nothing.
std::vector<std::string_view> values_in(std::string_view header) {
  std::vector<std::string_view> values;
  bool quoted = false;
  bool bracketed = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const char c = header[i];
    if (quoted && c == '\\')
      ++i;
    else if (c == '"' && !bracketed)
      quoted = !quoted;
    else if (!quoted && (c == '<' || c == '>'))
      bracketed = c == '<';
    else if (c == ',' && !quoted && !bracketed) {
      values.push_back(header.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  values.push_back(header.substr(begin));
  return values;
}

/// Of what was asserted the one that has a number: there may be a SIP and a tel URI (RFC 3325, 9.1). Without one the
/// first.
std::optional<name_addr> asserted_in(std::string_view header) {
  std::optional<name_addr> first;
  for (const auto value : values_in(header)) {
    auto identity = parse_name_addr(value);
    if (!identity) continue;
    if (domain::is_number(domain::without_separators(identity->user))) return identity;
    if (!first) first = std::move(identity);
  }
  return first;
}

/// The number without visual separators (RFC 3966, 5.1.1), or what else the peer is called.
std::string number_of(const name_addr& address) {
  return address.user.empty() ? address.uri : domain::without_separators(address.user);
}

} // namespace

std::string unescape(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      plain += static_cast<char>(hex_digit(text[i + 1]) << 4 | hex_digit(text[i + 2]));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::string escape_user(std::string_view user) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : user) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x80 && std::isalnum(byte)) || std::string_view{"-_.!~*'()&=+$,"}.find(c) != std::string_view::npos)
      escaped += c;
    else
      escaped.append("%").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
  }
  return escaped;
}

std::optional<name_addr> parse_name_addr(std::string_view value) {
  name_addr address;
  auto rest = trimmed(value);
  if (!rest.empty() && rest.front() == '"') {
    auto display = take_quoted(rest);
    if (!display) return std::nullopt;
    address.display = std::move(*display);
    rest = trimmed(rest);
  }
  if (const auto open = rest.find('<'); open != std::string_view::npos) {
    const auto close = rest.find('>', open);
    if (close == std::string_view::npos) return std::nullopt;
    if (address.display.empty()) address.display = trimmed(rest.substr(0, open));
    address.uri = trimmed(rest.substr(open + 1, close - open - 1));
  } else { // addr-spec: what follows ';' or ',' belongs to the header
    address.uri = trimmed(rest.substr(0, rest.find_first_of(";, ")));
  }
  if (!split_uri(address)) return std::nullopt;
  return address;
}

caller_identity identify_caller(std::string_view asserted, const name_addr& from, std::string_view privacy) {
  const auto identity = asserted_in(asserted);
  if (wish_in(privacy) == privacy_wish::wanted || is_anonymous(identity ? *identity : from)) {
    caller_identity hidden;
    hidden.number = anonymous;
    hidden.withheld = true;
    if (identity && !is_anonymous(*identity)) hidden.asserted = number_of(*identity);
    return hidden;
  }
  const auto& source = identity ? *identity : from;
  caller_identity caller;
  caller.number = number_of(source);
  caller.received = source.user.empty() ? source.uri : source.user;
  caller.display = source.display.empty() && !is_anonymous(from) ? from.display : source.display;
  caller.verified = identity.has_value() && domain::is_number(caller.number);
  return caller;
}

std::string write_from(std::string_view display, std::string_view number, std::string_view host) {
  const bool hidden = number.empty() || number == anonymous;
  if (hidden && display.empty()) display = "Anonymous";
  std::string text;
  if (!display.empty()) {
    text += '"';
    for (const char c : display) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) continue; // a line end would be a new header
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += "\" ";
  }
  if (hidden) return text + "<sip:anonymous@anonymous.invalid>";
  return text.append("<sip:").append(escape_user(number)).append("@").append(host).append(">");
}

} // namespace lifeline::sip
