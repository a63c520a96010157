#pragma once
// From a directory's name to a store that is known to be ours, whole, and of this engine's schema.

#include "storage/column_store.hpp"
#include "storage/migrations.hpp"

namespace lifeline::storage {

struct opened_store {
  std::unique_ptr<column_store> store;
  std::uint64_t last_sequence = 0;
};

/// How many entries at the log's end are read at opening.
inline constexpr std::size_t checked_tail = 1000;

/// Everything that can be refused is refused before the first byte of the directory is written.
[[nodiscard]] tl::expected<opened_store, failure> open_store(const std::string& directory, rocksdb::Env* env,
                                                             const schema& wanted);

} // namespace lifeline::storage
