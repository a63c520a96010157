#include "storage/column_options.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

namespace lifeline::storage {

namespace {

constexpr std::size_t mib = std::size_t{1} << 20;

/// In place of RocksDB's information log, a file in the journal's directory. A look without changes must not even write
/// that; and once a line of it could not be written (a full disk), RocksDB asserts at the next one: it would end the
/// engine while calls go on. What matters of it comes back as the status of each operation.
class silent_logger final : public rocksdb::Logger {
public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

} // namespace

bool is_log(table t) { return t == table::log || t == table::call_log || t == table::order_log; }

std::shared_ptr<rocksdb::Cache> make_cache() { return rocksdb::NewLRUCache(32 * mib); }

rocksdb::DBOptions database_options(rocksdb::Env* env, column_store::mode how) {
  rocksdb::DBOptions o;
  o.env = env;
  o.create_if_missing = how == column_store::mode::create;
  o.create_missing_column_families = how != column_store::mode::read_only;
  o.paranoid_checks = true;
  // Everything up to the first record that is not whole. After a power cut the unsynced tail may be garbage of any
  // shape, and an emergency line must start; what was synced lies before it. (Tolerating a cut record alone would
  // refuse to start for a torn page.) Each batch is one record, so what remains is a gapless sequence.
  o.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  o.max_total_wal_size = 64 * mib;
  o.db_write_buffer_size = 64 * mib;
  o.max_background_jobs = 2;
  o.max_open_files = 512;
  o.max_manifest_file_size = 8 * mib;
  // The journal's own thread decides when to try again.
  o.max_bgerror_resume_count = 0;
  o.stats_dump_period_sec = 0;
  o.stats_persist_period_sec = 0;
  o.info_log = std::make_shared<silent_logger>();
  // All files stay open, so that an engine that runs on the directory may remove them meanwhile.
  if (how == column_store::mode::read_only) o.max_open_files = -1;
  return o;
}

rocksdb::ColumnFamilyOptions table_options(table t, const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions o;
  const bool busy = is_log(t);
  o.write_buffer_size = (busy ? 16 : 8) * mib;
  o.max_write_buffer_number = 3;
  o.target_file_size_base = 32 * mib;
  o.compression = rocksdb::kLZ4Compression;
  rocksdb::BlockBasedTableOptions b;
  b.block_cache = cache;
  b.format_version = 5;
  // The log and its index are read in order, never by a key that might be missing.
  if (!busy) b.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  o.table_factory.reset(rocksdb::NewBlockBasedTableFactory(b));
  return o;
}

} // namespace lifeline::storage
