#pragma once
// As much of SIP (RFC 3261) as the load's own phones and callers need: they speak with one engine that they trust. No
// sockets here.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lifeline::bench {

/// What is needed of a message. The texts are parts of the datagram: they live as long as it does.
struct sip_message {
  int status = 0;          ///< of a response; 0: it is a request
  std::string_view method; ///< of the request, or that of CSeq
  std::string_view uri;    ///< Request-URI
  std::string_view vias;   ///< all Via lines as they stand, line ends included
  std::string_view from;   ///< values of the headers
  std::string_view to;
  std::string_view call_id;
  std::string_view cseq;
  std::string_view contact;
  std::string_view challenge; ///< WWW-Authenticate, that of SHA-256 if there are several
  std::string_view body;
};
/// Nothing unless it is a whole request or response with the headers of a transaction.
std::optional<sip_message> read_sip(std::string_view datagram);

/// "sip:8001@127.0.0.1:5060;x=y" of a From, To or Contact value, or of a bare URI.
std::string_view uri_in(std::string_view address);
/// "8001" of the same; empty when it names nobody.
std::string_view user_in(std::string_view address);
/// "tag=" of a From or To value; empty when there is none.
std::string_view tag_in(std::string_view address);

/// Where the other side wants its sound.
struct rtp_address {
  std::uint32_t host = 0; ///< IPv4, host byte order
  std::uint16_t port = 0;
  bool operator==(const rtp_address&) const = default;
};
/// Of an offer or answer with one audio stream; nothing when it has none, or none that is wanted (port 0).
std::optional<rtp_address> audio_in(std::string_view sdp);
/// G.711 and telephone-event at 127.0.0.1:`port`, with Content-Type: the rest of a message after its last header.
std::string with_audio(std::uint16_t port);
/// The same without a body.
std::string without_body();

/// The Authorization header's value for a REGISTER to `uri`, SHA-256 (RFC 7616, RFC 8760); empty when the challenge
/// cannot be answered. `cnonce` is to be new for each.
std::string answer_challenge(std::string_view challenge, const std::string& user, const std::string& password,
                             const std::string& uri, const std::string& cnonce);

} // namespace lifeline::bench
