#pragma once
// Waiting for something to become true, with an end.

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

namespace lifeline::peers {

using namespace std::chrono_literals;

/// Polls until `ready()` is true; throws with `what` when it is not in time.
template <class Ready>
void wait_until(const std::string& what, std::chrono::milliseconds timeout, Ready ready,
                std::chrono::milliseconds every = 20ms) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    if (ready()) return;
    if (std::chrono::steady_clock::now() >= end) {
      throw std::runtime_error("not within " + std::to_string(timeout.count()) + " ms: " + what);
    }
    std::this_thread::sleep_for(every);
  }
}

} // namespace lifeline::peers
