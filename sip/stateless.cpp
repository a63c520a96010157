#include "sip/stateless.hpp"

#include "sip/transport.hpp"

#include <sofia-sip/msg_header.h>
#include <sofia-sip/sip_util.h>

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace lifeline::sip {

namespace {

constexpr std::uint16_t default_port = 5060;
constexpr std::string_view mapped = "::ffff:"; // an IPv4 peer of a socket that takes both

void append_header(std::string& text, const msg_header_t* header) {
  std::array<char, 1024> buffer{};
  const auto needed = msg_header_e(buffer.data(), static_cast<isize_t>(buffer.size()), header, 0);
  if (needed <= 0) return;
  if (static_cast<std::size_t>(needed) < buffer.size()) {
    text.append(buffer.data(), static_cast<std::size_t>(needed));
    return;
  }
  std::string large(static_cast<std::size_t>(needed) + 1, '\0');
  msg_header_e(large.data(), static_cast<isize_t>(large.size()), header, 0);
  text.append(large, 0, static_cast<std::size_t>(needed));
}

template <class Header> void append_header(std::string& text, const Header* header) {
  append_header(text, reinterpret_cast<const msg_header_t*>(header));
}

std::string host_of(const su_sockaddr_t& peer) {
  std::array<char, INET6_ADDRSTRLEN> host{};
  su_inet_ntop(peer.su_family, SU_ADDR(&peer), host.data(), host.size());
  const std::string text{host.data()};
  return text.rfind(mapped, 0) == 0 ? text.substr(mapped.size()) : text;
}

/// Notes in the first Via where the request really came from, and says to which port the answer goes.
std::uint16_t mark_via(msg_t* message, sip_via_t* via) {
  const auto* source = msg_addr(message);
  const auto host = host_of(*source);
  const auto source_port = ntohs(source->su_port);
  if (via->v_received) msg_header_remove_param(via->v_common, "received");
  if (view(via->v_host) != host && view(via->v_host) != bracketed(host)) {
    const auto received = "received=" + host;
    msg_header_replace_param(msg_home(message), via->v_common, su_strdup(msg_home(message), received.c_str()));
  }
  if (via->v_rport) {
    const auto rport = "rport=" + std::to_string(source_port);
    msg_header_replace_param(msg_home(message), via->v_common, su_strdup(msg_home(message), rport.c_str()));
    return source_port;
  }
  std::uint16_t port = default_port;
  const auto text = view(via->v_port);
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port == 0 ? default_port : port;
}

} // namespace

written_answer write_answer(msg_t* message, sip_t* sip, const stateless_answer& answer, std::string_view tag) {
  written_answer written;
  written.port = mark_via(message, sip->sip_via);
  if (!sip->sip_to->a_tag) sip_to_tag(msg_home(message), sip->sip_to, std::string{tag}.c_str());
  auto& text = written.text;
  text = "SIP/2.0 " + std::to_string(answer.status) + " " + sip_status_phrase(answer.status) + "\r\n";
  for (const auto* via = sip->sip_via; via; via = via->v_next)
    append_header(text, via);
  append_header(text, sip->sip_from);
  append_header(text, sip->sip_to);
  append_header(text, sip->sip_call_id);
  append_header(text, sip->sip_cseq);
  text.append("User-Agent: Lifeline\r\n").append(answer.headers).append("Content-Length: 0\r\n\r\n");
  return written;
}

int udp_door::socket_for(const su_sockaddr_t& peer) const {
  const bool v6 = peer.su_family == AF_INET6;
  const auto matches = [v6](const datagram_socket& s) { return s.v6 == v6; };
  const auto first = std::find_if(sockets_.begin(), sockets_.end(), matches);
  if (first == sockets_.end()) return -1;
  if (std::count_if(sockets_.begin(), sockets_.end(), matches) == 1) return first->fd;
  // One for each address of the machine: the one that the way to the peer leads through.
  const auto own = address_towards(host_of(peer));
  const auto address = own ? parse_address(*own) : std::nullopt;
  for (const auto& s : sockets_)
    if (address && s.address == *address) return s.fd;
  return -1;
}

void udp_door::send(const su_sockaddr_t& peer, std::uint16_t port, std::string_view text) const {
  const int fd = socket_for(peer);
  if (fd < 0) return;
  auto to = peer; // with its scope, if it is link-local
  to.su_port = htons(port);
  const socklen_t size = to.su_family == AF_INET6 ? sizeof to.su_sin6 : sizeof to.su_sin;
  ::sendto(fd, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL, &to.su_sa, size);
}

} // namespace lifeline::sip
