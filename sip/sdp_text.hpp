#pragma once
// SDP as text (RFC 4566) to and from domain::session_description.

#include "domain/session_description.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::sip {

/// One m-line of an offer, as needed to answer it: ours, or refused with port 0 (RFC 3264, section 6).
struct offered_stream {
  bool ours = false;
  std::string media; ///< "video"
  std::string rest;  ///< protocol and formats: "RTP/AVP 96 97"
};

struct parsed_sdp {
  domain::session_description audio; ///< the first audio stream over RTP/AVP; port 0 without codecs if there is none
  std::vector<offered_stream> streams;
};

/// Errors say what the parser met.
tl::expected<parsed_sdp, std::string> read_sdp(std::string_view body);

struct sdp_origin {
  std::uint64_t session = 0;
  std::uint64_t version = 0;
};

/// `answered` are the offer's streams when this is an answer: they appear in the same order, all but ours refused.
std::string write_sdp(const domain::session_description& description, const sdp_origin& origin,
                      const std::vector<offered_stream>& answered = {});

} // namespace lifeline::sip
