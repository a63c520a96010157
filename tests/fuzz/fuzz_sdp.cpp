// A peer's session description, read, answered, and written as our answer and our checkpointed offer.

#include "domain/calls/session_description.hpp"
#include "sip/sdp_text.hpp"
#include "tests/fuzz/target.hpp"

using namespace lifeline;

namespace {

void check_written(const domain::session_description& d, const std::vector<sip::offered_stream>& streams) {
  const auto text = sip::write_sdp(d, {1, 2}, streams);
  fuzz::demand(text.find('\0') == std::string::npos, "a null byte goes out in SDP");
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') fuzz::demand(i + 1 < text.size() && text[i + 1] == '\n', "a bare CR goes out in SDP");
    if (text[i] == '\n') fuzz::demand(i > 0 && text[i - 1] == '\r', "a bare LF goes out in SDP");
  }
  const auto again = sip::read_sdp(text);
  fuzz::demand(again.has_value(), "our own SDP cannot be read");
  if (!streams.empty()) fuzz::demand(again->streams.size() == streams.size(), "an answer with other m-lines");
}

void run(std::string_view input) {
  const auto parsed = sip::read_sdp(input);
  if (!parsed) {
    fuzz::demand(!parsed.error().empty(), "a refusal without a reason");
    return;
  }
  fuzz::demand(parsed->streams.size() <= 16, "more streams than the bound");
  fuzz::demand(parsed->audio.codecs.size() <= 32, "more codecs than the bound");
  fuzz::demand(parsed->audio.ptime_ms >= 10 && parsed->audio.ptime_ms <= 200, "a packet time out of bounds");
  (void)domain::is_hold(parsed->audio);
  const domain::local_media local{"192.0.2.1", 30000};
  for (const auto dir : {domain::direction::sendrecv, domain::direction::sendonly, domain::direction::inactive}) {
    const auto answer = domain::make_answer(parsed->audio, local, dir);
    fuzz::demand(answer.port == 0 || domain::preferred_codec(answer) != nullptr, "an accepted stream without a codec");
    check_written(answer, parsed->streams);
  }
}

} // namespace

LIFELINE_FUZZ_TARGET(sdp, run, fuzz::no_seeds)
