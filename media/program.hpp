#pragma once
// Runs another program to its end, without a shell.

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

namespace lifeline::media {

struct program {
  std::string name; ///< looked for in PATH when there is no '/' in it
  std::vector<std::string> arguments;
};

/// Without input, output or any of our descriptors, in a process group of its own, which is killed when it takes longer
/// than `patience` or when `stop` is set. Empty: it ended with 0. Else a sentence.
std::string run_program(const program& p, std::chrono::milliseconds patience, const std::atomic<bool>& stop);

} // namespace lifeline::media
