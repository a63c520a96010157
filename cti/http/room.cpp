#include "cti/http/room.hpp"

#include "cti/http/rate_limit.hpp"

#include <algorithm>

namespace lifeline::cti {

namespace {

/// Connections past the limit that are told so at the same time.
constexpr std::size_t most_standing = 32;

} // namespace

bool is_loopback(const std::string& address) {
  const auto plain = source_of(address); // without the IPv6 form of an IPv4 address
  return plain.rfind("127.", 0) == 0 || address == "::1";
}

bool room::is_limited(const std::string& peer) const {
  const auto& free = limits_.unlimited;
  return limits_.most_per_peer > 0 && std::find(free.begin(), free.end(), peer) == free.end();
}

seat room::take(const std::string& peer) {
  const bool limited = is_limited(peer);
  const auto source = source_of(peer);
  const auto has = limited ? peers_.find(source) : peers_.end();
  const bool too_many = has != peers_.end() && has->second >= limits_.most_per_peer;
  if (usual_ < limits_.most && !too_many) {
    ++usual_;
    if (limited) ++peers_[source];
    return seat::usual;
  }
  if (limits_.kept_for_probes > 0 && is_loopback(peer)) {
    ++kept_;
    return seat::kept;
  }
  if (standing_ >= most_standing) return seat::none;
  ++standing_;
  return seat::standing;
}

void room::leave(const std::string& peer, seat taken) {
  switch (taken) {
  case seat::usual: {
    --usual_;
    const auto has = is_limited(peer) ? peers_.find(source_of(peer)) : peers_.end();
    if (has != peers_.end() && --has->second == 0) peers_.erase(has);
    break;
  }
  case seat::kept: --kept_; break;
  case seat::standing: --standing_; break;
  case seat::none: break;
  }
}

} // namespace lifeline::cti
