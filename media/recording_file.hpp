#pragma once
// A call's recording on disk: WAV, 16-bit PCM, 8 kHz, stereo. The header claims an unknown length until the file is
// sealed, so that players take a file that is being written up to its end.

#include "domain/base/time.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <span>
#include <string>

namespace lifeline::media {

inline constexpr std::size_t recording_frame_size = 4; ///< one sample of the left, one of the right channel

/// What a recording asks of the operating system, so that tests can play a troubled disk. Each function behaves as its
/// namesake: -1 and errno.
class disk_calls {
public:
  virtual ~disk_calls() = default;
  virtual int open(const char* path, int flags, unsigned mode);
  virtual std::int64_t write(int fd, const void* data, std::size_t size, std::int64_t at);
  virtual int sync(int fd);
  virtual int truncate(int fd, std::int64_t size);
  static disk_calls& real();
};

struct disk_error {
  std::string text; ///< a sentence
  int code = 0;     ///< errno, 0 when the disk is not to blame
  /// The disk may be well again by and by: full, read-only, broken, gone, out of descriptors.
  [[nodiscard]] bool passes() const;
};

struct seal {
  std::string sha256;
  std::uint64_t bytes = 0;
  domain::span duration{0};
};

class recording_file {
public:
  recording_file(recording_file&& other) noexcept;
  recording_file& operator=(recording_file&&) = delete;
  recording_file(const recording_file&) = delete;
  recording_file& operator=(const recording_file&) = delete;
  ~recording_file();

  /// Makes the folders too. A file that exists is evidence and is never overwritten.
  static tl::expected<recording_file, disk_error> create(const std::string& path,
                                                         disk_calls& disk = disk_calls::real());

  /// Interleaved left and right samples. After an error the file can still be sealed as far as it goes (`frames`), or
  /// be written further: a frame that was torn is overwritten. A file that was removed is an error, too.
  tl::expected<void, disk_error> write(std::span<const std::int16_t> samples);
  /// Takes no room on the disk.
  tl::expected<void, disk_error> write_silence(std::uint64_t frames);
  /// After trouble: opens what lies under the name again (true), or makes it anew when it is gone (false): then what
  /// was written is silence.
  tl::expected<bool, disk_error> reopen();
  [[nodiscard]] std::uint64_t frames() const { return data_bytes_ / recording_frame_size; }
  /// Corrects the header, makes the file durable, closes it.
  tl::expected<seal, disk_error> finish();

private:
  recording_file(int fd, std::string path, disk_calls& disk) : disk_(&disk), fd_(fd), path_(std::move(path)) {}
  tl::expected<void, disk_error> write_header();

  disk_calls* disk_;
  int fd_ = -1;
  std::string path_;
  std::uint64_t data_bytes_ = 0;
};

/// Brings a file whose writer died into the state that finish() would have left: cuts a torn frame, corrects the
/// header. An intact file is not touched. Error: not one of our recordings, or unreadable.
tl::expected<seal, std::string> mend_recording(const std::string& path);

/// Relative, without "..", below its root; otherwise a sentence.
tl::expected<void, std::string> check_recording_path(const std::string& path);

} // namespace lifeline::media
