#include "sip/connection_watch.hpp"

#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <optional>
#include <string>

namespace lifeline::sip {

namespace {

/// A busy stack may be late with reading, but not for so long.
constexpr domain::span longest_unread = std::chrono::seconds{10};

struct end_point {
  ip_address address;
  std::uint16_t port = 0;
};

std::optional<end_point> end_of(int fd, int (*name_of)(int, sockaddr*, socklen_t*)) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  if (name_of(fd, reinterpret_cast<sockaddr*>(&name), &size) != 0) return std::nullopt;
  end_point end;
  if (name.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(name);
    const auto* octets = reinterpret_cast<const std::uint8_t*>(&v4.sin_addr);
    end.address.bytes[10] = end.address.bytes[11] = 0xFF;
    std::copy(octets, octets + 4, end.address.bytes.begin() + 12);
    end.port = ntohs(v4.sin_port);
  } else if (name.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(name);
    std::copy(std::begin(v6.sin6_addr.s6_addr), std::end(v6.sin6_addr.s6_addr), end.address.bytes.begin());
    end.port = ntohs(v6.sin6_port);
  } else {
    return std::nullopt;
  }
  return end;
}

/// What /proc says an epoll instance waits for.
struct waited_for {
  int fd = -1;
  std::uint64_t inode = 0;
};

std::vector<waited_for> members(int epoll) {
  std::vector<waited_for> all;
  std::ifstream file{"/proc/self/fdinfo/" + std::to_string(epoll)};
  for (std::string line; std::getline(file, line);) {
    waited_for w;
    unsigned long long inode = 0;
    if (std::sscanf(line.c_str(), "tfd: %d", &w.fd) != 1) continue;
    const auto at = line.find("ino:");
    if (at != std::string::npos && std::sscanf(line.c_str() + at, "ino:%llx", &inode) == 1) w.inode = inode;
    all.push_back(w);
  }
  return all;
}

std::string key_of(const ip_address& peer, std::uint16_t port) {
  std::string key{reinterpret_cast<const char*>(peer.bytes.data()), peer.bytes.size()};
  key += static_cast<char>(port >> 8);
  key += static_cast<char>(port & 0xFF);
  return key;
}

} // namespace

void connection_rules::spoke(const ip_address& peer, std::uint16_t port) { spoken_[key_of(peer, port)] = true; }

std::vector<connection> connection_rules::surplus(const std::vector<connection>& all, const limits& l,
                                                  const known& unwanted, const known& trusted, domain::instant now) {
  struct candidate {
    const connection* it;
    const history* past;
    std::size_t rank; ///< connections of the same peer
    bool trusted;
  };
  std::unordered_map<int, history> current;
  std::map<std::array<std::uint8_t, 16>, std::size_t> per_peer;
  for (const auto& c : all) {
    const auto found = seen_.find(c.fd);
    auto& past = current[c.fd];
    past = found != seen_.end() && found->second.inode == c.inode ? found->second
                                                                  : history{c.inode, now, false, domain::never};
    if (!past.spoke && spoken_.count(key_of(c.peer, c.peer_port)) != 0) past.spoke = true;
    if (!c.unread)
      past.unread = domain::never;
    else if (past.unread == domain::never)
      past.unread = now;
    if (c.inbound) ++per_peer[c.peer.bytes];
  }
  spoken_.clear();
  seen_ = std::move(current);
  std::vector<connection> out;
  std::vector<candidate> left;
  for (const auto& c : all) {
    if (!c.inbound) continue;
    const auto& past = seen_.at(c.fd);
    const bool silent = !past.spoke && now - past.since >= l.silence;
    const bool unread = past.unread != domain::never && now - past.unread >= std::min(l.silence, longest_unread);
    if (silent || unread || unwanted(c.peer))
      out.push_back(c);
    else
      left.push_back({&c, &past, per_peer.at(c.peer.bytes), trusted(c.peer)});
  }
  const auto staying = all.size() - out.size();
  if (staying <= l.most) return out;
  std::sort(left.begin(), left.end(), [](const candidate& a, const candidate& b) {
    if (a.past->spoke != b.past->spoke) return !a.past->spoke;
    if (a.trusted != b.trusted) return !a.trusted;
    if (a.rank != b.rank) return a.rank > b.rank;
    return a.past->since > b.past->since;
  });
  const auto excess = std::min(staying - l.most, left.size());
  for (std::size_t i = 0; i < excess; ++i)
    out.push_back(*left[i].it);
  return out;
}

int find_epoll(std::uint16_t port) {
  auto* folder = ::opendir("/proc/self/fd");
  if (!folder) return -1;
  int found = -1;
  while (const auto* entry = ::readdir(folder)) {
    int fd = -1;
    const std::string_view name{entry->d_name};
    if (std::from_chars(name.data(), name.data() + name.size(), fd).ec != std::errc{}) continue;
    std::array<char, 64> target{};
    if (::readlink(("/proc/self/fd/" + std::string{name}).c_str(), target.data(), target.size() - 1) <= 0) continue;
    if (std::strcmp(target.data(), "anon_inode:[eventpoll]") != 0) continue;
    for (const auto& w : members(fd))
      if (const auto own = end_of(w.fd, &::getsockname); own && own->port == port) found = fd;
  }
  ::closedir(folder);
  return found;
}

std::vector<connection> list_connections(int epoll, const std::vector<std::uint16_t>& ports) {
  std::vector<connection> all;
  if (epoll < 0) return all;
  for (const auto& w : members(epoll)) {
    int type = 0;
    socklen_t size = sizeof type;
    if (::getsockopt(w.fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM) continue;
    const auto peer = end_of(w.fd, &::getpeername);
    const auto own = end_of(w.fd, &::getsockname);
    if (!peer || !own) continue; // a listener, or not connected yet
    connection c;
    c.fd = w.fd;
    c.inode = w.inode;
    c.peer = peer->address;
    c.peer_port = peer->port;
    int waiting = 0;
    tcp_info state{};
    socklen_t state_size = sizeof state;
    // A peer's end that nobody takes note of is left lying as well.
    const bool left =
        ::getsockopt(w.fd, IPPROTO_TCP, TCP_INFO, &state, &state_size) == 0 && state.tcpi_state == TCP_CLOSE_WAIT;
    c.unread = left || (::ioctl(w.fd, FIONREAD, &waiting) == 0 && waiting > 0);
    c.inbound = std::find(ports.begin(), ports.end(), own->port) != ports.end();
    all.push_back(c);
  }
  return all;
}

std::vector<datagram_socket> list_datagram_sockets(int epoll, std::uint16_t port) {
  std::vector<datagram_socket> all;
  if (epoll < 0) return all;
  for (const auto& w : members(epoll)) {
    int type = 0;
    int family = 0;
    socklen_t size = sizeof type;
    if (::getsockopt(w.fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_DGRAM) continue;
    if (::getsockopt(w.fd, SOL_SOCKET, SO_DOMAIN, &family, &size) != 0) continue;
    const auto own = end_of(w.fd, &::getsockname);
    if (own && own->port == port) all.push_back({w.fd, own->address, family == AF_INET6});
  }
  return all;
}

void shut_down_connection(const connection& c) { ::shutdown(c.fd, SHUT_RDWR); }

} // namespace lifeline::sip
