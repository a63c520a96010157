#include "media/player.hpp"

#include <algorithm>

namespace lifeline::media {

player::outcome player::fill(frame& out) {
  std::size_t filled = 0;
  while (filled < out.size()) {
    if (file_ == files_.size() && loop_) file_ = 0;
    // A loop of files that all fail must not turn for ever: it is silent instead.
    const bool hopeless = loop_ && failures_ >= files_.size();
    if (file_ == files_.size() || hopeless) {
      if (filled == 0 && !hopeless) return outcome::finished;
      break;
    }
    const auto& p = *files_[file_];
    const auto state = p.now.load();
    if (state == prompt::state::loading) {
      if (filled == 0) return outcome::waiting;
      break;
    }
    if (state == prompt::state::failed) {
      if (failures_ < files_.size()) error_ += (error_.empty() ? "" : "; ") + p.error;
      ++failures_;
      ++file_;
      continue;
    }
    failures_ = 0;
    const auto count = std::min(out.size() - filled, p.audio.size() - position_);
    std::copy_n(p.audio.begin() + static_cast<std::ptrdiff_t>(position_), count,
                out.begin() + static_cast<std::ptrdiff_t>(filled));
    filled += count;
    position_ += count;
    if (position_ < p.audio.size()) continue;
    position_ = 0;
    ++file_;
  }
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(filled), out.end(), std::int16_t{0});
  return outcome::audio;
}

} // namespace lifeline::media
