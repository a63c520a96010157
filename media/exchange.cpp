#include "media/exchange.hpp"

#include <algorithm>
#include <random>

namespace lifeline::media {

namespace {
constexpr std::int64_t sweep_interval_ns = 250'000'000;
}

exchange::exchange(loop& events, const settings& set, recorder& disk, prompt_store& prompts, const address& local,
                   std::string advertised)
    : events_(events), set_(set), disk_(disk), prompts_(prompts), local_(local), advertised_(std::move(advertised)),
      context_{set, events, {}, std::mt19937_64{std::random_device{}()}, monotonic_ns()},
      ports_(set.port_min, set.port_max, std::random_device{}()), clock_(events, [this] { on_clock(); }),
      sweeper_(events, [this] { sweep(); }) {}

void exchange::begin() {
  started_ns_ = monotonic_ns();
  sweeper_.start(started_ns_ + sweep_interval_ns, sweep_interval_ns);
}

void exchange::end() {
  while (!recordings_.empty())
    stop_recording(recordings_.begin()->first);
  while (!endpoints_.empty())
    close(endpoints_.begin()->first);
  sweep();
  sweeper_.stop();
  clock_.stop();
}

endpoint* exchange::find(leg_id leg) {
  const auto found = endpoints_.find(leg);
  return found == endpoints_.end() ? nullptr : found->second.get();
}

void exchange::tell_opened(const endpoint& e) {
  if (e.sink()) e.sink()->on_endpoint_event({e.leg(), endpoint_event_kind::opened, advertised_, e.port(), {}});
}

void exchange::open(leg_id leg, std::shared_ptr<endpoint_sink> sink) {
  if (auto* e = find(leg)) {
    e->set_sink(std::move(sink));
    return tell_opened(*e);
  }
  const auto fail = [&](const std::string& why) {
    if (sink) sink->on_endpoint_event({leg, endpoint_event_kind::failed, {}, 0, why});
  };
  auto sockets = ports_.open(local_);
  if (!sockets) return fail(sockets.error());
  const auto port = sockets->port;
  auto e = std::make_unique<endpoint>(context_, leg, sink, std::move(*sockets), local_.family());
  if (!e->listen()) {
    ports_.release(port);
    return fail("the media thread's event loop has no place for another socket");
  }
  auto& placed = *(endpoints_[leg] = std::move(e));
  refresh_recorded(leg);
  tell_opened(placed);
}

void exchange::close(leg_id leg) {
  auto* e = find(leg);
  if (e == nullptr) return;
  for (auto& [id, r] : recordings_)
    if (r.left() == leg) r.set_sink(e->sink());
  if (auto* peer = e->peer()) peer->join(nullptr, true); // it stays joined, with silence
  ticking_.erase(std::remove(ticking_.begin(), ticking_.end(), e), ticking_.end());
  e->add_to(finished_);
  const auto port = e->port();
  endpoints_.erase(leg);
  ports_.release(port);
  adjust_clock();
}

void exchange::set_remote(leg_id leg, const session_description& remote) {
  if (auto* e = find(leg)) e->set_remote(remote);
}

void exchange::note_alive(leg_id leg) {
  if (auto* e = find(leg)) e->note_alive();
}

void exchange::play(leg_id leg, const play_request& request) {
  auto* e = find(leg);
  if (e == nullptr) return;
  std::vector<std::shared_ptr<const prompt>> files;
  files.reserve(request.files.size());
  for (const auto& name : request.files)
    files.push_back(prompts_.find(name));
  e->play(player(std::move(files), request.loop));
  refresh(*e);
}

void exchange::stop_play(leg_id leg) {
  auto* e = find(leg);
  if (e == nullptr) return;
  e->play(std::nullopt);
  refresh(*e);
}

void exchange::part(endpoint& e) {
  if (auto* peer = e.peer()) {
    peer->join(nullptr, false);
    refresh(*peer);
  }
  e.join(nullptr, false);
}

void exchange::bridge(leg_id a, leg_id b) {
  auto* left = find(a);
  auto* right = find(b);
  if (left == nullptr || right == nullptr || left == right) return;
  if (left->peer() == right) { // heard before the answer; now they talk
    left->join(right, true);
    right->join(left, true);
    return;
  }
  part(*left);
  part(*right);
  left->join(right, true);
  right->join(left, true);
  refresh(*left);
  refresh(*right);
}

void exchange::unbridge(leg_id leg) {
  auto* e = find(leg);
  if (e == nullptr) return;
  part(*e);
  refresh(*e);
}

void exchange::send_digit(leg_id leg, char digit) {
  auto* e = find(leg);
  if (e == nullptr) return;
  e->send_digit(digit);
  refresh(*e);
}

void exchange::listen_tones(leg_id leg, bool on) {
  auto* e = find(leg);
  if (e == nullptr) return;
  e->listen_tones(on);
  refresh(*e);
}

void exchange::send_tones(leg_id leg, const std::string& digits, tone_way way) {
  auto* e = find(leg);
  if (e == nullptr) return;
  e->send_tones(digits, way);
  refresh(*e);
}

void exchange::refresh_recorded(leg_id leg) {
  auto* e = find(leg);
  if (e == nullptr) return;
  e->set_recorded(
      std::any_of(recordings_.begin(), recordings_.end(), [&](const auto& r) { return r.second.involves(leg); }));
  refresh(*e);
}

void exchange::start_recording(const recording_request& request) {
  if (const auto running = recordings_.find(request.recording); running != recordings_.end()) {
    auto& r = running->second; // a restarted call attaches again: one file, now with these legs
    const auto left = r.left();
    const auto right = r.right();
    r.set_legs(request.left, request.right);
    for (const auto leg : {left, right, request.left, request.right})
      refresh_recorded(leg);
    return;
  }
  const auto* left = find(request.left);
  recordings_.try_emplace(request.recording, disk_, request, left != nullptr ? left->sink() : nullptr);
  refresh_recorded(request.left);
  refresh_recorded(request.right);
  adjust_clock();
}

void exchange::change_recording_right(recording_id recording, leg_id right) {
  const auto found = recordings_.find(recording);
  if (found == recordings_.end()) return;
  const auto before = found->second.right();
  found->second.set_legs(found->second.left(), right);
  refresh_recorded(before);
  refresh_recorded(right);
}

void exchange::stop_recording(recording_id recording) {
  const auto found = recordings_.find(recording);
  if (found == recordings_.end()) return;
  auto& r = found->second;
  if (const auto* left = find(r.left())) r.set_sink(left->sink());
  const auto legs = {r.left(), r.right()};
  finished_drops_ += r.dropped_frames();
  r.finish();
  recordings_.erase(found);
  for (const auto leg : legs)
    refresh_recorded(leg);
  adjust_clock();
}

} // namespace lifeline::media
