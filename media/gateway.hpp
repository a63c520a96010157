#pragma once
// The one door to RTP. Everything of libre's lives on one thread behind it; what passes are values.
//
// Each leg has at most one endpoint, named by the leg's id. Commands may be given from any thread and return at once;
// they are carried out in order. A command for an endpoint that does not exist is ignored. Sinks are called on the
// media thread (recordings: on the recorder's thread) and must not block.

#include "domain/base/ids.hpp"
#include "domain/base/time.hpp"
#include "domain/calls/session_description.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace lifeline::media {

using domain::leg_id;
using domain::recording_id;
using domain::session_description;

enum class endpoint_event_kind : std::uint8_t {
  opened,         ///< `address`, `port`: what goes into our SDP
  failed,         ///< no port left, or a socket error in `text`; there is no endpoint
  digit,          ///< RFC 4733, or a tone in the audio (see listen_tones), each press once, in `text`
  silent,         ///< no sign of life of a peer that should send for the media timeout
  heard,          ///< first packet, or a sign of life after `silent`
  play_finished,  ///< a `play` that does not loop came to its end
  silent_on_hold, ///< no sign of life for the hold timeout while the call is held, by either side
};
struct endpoint_event {
  leg_id leg;
  endpoint_event_kind kind = endpoint_event_kind::failed;
  std::string address;
  std::uint16_t port = 0;
  std::string text;
};

struct recording_event {
  recording_id recording;
  bool ok = false;
  std::string path;   ///< relative to settings::recordings
  std::string error;  ///< when not ok
  std::string sha256; ///< hex, of the whole file
  std::uint64_t bytes = 0;
  domain::span duration{0};
};

/// Where a leg's events go. Held weakly by nobody: the gateway keeps it alive until the endpoint is closed.
class endpoint_sink {
public:
  virtual ~endpoint_sink() = default;
  virtual void on_endpoint_event(const endpoint_event& e) = 0;
  virtual void on_recording_event(const recording_event& e) = 0;
};

struct media_statistics {
  std::uint64_t endpoints = 0;
  std::uint64_t packets_received = 0;
  std::uint64_t packets_sent = 0;
  std::uint64_t packets_lost = 0; ///< by sequence numbers, finished and live streams
  std::uint64_t packets_late = 0; ///< came after their place had been played
  double jitter_seconds_max = 0;  ///< RFC 3550 interarrival jitter, worst live stream
  double jitter_seconds_mean = 0; ///< mean of the live streams
  std::uint64_t recordings_active = 0;
  std::uint64_t recordings_sealed = 0;
  std::uint64_t recordings_failed = 0;
  std::uint64_t recording_bytes = 0;
  std::uint64_t recorder_dropped_frames = 0; ///< the disk did not keep up
  std::uint64_t heartbeat = 0;               ///< grows once a second: the thread is alive
  std::uint64_t faults = 0;                  ///< exceptions in our own code; each cost one endpoint, not the thread
  bool recording_possible = true;            ///< false while the disk refuses recordings (full, read-only, gone)
  std::uint64_t recordings_cut = 0;          ///< recordings with a gap because the disk refused for a while
};

struct settings {
  std::string bind_address = "0.0.0.0";
  std::string advertised; ///< written into SDP; by default the bound address, or the default route's for 0.0.0.0
  std::uint16_t port_min = 20000;
  std::uint16_t port_max = 29999; ///< even ports RTP, odd ones RTCP
  std::string prompts;            ///< folder that prompt and music names are relative to
  std::string recordings;         ///< folder, made if missing; files lie in YYYY/MM/DD/<call>.wav (UTC)
  std::chrono::milliseconds media_timeout{30000};
  std::chrono::milliseconds hold_timeout{0}; ///< the same while the call is held, by either side; 0 = none
  std::chrono::milliseconds jitter_min{40};  ///< playout delay the jitter buffer starts with
  std::chrono::milliseconds jitter_max{200};
};

struct play_request {
  std::vector<std::string> files; ///< WAV files (8 or 16 kHz, 16-bit PCM or G.711, mono or stereo), one after the other
  bool loop = false;              ///< music on hold; no `play_finished`
};

/// How send_tones sends. In the audio always, for lifts' phones listen there.
enum class tone_way : std::uint8_t {
  as_heard, ///< and as RFC 4733 events once the peer itself has sent its digits so
  both,     ///< and as RFC 4733 events whenever the peer takes them
};

struct recording_request {
  recording_id recording;
  leg_id left;      ///< the caller
  leg_id right;     ///< the agent
  std::string path; ///< relative to settings::recordings
};

class gateway {
public:
  virtual ~gateway() = default;

  /// Opens a port pair; `opened` or `failed` follows. Opening an open endpoint only changes its sink and repeats
  /// `opened` (a restarted call attaches again).
  virtual void open(leg_id leg, std::shared_ptr<endpoint_sink> sink) = 0;
  /// Closes the endpoint; a bridge or recording it takes part in goes on with silence on its side.
  virtual void close(leg_id leg) = 0;
  /// The peer's side after offer and answer. Codec = first supported one; direction as the peer wrote it. Symmetric
  /// RTP: a peer that sends from another address than it has described is found there once for each description, see
  /// media/source_latch.hpp. May be repeated (re-INVITE).
  virtual void set_remote(leg_id leg, const session_description& remote) = 0;
  /// The signalling has heard of the peer (a request in the dialog): it is there, though it may send nothing.
  virtual void note_alive(leg_id leg) = 0;
  /// Plays towards the leg instead of what the bridge brings.
  virtual void play(leg_id leg, const play_request& request) = 0;
  virtual void stop_play(leg_id leg) = 0;
  /// Joins two endpoints; each leaves the bridge it was in. Codecs are converted.
  virtual void bridge(leg_id a, leg_id b) = 0;
  virtual void unbridge(leg_id leg) = 0;
  /// RFC 4733 digits towards the leg (for SIP INFO on the other side).
  virtual void send_digit(leg_id leg, char digit) = 0;
  /// Looks for DTMF tones in what the leg says, from now on; they come as `digit` events. A press that comes as an RFC
  /// 4733 event as well is told once.
  virtual void listen_tones(leg_id leg, bool on) = 0;
  /// DTMF tones towards the leg, 100 ms each with 100 ms between (P100), before anything that is being played or
  /// bridged. Characters that are no DTMF digits are left out.
  virtual void send_tones(leg_id leg, const std::string& digits, tone_way way) = 0;

  /// Records what both legs say from now on. The result comes to the sink of `left` as it is at the stop, errors of
  /// creating or writing the file included (`media_statistics::recordings_failed` counts them at once). A file that
  /// exists is never overwritten. For a call that is being recorded only the legs are changed (a restarted call
  /// attaches again): the one file goes on.
  virtual void start_recording(const recording_request& request) = 0;
  /// The right channel continues with another leg (transfer).
  virtual void change_recording_right(recording_id recording, leg_id right) = 0;
  /// Seals the file; `recording_event` follows, also when the left endpoint is closed already.
  virtual void stop_recording(recording_id recording) = 0;

  [[nodiscard]] virtual media_statistics statistics() const = 0;
  /// Fault injection for tests and drills: the media thread sleeps for so long (a hang), or throws when 0 (a fault).
  virtual void inject_fault(std::chrono::milliseconds hang) = 0;
  /// Seals all recordings, closes all endpoints, stops the threads. Idempotent. Not from a sink.
  virtual void stop() = 0;
};

/// Starts the media thread and the recorder's. Fails with a sentence when the folder cannot be written, the port range
/// is wrong, or the limit of open files is too low for it.
[[nodiscard]] tl::expected<std::unique_ptr<gateway>, std::string> start_gateway(const settings& s);

/// True when `name` (relative to the prompts' folder, or absolute) is a WAV file that can be played; else a sentence.
[[nodiscard]] tl::expected<void, std::string> check_prompt(const settings& s, const std::string& name);

/// Mends a recording whose engine died: corrects the header's lengths, cuts a torn frame, computes the seal. A file
/// that holds no audio at all is reported with `bytes` of its repaired (empty) WAV. Error: not ours or unreadable.
[[nodiscard]] tl::expected<recording_event, std::string> repair_recording(const settings& s, recording_id recording,
                                                                          const std::string& path);

} // namespace lifeline::media
