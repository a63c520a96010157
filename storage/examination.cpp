#include "storage/examination.hpp"

#include "storage/directory.hpp"
#include "storage/event_codec.hpp"
#include "storage/witness.hpp"

#include <algorithm>
#include <filesystem>

namespace lifeline::storage {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view way_out = "; lifelined --salvage starts without what is lost, and says what that is";

tl::unexpected<defect> salvageable(const std::string& what) {
  return tl::unexpected(defect{{errc::corrupt, what + std::string(way_out)}, true});
}

tl::unexpected<defect> hopeless(failure f) { return tl::unexpected(defect{std::move(f), false}); }

std::string range(std::uint64_t first, std::uint64_t last) {
  return first == last ? "entry " + std::to_string(first)
                       : "entries " + std::to_string(first) + " to " + std::to_string(last);
}

/// The log's end: the numbers descend without a gap from the last sequence, and the entries can be read.
tl::expected<void, defect> check_tail(const column_store& store, const std::string& directory, std::uint64_t last,
                                      bool readable) {
  auto expected_seq = last;
  std::size_t seen = 0;
  tl::expected<void, defect> result;
  const auto scanned = store.scan(table::log, {}, {}, true, [&](auto key, auto value) {
    const auto found = sequence_key::decode(key);
    if (!found) {
      result = hopeless({errc::corrupt, directory + ": the log has a bad key where entry " +
                                            std::to_string(expected_seq) + " should be"});
    } else if (found->seq != expected_seq) {
      result = salvageable(directory + ": the log has entry " + std::to_string(found->seq) + " where entry " +
                           std::to_string(expected_seq) + " should be");
    } else if (readable) {
      if (auto e = decode_event(found->seq, value); !e)
        result = hopeless({errc::corrupt, directory + ": " + e.error().message});
    }
    --expected_seq;
    return result.has_value() && ++seen < checked_tail;
  });
  if (!scanned) return hopeless(scanned.error());
  if (result && seen == 0 && last != 0)
    return salvageable(directory + ": the log is empty, but its last entry should be " + std::to_string(last));
  return result;
}

tl::expected<examination, defect> check_tables(const column_store& store, const std::string& directory,
                                               const std::vector<std::string>& names, const schema& wanted) {
  const auto version = store.meta_number(meta_schema_version);
  if (!version) return hopeless(version.error());
  if (*version > wanted.version) return hopeless(newer_schema_failure(directory, *version, wanted.version));
  const bool own = *version == wanted.version;
  for (const auto& name : names)
    if (std::find(table_names().begin(), table_names().end(), name) == table_names().end())
      return hopeless({errc::corrupt,
                       std::string{directory}.append(" has a table \"").append(name).append("\" of another program")});
  if (own && names.size() != table_count)
    return hopeless({errc::corrupt, directory + " lacks tables: " + std::to_string(names.size()) + " of " +
                                        std::to_string(table_count) + " are there"});
  const auto last = store.meta_number(meta_last_sequence);
  if (!last) return hopeless(last.error());
  if (auto r = check_tail(store, directory, *last, own); !r) return tl::unexpected(r.error());
  return examination{static_cast<std::uint32_t>(*version), *last, {}};
}

/// What was there once, by the witness and by the write-ahead files' own word.
tl::expected<void, defect> check_promises(const column_store& store, const std::string& directory, std::uint64_t last,
                                          const wal_finding& found, const std::optional<testimony>& said) {
  if (found.first_sequence > 0) {
    const auto row = store.get(table::log, sequence_key{found.first_sequence}.encode());
    if (!row) return hopeless(row.error());
    if (!*row)
      return salvageable(directory + ": entry " + std::to_string(found.first_sequence) +
                         " is missing, behind which the write-ahead files begin");
  }
  if (found.last_sequence > last)
    return salvageable(directory + ": the write-ahead files hold " + range(last + 1, found.last_sequence) +
                       ", which the database does not take from them");
  if (said && said->last_sequence > last)
    return salvageable(directory + ": " + range(last + 1, said->last_sequence) +
                       " had been acknowledged and are not there any more");
  if (said && said->position > store.position())
    return salvageable(directory + ": what was stored behind entry " + std::to_string(last) +
                       " had been acknowledged and is not there any more");
  return {};
}

/// Write-ahead files are removed only when nothing in them is needed any more.
tl::expected<void, defect> check_roster(const std::string& directory, const std::vector<wal_path>& files,
                                        std::uint64_t least, const testimony& said) {
  for (const auto n : said.wals) {
    const bool there = std::any_of(files.begin(), files.end(), [&](const auto& f) { return f.number == n; });
    if (n >= least && !there)
      return salvageable(directory + ": the write-ahead file number " + std::to_string(n) +
                         " is missing, and what it held is still needed");
  }
  return {};
}

} // namespace

failure newer_schema_failure(const std::string& directory, std::uint64_t found, std::uint32_t known) {
  return {errc::newer_schema, directory + " was written by a newer engine: its schema is " + std::to_string(found) +
                                  ", this engine knows up to " + std::to_string(known)};
}

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

tl::expected<examination, defect> examine(const std::string& directory, rocksdb::Env* env, const schema& wanted) {
  std::error_code ignored;
  if (fs::exists(fs::path(directory) / salvage_marker, ignored))
    return salvageable(directory + ": a salvage was begun and has not ended");
  auto names = column_store::list_tables(directory, env);
  if (!names) return hopeless({errc::corrupt, names.error().message});
  const auto said = read_witness(directory);
  auto store = column_store::open(directory, env, column_store::mode::read_only);
  const auto least = store ? (*store)->least_wal() : 0;
  const auto files = list_wals(directory, least);
  if (!files) return hopeless(files.error());
  const auto found = check_wals(*files, store ? tables_of(**store) : wal_tables{}, said ? said->position : 0);
  if (!found) return hopeless(found.error());
  if (found->loss && found->loss->promised) return salvageable(to_string(*found->loss));
  if (found->loss) return examination{0, 0, found->loss};
  if (!store) return hopeless({errc::corrupt, store.error().message});
  if (said)
    if (auto r = check_roster(directory, *files, least, *said); !r) return tl::unexpected(r.error());
  auto inside = check_tables(**store, directory, *names, wanted);
  if (!inside) return inside;
  if (auto r = check_promises(**store, directory, inside->last_sequence, *found, said); !r)
    return tl::unexpected(r.error());
  return inside;
}

tl::expected<void, failure> cut_torn_end(const std::string& directory, const wal_loss& torn) {
  const auto files = list_wals(directory, 0);
  if (!files) return tl::unexpected(files.error());
  bool behind = false;
  std::error_code error;
  for (const auto& f : *files) {
    if (behind) fs::remove(f.path, error);
    if (f.path == torn.path) {
      behind = true;
      fs::resize_file(f.path, torn.offset, error);
    }
    if (error)
      return tl::unexpected(failure{errc::io_error, "cutting the torn end off " + f.path + ": " + error.message()});
  }
  return sync_directory(directory);
}

} // namespace lifeline::storage
