#include "media/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace lifeline::media {

namespace {

const sockaddr_in& v4(const sockaddr_storage& s) { return reinterpret_cast<const sockaddr_in&>(s); }
const sockaddr_in6& v6(const sockaddr_storage& s) { return reinterpret_cast<const sockaddr_in6&>(s); }
sockaddr_in& v4(sockaddr_storage& s) { return reinterpret_cast<sockaddr_in&>(s); }
sockaddr_in6& v6(sockaddr_storage& s) { return reinterpret_cast<sockaddr_in6&>(s); }

bool is_private_v4(std::uint32_t ip) {
  const auto in = [ip](std::uint32_t network, unsigned prefix) { return (ip ^ network) >> (32 - prefix) == 0; };
  return in(0x0a000000, 8) || in(0xac100000, 12) || in(0xc0a80000, 16) || in(0x64400000, 10) || in(0xa9fe0000, 16) ||
         in(0x7f000000, 8);
}

} // namespace

std::optional<address> address::parse(const std::string& ip, std::uint16_t port) {
  address a;
  if (inet_pton(AF_INET, ip.c_str(), &v4(a.storage_).sin_addr) == 1) {
    a.storage_.ss_family = AF_INET;
  } else if (inet_pton(AF_INET6, ip.c_str(), &v6(a.storage_).sin6_addr) == 1) {
    a.storage_.ss_family = AF_INET6;
  } else {
    return std::nullopt;
  }
  return a.with_port(port);
}

bool address::is_any() const {
  if (family() == AF_INET) return v4(storage_).sin_addr.s_addr == INADDR_ANY;
  return family() == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&v6(storage_).sin6_addr);
}

std::uint16_t address::port() const {
  if (family() == AF_INET) return ntohs(v4(storage_).sin_port);
  return family() == AF_INET6 ? ntohs(v6(storage_).sin6_port) : std::uint16_t{0};
}

address address::with_port(std::uint16_t port) const {
  address a = *this;
  if (family() == AF_INET) v4(a.storage_).sin_port = htons(port);
  if (family() == AF_INET6) v6(a.storage_).sin6_port = htons(port);
  return a;
}

std::optional<address> address::for_family(int wanted) const {
  if (family() == wanted) return *this;
  if (family() != AF_INET || wanted != AF_INET6) return std::nullopt;
  address a;
  a.storage_.ss_family = AF_INET6;
  auto* bytes = v6(a.storage_).sin6_addr.s6_addr;
  bytes[10] = bytes[11] = 0xff;
  std::memcpy(bytes + 12, &v4(storage_).sin_addr, 4);
  return a.with_port(port());
}

std::string address::ip() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (family() == AF_INET) inet_ntop(AF_INET, &v4(storage_).sin_addr, text.data(), text.size());
  if (family() == AF_INET6) inet_ntop(AF_INET6, &v6(storage_).sin6_addr, text.data(), text.size());
  return text.data();
}

bool address::is_private() const {
  if (family() == AF_INET) return is_private_v4(ntohl(v4(storage_).sin_addr.s_addr));
  if (family() != AF_INET6) return false;
  const auto& ip = v6(storage_).sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&ip)) {
    in_addr_t inside = 0;
    std::memcpy(&inside, ip.s6_addr + 12, sizeof inside);
    return is_private_v4(ntohl(inside));
  }
  return IN6_IS_ADDR_LOOPBACK(&ip) || IN6_IS_ADDR_LINKLOCAL(&ip) || (ip.s6_addr[0] & 0xfe) == 0xfc;
}

bool address::same_host(const address& other) const {
  if (family() != other.family()) return false;
  if (family() == AF_INET) return v4(storage_).sin_addr.s_addr == v4(other.storage_).sin_addr.s_addr;
  return family() == AF_INET6 &&
         std::memcmp(&v6(storage_).sin6_addr, &v6(other.storage_).sin6_addr, sizeof(in6_addr)) == 0;
}

socklen_t address::size() const { return family() == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in); }

std::string default_route_address(int family) {
  // Connecting a UDP socket sends nothing; the kernel merely chooses the route. The targets are documentation prefixes.
  const auto target = *address::parse(family == AF_INET6 ? "2001:db8::1" : "192.0.2.1", 9);
  std::string found = family == AF_INET6 ? "::1" : "127.0.0.1";
  const int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return found;
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  if (connect(fd, target.raw(), target.size()) == 0 && getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size) == 0)
    found = address::from(own).ip();
  ::close(fd);
  return found;
}

} // namespace lifeline::media
