#pragma once
// A gateway on 127.0.0.1 with its own folder and port range, and the sinks that collect what it says.

#include "media/gateway.hpp"
#include "tests/media/rtp_peer.hpp"
#include "tests/temp_folder.hpp"

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace lifeline::media::testing {

using namespace std::chrono_literals;

/// True as soon as `condition` holds, false when it does not within the (generous) time.
bool eventually(const std::function<bool()>& condition, std::chrono::milliseconds within = 10s);

class collector final : public endpoint_sink {
public:
  void on_endpoint_event(const endpoint_event& e) override;
  void on_recording_event(const recording_event& e) override;
  [[nodiscard]] std::vector<endpoint_event> events(endpoint_event_kind kind) const;
  [[nodiscard]] std::size_t count(endpoint_event_kind kind) const { return events(kind).size(); }
  [[nodiscard]] std::string digits() const;
  [[nodiscard]] std::vector<recording_event> recordings() const;
  bool wait(endpoint_event_kind kind, std::size_t count = 1) const;

private:
  mutable std::mutex mutex_;
  std::vector<endpoint_event> events_;
  std::vector<recording_event> recordings_;
};

using lifeline::testing::temp_folder;

struct leg {
  leg_id id;
  std::shared_ptr<collector> sink = std::make_shared<collector>();
  std::uint16_t port = 0;
};

struct media_fixture {
  media_fixture();
  /// Starts with `set`; fails the test when it does not start.
  void start();
  /// An endpoint, waited for.
  leg open();
  /// An endpoint whose remote is `peer`.
  leg open(const rtp_peer& peer);

  temp_folder folder;
  settings set;
  std::unique_ptr<gateway> media;
  std::uint64_t last_id = 0;
};

/// First of `count` ports, of which the first is even, free at the time of asking.
std::uint16_t free_ports(std::uint16_t count);

struct wav_content {
  std::vector<std::int16_t> left;
  std::vector<std::int16_t> right;
  std::uint64_t bytes = 0;
};
/// Strict: throws when the header is not exactly that of a finished recording.
wav_content read_recording(const std::string& path);
/// 16-bit PCM WAV bytes.
std::vector<std::uint8_t> make_wav(const std::vector<std::int16_t>& samples, std::uint32_t rate = 8000,
                                   std::uint16_t channels = 1);
void write_file(const std::string& path, const std::vector<std::uint8_t>& content);
std::vector<std::uint8_t> read_file(const std::string& path);
std::vector<std::int16_t> make_tone(double hertz, std::size_t samples, std::uint32_t rate = 8000);

} // namespace lifeline::media::testing
