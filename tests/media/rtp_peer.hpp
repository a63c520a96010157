#pragma once
// A phone's media for tests: plain UDP sockets on 127.0.0.1, a thread that talks in real time and keeps what it hears.

#include "domain/calls/session_description.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace lifeline::media::testing {

struct heard_packet {
  std::uint8_t payload_type = 0;
  bool marker = false;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::vector<std::uint8_t> payload;
};

class rtp_peer {
public:
  /// "PCMA" or "PCMU".
  explicit rtp_peer(std::string codec);
  rtp_peer(const rtp_peer&) = delete;
  rtp_peer& operator=(const rtp_peer&) = delete;
  ~rtp_peer();

  [[nodiscard]] domain::session_description description() const;
  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// From now on a tone in packets of `ptime_ms`, until silence().
  void talk(std::uint16_t to, double hertz, int ptime_ms = 20);
  void silence() { talking_ = false; }
  /// This audio, once, in packets of 20 ms and in real time; behind what was not said yet.
  void say(std::uint16_t to, const std::vector<std::int16_t>& samples);
  /// All of it has been sent.
  [[nodiscard]] bool said() const;
  /// One packet at once, outside of the tone.
  void send(std::uint16_t to, std::uint8_t payload_type, std::uint32_t timestamp, std::vector<std::uint8_t> payload);
  /// A raw datagram.
  void send_raw(std::uint16_t to, const std::vector<std::uint8_t>& datagram);
  /// A report from the RTCP port.
  void send_report(std::uint16_t to, const std::vector<std::uint8_t>& datagram);
  [[nodiscard]] std::uint32_t ssrc() const { return ssrc_; }
  [[nodiscard]] std::uint32_t timestamp() const { return timestamp_; }

  [[nodiscard]] std::vector<heard_packet> heard() const;
  [[nodiscard]] std::size_t heard_count() const;
  /// Decoded audio of the last `count` audio packets.
  [[nodiscard]] std::vector<std::int16_t> last_audio(std::size_t count) const;
  /// Datagrams that came to the RTCP port.
  [[nodiscard]] std::vector<std::vector<std::uint8_t>> reports() const;
  void forget();

private:
  void run();
  std::vector<std::int16_t> next_words(std::size_t count);
  void read();

  std::string codec_;
  int rtp_ = -1;
  int rtcp_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_{false};
  std::atomic<bool> talking_{false};
  std::atomic<std::uint16_t> to_{0};
  std::atomic<double> hertz_{0};
  std::atomic<int> ptime_ms_{20};
  std::atomic<std::uint32_t> timestamp_{1000};
  std::atomic<std::uint16_t> sequence_{65530};
  std::uint32_t ssrc_;
  mutable std::mutex mutex_;
  std::deque<std::int16_t> to_say_;
  std::vector<heard_packet> heard_;
  std::vector<std::vector<std::uint8_t>> reports_;
  std::thread thread_;
};

/// Part of the signal's energy at `hertz` (Goertzel): near 1 for a pure tone, near 0 without it.
double tone_share(const std::vector<std::int16_t>& samples, double hertz);
double level(const std::vector<std::int16_t>& samples);

} // namespace lifeline::media::testing
