#pragma once
// From a directory's name to a store that is known to be ours, whole, and of this engine's schema.

#include "storage/column_store.hpp"
#include "storage/migrations.hpp"
#include "storage/witness.hpp"

namespace lifeline::storage {

struct opened_store {
  std::unique_ptr<column_store> store;
  std::unique_ptr<witness> seen; ///< of what is synced from here on
  std::uint64_t last_sequence = 0;
};

/// Everything that can be refused is refused before the first byte of the directory is written (but for an unsynced end
/// of the write-ahead files that is cut off).
[[nodiscard]] tl::expected<opened_store, failure> open_store(const std::string& directory, rocksdb::Env* env,
                                                             const schema& wanted);

} // namespace lifeline::storage
