#pragma once
// The thread that writes recordings. What is recorded comes in blocks of half a second; when the disk cannot keep up,
// blocks are refused and become silence of the same length, so that the channels stay aligned with the clock.
//
// While the disk is in trouble (full, read-only, broken, gone) what comes is dropped, counted, and owed as silence. A
// probe file is written about every second; when that succeeds, each recording goes on in its own file, or in a new one
// of the same name when that is gone. At the end a recording is sealed if any of it could be stored.

#include "media/gateway.hpp"
#include "media/recording_file.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <vector>

namespace lifeline::media {

class recorder {
public:
  /// `max_queued_bytes`: how far the disk may lag behind.
  recorder(std::string folder, std::size_t max_queued_bytes, disk_calls& disk = disk_calls::real(),
           std::chrono::milliseconds probe_every = std::chrono::milliseconds{1000});
  recorder(const recorder&) = delete;
  recorder& operator=(const recorder&) = delete;
  ~recorder() { stop(); }

  using serial = std::uint64_t;
  /// Errors of creating and writing come with the result of finish().
  serial begin(const std::string& path);
  /// First `silence` frames, then the samples. False: refused, nothing was taken.
  bool append(serial id, std::uint64_t silence, std::vector<std::int16_t>&& samples);
  /// Never refused. The sink hears the result, filled into `result`, on the recorder's thread; null: nobody wants it.
  void finish(serial id, std::uint64_t silence, std::vector<std::int16_t>&& samples, recording_event result,
              std::shared_ptr<endpoint_sink> sink);
  /// Does what is queued, then ends. Idempotent.
  void stop();

  /// The counters of recordings in `s`.
  void add_to(media_statistics& s) const;

private:
  struct work {
    enum class kind : std::uint8_t { begin, append, finish } what = kind::append;
    serial id = 0;
    std::uint64_t silence = 0;
    std::vector<std::int16_t> samples;
    std::string path;
    recording_event result;
    std::shared_ptr<endpoint_sink> sink;
  };
  using clock = std::chrono::steady_clock;
  struct open_recording {
    std::string path;
    std::optional<recording_file> file;
    std::string error;        ///< it has failed for good
    std::string trouble;      ///< the disk's, which may pass; empty = none
    std::uint64_t owed = 0;   ///< frames of silence since then
    std::uint64_t stored = 0; ///< frames with what was said
    bool cut = false;
  };
  void run();
  void push(work&& w);
  void perform(work& w);
  void write(open_recording& r, const work& w);
  void complete(open_recording& r, work& w);
  void fail(open_recording& r, std::string error);
  /// For good, or until the disk is well again.
  void note(open_recording& r, const disk_error& e);
  void drop(open_recording& r, std::uint64_t silence, std::uint64_t frames);
  /// Makes the file, or opens it again, and pays the silence that is owed.
  bool resume(open_recording& r);
  void mark_cut(open_recording& r);
  void probe_if_due();
  [[nodiscard]] bool probe();

  const std::string folder_;
  const std::size_t max_queued_bytes_;
  disk_calls& disk_;
  const std::chrono::milliseconds probe_every_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<work> queue_;
  std::size_t queued_bytes_ = 0;
  bool stopping_ = false;
  serial last_ = 0;
  std::unordered_map<serial, open_recording> recordings_; ///< only the recorder's thread
  std::atomic<std::uint64_t> active_{0};
  std::atomic<std::uint64_t> sealed_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::uint64_t> dropped_{0}; ///< frames that the disk refused
  std::atomic<std::uint64_t> cut_{0};
  std::atomic<bool> possible_{true};
  std::atomic<clock::rep> busy_since_{0}; ///< when the disk was called, 0 while it is not
  clock::time_point probe_at_{};          ///< only the recorder's thread
  std::thread thread_;
};

} // namespace lifeline::media
