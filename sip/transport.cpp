#include "sip/transport.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <utility>
#include <vector>

namespace lifeline::sip {

namespace {

constexpr const char* everywhere = "*";

class socket_fd {
public:
  socket_fd(int family, int type) : fd_{::socket(family, type | SOCK_CLOEXEC, 0)} {}
  socket_fd(socket_fd&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  socket_fd& operator=(socket_fd&&) = delete;
  ~socket_fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

private:
  int fd_;
};

/// A socket address of either family.
struct endpoint {
  sockaddr_storage storage{};
  socklen_t size = 0;

  endpoint(const std::string& address, std::uint16_t port) {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
    auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
    if (inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1) {
      v6.sin6_family = AF_INET6;
      v6.sin6_port = htons(port);
      size = sizeof v6;
    } else if (inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1) {
      v4.sin_family = AF_INET;
      v4.sin_port = htons(port);
      size = sizeof v4;
    }
  }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] std::uint16_t port() const {
    return ntohs(storage.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(storage).sin6_port
                                               : reinterpret_cast<const sockaddr_in&>(storage).sin_port);
  }
};

int bind_one(int type, const std::string& address, std::uint16_t& port, std::vector<socket_fd>& kept) {
  endpoint name{address, port};
  socket_fd fd{name.storage.ss_family, type};
  if (fd.get() < 0) return errno;
  const int on = 1;
  if (type == SOCK_STREAM) ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (name.storage.ss_family == AF_INET6) ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (::bind(fd.get(), name.get(), name.size) != 0) return errno;
  if (type == SOCK_STREAM && ::listen(fd.get(), 1) != 0) return errno;
  if (::getsockname(fd.get(), name.get(), &name.size) != 0) return errno;
  port = name.port();
  kept.push_back(std::move(fd));
  return 0;
}

std::string lower(std::string_view text) {
  std::string copy{text};
  std::transform(copy.begin(), copy.end(), copy.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return copy;
}

} // namespace

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos || host.front() == '[' ? host : "[" + host + "]";
}

bool is_bindable(const std::string& bind_address) {
  return bind_address == everywhere || parse_address(bind_address).has_value();
}

bool binds_all(const std::string& bind_address) {
  return bind_address == everywhere || bind_address == "0.0.0.0" || bind_address == "::";
}

std::string bind_url(const settings& s, const char* scheme, std::uint16_t port) {
  auto url = std::string{scheme} + ":" + bracketed(s.advertised.empty() ? s.bind_address : s.advertised) + ":" +
             std::to_string(port);
  if (!s.advertised.empty()) url += ";maddr=" + bracketed(s.bind_address);
  return url;
}

int probe_ports(const settings& s, port_pair& ports, bool& tls_failed) {
  const auto addresses = s.bind_address == everywhere ? std::vector<std::string>{"0.0.0.0", "::"}
                                                      : std::vector<std::string>{s.bind_address};
  std::vector<socket_fd> kept;
  for (const auto& address : addresses)
    for (const int type : {SOCK_DGRAM, SOCK_STREAM})
      if (const int error = bind_one(type, address, ports.plain, kept)) return error;
  if (!s.tls.enabled) return 0;
  tls_failed = true;
  for (const auto& address : addresses)
    if (const int error = bind_one(SOCK_STREAM, address, ports.tls, kept)) return error;
  tls_failed = false;
  return 0;
}

std::string unbracketed(const std::string& host) {
  return host.size() > 2 && host.front() == '[' ? host.substr(1, host.size() - 2) : host;
}

std::optional<uri_target> target_of(std::string_view uri) {
  uri_target target;
  if (const auto open = uri.find('<'); open != std::string_view::npos)
    uri = uri.substr(open + 1, uri.find('>') - open - 1);
  const auto colon = uri.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto scheme = lower(uri.substr(0, colon));
  if (scheme != "sip" && scheme != "sips") return std::nullopt;
  if (scheme == "sips") target.transport = "tls";
  uri.remove_prefix(colon + 1);
  const auto headers = uri.find('?');
  uri = uri.substr(0, headers);
  if (const auto at = uri.rfind('@'); at != std::string_view::npos) uri.remove_prefix(at + 1);
  const auto params = uri.find(';');
  auto host = uri.substr(0, params);
  const auto end = !host.empty() && host.front() == '[' ? host.find(']') : std::string_view::npos;
  const auto port = host.find(':', end == std::string_view::npos ? 0 : end);
  if (port != std::string_view::npos) {
    const auto digits = host.substr(port + 1);
    if (std::from_chars(digits.data(), digits.data() + digits.size(), target.port).ec != std::errc{} ||
        target.port == 0)
      return std::nullopt;
    host = host.substr(0, port);
  }
  if (end != std::string_view::npos) host = host.substr(1, end - 1);
  if (host.empty()) return std::nullopt;
  target.host = lower(host);
  if (params == std::string_view::npos) return target;
  const auto rest = lower(uri.substr(params));
  const auto param = [&rest](const std::string& name) {
    const auto at = rest.find(";" + name + "=");
    const auto start = at + name.size() + 2;
    return at == std::string::npos ? std::string{} : rest.substr(start, rest.find(';', start) - start);
  };
  if (auto transport = param("transport"); !transport.empty() && scheme != "sips")
    target.transport = std::move(transport);
  if (auto elsewhere = param("maddr"); !elsewhere.empty()) target.host = unbracketed(elsewhere);
  return target;
}

std::optional<std::string> address_towards(const std::string& peer) {
  endpoint remote{peer, 9}; // a connected UDP socket sends nothing by itself
  if (remote.size == 0) return std::nullopt;
  const socket_fd fd{remote.storage.ss_family, SOCK_DGRAM};
  if (fd.get() < 0 || ::connect(fd.get(), remote.get(), remote.size) != 0) return std::nullopt;
  endpoint own{remote.storage.ss_family == AF_INET6 ? "::" : "0.0.0.0", 0};
  if (::getsockname(fd.get(), own.get(), &own.size) != 0) return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* address = own.storage.ss_family == AF_INET6
                            ? static_cast<const void*>(&reinterpret_cast<sockaddr_in6&>(own.storage).sin6_addr)
                            : static_cast<const void*>(&reinterpret_cast<sockaddr_in&>(own.storage).sin_addr);
  if (!inet_ntop(own.storage.ss_family, address, text.data(), text.size())) return std::nullopt;
  return std::string{text.data()};
}

bool is_own_address(const std::string& address) {
  endpoint name{address, 0};
  if (name.size == 0 || binds_all(address)) return false;
  const socket_fd fd{name.storage.ss_family, SOCK_DGRAM};
  return fd.get() >= 0 && ::bind(fd.get(), name.get(), name.size) == 0;
}

std::string own_host_for(const settings& s, const std::string& peer, const std::string& called_at) {
  const auto there = parse_address(peer);
  const auto advertised = parse_address(s.advertised);
  // To an IPv6 peer an advertised IPv4 address says nothing, and the other way round.
  const bool understood = !there || !advertised || is_ipv4(*there) == is_ipv4(*advertised);
  if (!s.advertised.empty() && understood) return s.advertised;
  if (!binds_all(s.bind_address)) return s.bind_address;
  if (is_own_address(called_at)) return called_at;
  // A peer known by its name only: the way to it is most likely the way to everybody.
  return address_towards(there ? peer : "192.0.2.1").value_or(s.realm);
}

} // namespace lifeline::sip
