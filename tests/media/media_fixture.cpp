#include "tests/media/media_fixture.hpp"

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <numbers>
#include <stdexcept>
#include <thread>

namespace lifeline::media::testing {

bool eventually(const std::function<bool()>& condition, std::chrono::milliseconds within) {
  const auto deadline = std::chrono::steady_clock::now() + within;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return condition();
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

void collector::on_endpoint_event(const endpoint_event& e) {
  const std::lock_guard lock(mutex_);
  events_.push_back(e);
}
void collector::on_recording_event(const recording_event& e) {
  const std::lock_guard lock(mutex_);
  recordings_.push_back(e);
}
std::vector<endpoint_event> collector::events(endpoint_event_kind kind) const {
  const std::lock_guard lock(mutex_);
  std::vector<endpoint_event> out;
  for (const auto& e : events_)
    if (e.kind == kind) out.push_back(e);
  return out;
}
std::vector<recording_event> collector::recordings() const {
  const std::lock_guard lock(mutex_);
  return recordings_;
}
std::string collector::digits() const {
  std::string out;
  for (const auto& e : events(endpoint_event_kind::digit))
    out += e.text;
  return out;
}
bool collector::wait(endpoint_event_kind kind, std::size_t wanted) const {
  return eventually([&] { return count(kind) >= wanted; });
}

std::uint16_t free_ports(std::uint16_t count) {
  for (int i = 0; i < 500; ++i) {
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof a;
    (void)::bind(fd, reinterpret_cast<const sockaddr*>(&a), size);
    (void)::getsockname(fd, reinterpret_cast<sockaddr*>(&a), &size);
    ::close(fd);
    const auto first = static_cast<unsigned>(ntohs(a.sin_port) & ~1u);
    if (first + count > 65535) continue;
    bool all = true;
    for (unsigned p = first; p < first + count && all; ++p) {
      const int probe = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      a.sin_port = htons(static_cast<std::uint16_t>(p));
      all = ::bind(probe, reinterpret_cast<const sockaddr*>(&a), sizeof a) == 0;
      ::close(probe);
    }
    if (all) return static_cast<std::uint16_t>(first);
  }
  throw std::runtime_error("no free ports");
}

media_fixture::media_fixture() {
  set.bind_address = "127.0.0.1";
  set.port_min = free_ports(24);
  set.port_max = static_cast<std::uint16_t>(set.port_min + 23);
  set.prompts = folder.path.string();
  set.recordings = folder.file("recordings");
}

void media_fixture::start() {
  auto started = start_gateway(set);
  if (!started) FAIL(started.error());
  media = std::move(*started);
}

leg media_fixture::open() {
  leg l;
  l.id = leg_id{1, ++last_id};
  media->open(l.id, l.sink);
  REQUIRE(l.sink->wait(endpoint_event_kind::opened));
  l.port = l.sink->events(endpoint_event_kind::opened).front().port;
  return l;
}

leg media_fixture::open(const rtp_peer& peer) {
  auto l = open();
  media->set_remote(l.id, peer.description());
  return l;
}

std::vector<std::uint8_t> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void write_file(const std::string& path, const std::vector<std::uint8_t>& content) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
}

wav_content read_recording(const std::string& path) {
  const auto file = read_file(path);
  const auto number = [&](std::size_t at) {
    std::uint32_t v = 0;
    std::memcpy(&v, &file.at(at), 4);
    return v;
  };
  if (file.size() < 44 || std::memcmp(file.data(), "RIFF", 4) != 0 || std::memcmp(&file[36], "data", 4) != 0)
    throw std::runtime_error("not a recording: " + path);
  if (number(4) != file.size() - 8 || number(40) != file.size() - 44 || file.size() % 4 != 0)
    throw std::runtime_error("wrong lengths: " + path);
  wav_content c;
  c.bytes = file.size();
  for (std::size_t at = 44; at < file.size(); at += 4) {
    std::int16_t s[2];
    std::memcpy(s, &file[at], 4);
    c.left.push_back(s[0]);
    c.right.push_back(s[1]);
  }
  return c;
}

std::vector<std::uint8_t> make_wav(const std::vector<std::int16_t>& samples, std::uint32_t rate,
                                   std::uint16_t channels) {
  std::vector<std::uint8_t> out;
  const auto text = [&](const char* t) { out.insert(out.end(), t, t + 4); };
  const auto number = [&](std::uint32_t v, int size) {
    for (int i = 0; i < size; ++i)
      out.push_back(static_cast<std::uint8_t>(v >> (8 * i)));
  };
  const auto data = static_cast<std::uint32_t>(samples.size() * 2);
  text("RIFF");
  number(36 + data, 4);
  text("WAVE");
  text("fmt ");
  number(16, 4);
  number(1, 2);
  number(channels, 2);
  number(rate, 4);
  number(rate * channels * 2, 4);
  number(channels * 2u, 2);
  number(16, 2);
  text("data");
  number(data, 4);
  for (const auto s : samples)
    number(static_cast<std::uint16_t>(s), 2);
  return out;
}

std::vector<std::int16_t> make_tone(double hertz, std::size_t samples, std::uint32_t rate) {
  std::vector<std::int16_t> out(samples);
  for (std::size_t i = 0; i < samples; ++i)
    out[i] = static_cast<std::int16_t>(10000 * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / rate));
  return out;
}

} // namespace lifeline::media::testing
