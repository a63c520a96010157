#include "media/remote_side.hpp"

namespace lifeline::media {

namespace {

constexpr std::uint8_t own_dtmf_payload = 101; // of domain::make_offer

payload_kind kind_of(const domain::codec& c) {
  if (c.name == "CN") return payload_kind::comfort_noise;
  if (!domain::is_supported(c)) return payload_kind::unknown;
  return c.name == "PCMA" ? payload_kind::a_law : payload_kind::mu_law;
}

} // namespace

remote_side unknown_remote() {
  remote_side r;
  r.kinds[0] = payload_kind::mu_law;
  r.kinds[8] = payload_kind::a_law;
  r.kinds[13] = payload_kind::comfort_noise;
  r.kinds[own_dtmf_payload] = payload_kind::telephone_event;
  return r;
}

remote_side understand(const domain::session_description& remote, int family) {
  auto r = unknown_remote();
  for (const auto& c : remote.codecs)
    if (c.payload_type < r.kinds.size()) r.kinds[c.payload_type] = kind_of(c);
  if (remote.dtmf_payload != 0 && remote.dtmf_payload < r.kinds.size()) {
    r.kinds[remote.dtmf_payload] = payload_kind::telephone_event;
    r.dtmf_payload = remote.dtmf_payload;
  }
  if (const auto host = address::parse(remote.signalled_from, 0)) r.signalling = host->for_family(family);
  const auto* chosen = domain::preferred_codec(remote);
  if (chosen == nullptr || remote.port == 0) return r;
  r.send_law = chosen->name == "PCMA" ? law::a : law::mu;
  r.send_payload = chosen->payload_type & 0x7f;
  r.receives = !domain::is_hold(remote);
  r.sends = remote.dir == domain::direction::sendrecv || remote.dir == domain::direction::sendonly;
  if (const auto parsed = address::parse(remote.address, remote.port); parsed && !parsed->is_any())
    r.target = parsed->for_family(family);
  return r;
}

} // namespace lifeline::media
