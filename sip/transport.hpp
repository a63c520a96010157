#pragma once
// Addresses and ports of the gateway: what is bound, under which name it is known, and which transport a URI asks for.

#include "sip/cidr.hpp"
#include "sip/gateway.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace lifeline::sip {

/// IPv6 addresses as URIs have them.
std::string bracketed(const std::string& host);
std::string unbracketed(const std::string& host);
/// "*" (both families), or an IP address.
bool is_bindable(const std::string& bind_address);
/// True for "*", "0.0.0.0" and "::".
bool binds_all(const std::string& bind_address);

/// "sip" or "sips" for the stack to listen on; the advertised name is what Via and Contact say.
std::string bind_url(const settings& s, const char* scheme, std::uint16_t port);

struct port_pair {
  std::uint16_t plain = 0; ///< UDP and TCP
  std::uint16_t tls = 0;   ///< 0 = no TLS
};
/// Binds everything for a moment: the stack says only that it failed, not why. Ports of 0 are filled in. Errno, or 0;
/// `tls_failed` tells which of both it was.
int probe_ports(const settings& s, port_pair& ports, bool& tls_failed);

/// Where a SIP URI leads: its host, or the "maddr" that counts in its place (RFC 3261, 19.1.1), its port (0: none),
/// and its "transport" parameter in lower case; a sips URI is "tls".
struct uri_target {
  std::string host; ///< without brackets, lower case
  std::uint16_t port = 0;
  std::string transport;
};
std::optional<uri_target> target_of(std::string_view uri);

/// Our own address as a packet to `peer` would have it; nothing when there is no way to it.
std::optional<std::string> address_towards(const std::string& peer);
/// Whether a socket can be bound to it: an address of this machine.
bool is_own_address(const std::string& address);
/// The host by which this peer is told to come back to us. `called_at`: by which it has called us, or empty.
std::string own_host_for(const settings& s, const std::string& peer, const std::string& called_at);

} // namespace lifeline::sip
