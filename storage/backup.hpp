#pragma once
// Backups of a running journal, and the way back. Made by RocksDB's backup engine: incremental (tables that have not
// changed are shared between the backups of a folder), every file with a checksum.
//
// A folder of backups holds LIFELINE_BACKUP, the engine's own `meta`, `private` and `shared_checksum`, and `files` with
// the extra files of each backup. The folder and what is in it can be read by the owner alone: it holds secrets and
// personal data. A backup exists from the moment in which the engine has written its `meta` file: the extra files are
// there before, so both come together or not at all. `journal::back_up` makes one.

#include "storage/types.hpp"
#include "storage/verify.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rocksdb {
class DB;
}

namespace lifeline::storage {

/// The journal's own part; call `journal::back_up`.
[[nodiscard]] tl::expected<backup_done, failure> make_backup(rocksdb::DB& db, const std::string& journal_directory,
                                                             std::uint64_t last_sequence, const backup_order& order);

struct backup_entry {
  std::uint32_t id = 0;
  domain::instant made = domain::never;
  std::uint64_t last_sequence = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> files; ///< names of the extra files
};
/// The backups of a folder, oldest first. Errors: not_found, foreign_directory, corrupt, io_error.
[[nodiscard]] tl::expected<std::vector<backup_entry>, failure> list_backups(const std::string& folder);

/// In a data directory: it is a restored copy, the first line says of what, and nobody has confirmed yet that it may
/// call.
inline constexpr std::string_view restored_mark = "RESTORED";

struct restore_order {
  std::string folder;
  std::string data;                    ///< the engine's data directory: must be empty or missing
  std::uint32_t which = 0;             ///< a backup's number; 0 = the newest
  std::string journal = "journal";     ///< the journal's place in the data directory
  domain::instant now = domain::never; ///< told by the mark
};
struct restored {
  std::uint32_t id = 0;
  log_verification log;           ///< the proof of what was restored; violations do not undo the restoring
  std::vector<std::string> files; ///< extra files, put into the data directory under their names
};
/// Checks every checksum before the first byte is written; on failure the data directory is empty again. Errors:
/// not_found (folder or backup), foreign_directory (the data directory holds something), corrupt (a checksum differs),
/// newer_schema, disk_full, io_error.
[[nodiscard]] tl::expected<restored, failure> restore_journal(const restore_order& order);

} // namespace lifeline::storage
