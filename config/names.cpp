#include "config/names.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace lifeline::config {

namespace ip = boost::asio::ip;

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Boost stops at a null byte, and takes any word behind a '%' as a zone ("fe80::1%eth0"), which means something on one
/// machine only: neither is an address here.
std::optional<ip::address> parse_address(const std::string& text) {
  if (text.find_first_of(std::string_view{"\0%", 2}) != std::string::npos) return std::nullopt;
  boost::system::error_code error;
  const auto address = ip::make_address(text, error);
  return error ? std::nullopt : std::optional{address};
}

template <class Number> bool parse_whole(std::string_view text, Number& out) {
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, out);
  return error == std::errc{} && rest == end && !text.empty();
}

/// Boost's own reading of a whole network takes "/4294967320" for "/24" and does not say what is wrong.
template <class Network, class Address>
tl::expected<std::string, std::string> canonical(const Address& address, std::optional<std::string_view> length) {
  constexpr auto bits = static_cast<unsigned short>(8 * sizeof(typename Address::bytes_type));
  auto prefix = bits;
  if (length && (!parse_whole(*length, prefix) || prefix > bits)) {
    return tl::make_unexpected("expected a prefix length from 0 to " + std::to_string(bits) + " after the '/'");
  }
  const Network given{address, prefix};
  const auto network = given.canonical();
  if (given != network) {
    return tl::make_unexpected("the address has bits beyond its prefix length: expected \"" + network.to_string() +
                               "\"");
  }
  return network.to_string();
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

bool is_address(const std::string& text) { return parse_address(text).has_value(); }

std::optional<std::string> canonical_address(const std::string& text) {
  const auto address = parse_address(text);
  if (!address) return std::nullopt;
  if (address->is_v6() && address->to_v6().is_v4_mapped())
    return ip::make_address_v4(ip::v4_mapped, address->to_v6()).to_string();
  return address->to_string();
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
  const auto address = parse_address(text.substr(0, slash));
  if (!address) {
    return tl::make_unexpected(std::string{"expected a network like \"203.0.113.0/24\" or an address"});
  }
  std::optional<std::string_view> length;
  if (slash != std::string::npos) length = std::string_view{text}.substr(slash + 1);
  return address->is_v4() ? canonical<ip::network_v4>(address->to_v4(), length)
                          : canonical<ip::network_v6>(address->to_v6(), length);
}

} // namespace lifeline::config
