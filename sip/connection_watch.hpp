#pragma once
// The connections (TCP, TLS) of the stack. It accepts whatever comes and keeps it for ever; here those that never say
// a whole request, those of banned sources and those beyond the limit are shut down, upon which the stack closes them
// by itself. No library call lists them, but the kernel does: the stack waits on one epoll instance.

#include "domain/base/time.hpp"
#include "sip/cidr.hpp"

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace lifeline::sip {

/// One connection as the kernel has it.
struct connection {
  int fd = -1;
  std::uint64_t inode = 0; ///< tells a descriptor that was used again
  ip_address peer;
  std::uint16_t peer_port = 0;
  bool inbound = false;
  bool unread = false; ///< the kernel holds bytes, or the peer's end, that the stack has not taken
};

/// What is to be done about connections; no sockets and no clock.
class connection_rules {
public:
  struct limits {
    std::size_t most = 4000;
    domain::span silence = std::chrono::seconds{120};
  };
  using known = std::function<bool(const ip_address&)>;

  /// A whole request or response came over a connection from there.
  void spoke(const ip_address& peer, std::uint16_t port);
  /// The inbound connections to be shut down: those that said nothing whole for `silence`, those that the stack has
  /// stopped to read from (it does after half a request or nonsense, and then forgets them), those of peers that are
  /// `unwanted`, and as many as are too many: silent ones first, then those of the peer that has the most, trusted
  /// peers (trunks, registered phones) last. Outbound ones are counted only.
  std::vector<connection> surplus(const std::vector<connection>& all, const limits& l, const known& unwanted,
                                  const known& trusted, domain::instant now);

private:
  struct history {
    std::uint64_t inode = 0;
    domain::instant since = domain::never;
    bool spoke = false;
    domain::instant unread = domain::never; ///< since when bytes have been left lying
  };
  std::unordered_map<int, history> seen_;
  std::unordered_map<std::string, bool> spoken_; ///< peers heard since the last look, by address and port
};

/// The epoll instance that the SIP thread waits on: the one that contains a socket bound to `port`. -1: none.
int find_epoll(std::uint16_t port);
/// All stream sockets with a peer in that epoll instance. `ports`: ours, which tell inbound from outbound.
std::vector<connection> list_connections(int epoll, const std::vector<std::uint16_t>& ports);
void shut_down_connection(const connection& c);

/// A UDP socket that is bound to a port.
struct datagram_socket {
  int fd = -1;
  ip_address address; ///< all zero: any
  bool v6 = false;
};
/// Those in that epoll instance.
std::vector<datagram_socket> list_datagram_sockets(int epoll, std::uint16_t port);

} // namespace lifeline::sip
