#pragma once
// Looks through a journal that is ours, before a byte of it is changed: its tables, its write-ahead files, the witness,
// the end of its log. What was acknowledged must be there; a journal that lacks some of it is refused by name.

#include "storage/column_store.hpp"
#include "storage/migrations.hpp"
#include "storage/wal_check.hpp"

namespace lifeline::storage {

/// How many entries at the log's end are read at opening.
inline constexpr std::size_t checked_tail = 1000;
/// Lies in the directory while a salvage is under way.
inline constexpr std::string_view salvage_marker = "LIFELINE_SALVAGE";

struct examination {
  std::uint32_t schema = 0;
  std::uint64_t last_sequence = 0;
  /// Behind damage to the unsynced end some batches are sound: cut it off (`cut_torn_end`) and look again. Nothing else
  /// is known then.
  std::optional<wal_loss> torn;
};

struct defect {
  failure what;
  bool salvageable = false; ///< `salvage_journal` can save the rest
};

failure newer_schema_failure(const std::string& directory, std::uint64_t found, std::uint32_t known);
/// RocksDB's lock, taken for a moment: a journal in use must not even be looked at, for its files come and go.
[[nodiscard]] tl::expected<void, failure> check_free(const std::string& directory, rocksdb::Env* env);

/// Reads only. No engine may run on it.
[[nodiscard]] tl::expected<examination, defect> examine(const std::string& directory, rocksdb::Env* env,
                                                        const schema& wanted);

/// The write-ahead files end before the damage then.
[[nodiscard]] tl::expected<void, failure> cut_torn_end(const std::string& directory, const wal_loss& torn);

} // namespace lifeline::storage
