#pragma once
// What a process holds of the system, from /proc.

#include <cstddef>

#include <sys/types.h>

namespace lifeline::peers {

struct footprint {
  std::size_t descriptors = 0;
  std::size_t threads = 0;
  std::size_t resident_kib = 0;
};
/// Throws when there is no such process.
footprint footprint_of(pid_t process);

} // namespace lifeline::peers
