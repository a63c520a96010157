#include "storage/rocksdb_journal.hpp"

#include "domain/base/wall_time.hpp"
#include "storage/backup.hpp"
#include "storage/event_codec.hpp"
#include "storage/opening.hpp"
#include "storage/wal_check.hpp"
#include "storage/witness.hpp"

namespace lifeline::storage {

namespace {

class rocksdb_journal final : public journal, private batch_store {
public:
  rocksdb_journal(opened_store opened, const settings& s, const writer_pace& pace)
      : directory_(s.directory), store_(std::move(opened.store)), tables_(tables_of(*store_)),
        written_(opened.last_sequence), least_wal_(store_->least_wal()), witness_(std::move(opened.seen)),
        salvaged_(store_->meta_number(meta_salvaged_at).value_or(0)),
        salvage_lost_(store_->meta_number(meta_salvage_lost).value_or(0)),
        writer_(*this, s, pace, opened.last_sequence) {}

  void append(change c, durability d, completion done) override {
    writer_.append(prepare(std::move(c), d, std::move(done)));
  }
  bool barrier(std::chrono::milliseconds timeout) override { return writer_.barrier(timeout); }

  tl::expected<std::optional<std::string>, failure> get(table t, std::string_view key) const override {
    return store_->get(t, key);
  }
  tl::expected<void, failure> scan(table t, std::string_view first, std::string_view last, bool reverse,
                                   const row_visitor& visit) const override {
    return store_->scan(t, first, last, reverse, visit);
  }
  tl::expected<void, failure> read_log(std::uint64_t from_seq, const event_visitor& visit) const override;

  tl::expected<backup_done, failure> back_up(const backup_order& order) override;

  std::uint64_t last_sequence() const override { return writer_.last_sequence(); }
  journal_health health() const override {
    auto h = writer_.health();
    h.salvaged = domain::from_world(domain::from_micros(static_cast<std::int64_t>(salvaged_)));
    h.salvage_lost = salvage_lost_;
    return h;
  }
  void add_observer(commit_observer* observer) override { writer_.add_observer(observer); }
  void remove_observer(commit_observer* observer) override { writer_.remove_observer(observer); }

private:
  tl::expected<void, failure> write(const std::deque<prepared_change>& changes, std::size_t count,
                                    std::uint64_t last_seq) override;
  tl::expected<void, failure> sync() override;
  tl::expected<std::uint64_t, failure> recover() override;
  [[nodiscard]] tl::expected<void, failure> check_before_reopening() const;

  const std::string directory_;
  std::mutex backing_up_;
  std::unique_ptr<column_store> store_;
  const wal_tables tables_;
  column_store::batch batch_; ///< kept for its memory
  // Of the writer's thread alone.
  std::uint64_t written_ = 0;          ///< the log's last entry that was written, synced or not
  std::uint64_t written_position_ = 0; ///< RocksDB's number of the last row that was; 0: none by this run
  std::uint64_t least_wal_ = 0;        ///< as last known
  std::unique_ptr<witness> witness_;
  const std::uint64_t salvaged_;
  const std::uint64_t salvage_lost_;
  journal_writer writer_; ///< last: its thread ends before the store does
};

tl::expected<void, failure> rocksdb_journal::write(const std::deque<prepared_change>& changes, std::size_t count,
                                                   std::uint64_t last_seq) {
  batch_.clear();
  for (std::size_t i = 0; i < count; ++i)
    for_each_row(
        changes[i], [&](table t, const std::string& key, std::string_view value) { batch_.put(t, key, value); },
        [&](table t, const std::string& key) { batch_.erase(t, key); });
  batch_.put(table::meta, meta_last_sequence, encode_u64(last_seq));
  batch_.put(table::meta, meta_synced, encode_u64(witness_->known().position));
  auto done = store_->write(batch_, false);
  if (done) {
    written_ = last_seq;
    written_position_ = store_->position();
  }
  return done;
}

tl::expected<void, failure> rocksdb_journal::sync() {
  auto done = store_->sync();
  if (!done) return done;
  const auto wal = store_->current_wal();
  if (wal != 0 && (witness_->known().wals.empty() || witness_->known().wals.back() != wal))
    witness_->forget_wals_below(store_->least_wal());
  if (written_position_ != 0) witness_->note(written_position_, written_, wal);
  return done;
}

tl::expected<std::uint64_t, failure> rocksdb_journal::recover() {
  least_wal_ = std::max(least_wal_, store_->least_wal());
  auto done = store_->recover([this] { return check_before_reopening(); });
  if (!done) return tl::unexpected(done.error());
  auto last = store_->meta_number(meta_last_sequence);
  if (!last) return last;
  // A write that failed may have moved RocksDB's count, and may be on the disk or not: never claim too much.
  const auto position = store_->position();
  written_position_ = *last == written_ ? std::min(written_position_, position) : position;
  written_ = *last;
  return last;
}

/// Reopening takes what it can read of the write-ahead files and removes them: damage to what was acknowledged must not
/// vanish with them. While it stands, the journal stores nothing, and says why.
tl::expected<void, failure> rocksdb_journal::check_before_reopening() const {
  const auto files = list_wals(directory_, least_wal_);
  if (!files) return tl::unexpected(files.error());
  const auto found = check_wals(*files, tables_, witness_->known().position);
  if (!found) return tl::unexpected(found.error());
  if (found->loss && found->loss->promised) return tl::unexpected(failure{errc::corrupt, to_string(*found->loss)});
  return {};
}

tl::expected<void, failure> rocksdb_journal::read_log(std::uint64_t from_seq, const event_visitor& visit) const {
  tl::expected<void, failure> result;
  const auto scanned = store_->scan(table::log, sequence_key{from_seq}.encode(), {}, false, [&](auto key, auto value) {
    const auto seq = sequence_key::decode(key);
    if (!seq) {
      result = tl::unexpected(failure{errc::corrupt, "the log has a key of " + std::to_string(key.size()) + " bytes"});
      return false;
    }
    auto e = decode_event(seq->seq, value);
    if (!e) result = tl::unexpected(e.error());
    return e && visit(*e);
  });
  return scanned ? result : scanned;
}

tl::expected<backup_done, failure> rocksdb_journal::back_up(const backup_order& order) {
  const std::lock_guard one_at_a_time(backing_up_);
  if (!writer_.barrier(std::chrono::seconds{10}) || !health().writable)
    return tl::unexpected(failure{errc::io_error, "the journal cannot be written, so a backup would lack entries: " +
                                                      health().last_error});
  const auto last = last_sequence();
  backup_done done;
  const auto made = store_->with_database([&](rocksdb::DB& db) -> tl::expected<void, failure> {
    auto r = make_backup(db, directory_, last, order);
    if (!r) return tl::unexpected(r.error());
    done = std::move(*r);
    return {};
  });
  if (!made) return tl::unexpected(made.error());
  return done;
}

} // namespace

tl::expected<std::unique_ptr<journal>, failure> open_rocksdb_journal(const settings& s, const inner_settings& inner) {
  auto opened = open_store(s.directory, inner.env, inner.schema);
  if (!opened) return tl::unexpected(opened.error());
  return std::make_unique<rocksdb_journal>(std::move(*opened), s, inner.pace);
}

tl::expected<std::unique_ptr<journal>, failure> open_rocksdb_journal(const settings& s) {
  return open_rocksdb_journal(s, inner_settings{});
}

} // namespace lifeline::storage
