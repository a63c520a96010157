#pragma once
// After a flood or a busy hour the allocator keeps what was freed: the process would stay as large as it has ever been.
// Given back now and then, by a thread that serves nobody.

#include <chrono>
#include <cstdint>

namespace lifeline::actors {

class heap_relief {
public:
  using clock = std::chrono::steady_clock;
  /// So much is kept for the next burst.
  static constexpr std::uint64_t worth_it = 48ULL << 20U;
  static constexpr std::chrono::seconds look_interval{5};
  /// Giving back costs some milliseconds, in which threads that allocate may have to wait.
  static constexpr std::chrono::seconds rest{20};

  /// Whether it is time to ask the allocator.
  bool is_due(clock::time_point now);
  /// Whether what it keeps is to be given back now.
  bool wants(std::uint64_t kept, clock::time_point now);

private:
  clock::time_point looked_{};
  clock::time_point relieved_{};
};

/// Bytes that were freed and not given back to the system.
std::uint64_t kept_by_allocator();
void give_back_memory();

} // namespace lifeline::actors
