#include "storage/opening.hpp"

#include "storage/column_options.hpp"
#include "storage/directory.hpp"
#include "storage/examination.hpp"

namespace lifeline::storage {

namespace {

/// All that the database holds at its opening lies in its tables, on the disk.
tl::expected<opened_store, failure> with_witness(std::unique_ptr<column_store> store, const std::string& directory,
                                                 std::uint64_t last) {
  auto seen = std::make_unique<witness>();
  if (auto r = seen->open(directory, {store->position(), last, {store->current_wal()}}); !r)
    return tl::unexpected(r.error());
  return opened_store{std::move(store), std::move(seen), last};
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
  return with_witness(std::move(*store), directory, 0);
}

} // namespace

tl::expected<opened_store, failure> open_store(const std::string& directory, rocksdb::Env* env, const schema& wanted) {
  const auto found = identify(directory);
  if (!found) return tl::unexpected(found.error());
  if (found->state != directory_state::ours) return create_store(directory, env, *found, wanted);

  if (found->schema > wanted.version)
    return tl::unexpected(newer_schema_failure(directory, found->schema, wanted.version));
  if (auto r = check_free(directory, env); !r) return tl::unexpected(r.error());
  auto inside = examine(directory, env, wanted);
  if (inside && inside->torn) {
    if (auto r = cut_torn_end(directory, *inside->torn); !r) return tl::unexpected(r.error());
    inside = examine(directory, env, wanted);
  }
  if (!inside) return tl::unexpected(inside.error().what);
  if (inside->torn) return tl::unexpected(failure{errc::corrupt, to_string(*inside->torn)});

  auto store = column_store::open(directory, env, column_store::mode::read_write);
  if (!store) return tl::unexpected(store.error());
  if (auto r = migrate(**store, inside->schema, wanted); !r) return tl::unexpected(r.error());
  // Last, so that the marker never promises more than the tables hold.
  if (found->schema != wanted.version)
    if (auto r = rewrite_marker(directory, wanted.version); !r) return tl::unexpected(r.error());
  const auto last = (*store)->meta_number(meta_last_sequence);
  if (!last) return tl::unexpected(last.error());
  return with_witness(std::move(*store), directory, *last);
}

} // namespace lifeline::storage
