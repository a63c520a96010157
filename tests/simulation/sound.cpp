#include "tests/simulation/sound.hpp"

namespace lifeline::simulation {

namespace {

using namespace std::chrono_literals;
using media::endpoint_event_kind;

constexpr auto prompt_length = 3s;

} // namespace

void sound::tell(const domain::leg_id& leg, endpoint_event_kind kind, const std::string& text) {
  const auto found = endpoints_.find(leg);
  if (found == endpoints_.end()) return;
  const auto sink = found->second.sink;
  const auto port = found->second.port;
  if (sink) sink->on_endpoint_event({leg, kind, "127.0.0.1", port, text});
}

void sound::set_health(health h) {
  health_ = h;
  if (h != health::well) return;
  for (auto& [leg, e] : endpoints_)
    if (std::exchange(e.opening, false)) tell(leg, endpoint_event_kind::opened);
}

void sound::fall_silent(const domain::leg_id& leg) {
  if (bridges_.contains(leg)) world_.note("media silent");
  tell(leg, endpoint_event_kind::silent);
}

void sound::engine_died() {
  endpoints_.clear();
  bridges_.clear();
  recordings_.clear();
  changed_ = true;
}

void sound::open(domain::leg_id leg, std::shared_ptr<media::endpoint_sink> sink) {
  const bool fresh = !endpoints_.contains(leg);
  const bool unlucky = fresh && fails_in_ > 0 && --fails_in_ == 0;
  if (fresh && (unlucky || health_ == health::dead)) {
    world_.note("no endpoint");
    return sink->on_endpoint_event({leg, endpoint_event_kind::failed, {}, 0, "no port left"});
  }
  auto& e = endpoints_[leg];
  e.sink = std::move(sink);
  if (e.port == 0) {
    e.port = next_port_;
    next_port_ = next_port_ >= 29998 ? 20000 : static_cast<std::uint16_t>(next_port_ + 2);
    e.opening = health_ == health::slow;
  }
  if (!e.opening) tell(leg, endpoint_event_kind::opened);
}

void sound::close(domain::leg_id leg) {
  unbridge(leg);
  endpoints_.erase(leg);
}

void sound::play(domain::leg_id leg, const media::play_request& r) {
  const auto found = endpoints_.find(leg);
  if (found == endpoints_.end()) return;
  found->second.plays = true;
  if (r.loop || prompts_stuck_) return;
  world_.after(prompt_length, [this, leg] {
    const auto still = endpoints_.find(leg);
    if (still == endpoints_.end() || !std::exchange(still->second.plays, false)) return;
    tell(leg, endpoint_event_kind::play_finished);
  });
}

void sound::stop_play(domain::leg_id leg) {
  const auto found = endpoints_.find(leg);
  if (found != endpoints_.end() && std::exchange(found->second.plays, false)) world_.note("music stopped");
}

void sound::bridge(domain::leg_id a, domain::leg_id b) {
  if (!endpoints_.contains(a) || !endpoints_.contains(b)) return;
  unbridge(a);
  unbridge(b);
  bridges_[a] = b;
  bridges_[b] = a;
  changed_ = true;
}

void sound::unbridge(domain::leg_id leg) {
  const auto found = bridges_.find(leg);
  if (found == bridges_.end()) return;
  const auto other = found->second;
  bridges_.erase(found);
  bridges_.erase(other);
  changed_ = true;
}

void sound::start_recording(const media::recording_request& r) {
  const auto left = endpoints_.find(r.left);
  recordings_.try_emplace(r.recording, recording{r, left != endpoints_.end() ? left->second.sink : nullptr});
}

void sound::stop_recording(domain::recording_id id) {
  auto found = recordings_.extract(id);
  if (found.empty()) return;
  auto& r = found.mapped();
  if (recorder_ == recorder_health::dead) return world_.note("recording never sealed");
  media::recording_event e;
  e.recording = id;
  e.path = r.request.path;
  e.ok = recorder_ == recorder_health::well;
  if (e.ok) {
    e.sha256 = "5ea1";
    e.bytes = 1044;
  } else {
    e.error = "disk full";
    world_.note("recording failed");
  }
  const auto left = endpoints_.find(r.request.left);
  const auto sink = left != endpoints_.end() ? left->second.sink : r.sink;
  if (sink) sink->on_recording_event(e);
}

} // namespace lifeline::simulation
