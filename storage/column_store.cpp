#include "storage/column_store.hpp"

#include "storage/column_options.hpp"
#include "storage/directory.hpp"

#include <rocksdb/perf_level.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>
#include <thread>
#include <unordered_set>
#include <utility>

namespace lifeline::storage {

namespace {

// Debian's RocksDB asserts that no slice has a null pointer, not even an empty one.
rocksdb::Slice slice(std::string_view s) {
  return s.empty() ? rocksdb::Slice("", 0) : rocksdb::Slice(s.data(), s.size());
}

tl::expected<void, failure> check(const rocksdb::Status& s, const std::string& doing) {
  if (!s.ok()) return tl::unexpected(to_failure(s, doing));
  return {};
}

const failure closed{errc::io_error, "the database is closed: it is being reopened after a disk failure"};

} // namespace

failure to_failure(const rocksdb::Status& s, const std::string& doing) {
  const auto text = s.ToString();
  auto code = errc::io_error;
  if (s.IsNoSpace()) {
    code = errc::disk_full;
  } else if (s.IsCorruption() || s.IsInvalidArgument()) {
    code = errc::corrupt;
  } else if (s.IsBusy() || text.find("lock ") != std::string::npos || text.find("/LOCK") != std::string::npos) {
    code = errc::in_use;
  }
  return {code, doing + ": " + text};
}

struct column_store::database {
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> all;                    ///< RocksDB's own, for closing
  std::array<rocksdb::ColumnFamilyHandle*, table_count> by_table{}; ///< null where an older schema has none

  database() = default;
  database(const database&) = delete;
  database& operator=(const database&) = delete;
  ~database() {
    if (!db) return;
    for (auto* h : all)
      db->DestroyColumnFamilyHandle(h).PermitUncheckedError();
    db->Close().PermitUncheckedError();
  }
};

column_store::~column_store() = default;

tl::expected<std::vector<std::string>, failure> column_store::list_tables(const std::string& directory,
                                                                          rocksdb::Env* env) {
  std::vector<std::string> names;
  const auto s = rocksdb::DB::ListColumnFamilies(database_options(env, mode::read_only), directory, &names);
  if (!s.ok()) return tl::unexpected(to_failure(s, "reading the tables of " + directory));
  std::erase(names, rocksdb::kDefaultColumnFamilyName);
  return names;
}

tl::expected<std::shared_ptr<column_store::database>, failure>
column_store::open_database(const std::string& directory, rocksdb::Env* env, mode how) {
  std::vector<std::string> present(table_names().begin(), table_names().end());
  if (how == mode::read_only) {
    auto names = list_tables(directory, env);
    if (!names) return tl::unexpected(names.error());
    std::erase_if(present, [&](const auto& n) { return std::find(names->begin(), names->end(), n) == names->end(); });
  }
  const auto cache = make_cache();
  // RocksDB insists on a family of its own, which stays empty.
  std::vector<rocksdb::ColumnFamilyDescriptor> families{{rocksdb::kDefaultColumnFamilyName, {}}};
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < table_count; ++i) {
    if (std::find(present.begin(), present.end(), table_names().at(i)) == present.end()) continue;
    families.emplace_back(std::string(table_names().at(i)), table_options(static_cast<table>(i), cache));
    numbers.push_back(i);
  }
  auto d = std::make_shared<database>();
  rocksdb::DB* raw = nullptr;
  const auto options = database_options(env, how);
  const auto s = how == mode::read_only ? rocksdb::DB::OpenForReadOnly(options, directory, families, &d->all, &raw)
                                        : rocksdb::DB::Open(options, directory, families, &d->all, &raw);
  if (!s.ok()) return tl::unexpected(to_failure(s, "opening the journal in " + directory));
  d->db.reset(raw);
  for (std::size_t i = 0; i < numbers.size(); ++i)
    d->by_table.at(numbers[i]) = d->all.at(i + 1);
  return d;
}

tl::expected<std::unique_ptr<column_store>, failure> column_store::open(const std::string& directory, rocksdb::Env* env,
                                                                        mode how) {
  auto d = open_database(directory, env, how);
  if (!d) return tl::unexpected(d.error());
  auto store = std::unique_ptr<column_store>(new column_store(directory, env));
  store->database_ = std::move(*d);
  return store;
}

std::shared_ptr<column_store::database> column_store::use() const {
  const std::lock_guard lock(mutex_);
  return database_;
}

// ---- reading -------------------------------------------------------------------------------------------------

tl::expected<std::optional<std::string>, failure> column_store::get(table t, std::string_view key) const {
  const auto d = use();
  if (!d) return tl::unexpected(closed);
  auto* family = d->by_table.at(index_of(t));
  if (family == nullptr) return std::nullopt;
  std::string value;
  const auto s = d->db->Get(rocksdb::ReadOptions{}, family, slice(key), &value);
  if (s.IsNotFound()) return std::nullopt;
  if (!s.ok()) return tl::unexpected(to_failure(s, "reading table " + std::string(table_name(t))));
  return value;
}

tl::expected<void, failure> column_store::scan(table t, std::string_view first, std::string_view last, bool reverse,
                                               const row_visitor& visit) const {
  const auto d = use();
  if (!d) return tl::unexpected(closed);
  auto* family = d->by_table.at(index_of(t));
  if (family == nullptr || (!last.empty() && last <= first)) return {};
  rocksdb::ReadOptions options;
  const auto lower = slice(first);
  const auto upper = slice(last);
  options.iterate_lower_bound = &lower;
  if (!last.empty()) options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> it(d->db->NewIterator(options, family));
  reverse ? it->SeekToLast() : it->SeekToFirst();
  while (it->Valid() && visit(it->key().ToStringView(), it->value().ToStringView()))
    reverse ? it->Prev() : it->Next();
  return check(it->status(), "scanning table " + std::string(table_name(t)));
}

tl::expected<std::uint64_t, failure> column_store::meta_number(std::string_view key) const {
  const auto value = get(table::meta, key);
  if (!value) return tl::unexpected(value.error());
  const auto number = *value ? decode_u64(**value) : std::nullopt;
  if (!number)
    return tl::unexpected(failure{errc::corrupt, directory_ + ": the row " + std::string(key) + " of table meta is " +
                                                     (*value ? "damaged" : "missing")});
  return *number;
}

// ---- writing -------------------------------------------------------------------------------------------------

column_store::batch& column_store::batch::put(table t, std::string_view key, std::string_view value) {
  bytes_ += static_cast<char>(t);
  bytes_ += key;
  const auto key_end = bytes_.size();
  bytes_ += value;
  rows_.push_back({t, key_end, bytes_.size(), false});
  return *this;
}

column_store::batch& column_store::batch::erase(table t, std::string_view key) {
  bytes_ += static_cast<char>(t);
  bytes_ += key;
  rows_.push_back({t, bytes_.size(), bytes_.size(), true});
  return *this;
}

/// A call that comes in has several checkpoints within one batch: only the last one counts, and the others would fill
/// the write buffers and the WAL. Rows of the logs never repeat a key.
std::vector<bool> column_store::batch::superseded() const {
  std::vector<bool> all(rows_.size());
  std::unordered_set<std::string_view> seen;
  for (std::size_t i = rows_.size(); i-- > 0;) {
    if (is_log(rows_[i].table)) continue;
    const auto start = i == 0 ? 0 : rows_[i - 1].value_end;
    all[i] = !seen.insert(std::string_view(bytes_).substr(start, rows_[i].key_end - start)).second;
  }
  return all;
}

void column_store::batch::clear() {
  bytes_.clear();
  rows_.clear();
}

tl::expected<void, failure> column_store::write(const batch& b, bool synced) {
  const auto d = use();
  if (!d) return tl::unexpected(closed);
  // RocksDB counts comparisons for each thread, for nobody: several per cent of the time of a write.
  rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);
  rocksdb::WriteBatch batch(b.bytes_.size() + 16 * b.rows_.size() + 64);
  const auto superseded = b.superseded();
  std::size_t start = 0;
  rocksdb::Status s;
  for (std::size_t i = 0; i < b.rows_.size(); ++i) {
    const auto& r = b.rows_[i];
    const auto at = std::exchange(start, r.value_end) + 1; // behind the table's number
    if (superseded[i]) continue;
    const auto key = std::string_view(b.bytes_).substr(at, r.key_end - at);
    const auto value = std::string_view(b.bytes_).substr(r.key_end, r.value_end - r.key_end);
    auto* family = d->by_table.at(index_of(r.table));
    s = r.erased ? batch.Delete(family, slice(key)) : batch.Put(family, slice(key), slice(value));
    if (!s.ok()) return check(s, "building a batch");
  }
  rocksdb::WriteOptions options;
  options.sync = synced;
  return check(d->db->Write(options, &batch), "writing to the journal in " + directory_);
}

tl::expected<void, failure> column_store::sync() {
  const auto d = use();
  if (!d) return tl::unexpected(closed);
  if (auto here = check_present(); !here) return here;
  return check(d->db->SyncWAL(), "syncing the journal in " + directory_);
}

tl::expected<void, failure> column_store::check_present() const {
  return check(env_->FileExists(directory_ + "/" + std::string(marker_file)),
               "the journal's directory " + directory_ + " is gone");
}

tl::expected<void, failure>
column_store::with_database(const std::function<tl::expected<void, failure>(rocksdb::DB&)>& look) const {
  const auto d = use();
  if (!d) return tl::unexpected(closed);
  return look(*d->db);
}

// ---- where it stands -----------------------------------------------------------------------------------------

std::uint64_t column_store::position() const {
  const auto d = use();
  return d ? d->db->GetLatestSequenceNumber() : 0;
}

std::uint64_t column_store::least_wal() const {
  const auto d = use();
  std::uint64_t number = 0;
  return d && d->db->GetIntProperty(rocksdb::DB::Properties::kMinLogNumberToKeep, &number) ? number : 0;
}

std::uint64_t column_store::current_wal() const {
  const auto d = use();
  std::unique_ptr<rocksdb::LogFile> file;
  return d && d->db->GetCurrentWalFile(&file).ok() && file ? file->LogNumber() : 0;
}

std::optional<std::uint32_t> column_store::family_of(table t) const {
  const auto d = use();
  if (!d || d->by_table.at(index_of(t)) == nullptr) return std::nullopt;
  return d->by_table.at(index_of(t))->GetID();
}

tl::expected<void, failure> column_store::verify_checksums() const {
  const auto d = use();
  if (!d) return tl::unexpected(closed);
  return check(d->db->VerifyChecksum(rocksdb::ReadOptions{}), "checking the table files of " + directory_);
}

// ---- recovery ------------------------------------------------------------------------------------------------

tl::expected<void, failure> column_store::recover(const std::function<tl::expected<void, failure>()>& may_reopen) {
  if (auto here = check_present(); !here) return here;
  if (const auto d = use()) {
    const auto s = d->db->Resume();
    if (s.ok()) return {};
    // Opening again cannot succeed either while nothing can be written, and would take the reads away.
    if (auto probe = probe_disk(); !probe) return probe;
  }
  if (auto may = may_reopen(); !may) return may;
  return reopen();
}

tl::expected<void, failure> column_store::probe_disk() const {
  const auto path = directory_ + "/LIFELINE_PROBE";
  std::unique_ptr<rocksdb::WritableFile> file;
  auto s = env_->NewWritableFile(path, &file, rocksdb::EnvOptions{});
  if (s.ok()) s = file->Append(rocksdb::Slice("is the disk writable?"));
  if (s.ok()) s = file->Sync();
  if (s.ok()) s = file->Close();
  file.reset();
  env_->DeleteFile(path).PermitUncheckedError();
  return check(s, "probing the disk of " + directory_);
}

tl::expected<void, failure> column_store::reopen() {
  std::shared_ptr<database> old;
  {
    const std::lock_guard lock(mutex_);
    old.swap(database_);
  }
  // Readers finish on the old one; RocksDB must be closed wholly before it can be opened again.
  for (int i = 0; old && old.use_count() > 1 && i < 200; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  if (old && old.use_count() > 1) {
    const std::lock_guard lock(mutex_);
    database_ = std::move(old);
    return tl::unexpected(failure{errc::io_error, "the database cannot be reopened yet: a long read is going on"});
  }
  old.reset();
  auto fresh = open_database(directory_, env_, mode::read_write);
  if (!fresh) return tl::unexpected(fresh.error());
  const std::lock_guard lock(mutex_);
  database_ = std::move(*fresh);
  return {};
}

} // namespace lifeline::storage
