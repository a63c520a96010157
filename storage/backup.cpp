#include "storage/backup.hpp"

#include "storage/backup_files.hpp"
#include "storage/column_store.hpp"
#include "storage/directory.hpp"

#include <rocksdb/utilities/backup_engine.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>

#include <sys/stat.h>

namespace lifeline::storage {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view folder_marker = "LIFELINE_BACKUP";
constexpr std::string_view files_folder = "files";
/// Of the backup's writes: calls and recordings share the disk.
constexpr std::uint64_t bytes_per_second = std::uint64_t{64} << 20;

tl::expected<void, failure> check(const rocksdb::Status& s, const std::string& doing) {
  if (s.ok()) return {};
  auto f = to_failure(s, doing);
  if (s.IsNotFound()) f.code = errc::not_found;
  return tl::unexpected(std::move(f));
}

failure system_failure(const std::string& doing, const std::string& path, const std::error_code& e) {
  return {e == std::errc::no_space_on_device ? errc::disk_full : errc::io_error,
          doing + " " + path + ": " + e.message()};
}

std::string extra_folder(const std::string& folder, const std::string& token) {
  return (fs::path(folder) / files_folder / token).string();
}

/// The name of something that is there, or nothing. A missing folder holds nothing.
tl::expected<std::string, failure> first_inhabitant(const std::string& folder) {
  std::error_code error;
  if (!fs::exists(folder, error)) return std::string{};
  if (!fs::is_directory(folder, error))
    return tl::unexpected(failure{errc::foreign_directory, folder + " is not a directory"});
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (it->path().filename() != "lost+found") return it->path().filename().string();
  if (error) return tl::unexpected(system_failure("listing", folder, error));
  return std::string{};
}

tl::expected<void, failure> check_backup_folder(const std::string& folder) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored))
    return tl::unexpected(failure{errc::not_found, folder + " does not exist or is no folder"});
  if (!fs::exists(fs::path(folder) / folder_marker, ignored))
    return tl::unexpected(failure{errc::foreign_directory,
                                  folder + " is not a folder of backups: it has no " + std::string(folder_marker)});
  return {};
}

bool is_below(const fs::path& path, const fs::path& root) {
  const auto [at, end] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  return at == root.end() || (at->empty() && std::next(at) == root.end());
}

tl::expected<void, failure> prepare_folder(const std::string& folder, const std::string& journal_directory) {
  std::error_code error;
  const auto place = fs::weakly_canonical(folder, error);
  if (folder.empty() || error) return tl::unexpected(failure{errc::not_found, "\"" + folder + "\" is no folder"});
  if (is_below(place, fs::weakly_canonical(journal_directory, error)))
    return tl::unexpected(failure{errc::foreign_directory, folder + " lies in the journal itself"});
  const auto marker = fs::path(folder) / folder_marker;
  if (fs::exists(marker, error)) return {};
  const auto stranger = first_inhabitant(folder);
  if (!stranger) return tl::unexpected(stranger.error());
  if (!stranger->empty())
    return tl::unexpected(failure{errc::foreign_directory, folder + " is not a folder of backups: it holds \"" +
                                                               *stranger + "\" and no " + std::string(folder_marker)});
  const bool ours = !fs::exists(folder, error);
  fs::create_directories(folder, error);
  if (!error && ours) fs::permissions(folder, fs::perms::owner_all, error);
  if (!error) fs::create_directory(fs::path(folder) / files_folder, error);
  if (!error) fs::permissions(fs::path(folder) / files_folder, fs::perms::owner_all, error);
  if (error) return tl::unexpected(system_failure("making", folder, error));
  const auto mark = rocksdb::WriteStringToFile(rocksdb::Env::Default(), "lifeline backups\n", marker.string(), true);
  return check(mark, "marking " + folder);
}

template <class Engine>
tl::expected<std::unique_ptr<Engine>, failure> open_engine(const std::string& folder, rocksdb::Env* env) {
  rocksdb::BackupEngineOptions options(folder);
  options.backup_rate_limit = bytes_per_second;
  Engine* raw = nullptr;
  const auto s = Engine::Open(options, env, &raw);
  if (!s.ok()) return tl::unexpected(to_failure(s, "opening the backups in " + folder));
  return std::unique_ptr<Engine>(raw);
}

tl::expected<std::unique_ptr<rocksdb::BackupEngineReadOnly>, failure> open_for_reading(const std::string& folder) {
  if (auto ours = check_backup_folder(folder); !ours) return tl::unexpected(ours.error());
  return open_engine<rocksdb::BackupEngineReadOnly>(folder, rocksdb::Env::Default());
}

/// Extra files of backups that are no more, or that never came to be.
void remove_orphans(const rocksdb::BackupEngineReadOnlyBase& engine, const std::string& folder) {
  std::vector<rocksdb::BackupInfo> all;
  engine.GetBackupInfo(&all);
  std::set<std::string> used;
  for (const auto& b : all) {
    const auto m = backup_metadata::decode(b.app_metadata);
    if (!m) return; // not understood: nothing is removed
    used.insert(m->token);
  }
  std::error_code error;
  std::vector<fs::path> orphans;
  for (fs::directory_iterator it(fs::path(folder) / files_folder, error), end; !error && it != end; it.increment(error))
    if (!used.contains(it->path().filename().string())) orphans.push_back(it->path());
  for (const auto& o : orphans)
    fs::remove_all(o, error);
}

std::uint64_t total(const rocksdb::BackupInfo& b, const backup_metadata& m) {
  auto bytes = b.size;
  for (const auto& f : m.files)
    bytes += f.bytes;
  return bytes;
}

} // namespace

tl::expected<backup_done, failure> make_backup(rocksdb::DB& db, const std::string& journal_directory,
                                               std::uint64_t last_sequence, const backup_order& order) {
  if (auto r = prepare_folder(order.folder, journal_directory); !r) return tl::unexpected(r.error());
  backup_metadata m;
  m.schema = schema_version;
  m.last_sequence = last_sequence;
  m.token = random_token();
  const auto extra = extra_folder(order.folder, m.token);
  auto files = copy_files(order.extra, extra);
  if (!files) {
    std::error_code ignored;
    fs::remove_all(extra, ignored);
    return tl::unexpected(files.error());
  }
  m.files = std::move(*files);

  auto engine = open_engine<rocksdb::BackupEngine>(order.folder, db.GetEnv());
  if (!engine) return tl::unexpected(engine.error());
  rocksdb::CreateBackupOptions options;
  // No flush: what is not in a table yet is in the write-ahead files, which are copied too. A flush would switch to a
  // new one, and Debian's RocksDB aborts the process when the disk has just refused the old one.
  options.flush_before_backup = false;
  rocksdb::BackupID id = 0;
  const auto s = (*engine)->CreateNewBackupWithMetadata(options, &db, m.encode(), &id);
  if (auto r = check(s, "making a backup in " + order.folder); !r) {
    remove_orphans(**engine, order.folder);
    (*engine)->GarbageCollect().PermitUncheckedError();
    return tl::unexpected(r.error());
  }
  if (order.keep > 0) // the new one is there: that an old one stays is no failure
    (*engine)->PurgeOldBackups(order.keep).PermitUncheckedError();
  remove_orphans(**engine, order.folder);
  rocksdb::BackupInfo info;
  if (auto r = check((*engine)->GetBackupInfo(id, &info), "reading the new backup"); !r)
    return tl::unexpected(r.error());
  return backup_done{order.folder, id, last_sequence, total(info, m)};
}

tl::expected<std::vector<backup_entry>, failure> list_backups(const std::string& folder) {
  if (auto ours = check_backup_folder(folder); !ours) return tl::unexpected(ours.error());
  std::error_code ignored;
  if (!fs::exists(fs::path(folder) / "meta", ignored)) return std::vector<backup_entry>{}; // the first one failed
  const auto engine = open_for_reading(folder);
  if (!engine) return tl::unexpected(engine.error());
  std::vector<rocksdb::BackupInfo> all;
  (*engine)->GetBackupInfo(&all);
  std::vector<backup_entry> list;
  for (const auto& b : all) {
    const auto m = backup_metadata::decode(b.app_metadata);
    if (!m) return tl::unexpected(m.error());
    backup_entry e;
    e.id = b.backup_id;
    e.made = domain::instant{std::chrono::seconds{b.timestamp}};
    e.last_sequence = m->last_sequence;
    e.bytes = total(b, *m);
    for (const auto& f : m->files)
      e.files.push_back(f.name);
    list.push_back(std::move(e));
  }
  return list;
}

namespace {

struct chosen_backup {
  std::unique_ptr<rocksdb::BackupEngineReadOnly> engine;
  std::uint32_t id = 0;
  backup_metadata metadata;
};

/// The wanted backup, of which every byte is as it was written.
tl::expected<chosen_backup, failure> choose(const restore_order& order) {
  auto engine = open_for_reading(order.folder);
  if (!engine) return tl::unexpected(engine.error());
  rocksdb::BackupInfo info;
  const auto found =
      order.which == 0 ? (*engine)->GetLatestBackupInfo(&info) : (*engine)->GetBackupInfo(order.which, &info);
  const auto name = order.which == 0 ? std::string{"a backup"} : "backup " + std::to_string(order.which);
  if (!found.ok())
    return tl::unexpected(failure{found.IsCorruption() ? errc::corrupt : errc::not_found,
                                  order.folder + " has no " + name + " that is whole: " + found.ToString()});
  auto m = backup_metadata::decode(info.app_metadata);
  if (!m) return tl::unexpected(m.error());
  if (m->schema > schema_version)
    return tl::unexpected(failure{errc::newer_schema, "the backup was made by a newer engine: its schema is " +
                                                          std::to_string(m->schema) + ", this one knows up to " +
                                                          std::to_string(schema_version)});
  const auto whole = (*engine)->VerifyBackup(info.backup_id, true);
  if (!whole.ok())
    return tl::unexpected(failure{errc::corrupt, "backup " + std::to_string(info.backup_id) + " in " + order.folder +
                                                     " is damaged: " + whole.ToString()});
  if (auto r = check_files(m->files, extra_folder(order.folder, m->token)); !r) return tl::unexpected(r.error());
  return chosen_backup{std::move(*engine), info.backup_id, std::move(*m)};
}

tl::expected<restored, failure> fill(const chosen_backup& from, const restore_order& order) {
  std::error_code error;
  const auto journal = (fs::path(order.data) / order.journal).string();
  const bool ours = !fs::exists(order.data, error);
  fs::create_directories(journal, error);
  if (!error && ours) fs::permissions(order.data, fs::perms::owner_all, error);
  if (error) return tl::unexpected(system_failure("making", journal, error));
  // Before there is a journal that could be started from.
  const auto mark = (fs::path(order.data) / restored_mark).string();
  auto what = "backup " + std::to_string(from.id) + " of " + order.folder;
  if (order.now != domain::never) what += " restored at " + domain::to_rfc3339(order.now);
  if (auto r = put_file(mark, what + "\n"); !r) return tl::unexpected(r.error());
  const auto copied = from.engine->RestoreDBFromBackup(rocksdb::RestoreOptions{}, from.id, journal, journal);
  if (auto r = check(copied, "restoring into " + journal); !r) return tl::unexpected(r.error());
  if (auto r = put_back_files(from.metadata.files, extra_folder(order.folder, from.metadata.token), order.data); !r)
    return tl::unexpected(r.error());
  // Last, as at a creation: a directory with the marker is a whole journal.
  if (auto r = begin_creation(journal, from.metadata.schema); !r) return tl::unexpected(r.error());
  if (auto r = finish_creation(journal); !r) return tl::unexpected(r.error());
  auto proof = verify_journal(journal);
  if (!proof) return tl::unexpected(proof.error());
  if (proof->last_sequence < from.metadata.last_sequence)
    return tl::unexpected(
        failure{errc::corrupt, "the restored log ends with entry " + std::to_string(proof->last_sequence) +
                                   ", but the backup promised " + std::to_string(from.metadata.last_sequence)});
  restored r;
  r.id = from.id;
  r.log = std::move(*proof);
  for (const auto& f : from.metadata.files)
    r.files.push_back(f.name);
  return r;
}

/// It was empty, so all that is in it is ours.
void empty_again(const std::string& data) {
  std::error_code error;
  std::vector<fs::path> all;
  for (fs::directory_iterator it(data, error), end; !error && it != end; it.increment(error))
    if (it->path().filename() != "lost+found") all.push_back(it->path());
  for (const auto& p : all)
    fs::remove_all(p, error);
}

} // namespace

tl::expected<restored, failure> restore_journal(const restore_order& order) {
  const auto stranger = first_inhabitant(order.data);
  if (!stranger) return tl::unexpected(stranger.error());
  if (order.data.empty() || !stranger->empty())
    return tl::unexpected(failure{errc::foreign_directory, "restoring needs an empty data directory, but " +
                                                               order.data + " holds \"" + *stranger + "\""});
  if (auto name = check_file_name(order.journal); !name) return tl::unexpected(name.error());
  const auto from = choose(order);
  if (!from) return tl::unexpected(from.error());
  auto done = fill(*from, order);
  if (!done) empty_again(order.data);
  return done;
}

} // namespace lifeline::storage
