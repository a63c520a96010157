#pragma once
// The thread that writes recordings. What is recorded comes in blocks of half a second; when the disk cannot keep up,
// blocks are refused and become silence of the same length, so that the channels stay aligned with the clock.

#include "media/gateway.hpp"
#include "media/recording_file.hpp"

#include <atomic>
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
  recorder(std::string folder, std::size_t max_queued_bytes);
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
  struct open_recording {
    std::optional<recording_file> file;
    std::string error;
  };
  void run();
  void push(work&& w);
  void perform(work& w);
  void write(open_recording& r, const work& w);
  void complete(open_recording& r, work& w);
  void fail(open_recording& r, std::string error);

  const std::string folder_;
  const std::size_t max_queued_bytes_;
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
  std::thread thread_;
};

} // namespace lifeline::media
