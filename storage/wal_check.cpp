#include "storage/wal_check.hpp"

#include "storage/wal_file.hpp"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lifeline::storage {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t batch_head = 12; ///< RocksDB's: position, 8 bytes, and count, 4, little-endian

class batch_reader final : public rocksdb::WriteBatch::Handler {
public:
  batch_reader(wal_batch& batch, const wal_tables& tables) : batch_(batch), tables_(tables) {}

  rocksdb::Status PutCF(std::uint32_t family, const rocksdb::Slice& key, const rocksdb::Slice& value) override {
    if (family == tables_.log) ++batch_.entries;
    if (family != tables_.meta) return rocksdb::Status::OK();
    const auto number = decode_u64(value.ToStringView());
    if (key.ToStringView() == meta_last_sequence) batch_.last_sequence = number.value_or(0);
    if (key.ToStringView() == meta_synced) batch_.synced = number;
    return rocksdb::Status::OK();
  }
  rocksdb::Status DeleteCF(std::uint32_t, const rocksdb::Slice&) override { return rocksdb::Status::OK(); }

private:
  wal_batch& batch_;
  const wal_tables& tables_;
};

/// Folds the batches of all files.
class judge {
public:
  judge(const wal_tables& tables, std::uint64_t known_synced) : tables_(tables), synced_(known_synced) {}

  void record(const std::string& path, const wal_record& r) {
    const auto batch = read_batch(r.bytes, tables_);
    if (!batch) return damage(path, {r.offset, "a record that is no batch"});
    if (loss_ && batch->position == next_) loss_.reset(); // what is not sound there had never held anything
    const auto base = batch->last_sequence - std::min(batch->entries, batch->last_sequence);
    const bool says = batch->last_sequence != 0; // not a creation's, a migration's or a salvage's
    if (!loss_ && !found_.empty && says && base != found_.last_sequence)
      damage(path, {r.offset, "entries " + std::to_string(found_.last_sequence + 1) + " to " + std::to_string(base) +
                                  " are missing before it"});
    if (loss_) return behind(*batch, base);
    if (says && found_.empty) found_.first_sequence = base;
    if (says) found_.last_sequence = batch->last_sequence;
    found_.empty = found_.empty && !says;
    next_ = batch->position + batch->rows;
  }

  void damage(const std::string& path, const wal_damage& d) {
    if (loss_) return; // the first is told
    loss_ = wal_loss{path, d.offset, d.what, found_.last_sequence, 0, 0, 0, true};
  }

  wal_finding verdict() {
    if (loss_) {
      // Without a batch that tells (an older engine wrote them), what is behind speaks for itself.
      const bool told = silent_ == 0;
      loss_->promised = (loss_->behind > 0 && !told) || synced_ >= next_;
      if (next_ == 0) loss_->promised = loss_->behind > 0; // whether anything is missing, the tables have to tell
      if (loss_->promised || loss_->behind > 0) found_.loss = loss_;
    }
    return found_;
  }

private:
  void behind(const wal_batch& batch, std::uint64_t base) {
    ++loss_->behind;
    if (batch.entries > 0 && loss_->first_behind == 0) loss_->first_behind = base + 1;
    if (batch.entries > 0) loss_->last_behind = batch.last_sequence;
    if (batch.synced)
      synced_ = std::max(synced_, *batch.synced);
    else
      ++silent_;
  }

  const wal_tables& tables_;
  std::uint64_t synced_;
  std::uint64_t silent_ = 0;
  std::uint64_t next_ = 0; ///< where the next batch must begin; 0: none was read yet
  std::optional<wal_loss> loss_;
  wal_finding found_;
};

} // namespace

wal_tables tables_of(const column_store& store) {
  wal_tables t;
  t.meta = store.family_of(table::meta).value_or(t.meta);
  t.log = store.family_of(table::log).value_or(t.log);
  return t;
}

std::optional<wal_batch> read_batch(std::string_view bytes, const wal_tables& tables) {
  if (bytes.size() < batch_head) return std::nullopt;
  wal_batch b;
  std::memcpy(&b.position, bytes.data(), sizeof b.position);
  std::memcpy(&b.rows, bytes.data() + sizeof b.position, sizeof b.rows);
  const rocksdb::WriteBatch batch{std::string{bytes}};
  batch_reader reader{b, tables};
  if (!batch.Iterate(&reader).ok()) return std::nullopt;
  return b;
}

tl::expected<std::string, failure> read_whole_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return tl::unexpected(
        failure{errno == ENOENT ? errc::not_found : errc::io_error, "opening " + path + ": " + std::strerror(errno)});
  std::string bytes;
  struct stat facts {};
  if (::fstat(fd, &facts) == 0 && facts.st_size > 0) bytes.reserve(static_cast<std::size_t>(facts.st_size));
  std::string block(std::size_t{1} << 20, '\0');
  for (;;) {
    const auto got = ::read(fd, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    const int error = errno;
    if (got <= 0) {
      ::close(fd);
      if (got == 0) return bytes;
      return tl::unexpected(failure{errc::io_error, "reading " + path + ": " + std::strerror(error)});
    }
    bytes.append(block.data(), static_cast<std::size_t>(got));
  }
}

tl::expected<std::vector<wal_path>, failure> list_wals(const std::string& directory, std::uint64_t least) {
  std::vector<wal_path> files;
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() != ".log") continue;
    const auto stem = it->path().stem().string();
    std::uint64_t number = 0;
    const auto [stop, bad] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
    if (bad == std::errc{} && stop == stem.data() + stem.size() && number >= least)
      files.push_back({number, it->path().string()});
  }
  if (error) return tl::unexpected(failure{errc::io_error, "listing " + directory + ": " + error.message()});
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  return files;
}

std::string to_string(const wal_loss& loss) {
  auto text = loss.path + " is damaged at byte " + std::to_string(loss.offset) + " (" + loss.what + "), behind entry " +
              std::to_string(loss.after) + ": ";
  if (loss.behind == 0) return text + "nothing sound is behind it, but what was there had been acknowledged";
  text += std::to_string(loss.behind) + " sound batches are behind it";
  if (loss.first_behind != 0)
    text += " with entries " + std::to_string(loss.first_behind) + " to " + std::to_string(loss.last_behind);
  return text;
}

tl::expected<wal_finding, failure> check_wals(const std::vector<wal_path>& files, const wal_tables& tables,
                                              std::uint64_t known_synced) {
  judge j{tables, known_synced};
  for (const auto& f : files) {
    const auto bytes = read_whole_file(f.path);
    if (!bytes) return tl::unexpected(bytes.error());
    const wal_visitor visit{[&](const wal_record& r) { j.record(f.path, r); },
                            [&](const wal_damage& d) { j.damage(f.path, d); }};
    const auto end = read_wal(*bytes, visit);
    // A torn end; what the next file holds tells whether it was one.
    if (end < bytes->size()) j.damage(f.path, {end, "bytes that are no sound record"});
  }
  return j.verdict();
}

} // namespace lifeline::storage
