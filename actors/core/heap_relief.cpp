#include "actors/core/heap_relief.hpp"

#include <malloc.h>

namespace lifeline::actors {

bool heap_relief::is_due(clock::time_point now) {
  if (looked_ != clock::time_point{} && now - looked_ < look_interval) return false;
  looked_ = now;
  return true;
}

bool heap_relief::wants(std::uint64_t kept, clock::time_point now) {
  if (kept < worth_it || (relieved_ != clock::time_point{} && now - relieved_ < rest)) return false;
  relieved_ = now;
  return true;
}

std::uint64_t kept_by_allocator() { return mallinfo2().fordblks; }

void give_back_memory() { ::malloc_trim(0); }

} // namespace lifeline::actors
