#pragma once
// Keys sent as tones in the audio, as lift phones want them (P100): each 100 ms, and 100 ms of silence behind it.

#include "media/codec.hpp"

#include <deque>

namespace lifeline::media {

class tone_sender {
public:
  /// False when it is no DTMF key or too many wait already.
  bool push(char key);
  [[nodiscard]] bool busy() const { return !waiting_.empty(); }
  /// The next 20 ms; only when busy.
  void next(frame& out);

private:
  std::deque<char> waiting_;
  unsigned step_ = 0;
};

} // namespace lifeline::media
