#pragma once
// What two sides of a call agree on about audio (RFC 3264), as values. sip/ turns SDP text into them and back,
// media/ obeys them; the rules of offer and answer are here.

#include <cstdint>
#include <string>
#include <vector>

namespace lifeline::domain {

/// Seen from the side that wrote the description.
enum class direction : std::uint8_t { sendrecv, sendonly, recvonly, inactive };

struct codec {
  std::uint8_t payload_type = 0;
  std::string name; ///< upper case: "PCMA", "PCMU"; others are kept so that they can be handed through
  std::uint32_t clock_rate = 8000;
  bool operator==(const codec&) const = default;
};

/// One audio stream. `port` 0 means that the stream is refused.
struct session_description {
  bool present = false; ///< false: the message had no body
  std::string address;  ///< connection address
  std::uint16_t port = 0;
  std::vector<codec> codecs;     ///< audio codecs in order of preference, without telephone-event
  std::uint8_t dtmf_payload = 0; ///< payload type of telephone-event/8000 (RFC 4733), 0 = none
  direction dir = direction::sendrecv;
  std::uint32_t ptime_ms = 20;
  std::string raw;            ///< the body as received: what `media_mode::direct` hands through
  std::string signalled_from; ///< the address that the message came from; empty: ours, or not known
  bool operator==(const session_description&) const = default;
};

/// Address and port at which the engine receives a leg's RTP.
struct local_media {
  std::string address;
  std::uint16_t port = 0;
};

/// The engine's own offer: PCMA (China's default) then PCMU, telephone-event 101, 20 ms.
session_description make_offer(const local_media& local, direction dir = direction::sendrecv);

/// The engine's answer: the codecs of `offer` that it speaks, in the offerer's order; the mirrored direction;
/// port 0 when no codec is shared. `wanted` is what the engine would like to do on this leg.
session_description make_answer(const session_description& offer, const local_media& local,
                                direction wanted = direction::sendrecv);

/// True for PCMA/8000 and PCMU/8000.
bool is_supported(const codec& c);
/// The first codec of a description that the engine speaks, nullptr if none.
const codec* preferred_codec(const session_description& remote);
/// What the answerer may at most do when the offerer says `offered`.
direction mirrored(direction offered);
/// True when there is audio that both sides speak: a description that a call can be built on.
bool is_usable(const session_description& remote);
/// True when the side that wrote `remote` holds the call: it does not want to receive (RFC 3264, 8.4; also 0.0.0.0).
bool is_hold(const session_description& remote);

} // namespace lifeline::domain
