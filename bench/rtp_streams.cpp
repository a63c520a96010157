#include "bench/rtp_streams.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <netinet/in.h>
#include <sys/socket.h>

namespace lifeline::bench {

namespace {

constexpr std::size_t header_size = 12;
constexpr std::size_t payload_size = 160; // 20 ms
constexpr std::size_t batch = 64;
using packet = std::array<unsigned char, header_size + payload_size>;

void put(unsigned char* to, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i)
    to[i] = static_cast<unsigned char>(value >> (8 * (bytes - 1 - i)));
}

std::uint32_t get(const unsigned char* from, int bytes) {
  std::uint32_t value = 0;
  for (int i = 0; i < bytes; ++i)
    value = value << 8U | from[i];
  return value;
}

/// Something that is no silence: what the engine does with sound is the same for all of it.
packet blank_packet() {
  packet p{};
  p[0] = 0x80; // version 2
  p[1] = 8;    // PCMA
  for (std::size_t i = 0; i < payload_size; ++i)
    p[header_size + i] = static_cast<unsigned char>(0xD5U ^ ((i * 37U) & 0x3FU) ^ (i % 20 < 10 ? 0x80U : 0U));
  return p;
}

} // namespace

void sequence_count::saw(std::uint16_t sequence) {
  if (first_ < 0) {
    first_ = highest_ = sequence;
  } else {
    const auto step = static_cast<std::int16_t>(static_cast<std::uint16_t>(sequence - highest_));
    if (step > 0) highest_ += step;
  }
  ++received_;
}

std::uint64_t sequence_count::lost() const {
  if (first_ < 0) return 0;
  const auto expected = static_cast<std::uint64_t>(highest_ - first_ + 1);
  return expected > received_ ? expected - received_ : 0;
}

rtp_streams::rtp_streams(udp_loop& loop) : loop_(loop) {
  for (const auto side : {rtp_side::caller, rtp_side::agent})
    loop_.watch(sides_[static_cast<std::size_t>(side)].fd(), [this, side] { read(side); });
}

rtp_streams::id rtp_streams::start(rtp_side side, rtp_address to) {
  const auto source = ++last_source_;
  streams_[source % slots].push_back({side, to, static_cast<std::uint16_t>(source * 977), source * 7919, source});
  ++running_;
  if (!std::exchange(ticking_, true)) {
    due_ = udp_loop::clock::now();
    tick();
  }
  return source;
}

void rtp_streams::stop(id which) {
  auto& some = streams_[which % slots];
  const auto found = std::find_if(some.begin(), some.end(), [&](const stream& s) { return s.source == which; });
  if (found == some.end()) return;
  some.erase(found);
  --running_;
}

void rtp_streams::tick() {
  if (running_ == 0) {
    ticking_ = false;
    return;
  }
  const auto late = udp_loop::clock::now() - due_;
  figures_.lateness_ms.add(std::chrono::duration<double, std::milli>(late).count());
  send(streams_[slot_]);
  slot_ = (slot_ + 1) % slots;
  due_ += std::chrono::milliseconds{20} / slots;
  loop_.at(due_, [this] { tick(); });
}

void rtp_streams::send(std::vector<stream>& some) {
  static const packet blank = blank_packet();
  std::array<packet, batch> packets;
  std::array<sockaddr_in, batch> addresses{};
  std::array<iovec, batch> pieces{};
  std::array<mmsghdr, batch> messages{};
  for (const auto side : {rtp_side::caller, rtp_side::agent}) {
    const int fd = sides_[static_cast<std::size_t>(side)].fd();
    unsigned count = 0;
    const auto flush = [&] {
      if (count > 0) (void)::sendmmsg(fd, messages.data(), count, MSG_NOSIGNAL);
      figures_.sent += count;
      count = 0;
    };
    for (auto& s : some) {
      if (s.side != side) continue;
      auto& p = packets[count];
      p = blank;
      put(&p[2], s.sequence++, 2);
      put(&p[4], s.timestamp, 4);
      put(&p[8], s.source, 4);
      s.timestamp += payload_size;
      addresses[count].sin_family = AF_INET;
      addresses[count].sin_port = htons(s.to.port);
      addresses[count].sin_addr.s_addr = htonl(s.to.host);
      pieces[count] = {p.data(), p.size()};
      messages[count].msg_hdr = {&addresses[count], sizeof(sockaddr_in), &pieces[count], 1, nullptr, 0, 0};
      if (++count == batch) flush();
    }
    flush();
  }
}

void rtp_streams::read(rtp_side side) {
  const int fd = sides_[static_cast<std::size_t>(side)].fd();
  static thread_local std::array<std::array<unsigned char, 512>, batch> space;
  std::array<sockaddr_in, batch> addresses{};
  std::array<iovec, batch> pieces{};
  std::array<mmsghdr, batch> messages{};
  for (std::size_t i = 0; i < batch; ++i) {
    pieces[i] = {space[i].data(), space[i].size()};
    messages[i].msg_hdr = {&addresses[i], sizeof(sockaddr_in), &pieces[i], 1, nullptr, 0, 0};
  }
  const int got = ::recvmmsg(fd, messages.data(), batch, MSG_DONTWAIT, nullptr);
  for (int i = 0; i < got; ++i) {
    const auto n = static_cast<std::size_t>(i);
    const auto& bytes = space[n];
    const bool rtp = messages[n].msg_len >= header_size && bytes[0] >> 6U == 2 && (bytes[1] & 0x7FU) < 64;
    if (!rtp) continue; // RTCP has types from 192 on
    ++figures_.received;
    const auto key = static_cast<std::uint64_t>(ntohs(addresses[n].sin_port)) << 32U | get(&bytes[8], 4);
    heard_[key].saw(static_cast<std::uint16_t>(get(&bytes[2], 2)));
  }
}

rtp_figures rtp_streams::take() {
  for (const auto& [key, s] : heard_)
    figures_.lost += s.lost();
  heard_.clear();
  for (std::size_t i = 0; i < sides_.size(); ++i)
    figures_.dropped += sides_[i].dropped() - std::exchange(dropped_before_[i], sides_[i].dropped());
  return std::exchange(figures_, {});
}

} // namespace lifeline::bench
