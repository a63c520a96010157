#include "webhook/target.hpp"

#include "webhook/gateway.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include <arpa/inet.h>

namespace lifeline::webhook {

namespace {

using error = tl::unexpected<std::string>;

constexpr std::size_t longest_url = 2048;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool takes(std::string_view& text, std::string_view prefix) {
  if (text.size() < prefix.size()) return false;
  for (std::size_t i = 0; i < prefix.size(); ++i)
    if (lower(text[i]) != prefix[i]) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool is_host(const std::string& host) {
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '_';
  });
}

bool is_ipv6(const std::string& host) {
  in6_addr ignored{};
  return ::inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto* const end = text.data() + text.size();
  const auto [stopped, fault] = std::from_chars(text.data(), end, port);
  return fault == std::errc{} && stopped == end && port != 0;
}

/// "host", "host:port", "[v6]", "[v6]:port".
tl::expected<void, std::string> parse_authority(std::string_view authority, target& out) {
  if (authority.find('@') != std::string_view::npos)
    return tl::make_unexpected("the URL holds a user name or password, which is not supported");
  std::string_view port;
  bool has_port = false;
  if (!authority.empty() && authority.front() == '[') {
    const auto closing = authority.find(']');
    if (closing == std::string_view::npos) return tl::make_unexpected("the URL's address lacks its ']'");
    out.host = authority.substr(1, closing - 1);
    if (!is_ipv6(out.host)) return tl::make_unexpected("the URL's address in brackets is no IPv6 address");
    authority.remove_prefix(closing + 1);
    has_port = !authority.empty();
    if (has_port && authority.front() != ':') return tl::make_unexpected("the URL has text behind its address");
    if (has_port) port = authority.substr(1);
  } else {
    const auto colon = authority.find(':');
    has_port = colon != std::string_view::npos;
    out.host = authority.substr(0, colon);
    std::transform(out.host.begin(), out.host.end(), out.host.begin(), lower);
    if (!is_host(out.host)) return tl::make_unexpected("the URL's host is no name or address");
    if (has_port) port = authority.substr(colon + 1);
  }
  if (has_port && !is_port(port)) return tl::make_unexpected("the URL's port is no number from 1 to 65535");
  if (has_port) out.port = port;
  return {};
}

} // namespace

std::string target::host_header() const {
  const auto name = host.find(':') != std::string::npos ? '[' + host + ']' : host;
  return port == (secure ? "443" : "80") ? name : name + ':' + port;
}

tl::expected<target, std::string> parse_url(std::string_view url) {
  if (url.size() > longest_url) return tl::make_unexpected("the URL is longer than 2048 characters");
  // Nothing that could end the request's first line and begin another.
  if (std::any_of(url.begin(), url.end(), [](char c) { return c <= 0x20 || c >= 0x7F; }))
    return tl::make_unexpected("the URL holds blanks, control characters or letters beyond ASCII");
  target result;
  result.secure = takes(url, "https://");
  if (!result.secure && !takes(url, "http://"))
    return tl::make_unexpected("the URL begins with neither http:// nor https://");
  result.port = result.secure ? "443" : "80";
  url = url.substr(0, url.find('#')); // for browsers only
  const auto end = url.find_first_of("/?");
  if (const auto parsed = parse_authority(url.substr(0, end), result); !parsed) return error(parsed.error());
  if (end != std::string_view::npos) result.path = url.substr(end);
  if (result.path.empty() || result.path.front() != '/') result.path.insert(0, 1, '/');
  return result;
}

tl::expected<void, std::string> check_url(const std::string& url) {
  if (const auto parsed = parse_url(url); !parsed) return error(parsed.error());
  return {};
}

} // namespace lifeline::webhook
