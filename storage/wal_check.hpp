#pragma once
// Is what was promised still in the write-ahead files? A torn end is fine: it was being written when the power went.
// But a sound batch behind damage proves that there was more, and each batch says which of its forerunners had been
// synced before it was written: damage among those is a loss of what was acknowledged, and is never passed over in
// silence.

#include "storage/column_store.hpp"
#include "storage/types.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::storage {

/// Which column families the batches name.
struct wal_tables {
  std::uint32_t meta = 1;
  std::uint32_t log = 2;
};

[[nodiscard]] wal_tables tables_of(const column_store& store);

/// What a batch says of itself.
struct wal_batch {
  std::uint64_t position = 0; ///< RocksDB's number of its first row; the next batch's is `position + rows`
  std::uint32_t rows = 0;
  std::uint64_t entries = 0;           ///< of the log
  std::uint64_t last_sequence = 0;     ///< of the log, with this batch; 0 when it does not say
  std::optional<std::uint64_t> synced; ///< every row up to here was on the disk before this batch was written
};
/// Nothing when the bytes are no batch.
[[nodiscard]] std::optional<wal_batch> read_batch(std::string_view bytes, const wal_tables& tables);

struct wal_path {
  std::uint64_t number = 0;
  std::string path;
};
/// The write-ahead files of a directory from number `least` on, in order.
[[nodiscard]] tl::expected<std::vector<wal_path>, failure> list_wals(const std::string& directory, std::uint64_t least);

/// Bytes that are not sound although something is known to have been there.
struct wal_loss {
  std::string path;
  std::uint64_t offset = 0;
  std::string what;
  std::uint64_t after = 0;        ///< the last entry of the log before it
  std::uint64_t behind = 0;       ///< sound batches behind it
  std::uint64_t first_behind = 0; ///< entries in them, and with them; 0: none
  std::uint64_t last_behind = 0;
  bool promised = true; ///< it had been synced; else it may be cut off
};
[[nodiscard]] std::string to_string(const wal_loss& loss);

struct wal_finding {
  std::optional<wal_loss> loss;
  std::uint64_t last_sequence = 0;  ///< of the last whole batch before any loss; 0: there is none
  std::uint64_t first_sequence = 0; ///< the last entry before the first batch: it must be in the tables
  bool empty = true;                ///< no batch of the log
};

/// `known_synced`: rows up to here are known to have been synced, from elsewhere (0: nothing is known).
[[nodiscard]] tl::expected<wal_finding, failure> check_wals(const std::vector<wal_path>& files,
                                                            const wal_tables& tables, std::uint64_t known_synced);

/// The whole file; errors not_found, io_error.
[[nodiscard]] tl::expected<std::string, failure> read_whole_file(const std::string& path);

} // namespace lifeline::storage
