#include "tests/media/rtp_peer.hpp"

#include "media/codec.hpp"
#include "media/rtp_packet.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace lifeline::media::testing {

namespace {

sockaddr_in local(std::uint16_t port) {
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  a.sin_port = htons(port);
  return a;
}

int bind_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const auto a = local(port);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&a), sizeof a) == 0) return fd;
  ::close(fd);
  return -1;
}

std::uint16_t port_of(int fd) {
  sockaddr_in a{};
  socklen_t size = sizeof a;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&a), &size);
  return ntohs(a.sin_port);
}

std::atomic<std::uint32_t> next_ssrc{77000};

} // namespace

rtp_peer::rtp_peer(std::string codec) : codec_(std::move(codec)), ssrc_(next_ssrc++) {
  for (int i = 0; i < 200 && rtcp_ < 0; ++i) {
    if (rtp_ >= 0) ::close(rtp_);
    rtp_ = bind_to(0);
    port_ = port_of(rtp_);
    if (port_ % 2 == 0) rtcp_ = bind_to(static_cast<std::uint16_t>(port_ + 1));
  }
  if (rtcp_ < 0) throw std::runtime_error("no port pair for a test peer");
  thread_ = std::thread([this] { run(); });
}

rtp_peer::~rtp_peer() {
  stop_ = true;
  thread_.join();
  ::close(rtp_);
  ::close(rtcp_);
}

domain::session_description rtp_peer::description() const {
  auto d = domain::make_offer({"127.0.0.1", port_});
  d.codecs = {{static_cast<std::uint8_t>(codec_ == "PCMA" ? 8 : 0), codec_, 8000}};
  return d;
}

void rtp_peer::talk(std::uint16_t to, double hertz, int ptime_ms) {
  to_ = to;
  hertz_ = hertz;
  ptime_ms_ = ptime_ms;
  talking_ = true;
}

void rtp_peer::say(std::uint16_t to, const std::vector<std::int16_t>& samples) {
  to_ = to;
  const std::lock_guard lock(mutex_);
  to_say_.insert(to_say_.end(), samples.begin(), samples.end());
}

bool rtp_peer::said() const {
  const std::lock_guard lock(mutex_);
  return to_say_.empty();
}

std::vector<std::int16_t> rtp_peer::next_words(std::size_t count) {
  const std::lock_guard lock(mutex_);
  std::vector<std::int16_t> words(std::min(count, to_say_.size()));
  std::copy_n(to_say_.begin(), words.size(), words.begin());
  to_say_.erase(to_say_.begin(), to_say_.begin() + static_cast<std::ptrdiff_t>(words.size()));
  if (!words.empty()) words.resize(count);
  return words;
}

void rtp_peer::send_raw(std::uint16_t to, const std::vector<std::uint8_t>& datagram) {
  const auto a = local(to);
  (void)::sendto(rtp_, datagram.data(), datagram.size(), 0, reinterpret_cast<const sockaddr*>(&a), sizeof a);
}

void rtp_peer::send_report(std::uint16_t to, const std::vector<std::uint8_t>& datagram) {
  const auto a = local(to);
  (void)::sendto(rtcp_, datagram.data(), datagram.size(), 0, reinterpret_cast<const sockaddr*>(&a), sizeof a);
}

void rtp_peer::send(std::uint16_t to, std::uint8_t payload_type, std::uint32_t timestamp,
                    std::vector<std::uint8_t> payload) {
  std::vector<std::uint8_t> datagram(rtp_header_size);
  rtp_packet p;
  p.payload_type = payload_type;
  p.sequence = sequence_++;
  p.timestamp = timestamp;
  p.ssrc = ssrc_;
  write_rtp_header(std::span(datagram).first<rtp_header_size>(), p);
  datagram.insert(datagram.end(), payload.begin(), payload.end());
  send_raw(to, datagram);
}

void rtp_peer::run() {
  using clock = std::chrono::steady_clock;
  auto next = clock::now();
  double phase = 0;
  while (!stop_) {
    const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(next - clock::now()).count();
    std::array<pollfd, 2> fds{{{rtp_, POLLIN, 0}, {rtcp_, POLLIN, 0}}};
    if (::poll(fds.data(), fds.size(), static_cast<int>(std::max<std::int64_t>(0, wait))) > 0) read();
    if (clock::now() < next) continue;
    const int ptime = ptime_ms_;
    next += std::chrono::milliseconds(ptime);
    const auto count = static_cast<std::size_t>(ptime) * 8;
    auto tone = next_words(count);
    if (!tone.empty() || talking_) {
      const bool words = !tone.empty();
      tone.resize(count);
      for (auto& s : tone) {
        if (words) break;
        s = static_cast<std::int16_t>(10000 * std::sin(phase));
        phase += 2 * std::numbers::pi * hertz_ / 8000;
      }
      std::vector<std::uint8_t> payload(count);
      encode_g711(codec_ == "PCMA" ? law::a : law::mu, tone, payload.data());
      send(to_, codec_ == "PCMA" ? 8 : 0, timestamp_, std::move(payload));
    }
    timestamp_ += static_cast<std::uint32_t>(count);
  }
}

void rtp_peer::read() {
  std::array<std::uint8_t, 2048> buffer;
  for (ssize_t got; (got = ::recv(rtp_, buffer.data(), buffer.size(), 0)) > 0;) {
    const auto p = parse_rtp(std::span(buffer).first(static_cast<std::size_t>(got)));
    if (!p) continue;
    const std::lock_guard lock(mutex_);
    heard_.push_back(
        {p->payload_type, p->marker, p->sequence, p->timestamp, p->ssrc, {p->payload.begin(), p->payload.end()}});
  }
  for (ssize_t got; (got = ::recv(rtcp_, buffer.data(), buffer.size(), 0)) > 0;) {
    const std::lock_guard lock(mutex_);
    reports_.emplace_back(buffer.begin(), buffer.begin() + got);
  }
}

std::vector<heard_packet> rtp_peer::heard() const {
  const std::lock_guard lock(mutex_);
  return heard_;
}
std::size_t rtp_peer::heard_count() const {
  const std::lock_guard lock(mutex_);
  return heard_.size();
}
std::vector<std::vector<std::uint8_t>> rtp_peer::reports() const {
  const std::lock_guard lock(mutex_);
  return reports_;
}
void rtp_peer::forget() {
  const std::lock_guard lock(mutex_);
  heard_.clear();
}

std::vector<std::int16_t> rtp_peer::last_audio(std::size_t count) const {
  std::vector<heard_packet> audio;
  for (auto& p : heard())
    if (p.payload_type == (codec_ == "PCMA" ? 8 : 0)) audio.push_back(p);
  std::vector<std::int16_t> out;
  for (std::size_t i = audio.size() > count ? audio.size() - count : 0; i < audio.size(); ++i) {
    std::vector<std::int16_t> samples(audio[i].payload.size());
    decode_g711(codec_ == "PCMA" ? law::a : law::mu, audio[i].payload, samples.data());
    out.insert(out.end(), samples.begin(), samples.end());
  }
  return out;
}

double level(const std::vector<std::int16_t>& samples) {
  double energy = 0;
  for (const double s : samples)
    energy += s * s;
  return samples.empty() ? 0 : std::sqrt(energy / static_cast<double>(samples.size()));
}

double tone_share(const std::vector<std::int16_t>& samples, double hertz) {
  // In pieces of 50 ms, so that a slip of the jitter buffer's delay does not cancel the tone against itself.
  constexpr std::size_t piece = 400;
  double share = 0;
  std::size_t pieces = 0;
  for (std::size_t at = 0; at + piece <= samples.size(); at += piece, ++pieces) {
    const double factor = 2 * std::cos(2 * std::numbers::pi * hertz / 8000);
    double one = 0;
    double two = 0;
    double energy = 0;
    for (std::size_t i = at; i < at + piece; ++i) {
      const double s = samples[i];
      energy += s * s;
      const double zero = s + factor * one - two;
      two = one;
      one = zero;
    }
    const double power = one * one + two * two - factor * one * two;
    if (energy > 1) share += 2 * power / (energy * static_cast<double>(piece));
  }
  return pieces == 0 ? 0 : share / static_cast<double>(pieces);
}

} // namespace lifeline::media::testing
