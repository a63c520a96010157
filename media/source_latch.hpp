#pragma once
// Symmetric RTP (RFC 4961): media goes to where media comes from. A peer behind NAT is found by its first packet; from
// then on nobody else is listened to unless the peer has been quiet for two seconds.

#include "media/address.hpp"

#include <cstdint>
#include <optional>

namespace lifeline::media {

class source_latch {
public:
  static constexpr std::int64_t quiet_ns = 2'000'000'000;

  /// The address in the peer's description. The same one again keeps the latch; another one opens it, but not for
  /// stragglers from the old place.
  void set_signalled(const std::optional<address>& where, std::int64_t now_ns);
  /// True when a valid packet from `from` belongs to the peer.
  bool accept(const address& from, std::int64_t now_ns);
  /// Where to send; unset when nothing is known.
  [[nodiscard]] const address& target() const { return latched_.is_set() ? latched_ : signalled_; }
  /// For RTCP: is this the host that the peer's media comes from (or should)?
  [[nodiscard]] bool is_peer_host(const address& from) const { return target().same_host(from); }

private:
  address signalled_;
  address latched_;
  address retired_;
  std::int64_t retired_until_ = 0;
  std::int64_t last_ns_ = 0;
};

} // namespace lifeline::media
