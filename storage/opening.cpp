#include "storage/opening.hpp"

#include "storage/column_options.hpp"
#include "storage/directory.hpp"
#include "storage/event_codec.hpp"

#include <algorithm>

namespace lifeline::storage {

namespace {

failure newer(const std::string& directory, std::uint64_t found, std::uint32_t known) {
  return {errc::newer_schema, directory + " was written by a newer engine: its schema is " + std::to_string(found) +
                                  ", this engine knows up to " + std::to_string(known)};
}

/// RocksDB's lock, taken for a moment: a journal in use must not even be looked at, for its files come and go.
tl::expected<void, failure> check_free(const std::string& directory, rocksdb::Env* env) {
  const auto path = directory + "/LOCK";
  if (!env->FileExists(path).ok()) return {}; // LockFile would create it
  rocksdb::FileLock* lock = nullptr;
  auto s = env->LockFile(path, &lock);
  if (s.ok()) s = env->UnlockFile(lock);
  if (!s.ok())
    return tl::unexpected(failure{errc::in_use, directory + " is in use by another process: " + s.ToString()});
  return {};
}

/// The log's end: the numbers descend without a gap from the last sequence, and the entries can be read.
tl::expected<void, failure> check_tail(const column_store& store, const std::string& directory, std::uint64_t last,
                                       bool readable) {
  auto expected_seq = last;
  std::size_t seen = 0;
  tl::expected<void, failure> result;
  const auto scanned = store.scan(table::log, {}, {}, true, [&](auto key, auto value) {
    const auto found = sequence_key::decode(key);
    if (!found || found->seq != expected_seq) {
      result = tl::unexpected(failure{
          errc::corrupt, directory + ": the log has " + (found ? "entry " + std::to_string(found->seq) : "a bad key") +
                             " where entry " + std::to_string(expected_seq) + " should be"});
    } else if (readable) {
      if (auto e = decode_event(found->seq, value); !e)
        result = tl::unexpected(failure{errc::corrupt, directory + ": " + e.error().message});
    }
    --expected_seq;
    return result.has_value() && ++seen < checked_tail;
  });
  if (!scanned) return scanned;
  if (result && seen == 0 && last != 0)
    return tl::unexpected(
        failure{errc::corrupt, directory + ": the log is empty, but its last entry should be " + std::to_string(last)});
  return result;
}

struct inspected {
  std::uint32_t schema = 0;
  std::uint64_t last_sequence = 0;
};

/// Reads the whole write-ahead log and the tables' lists, writes nothing.
tl::expected<inspected, failure> inspect_store(const std::string& directory, rocksdb::Env* env, const schema& wanted) {
  auto names = column_store::list_tables(directory, env);
  if (!names) return tl::unexpected(failure{errc::corrupt, names.error().message});
  auto store = column_store::open(directory, env, column_store::mode::read_only);
  if (!store) return tl::unexpected(failure{errc::corrupt, store.error().message});
  const auto version = (*store)->meta_number(meta_schema_version);
  if (!version) return tl::unexpected(version.error());
  if (*version > wanted.version) return tl::unexpected(newer(directory, *version, wanted.version));
  const bool own = *version == wanted.version;
  for (const auto& name : *names)
    if (std::find(table_names().begin(), table_names().end(), name) == table_names().end())
      return tl::unexpected(failure{errc::corrupt, directory + " has a table \"" + name + "\" of another program"});
  if (own && names->size() != table_count)
    return tl::unexpected(failure{errc::corrupt, directory + " lacks tables: " + std::to_string(names->size()) +
                                                     " of " + std::to_string(table_count) + " are there"});
  const auto last = (*store)->meta_number(meta_last_sequence);
  if (!last) return tl::unexpected(last.error());
  if (auto r = check_tail(**store, directory, *last, own); !r) return tl::unexpected(r.error());
  return inspected{static_cast<std::uint32_t>(*version), *last};
}

tl::expected<opened_store, failure> create_store(const std::string& directory, rocksdb::Env* env,
                                                 const directory_identity& found, const schema& wanted) {
  if (found.state == directory_state::unfinished) {
    if (auto r = check_free(directory, env); !r) return tl::unexpected(r.error());
    rocksdb::Options options(database_options(env, column_store::mode::read_only), {});
    const auto s = rocksdb::DestroyDB(directory, options);
    if (!s.ok()) return tl::unexpected(to_failure(s, "clearing the unfinished creation of " + directory));
  }
  if (auto r = begin_creation(directory, wanted.version); !r) return tl::unexpected(r.error());
  auto store = column_store::open(directory, env, column_store::mode::create);
  if (!store) return tl::unexpected(store.error());
  column_store::batch rows;
  rows.put(table::meta, meta_schema_version, encode_u64(wanted.version));
  rows.put(table::meta, meta_last_sequence, encode_u64(0));
  if (auto r = (*store)->write(rows, true); !r) return tl::unexpected(r.error());
  if (auto r = finish_creation(directory); !r) return tl::unexpected(r.error());
  return opened_store{std::move(*store), 0};
}

} // namespace

tl::expected<opened_store, failure> open_store(const std::string& directory, rocksdb::Env* env, const schema& wanted) {
  const auto found = identify(directory);
  if (!found) return tl::unexpected(found.error());
  if (found->state != directory_state::ours) return create_store(directory, env, *found, wanted);

  if (found->schema > wanted.version) return tl::unexpected(newer(directory, found->schema, wanted.version));
  if (auto r = check_free(directory, env); !r) return tl::unexpected(r.error());
  const auto inside = inspect_store(directory, env, wanted);
  if (!inside) return tl::unexpected(inside.error());

  auto store = column_store::open(directory, env, column_store::mode::read_write);
  if (!store) return tl::unexpected(store.error());
  if (auto r = migrate(**store, inside->schema, wanted); !r) return tl::unexpected(r.error());
  // Last, so that the marker never promises more than the tables hold.
  if (found->schema != wanted.version)
    if (auto r = rewrite_marker(directory, wanted.version); !r) return tl::unexpected(r.error());
  const auto last = (*store)->meta_number(meta_last_sequence);
  if (!last) return tl::unexpected(last.error());
  return opened_store{std::move(*store), *last};
}

} // namespace lifeline::storage
