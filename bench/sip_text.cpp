#include "bench/sip_text.hpp"

#include <array>
#include <charconv>

#include <arpa/inet.h>
#include <sodium.h>
#include <strings.h>

namespace lifeline::bench {

namespace {

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

/// Takes the next line off, without its end.
std::string_view next_line(std::string_view& text) {
  const auto end = text.find("\r\n");
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  return line;
}

bool read_first_line(std::string_view line, sip_message& m) {
  constexpr std::string_view version = "SIP/2.0";
  if (line.starts_with(version)) {
    line = trimmed(line.substr(version.size()));
    return std::from_chars(line.data(), line.data() + line.size(), m.status).ec == std::errc{} && m.status >= 100;
  }
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || last <= first || line.substr(last + 1) != version) return false;
  m.method = line.substr(0, first);
  m.uri = line.substr(first + 1, last - first - 1);
  return true;
}

void read_header(std::string_view whole, std::string_view line, sip_message& m) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const auto name = trimmed(line.substr(0, colon));
  const auto value = trimmed(line.substr(colon + 1));
  if (same(name, "Via") || same(name, "v")) {
    // The engine writes its Via lines one below the other, so that all of them are one piece.
    const auto begin = m.vias.empty() ? static_cast<std::size_t>(line.data() - whole.data())
                                      : static_cast<std::size_t>(m.vias.data() - whole.data());
    m.vias = whole.substr(begin, static_cast<std::size_t>(line.data() + line.size() - whole.data()) + 2 - begin);
  } else if (same(name, "From") || same(name, "f")) {
    m.from = value;
  } else if (same(name, "To") || same(name, "t")) {
    m.to = value;
  } else if (same(name, "Call-ID") || same(name, "i")) {
    m.call_id = value;
  } else if (same(name, "CSeq")) {
    m.cseq = value;
  } else if (same(name, "Contact") || same(name, "m")) {
    m.contact = value;
  } else if (same(name, "WWW-Authenticate")) {
    if (m.challenge.empty() || value.find("SHA-256") != std::string_view::npos) m.challenge = value;
  }
}

/// The value of name=value or name="value" in a challenge.
std::string_view parameter(std::string_view text, std::string_view name) {
  for (std::size_t at = 0; (at = text.find(name, at)) != std::string_view::npos; at += name.size()) {
    const bool begins = at == 0 || text[at - 1] == ' ' || text[at - 1] == ',';
    auto rest = text.substr(at + name.size());
    if (!begins || !rest.starts_with('=')) continue;
    rest.remove_prefix(1);
    if (!rest.starts_with('"')) return trimmed(rest.substr(0, rest.find(',')));
    rest.remove_prefix(1);
    return rest.substr(0, rest.find('"'));
  }
  return {};
}

std::string sha256(const std::string& text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::array<char, 2 * crypto_hash_sha256_BYTES + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  return hex.data();
}

} // namespace

std::optional<sip_message> read_sip(std::string_view datagram) {
  sip_message m;
  auto rest = datagram;
  if (!read_first_line(next_line(rest), m)) return std::nullopt;
  for (;;) {
    if (rest.empty()) return std::nullopt; // the empty line is missing
    const auto line = next_line(rest);
    if (line.empty()) break;
    read_header(datagram, line, m);
  }
  m.body = rest;
  if (m.status > 0)
    if (const auto blank = m.cseq.find(' '); blank != std::string_view::npos) m.method = trimmed(m.cseq.substr(blank));
  const bool whole = !m.vias.empty() && !m.from.empty() && !m.to.empty() && !m.call_id.empty() && !m.cseq.empty();
  return whole ? std::optional{m} : std::nullopt;
}

std::string_view uri_in(std::string_view address) {
  const auto open = address.find('<');
  if (open == std::string_view::npos) return address.substr(0, address.find(';'));
  return address.substr(open + 1, address.find('>', open) - open - 1);
}

std::string_view user_in(std::string_view address) {
  auto uri = address.find('<') == std::string_view::npos ? address : uri_in(address);
  const auto colon = uri.find(':');
  const auto at = uri.find('@');
  if (colon == std::string_view::npos || at == std::string_view::npos || at < colon) return {};
  return uri.substr(colon + 1, at - colon - 1);
}

std::string_view tag_in(std::string_view address) {
  const auto close = address.find('>');
  const auto at = address.find(";tag=", close == std::string_view::npos ? 0 : close);
  if (at == std::string_view::npos) return {};
  const auto rest = address.substr(at + 5);
  return rest.substr(0, rest.find(';'));
}

std::optional<rtp_address> audio_in(std::string_view sdp) {
  rtp_address a;
  while (!sdp.empty()) {
    const auto line = next_line(sdp);
    constexpr std::string_view host = "c=IN IP4 ";
    constexpr std::string_view audio = "m=audio ";
    if (line.starts_with(host)) {
      in_addr parsed{};
      if (::inet_pton(AF_INET, std::string{line.substr(host.size())}.c_str(), &parsed) == 1)
        a.host = ntohl(parsed.s_addr);
    } else if (line.starts_with(audio)) {
      std::from_chars(line.data() + audio.size(), line.data() + line.size(), a.port);
    }
  }
  return a.host != 0 && a.port != 0 ? std::optional{a} : std::nullopt;
}

std::string with_audio(std::uint16_t port) {
  const auto sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio " +
                   std::to_string(port) +
                   " RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
                   "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n";
  return "Content-Type: application/sdp\r\nContent-Length: " + std::to_string(sdp.size()) + "\r\n\r\n" + sdp;
}

std::string without_body() { return "Content-Length: 0\r\n\r\n"; }

std::string answer_challenge(std::string_view challenge, const std::string& user, const std::string& password,
                             const std::string& uri, const std::string& cnonce) {
  if (parameter(challenge, "algorithm") != "SHA-256") return {};
  const std::string realm{parameter(challenge, "realm")};
  const std::string nonce{parameter(challenge, "nonce")};
  const auto secret = sha256(user + ':' + realm + ':' + password);
  const auto what = sha256("REGISTER:" + uri);
  const auto response = sha256(secret + ':' + nonce + ":00000001:" + cnonce + ":auth:" + what);
  return "Digest username=\"" + user + "\", realm=\"" + realm + "\", nonce=\"" + nonce + "\", uri=\"" + uri +
         "\", response=\"" + response + "\", algorithm=SHA-256, qop=auth, cnonce=\"" + cnonce + "\", nc=00000001";
}

} // namespace lifeline::bench
