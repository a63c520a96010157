#pragma once
// The media gateway: endpoints, bridges, prompts and recordings, without any sound. It can be slow, fail, or never seal
// a recording.

#include "tests/simulation/outside.hpp"
#include "tests/support/media_faults.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace lifeline::simulation {

class sound final : public testing::media_faults {
public:
  enum class health : std::uint8_t { well, slow, dead };
  enum class recorder_health : std::uint8_t { well, dead, full };

  explicit sound(outside& world) : world_(world) {}

  void set_health(health h);
  /// The n-th endpoint to be opened from now on fails; 0: none.
  void fail_nth(std::int64_t n) { fails_in_ = n; }
  void set_recorder(recorder_health h) { recorder_ = h; }
  void set_prompts_stuck(bool stuck) { prompts_stuck_ = stuck; }
  /// Called with each tone that the engine sends towards a leg.
  std::function<void(const domain::leg_id&, char)> on_tone;
  /// Nothing is heard any more of that leg.
  void fall_silent(const domain::leg_id& leg);
  void engine_died();

  [[nodiscard]] const std::map<domain::leg_id, domain::leg_id>& bridges() const { return bridges_; }
  [[nodiscard]] std::size_t open_endpoints() const { return endpoints_.size(); }
  [[nodiscard]] std::size_t recordings() const { return recordings_.size(); }
  [[nodiscard]] bool plays(const domain::leg_id& leg) const {
    const auto found = endpoints_.find(leg);
    return found != endpoints_.end() && found->second.plays;
  }
  /// Whoever is at that end presses a key.
  void press(const domain::leg_id& leg, char key) { tell(leg, media::endpoint_event_kind::digit, std::string(1, key)); }
  /// True once after any change of the bridges.
  bool bridges_changed() { return std::exchange(changed_, false); }

  // media::gateway
  void open(domain::leg_id leg, std::shared_ptr<media::endpoint_sink> sink) override;
  void close(domain::leg_id leg) override;
  void set_remote(domain::leg_id, const domain::session_description&) override {}
  void note_alive(domain::leg_id) override {}
  void play(domain::leg_id leg, const media::play_request& r) override;
  void stop_play(domain::leg_id leg) override;
  void bridge(domain::leg_id a, domain::leg_id b) override;
  void unbridge(domain::leg_id leg) override;
  void send_digit(domain::leg_id, char) override {}
  void listen_tones(domain::leg_id, bool) override {}
  void send_tones(domain::leg_id leg, const std::string& digits, media::tone_way) override {
    for (const char tone : digits)
      if (on_tone && endpoints_.contains(leg)) on_tone(leg, tone);
  }
  void start_recording(const media::recording_request& r) override;
  void change_recording_right(domain::recording_id, domain::leg_id) override {}
  void stop_recording(domain::recording_id id) override;
  void stop() override {}

private:
  struct endpoint {
    std::shared_ptr<media::endpoint_sink> sink;
    std::uint16_t port = 0;
    bool opening = false;
    bool plays = false;
  };
  struct recording {
    media::recording_request request;
    std::shared_ptr<media::endpoint_sink> sink; ///< of the left leg, also when that is closed already
  };
  void tell(const domain::leg_id& leg, media::endpoint_event_kind kind, const std::string& text = {});

  outside& world_;
  std::map<domain::leg_id, endpoint> endpoints_;
  std::map<domain::leg_id, domain::leg_id> bridges_;
  std::map<domain::recording_id, recording> recordings_;
  std::uint16_t next_port_ = 20000;
  health health_ = health::well;
  recorder_health recorder_ = recorder_health::well;
  bool prompts_stuck_ = false;
  std::int64_t fails_in_ = 0;
  bool changed_ = false;
};

} // namespace lifeline::simulation
