#pragma once
// Responses without a transaction (RFC 3261, 8.2.7): written from the request as it came in, sent from the very socket
// that it came in at, and forgotten. The stack could only answer a request after it has made a transaction of it.

#include "sip/connection_watch.hpp"
#include "sip/sofia.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::sip {

struct stateless_answer {
  int status = 200;
  std::string headers; ///< whole lines, each with its line end
};

/// The response to a sound request, and where it has to go (RFC 3261, 18.2.2, and RFC 3581). Marks the request's Via
/// and To. `tag` becomes the To tag if there is none yet; the same request always has to get the same. An maddr in the
/// Via is not followed: it would let anybody send our answers to anybody.
struct written_answer {
  std::string text;
  std::uint16_t port = 0; ///< at the request's source address
};
written_answer write_answer(msg_t* message, sip_t* sip, const stateless_answer& answer, std::string_view tag);

/// The stack's UDP sockets, which are its own; we only send through them.
class udp_door {
public:
  void open(int epoll, std::uint16_t port) { sockets_ = list_datagram_sockets(epoll, port); }
  /// Whether there is a socket for peers of this kind of address.
  [[nodiscard]] bool reaches(const su_sockaddr_t& peer) const { return socket_for(peer) >= 0; }
  /// A full socket buffer loses it, as the network might.
  void send(const su_sockaddr_t& peer, std::uint16_t port, std::string_view text) const;

private:
  [[nodiscard]] int socket_for(const su_sockaddr_t& peer) const;
  std::vector<datagram_socket> sockets_;
};

} // namespace lifeline::sip
