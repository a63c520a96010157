#pragma once
// The way back from a backup: `lifelined --restore FOLDER --data DIRECTORY`.

#include <cstdint>
#include <string>

namespace lifeline::app {

/// Fills the empty data directory from a backup of the folder (`which`: its number, 0 = the newest), proves the log,
/// and says on standard output what was done. Exit status: 0 restored and proved; 1 refused or failed, and the data
/// directory is as it was; 3 restored, but the log breaks a rule (which is said).
int restore_backup(const std::string& folder, const std::string& data, std::uint32_t which);

} // namespace lifeline::app
