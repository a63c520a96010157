#include "media/gateway.hpp"

#include "media/exchange.hpp"
#include "media/start_checks.hpp"
#include "media/wav_reader.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace lifeline::media {

namespace {

constexpr std::size_t prompt_cache_bytes = 64'000'000;   // more than an hour of audio
constexpr std::size_t recorder_queue_bytes = 64'000'000; // 100 calls for 20 s
constexpr std::size_t max_descriptors = 65536;

class libre_gateway final : public gateway {
public:
  libre_gateway(const settings& s, const address& local, std::string advertised)
      : settings_(s), disk_(s.recordings, recorder_queue_bytes), prompts_(s.prompts, prompt_cache_bytes),
        exchange_(loop_, settings_, disk_, prompts_, local, std::move(advertised)) {}
  ~libre_gateway() override { end(); }

  tl::expected<void, std::string> start(std::size_t open_files) {
    auto started = loop_.start(static_cast<int>(std::min(open_files, max_descriptors)));
    if (started) post([](exchange& x) { x.begin(); });
    return started;
  }

  void open(leg_id leg, std::shared_ptr<endpoint_sink> sink) override {
    post([leg, sink = std::move(sink)](exchange& x) { x.open(leg, sink); });
  }
  void close(leg_id leg) override {
    post([leg](exchange& x) { x.close(leg); });
  }
  void set_remote(leg_id leg, const session_description& remote) override {
    post([leg, remote](exchange& x) { x.set_remote(leg, remote); });
  }
  void note_alive(leg_id leg) override {
    post([leg](exchange& x) { x.note_alive(leg); });
  }
  void play(leg_id leg, const play_request& request) override {
    post([leg, request](exchange& x) { x.play(leg, request); });
  }
  void stop_play(leg_id leg) override {
    post([leg](exchange& x) { x.stop_play(leg); });
  }
  void bridge(leg_id a, leg_id b) override {
    post([a, b](exchange& x) { x.bridge(a, b); });
  }
  void unbridge(leg_id leg) override {
    post([leg](exchange& x) { x.unbridge(leg); });
  }
  void send_digit(leg_id leg, char digit) override {
    post([leg, digit](exchange& x) { x.send_digit(leg, digit); });
  }
  void listen_tones(leg_id leg, bool on) override {
    post([leg, on](exchange& x) { x.listen_tones(leg, on); });
  }
  void send_tones(leg_id leg, const std::string& digits, tone_way way) override {
    post([leg, digits, way](exchange& x) { x.send_tones(leg, digits, way); });
  }
  void start_recording(const recording_request& request) override {
    post([request](exchange& x) { x.start_recording(request); });
  }
  void change_recording_right(recording_id recording, leg_id right) override {
    post([recording, right](exchange& x) { x.change_recording_right(recording, right); });
  }
  void stop_recording(recording_id recording) override {
    post([recording](exchange& x) { x.stop_recording(recording); });
  }
  [[nodiscard]] media_statistics statistics() const override {
    auto s = exchange_.statistics();
    s.faults = loop::faults();
    return s;
  }
  void inject_fault(std::chrono::milliseconds hang) override {
    (void)loop_.post([hang] {
      if (hang.count() == 0) throw std::runtime_error("injected fault");
      std::this_thread::sleep_for(hang);
    });
  }
  void stop() override { end(); }

private:
  template <class Task> void post(Task t) {
    (void)loop_.post([this, t = std::move(t)] { t(exchange_); });
  }
  void end() {
    post([](exchange& x) { x.end(); });
    loop_.stop();
    disk_.stop();
  }

  const settings settings_;
  recorder disk_;
  prompt_store prompts_;
  loop loop_;
  exchange exchange_;
};

} // namespace

tl::expected<std::unique_ptr<gateway>, std::string> start_gateway(const settings& s) {
  const auto local = address::parse(s.bind_address, 0);
  if (!local) return tl::unexpected("media address \"" + s.bind_address + "\" is not an IP address");
  if (!s.advertised.empty() && !address::parse(s.advertised, 0))
    return tl::unexpected("advertised media address \"" + s.advertised + "\" is not an IP address");
  if (auto ports = check_ports(s); !ports) return tl::unexpected(ports.error());
  if (!s.recordings.empty()) {
    if (auto folder = check_recordings_folder(s.recordings); !folder) return tl::unexpected(folder.error());
  }
  const auto files = ensure_open_files(count_port_pairs(s.port_min, s.port_max));
  if (!files) return tl::unexpected(files.error());
  if (auto usable = udp_socket::open(*local); !usable)
    return tl::unexpected("media address " + s.bind_address + " cannot be used: " + std::strerror(usable.error()));
  auto advertised = s.advertised;
  if (advertised.empty()) advertised = local->is_any() ? default_route_address(local->family()) : s.bind_address;
  auto made = std::make_unique<libre_gateway>(s, *local, std::move(advertised));
  if (auto started = made->start(*files); !started) return tl::unexpected(started.error());
  return made;
}

tl::expected<void, std::string> check_prompt(const settings& s, const std::string& name) {
  auto audio = read_wav(prompt_path(s.prompts, name));
  if (!audio) return tl::unexpected(audio.error());
  return {};
}

tl::expected<recording_event, std::string> repair_recording(const settings& s, recording_id recording,
                                                            const std::string& path) {
  if (auto safe = check_recording_path(path); !safe) return tl::unexpected(safe.error());
  auto mended = mend_recording((std::filesystem::path(s.recordings) / path).string());
  if (!mended) return tl::unexpected(mended.error());
  recording_event e;
  e.recording = recording;
  e.ok = true;
  e.path = path;
  e.sha256 = mended->sha256;
  e.bytes = mended->bytes;
  e.duration = mended->duration;
  return e;
}

} // namespace lifeline::media
