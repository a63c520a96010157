#include "sip/sdp_text.hpp"

#include "domain/base/field_check.hpp"

#include <sofia-sip/sdp.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <memory>

namespace lifeline::sip {

using domain::direction;
using domain::session_description;

namespace {

constexpr std::string_view telephone_event = "TELEPHONE-EVENT";
// Bounds on what a peer can make us remember and repeat; real descriptions have a handful of either.
constexpr std::size_t max_streams = 16;
constexpr std::size_t max_codecs = 32;

struct parser_deleter {
  void operator()(sdp_parser_t* p) const { sdp_parser_free(p); }
};

std::string upper(const char* text) {
  std::string name{text ? text : ""};
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name;
}

direction direction_of(unsigned mode) {
  switch (mode) {
  case sdp_sendonly: return direction::sendonly;
  case sdp_recvonly: return direction::recvonly;
  case sdp_inactive: return direction::inactive;
  default: return direction::sendrecv;
  }
}

std::string_view name_of(direction dir) {
  switch (dir) {
  case direction::sendonly: return "sendonly";
  case direction::recvonly: return "recvonly";
  case direction::inactive: return "inactive";
  case direction::sendrecv: break;
  }
  return "sendrecv";
}

std::uint32_t ptime_of(const sdp_media_t* media, std::uint32_t fallback) {
  for (const auto* a = media->m_attributes; a; a = a->a_next) {
    if (!a->a_name || !a->a_value || std::string_view{a->a_name} != "ptime") continue;
    std::uint32_t value = 0;
    const std::string_view text{a->a_value};
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec == std::errc{} && value >= 10 && value <= 200) return value;
  }
  return fallback;
}

void read_audio(const sdp_session_t* session, const sdp_media_t* media, session_description& audio) {
  audio.port = static_cast<std::uint16_t>(media->m_rejected ? 0 : media->m_port);
  const auto* connection = media->m_connections ? media->m_connections : session->sdp_connection;
  if (connection && connection->c_address) audio.address = connection->c_address;
  audio.dir = direction_of(media->m_mode);
  audio.ptime_ms = ptime_of(media, audio.ptime_ms);
  for (const auto* map = media->m_rtpmaps; map; map = map->rm_next) {
    auto name = upper(map->rm_encoding);
    if (name.empty()) continue;
    const auto payload = static_cast<std::uint8_t>(map->rm_pt);
    if (name == telephone_event) {
      if (map->rm_rate == 8000 && audio.dtmf_payload == 0) audio.dtmf_payload = payload;
      continue;
    }
    if (audio.codecs.size() == max_codecs) continue;
    audio.codecs.push_back({payload, std::move(name), static_cast<std::uint32_t>(map->rm_rate)});
  }
}

/// How well a call can be built on it; each stream is judged by itself (RFC 3264, 5.1 and 6).
int merit_of(const session_description& audio) {
  if (domain::is_usable(audio)) return 3;
  return audio.port != 0 ? 2 : 1;
}

offered_stream stream_of(const sdp_media_t* media) {
  offered_stream stream;
  stream.media = media->m_type_name ? media->m_type_name : "audio";
  stream.rest = media->m_proto_name ? media->m_proto_name : "RTP/AVP";
  for (const auto* map = media->m_rtpmaps; map; map = map->rm_next)
    stream.rest += " " + std::to_string(map->rm_pt);
  for (const auto* format = media->m_format; format; format = format->l_next) {
    stream.rest += ' ';
    stream.rest += format->l_text ? format->l_text : "0";
  }
  return stream;
}

bool is_token(std::string_view text) {
  static constexpr std::string_view excluded = "\"(),/:;<=>?@[\\]"; // RFC 4566, section 9
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c < 0x7F && excluded.find(c) == std::string_view::npos;
  });
}

/// RFC 4566, 5.14: "9", or with a count of ports "9/2".
bool is_port(std::string_view text) {
  const auto slash = text.find('/');
  return domain::is_digits(text.substr(0, slash)) &&
         (slash == std::string_view::npos || domain::is_digits(text.substr(slash + 1)));
}

/// The stack's parser never returns, and takes all memory, for a format that begins with no token ("m=audio 9 RTP
/// /AVP"), and takes what stands behind a port's digits for the protocol. So it only gets media lines that are sound:
/// type, port, protocol, formats.
bool is_sound_media(std::string_view line) {
  for (std::size_t field = 0; !line.empty(); ++field) {
    const auto space = line.find(' ');
    auto value = line.substr(0, space);
    line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
    if (value.empty()) { // spaces in a row, or at the end
      --field;
      continue;
    }
    if (field == 1) {
      if (!is_port(value)) return false;
      continue;
    }
    // A protocol has parts; it neither begins nor ends with the slash.
    for (auto slash = value.find('/'); field == 2 && slash != std::string_view::npos; slash = value.find('/')) {
      if (!is_token(value.substr(0, slash))) return false;
      value.remove_prefix(slash + 1);
    }
    if (!is_token(value)) return false;
  }
  return true;
}

bool has_only_sound_media(std::string_view body) {
  while (!body.empty()) {
    const auto end = std::min(body.find_first_of("\r\n"), body.size());
    auto line = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size())); // as the stack's parser does
    if (line.substr(0, 2) == "m=" && !is_sound_media(line.substr(2))) return false;
  }
  return true;
}

void write_audio(std::string& text, const session_description& d) {
  text.append("m=audio ").append(std::to_string(d.port)).append(" RTP/AVP");
  for (const auto& c : d.codecs)
    text.append(" ").append(std::to_string(c.payload_type));
  if (d.dtmf_payload != 0)
    text.append(" ").append(std::to_string(d.dtmf_payload));
  else if (d.codecs.empty())
    text.append(" 0");
  text.append("\r\n");
  for (const auto& c : d.codecs)
    text.append("a=rtpmap:")
        .append(std::to_string(c.payload_type))
        .append(" ")
        .append(c.name)
        .append("/")
        .append(std::to_string(c.clock_rate))
        .append("\r\n");
  if (d.port == 0) return;
  if (d.dtmf_payload != 0) {
    const auto payload = std::to_string(d.dtmf_payload);
    text.append("a=rtpmap:")
        .append(payload)
        .append(" telephone-event/8000\r\na=fmtp:")
        .append(payload)
        .append(" 0-16\r\n");
  }
  text.append("a=ptime:").append(std::to_string(d.ptime_ms)).append("\r\na=").append(name_of(d.dir)).append("\r\n");
}

} // namespace

tl::expected<parsed_sdp, std::string> read_sdp(std::string_view body, std::size_t place) {
  if (body.find('\0') != std::string_view::npos) return tl::unexpected(std::string{"a null byte"});
  if (!has_only_sound_media(body)) return tl::unexpected(std::string{"a media line with odd characters"});
  const std::unique_ptr<sdp_parser_t, parser_deleter> parser{
      sdp_parse(nullptr, body.data(), static_cast<issize_t>(body.size()), 0)};
  const auto* session = parser ? sdp_session(parser.get()) : nullptr;
  if (!session) {
    const char* error = parser ? sdp_parsing_error(parser.get()) : nullptr;
    return tl::unexpected(std::string{error ? error : "empty session description"});
  }
  parsed_sdp parsed;
  parsed.audio.present = true;
  int best = 0;
  std::size_t ours = 0;
  for (const auto* media = session->sdp_media; media; media = media->m_next) {
    const auto index = parsed.streams.size();
    if (index == max_streams) return tl::unexpected(std::string{"more media lines than 16"});
    parsed.streams.push_back(stream_of(media));
    if (media->m_type != sdp_media_audio || media->m_proto != sdp_proto_rtp) continue;
    session_description audio;
    audio.present = true;
    read_audio(session, media, audio);
    const int merit = merit_of(audio);
    if (merit < best || (merit == best && index != place)) continue;
    best = merit;
    ours = index;
    parsed.audio = std::move(audio);
  }
  if (best != 0) parsed.streams[ours].ours = true;
  parsed.audio.raw = body;
  return parsed;
}

std::vector<offered_stream> lines_of(parsed_sdp& parsed) {
  if (parsed.streams.size() == 1 && parsed.streams.front().ours) return {};
  return std::move(parsed.streams);
}

std::size_t place_of_ours(const std::vector<offered_stream>& lines) {
  const auto ours = std::find_if(lines.begin(), lines.end(), [](const auto& line) { return line.ours; });
  return ours == lines.end() ? 0 : static_cast<std::size_t>(ours - lines.begin());
}

std::string write_sdp(const session_description& d, const sdp_origin& origin,
                      const std::vector<offered_stream>& lines) {
  const std::string_view net = d.address.find(':') == std::string::npos ? "IN IP4 " : "IN IP6 ";
  const std::string_view address = d.address.empty() ? std::string_view{"0.0.0.0"} : std::string_view{d.address};
  std::string text;
  text.reserve(320);
  text.append("v=0\r\no=- ")
      .append(std::to_string(origin.session))
      .append(" ")
      .append(std::to_string(origin.version))
      .append(" ")
      .append(net)
      .append(address)
      .append("\r\ns=-\r\nc=")
      .append(net)
      .append(address)
      .append("\r\nt=0 0\r\n");
  if (lines.empty()) write_audio(text, d);
  for (const auto& stream : lines) {
    if (stream.ours)
      write_audio(text, d);
    else
      text.append("m=").append(stream.media).append(" 0 ").append(stream.rest).append("\r\n");
  }
  return text;
}

} // namespace lifeline::sip
