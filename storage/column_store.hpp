#pragma once
// RocksDB as the journal needs it: our tables as column families, our options, our errors. Thread-safe.

#include "storage/tables.hpp"
#include "storage/types.hpp"

#include <tl/expected.hpp>

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace lifeline::storage {

failure to_failure(const rocksdb::Status& s, const std::string& doing);

class column_store {
public:
  enum class mode { read_only, read_write, create };

  /// `read_only` changes no byte of the directory and opens whichever of our tables are there. `read_write` makes
  /// tables that are missing. Errors: in_use, corrupt, disk_full, io_error.
  [[nodiscard]] static tl::expected<std::unique_ptr<column_store>, failure> open(const std::string& directory,
                                                                                 rocksdb::Env* env, mode how);
  ~column_store();

  /// The names of the column families that are there, or what is wrong with the directory. Reads only.
  [[nodiscard]] static tl::expected<std::vector<std::string>, failure> list_tables(const std::string& directory,
                                                                                   rocksdb::Env* env);

  [[nodiscard]] tl::expected<std::optional<std::string>, failure> get(table t, std::string_view key) const;
  [[nodiscard]] tl::expected<void, failure> scan(table t, std::string_view first, std::string_view last, bool reverse,
                                                 const row_visitor& visit) const;
  /// A number of table meta; missing or not 8 bytes: corrupt.
  [[nodiscard]] tl::expected<std::uint64_t, failure> meta_number(std::string_view key) const;

  /// Collects rows for one atomic write. Not thread-safe.
  class batch {
  public:
    batch& put(table t, std::string_view key, std::string_view value);
    batch& erase(table t, std::string_view key);
    void clear();

  private:
    friend class column_store;
    struct row {
      lifeline::storage::table table;
      std::size_t key_end; ///< in bytes_, as the next
      std::size_t value_end;
      bool erased;
    };
    [[nodiscard]] std::vector<bool> superseded() const;

    std::string bytes_; ///< of each row the table's number, key and value
    std::vector<row> rows_;
  };
  [[nodiscard]] tl::expected<void, failure> write(const batch& b, bool synced);
  [[nodiscard]] tl::expected<void, failure> sync();
  /// After an error: resumes, or closes and opens the database again when RocksDB will not resume. Reads go on until
  /// the disk is seen to take writes again, and fail only while the database is being reopened.
  /// `may_reopen` is asked before the database is opened again, which removes what it cannot read.
  [[nodiscard]] tl::expected<void, failure> recover(const std::function<tl::expected<void, failure>()>& may_reopen);
  /// Lets RocksDB's own tools see the open database. It is not reopened while `look` runs.
  [[nodiscard]] tl::expected<void, failure>
  with_database(const std::function<tl::expected<void, failure>(rocksdb::DB&)>& look) const;

  /// RocksDB's number of the newest row; 0 while the database is closed.
  [[nodiscard]] std::uint64_t position() const;
  /// The lowest number of a write-ahead file that is still needed, and the one being written (0: unknown).
  [[nodiscard]] std::uint64_t least_wal() const;
  [[nodiscard]] std::uint64_t current_wal() const;
  /// RocksDB's number of a table's column family; nothing when the table is not there.
  [[nodiscard]] std::optional<std::uint32_t> family_of(table t) const;
  /// Reads every block of every table file.
  [[nodiscard]] tl::expected<void, failure> verify_checksums() const;

private:
  struct database;
  column_store(std::string directory, rocksdb::Env* env) : directory_(std::move(directory)), env_(env) {}
  [[nodiscard]] static tl::expected<std::shared_ptr<database>, failure> open_database(const std::string& directory,
                                                                                      rocksdb::Env* env, mode how);
  /// Null while the database is closed.
  [[nodiscard]] std::shared_ptr<database> use() const;
  [[nodiscard]] tl::expected<void, failure> reopen();
  [[nodiscard]] tl::expected<void, failure> probe_disk() const;
  /// Files that are open can still be written when the directory is no more: what is written is lost then.
  [[nodiscard]] tl::expected<void, failure> check_present() const;

  std::string directory_;
  rocksdb::Env* env_;
  mutable std::mutex mutex_;
  std::shared_ptr<database> database_;
};

} // namespace lifeline::storage
