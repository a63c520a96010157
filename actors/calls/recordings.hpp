#pragma once
// Recordings of calls, and of calls to rescuers: found by their id, given to nobody without a trace.

#include "actors/core/surroundings.hpp"
#include "actors/protocol/failures.hpp"
#include "actors/protocol/status.hpp"

#include <string>

namespace lifeline::actors {

/// The sealed recording of a call, or of an attempt to reach a rescuer. An error says why there is none (yet).
domain::result<domain::recording_info> find_recording(const surroundings& around, const domain::recording_id& id);

/// Writes who is given it; fails when it is not known to be on disk.
domain::result<void> note_fetch(const surroundings& around, const domain::recording_id& id, const std::string& path,
                                const recording_reader& reader);

/// Appends one entry and waits for the disk. Nothing, or why it is not known to be stored.
std::string append_and_wait(storage::journal& journal, domain::event entry);

} // namespace lifeline::actors
