#include "config/names.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include <arpa/inet.h>

namespace lifeline::config {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

struct raw_address {
  int family = 0;
  std::array<std::uint8_t, 16> bytes{};
  [[nodiscard]] unsigned bits() const { return family == AF_INET ? 32U : 128U; }
};

bool parse_address(const std::string& text, raw_address& out) {
  for (const int family : {AF_INET, AF_INET6}) {
    out.family = family;
    if (inet_pton(family, text.c_str(), out.bytes.data()) == 1) return true;
  }
  return false;
}

std::string format_address(const raw_address& a) {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  return inet_ntop(a.family, a.bytes.data(), buffer.data(), buffer.size()) == nullptr ? std::string{} : buffer.data();
}

template <class Number> bool parse_whole(std::string_view text, Number& out) {
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, out);
  return error == std::errc{} && rest == end && !text.empty();
}

/// Clears the bits after the prefix; says whether one was set.
bool clear_host_bits(raw_address& a, unsigned prefix) {
  bool any = false;
  for (unsigned bit = prefix; bit < a.bits(); ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
    auto& byte = a.bytes[bit / 8];
    any = any || (byte & mask) != 0;
    byte = static_cast<std::uint8_t>(byte & ~mask);
  }
  return any;
}

} // namespace

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || is_letter(c) || c == '.' || c == '_' || c == '-';
  });
}

bool is_number(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_address(const std::string& text) {
  raw_address ignored;
  return parse_address(text, ignored);
}

bool is_host(const std::string& text) {
  if (is_address(text)) return true;
  if (text.empty() || text.size() > 253) return false;
  std::size_t label = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != '.') {
      if (!is_digit(text[i]) && !is_letter(text[i]) && text[i] != '-') return false;
      continue;
    }
    const auto length = i - label;
    if (length == 0 || length > 63 || text[label] == '-' || text[i - 1] == '-') return false;
    label = i + 1;
  }
  // "192.168.1" and "300.1.2.3" are mistyped addresses, not names: a name's last part is not only digits.
  const auto last = text.substr(text.rfind('.') + 1);
  return !std::all_of(last.begin(), last.end(), is_digit);
}

bool is_outbound(std::string_view text) {
  const auto parameters = text.find(';');
  if (parameters != std::string_view::npos) {
    const auto transport = text.substr(parameters);
    if (transport != ";transport=udp" && transport != ";transport=tcp" && transport != ";transport=tls") return false;
    text = text.substr(0, parameters);
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  std::uint16_t port = 0;
  if (!parse_whole(text.substr(colon + 1), port) || port == 0) return false;
  auto host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const std::string name{host};
  if (name.find(':') != std::string::npos) return bracketed && is_address(name);
  return !bracketed && is_host(name);
}

bool is_username(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F && c != '"' && c != '\\'; });
}

bool is_base_url(std::string_view text) {
  if (text.size() > 200) return false;
  const std::string_view schemes[] = {"https://", "http://"};
  const auto* scheme = std::find_if(std::begin(schemes), std::end(schemes),
                                    [&](std::string_view s) { return text.substr(0, s.size()) == s; });
  if (scheme == std::end(schemes)) return false;
  text.remove_prefix(scheme->size());
  const auto slash = text.find('/');
  const auto authority = text.substr(0, slash);
  const auto path = slash == std::string_view::npos ? std::string_view{} : text.substr(slash);
  const bool plain = std::all_of(path.begin(), path.end(), [](char c) {
    return is_digit(c) || is_letter(c) || c == '/' || c == '.' || c == '_' || c == '-' || c == '~';
  });
  if (!plain || (!path.empty() && path.back() == '/')) return false;
  return authority.find(';') == std::string_view::npos && (is_host(std::string{authority}) || is_outbound(authority));
}

bool is_district(std::string_view text) { return text.size() == 6 && std::all_of(text.begin(), text.end(), is_digit); }

bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= 16 &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '*' || c == '#'; });
}

tl::expected<std::string, std::string> canonical_cidr(const std::string& text) {
  const auto slash = text.find('/');
  raw_address a;
  if (!parse_address(text.substr(0, slash), a)) {
    return tl::make_unexpected(std::string{"expected a network like \"203.0.113.0/24\" or an address"});
  }
  unsigned prefix = a.bits();
  if (slash != std::string::npos) {
    if (!parse_whole(std::string_view{text}.substr(slash + 1), prefix) || prefix > a.bits()) {
      return tl::make_unexpected("expected a prefix length from 0 to " + std::to_string(a.bits()) + " after the '/'");
    }
  }
  const bool too_precise = clear_host_bits(a, prefix);
  auto network = format_address(a) + '/' + std::to_string(prefix);
  if (too_precise) {
    return tl::make_unexpected("the address has bits beyond its prefix length: expected \"" + network + "\"");
  }
  return network;
}

} // namespace lifeline::config
