#pragma once
// How speech is rendered, and what tests put in its place.

#include "media/program.hpp"
#include "media/speech.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

namespace lifeline::media {

struct speech_settings {
  std::string prompts;
  std::string espeak = "espeak-ng"; ///< looked for in PATH when there is no '/' in it
  std::string sox = "sox";
  std::chrono::milliseconds patience{10000}; ///< with each program; then it is killed
  std::size_t max_queue = 256;               ///< requests that wait; more are refused
};
[[nodiscard]] tl::expected<std::unique_ptr<speech>, std::string> start_speech(const speech_settings& s);

} // namespace lifeline::media
