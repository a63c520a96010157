#pragma once
// Where our requests within a dialog will have to go: the peer's Contact and the Record-Routes before it (RFC 3261,
// 12.1 and 12.2). The stack takes whatever comes. A request to a URI of no scheme of its own fails at once within it;
// the BYE by which it would end the call then fails the same way, is tried again, and so on without an end. So nothing
// that cannot be sent to gets as far as the stack.

#include "sip/gateway.hpp"
#include "sip/sofia.hpp"

#include <string>

namespace lifeline::sip {

/// What can be sent from here.
struct reach {
  bool ipv4 = true;
  bool ipv6 = false;
  bool tls = false;
};
reach reach_of(const settings& s);

/// Why this can be nobody's target, by whatever way; empty: it can.
std::string target_fault(const url_t* url);
/// Why nothing can be sent straight to it, without a route.
std::string reach_fault(const url_t* url, const reach& from_here);

/// Why no call can be made of this INVITE: it must have exactly one Contact, a SIP or SIPS URI (8.1.1.8), and so must
/// all of its Record-Routes be. `routed`: requests go another way than straight to the Contact (a phone behind NAT).
std::string invite_fault(const sip_t* sip, const reach& from_here, bool routed);

/// The first look at every message. Within a dialog a target that is unusable counts as not being there: the old one
/// stays (a caller on hold is better than one who is cut off). So it does in answers to an INVITE, whose leg then has
/// to be ended, see leg::on_first_response; a reliable provisional one, whose PRACK could not be sent, is an ordinary
/// one. An INVITE that opens a dialog is left as it is: it is refused where it can be answered.
void leave_out_unusable_targets(sip_t& sip);

} // namespace lifeline::sip
