#pragma once
// What a session description means for packets: which payload type is what, who sends, where to.

#include "domain/calls/session_description.hpp"
#include "media/address.hpp"
#include "media/codec.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace lifeline::media {

enum class payload_kind : std::uint8_t { unknown, a_law, mu_law, comfort_noise, telephone_event };

struct remote_side {
  std::array<payload_kind, 128> kinds{}; ///< of what comes in
  law send_law = law::a;
  std::uint8_t send_payload = 8;
  std::uint8_t dtmf_payload = 0;     ///< 0: the peer does not take telephone-events
  bool receives = false;             ///< we may send
  bool sends = false;                ///< silence is suspicious
  std::optional<address> target;     ///< nothing: a name instead of an address, port 0, or 0.0.0.0
  std::optional<address> signalling; ///< the host that the description came from, if it is known
  bool operator==(const remote_side&) const = default;
};

/// Before any description: the static payload types, and 101 as our own offers have it.
remote_side unknown_remote();
/// `family`: of our sockets.
remote_side understand(const domain::session_description& remote, int family);

} // namespace lifeline::media
