#pragma once
// One leg's place in what it is being played.

#include "media/codec.hpp"
#include "media/prompt_store.hpp"

#include <memory>
#include <string>
#include <vector>

namespace lifeline::media {

class player {
public:
  enum class outcome : std::uint8_t {
    audio,    ///< the frame holds 20 ms
    waiting,  ///< the file is still being read: nothing to say yet
    finished, ///< nothing more will come; never when looping
  };

  player(std::vector<std::shared_ptr<const prompt>> files, bool loop) : files_(std::move(files)), loop_(loop) {}

  outcome fill(frame& out);
  /// What went wrong with files that could not be played; they are passed over.
  [[nodiscard]] const std::string& error() const { return error_; }

private:
  std::vector<std::shared_ptr<const prompt>> files_;
  bool loop_;
  std::size_t file_ = 0;
  std::size_t position_ = 0;
  std::size_t failures_ = 0; ///< in a row
  std::string error_;
};

} // namespace lifeline::media
