#pragma once
// What the operating system knows of this process: /proc/self (proc(5)).

#include <cstdint>

namespace lifeline::actors {

/// 0 where the system did not tell.
struct process_figures {
  double cpu_seconds = 0;
  double start_time_seconds = 0; ///< since 1970, UTC
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t open_files = 0;
  std::uint64_t max_files = 0;
  std::uint64_t threads = 0;
};
process_figures read_process();

} // namespace lifeline::actors
