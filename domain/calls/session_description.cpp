#include "domain/calls/session_description.hpp"

namespace lifeline::domain {

namespace {

constexpr std::uint8_t own_dtmf_payload = 101;

bool sends(direction d) { return d == direction::sendrecv || d == direction::sendonly; }
bool receives(direction d) { return d == direction::sendrecv || d == direction::recvonly; }

direction from_flags(bool send, bool receive) {
  if (send && receive) return direction::sendrecv;
  if (send) return direction::sendonly;
  return receive ? direction::recvonly : direction::inactive;
}

} // namespace

bool is_supported(const codec& c) { return c.clock_rate == 8000 && (c.name == "PCMA" || c.name == "PCMU"); }

const codec* preferred_codec(const session_description& remote) {
  for (const auto& c : remote.codecs)
    if (is_supported(c)) return &c;
  return nullptr;
}

direction mirrored(direction offered) { return from_flags(receives(offered), sends(offered)); }

bool is_usable(const session_description& remote) {
  return remote.present && remote.port != 0 && preferred_codec(remote) != nullptr;
}

bool is_hold(const session_description& remote) {
  return remote.present && (!receives(remote.dir) || remote.address == "0.0.0.0" || remote.address == "::");
}

session_description make_offer(const local_media& local, direction dir) {
  session_description d;
  d.present = true;
  d.address = local.address;
  d.port = local.port;
  d.codecs = {{8, "PCMA", 8000}, {0, "PCMU", 8000}};
  d.dtmf_payload = own_dtmf_payload;
  d.dir = dir;
  return d;
}

session_description make_answer(const session_description& offer, const local_media& local, direction wanted) {
  session_description d;
  d.present = true;
  d.address = local.address;
  const auto allowed = mirrored(offer.dir);
  d.dir = from_flags(sends(allowed) && sends(wanted), receives(allowed) && receives(wanted));
  for (const auto& c : offer.codecs)
    if (is_supported(c)) d.codecs.push_back(c);
  if (d.codecs.empty() || offer.port == 0) {
    d.codecs = offer.codecs; // RFC 3264, 6: a refused stream keeps its formats and has port 0
    d.port = 0;
    return d;
  }
  d.port = local.port;
  d.dtmf_payload = offer.dtmf_payload;
  return d;
}

} // namespace lifeline::domain
