#pragma once
// For how long, at most, actors are waited for, and what is said when the disk fails.

#include "domain/base/failure.hpp"
#include "storage/types.hpp"

#include <chrono>
#include <string>

namespace lifeline::actors {

/// For so long at most an operation waits for whoever knows.
inline constexpr std::chrono::milliseconds operation_timeout{2000};

inline domain::failure unreadable(const storage::failure& f) {
  return {domain::errc::unavailable, "the journal cannot be read: " + f.message, {}};
}
/// Of what is done all the same, for a disk must not stand in the way of a rescue.
inline domain::failure not_stored(const std::string& error) {
  return {domain::errc::unavailable, "in force, but not stored, a restart would forget it: " + error, {}};
}

} // namespace lifeline::actors
