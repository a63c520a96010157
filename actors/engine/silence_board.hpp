#pragma once
// Who did not answer lately. Whoever hangs is not waited for in full by everybody who asks: a list that a desk reads
// every few seconds would otherwise hold up a thread each time.

#include "actors/engine/operations.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace lifeline::actors {

/// Thread-safe.
class silence_board {
public:
  using clock = std::chrono::steady_clock;
  /// For so long after a silence an answer is waited for only shortly.
  static constexpr std::chrono::milliseconds memory{10000};
  static constexpr std::chrono::milliseconds short_patience{200};

  [[nodiscard]] std::chrono::milliseconds patience(const std::string& name, clock::time_point now = clock::now());
  void note(const std::string& name, bool answered, clock::time_point now = clock::now());

private:
  std::mutex mutex_;
  std::map<std::string, clock::time_point> silent_; ///< since when; those who answered again are not in it
};

} // namespace lifeline::actors
