#pragma once
// What the media thread owns: endpoints, who is joined with whom, recordings, and the tick of 20 ms that moves audio.
// All member functions but the constructor and statistics() are for the media thread.

#include "media/call_recording.hpp"
#include "media/endpoint.hpp"
#include "media/periodic_timer.hpp"
#include "media/prompt_store.hpp"

#include <mutex>
#include <unordered_map>

namespace lifeline::media {

class exchange {
public:
  exchange(loop& events, const settings& set, recorder& disk, prompt_store& prompts, const address& local,
           std::string advertised);

  void begin();
  /// Seals all recordings, closes all endpoints.
  void end();

  void open(leg_id leg, std::shared_ptr<endpoint_sink> sink);
  void close(leg_id leg);
  void set_remote(leg_id leg, const session_description& remote);
  void note_alive(leg_id leg);
  void play(leg_id leg, const play_request& request);
  void stop_play(leg_id leg);
  void bridge(leg_id a, leg_id b);
  void unbridge(leg_id leg);
  void send_digit(leg_id leg, char digit);
  void listen_tones(leg_id leg, bool on);
  void send_tones(leg_id leg, const std::string& digits, tone_way way);
  void start_recording(const recording_request& request);
  void change_recording_right(recording_id recording, leg_id right);
  void stop_recording(recording_id recording);

  /// From any thread; at most a quarter of a second old.
  [[nodiscard]] media_statistics statistics() const;

private:
  endpoint* find(leg_id leg);
  void part(endpoint& e);
  /// Puts the endpoint on the tick's list or takes it off.
  void refresh(endpoint& e);
  void refresh_recorded(leg_id leg);
  void finish_recording(call_recording& r);
  void adjust_clock();
  void on_clock();
  void tick(std::uint64_t number, bool read_first, bool late);
  void sweep();
  void tell_opened(const endpoint& e);

  loop& events_;
  const settings& set_;
  recorder& disk_;
  prompt_store& prompts_;
  const address local_;
  const std::string advertised_;
  endpoint_context context_;
  port_pool ports_;
  std::unordered_map<leg_id, std::unique_ptr<endpoint>> endpoints_;
  std::unordered_map<recording_id, call_recording> recordings_;
  std::vector<endpoint*> ticking_;
  std::uint64_t tick_ = 0; ///< the last one done
  periodic_timer clock_;
  periodic_timer sweeper_;
  std::int64_t started_ns_ = 0;
  media_statistics finished_; ///< of endpoints that were closed
  std::uint64_t finished_drops_ = 0;
  mutable std::mutex published_mutex_;
  media_statistics published_;
};

} // namespace lifeline::media
