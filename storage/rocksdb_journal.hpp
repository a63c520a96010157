#pragma once
// Of storage and its tests alone: the journal on RocksDB with what users never choose.

#include "storage/journal.hpp"
#include "storage/journal_writer.hpp"
#include "storage/migrations.hpp"

#include <rocksdb/env.h>

namespace lifeline::storage {

struct inner_settings {
  rocksdb::Env* env = rocksdb::Env::Default(); ///< tests put a failing disk here
  lifeline::storage::schema schema = current_schema();
  writer_pace pace;
};

[[nodiscard]] tl::expected<std::unique_ptr<journal>, failure> open_rocksdb_journal(const settings& s,
                                                                                   const inner_settings& inner);

} // namespace lifeline::storage
