#pragma once
// Session timers (RFC 4028): who refreshes a session and when, as pure arithmetic. The stack writes the headers; the
// deadlines are ours, and always a little earlier than the stack's own, so that the refresh carries the SDP in force
// and a lost BYE is noticed here.

#include <chrono>
#include <cstdint>

namespace lifeline::sip {

enum class refresher : std::uint8_t { unspecified, uac, uas };

/// What we are configured to; `interval` 0 = no session timers.
struct session_preference {
  std::chrono::seconds interval{1800};
  std::chrono::seconds min_se{90};
};

/// What the peer's request (we are the UAS) or 2xx response (we are the UAC) said.
struct session_facts {
  bool supported = false; ///< "timer" in Supported or Require
  std::chrono::seconds interval{0};
  std::chrono::seconds min_se{0};
  refresher who = refresher::unspecified;
};

struct session_terms {
  std::chrono::seconds interval{0}; ///< 0 = the session does not expire
  bool we_refresh = false;
  bool operator==(const session_terms&) const = default;
};

/// RFC 4028, section 9: the peer sent the request.
session_terms agree_as_server(const session_preference& ours, const session_facts& request);
/// RFC 4028, section 7.2: the peer sent the 2xx.
session_terms agree_as_client(const session_preference& ours, const session_facts& response);

/// From the last refresh to our next act: our refresh, or giving up when the peer's did not come (section 10: a third
/// of the interval, at most 32 s, before it expires). Zero when there is nothing to do.
std::chrono::milliseconds next_act(const session_terms& terms);

} // namespace lifeline::sip
