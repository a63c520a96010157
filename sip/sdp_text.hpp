#pragma once
// SDP as text (RFC 4566) to and from domain::session_description.

#include "domain/calls/session_description.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::sip {

/// One m-line of a session: ours, or refused with port 0 (RFC 3264, section 6). Each keeps its place for as long as the
/// dialog lasts, in answers and in later offers (section 8).
struct offered_stream {
  bool ours = false;
  std::string media; ///< "video"
  std::string rest;  ///< protocol and formats: "RTP/AVP 96 97"
};

struct parsed_sdp {
  /// The first audio stream over RTP/AVP that a call can be built on; else the first that is not refused; else the
  /// first. Port 0 without codecs if there is none at all.
  domain::session_description audio;
  std::vector<offered_stream> streams;
};

/// `place`: of our stream in the session so far, which stays ours if it can. Errors say what the parser met.
tl::expected<parsed_sdp, std::string> read_sdp(std::string_view body, std::size_t place = 0);
/// The m-lines as far as they have to be remembered: empty when there is none but ours.
std::vector<offered_stream> lines_of(parsed_sdp& parsed);
/// Of our stream among those.
std::size_t place_of_ours(const std::vector<offered_stream>& lines);

struct sdp_origin {
  std::uint64_t session = 0;
  std::uint64_t version = 0;
};

/// `lines` are the session's when it has others than ours: they appear in the same order, all but ours refused.
std::string write_sdp(const domain::session_description& description, const sdp_origin& origin,
                      const std::vector<offered_stream>& lines = {});

} // namespace lifeline::sip
