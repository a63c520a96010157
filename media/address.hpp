#pragma once
// An IP address and port, as the kernel wants it.

#include <cstdint>
#include <optional>
#include <string>

#include <sys/socket.h>

namespace lifeline::media {

class address {
public:
  address() = default;
  /// Numeric IPv4 or IPv6 only: nothing here waits for a name server.
  static std::optional<address> parse(const std::string& ip, std::uint16_t port);
  static address from(const sockaddr_storage& s) {
    address a;
    a.storage_ = s;
    return a;
  }

  [[nodiscard]] bool is_set() const { return storage_.ss_family != AF_UNSPEC; }
  /// 0.0.0.0 or ::
  [[nodiscard]] bool is_any() const;
  /// Of a network that a NAT may hide: RFC 1918, RFC 6598, RFC 4193, link-local, loopback.
  [[nodiscard]] bool is_private() const;
  [[nodiscard]] int family() const { return storage_.ss_family; }
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] address with_port(std::uint16_t port) const;
  /// For a socket of the other family: IPv4 inside IPv6 (RFC 4291, 2.5.5.2). Nothing when it cannot be expressed.
  [[nodiscard]] std::optional<address> for_family(int family) const;
  /// Without the port.
  [[nodiscard]] std::string ip() const;
  [[nodiscard]] bool same_host(const address& other) const;
  bool operator==(const address& other) const { return port() == other.port() && same_host(other); }

  [[nodiscard]] const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  [[nodiscard]] socklen_t size() const;

private:
  sockaddr_storage storage_{};
};

/// The address that packets to the outside leave from; 127.0.0.1 (::1) on a machine without a route.
std::string default_route_address(int family);

} // namespace lifeline::media
