#pragma once
// The first look at every message, before the stack spends anything on it. A message that is not wanted is made to look
// like garbage, which the stack throws away without an answer, a transaction or an event: the cheapest way to ignore
// somebody. What is wanted loses the targets that nothing can be sent to (sip/remote_target.hpp).

#include "sip/cidr.hpp"
#include "sip/sofia.hpp"

#include <functional>

struct msg_mclass_s;

namespace lifeline::sip {

struct first_look {
  ip_address source;
  std::uint16_t port = 0;
  bool stream = false;           ///< over a connection
  bool request = false;          ///< else a response
  bool opens = false;            ///< a request outside of a dialog that is no ACK, CANCEL or PRACK
  bool call_or_register = false; ///< INVITE or REGISTER
  /// A request that is whole and has all that every request must have; null for any other, which the stack refuses by
  /// itself and keeps nothing of. May be changed when it is not passed on.
  msg_t* message = nullptr;
  sip_t* sip = nullptr;
  /// A 100 to an INVITE of ours; `sip` is it. The stack is not to tell us of these: each that it tells of costs it some
  /// three kilobytes for ever.
  bool trying = false;
};

/// False: away with it. Called on the SIP thread, once for each whole message.
using message_filter = std::function<bool(const first_look&)>;

/// The class of messages to create the stack with (NTATAG_MCLASS). Lives as long as the process.
const msg_mclass_s* gated_messages();
/// The filter of this thread's stack; an empty one lets everything pass.
void set_message_filter(message_filter filter);

} // namespace lifeline::sip
