#pragma once
// A call's recording on disk: WAV, 16-bit PCM, 8 kHz, stereo. The header claims an unknown length until the file is
// sealed, so that players take a file that is being written up to its end.

#include "domain/time.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <span>
#include <string>

namespace lifeline::media {

inline constexpr std::size_t recording_frame_size = 4; ///< one sample of the left, one of the right channel

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

  /// Makes the folders too. A file that exists is evidence and is never overwritten. Error: a sentence.
  static tl::expected<recording_file, std::string> create(const std::string& path);

  /// Interleaved left and right samples. After an error the file can still be sealed as far as it goes.
  tl::expected<void, std::string> write(std::span<const std::int16_t> samples);
  tl::expected<void, std::string> write_silence(std::uint64_t frames);
  /// Corrects the header, makes the file durable, closes it.
  tl::expected<seal, std::string> finish();

private:
  recording_file(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  tl::expected<void, std::string> write_bytes(std::span<const std::uint8_t> data);

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
