#pragma once
// The database's settings for a host of 2 to 4 cores and 8 GB that it shares with the media.

#include "storage/column_store.hpp"

#include <rocksdb/options.h>

namespace lifeline::storage {

/// The logs: written often, in the order of their keys, which never come again.
bool is_log(table t);
rocksdb::DBOptions database_options(rocksdb::Env* env, column_store::mode how);
rocksdb::ColumnFamilyOptions table_options(table t, const std::shared_ptr<rocksdb::Cache>& cache);
std::shared_ptr<rocksdb::Cache> make_cache();

} // namespace lifeline::storage
