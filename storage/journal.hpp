#pragma once
// The journal: an append-only event log with one gapless sequence, and the state tables that its events change,
// written together in one atomic batch. Two implementations: RocksDB, and memory for tests.
//
// All member functions may be called from any thread.

#include "domain/log/events.hpp"
#include "storage/types.hpp"

#include <tl/expected.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lifeline::storage {

/// Sees every committed batch, in the order of the sequence, on the journal's own thread: be quick, never block,
/// never call the journal from within. Called also when the disk failed (`stored` false), for what counts and streams
/// events must not stop with the disk.
class commit_observer {
public:
  virtual ~commit_observer() = default;
  virtual void on_commit(const std::vector<domain::event>& events, bool stored) = 0;
};

class journal {
public:
  virtual ~journal() = default;

  /// Queues one logical change. Never blocks on the disk. `done` (may be empty) is called once on a thread of the
  /// journal's: for `durability::durable` after the fsync, for `lazy` after the write. Order of commits is the order
  /// of calls. The events' `seq` is given by the journal. While the disk refuses or hangs, durable changes are refused
  /// in bounded time ("not known to be stored").
  virtual void append(change c, durability d, completion done = {}) = 0;

  /// Waits until everything appended before this call was written (not necessarily synced); false after `timeout`.
  virtual bool barrier(std::chrono::milliseconds timeout) = 0;

  /// Reads of what was written (see `barrier`). Missing: nullopt.
  [[nodiscard]] virtual tl::expected<std::optional<std::string>, failure> get(table t, std::string_view key) const = 0;
  /// Visits the rows with first ≤ key < last in order (an empty `last` means to the table's end), backwards if
  /// `reverse`; stops when `visit` returns false.
  [[nodiscard]] virtual tl::expected<void, failure> scan(table t, std::string_view first, std::string_view last,
                                                         bool reverse, const row_visitor& visit) const = 0;
  /// Visits the log from `from_seq` on.
  [[nodiscard]] virtual tl::expected<void, failure> read_log(std::uint64_t from_seq,
                                                             const event_visitor& visit) const = 0;
  /// Visits one call's entries in order.
  [[nodiscard]] tl::expected<void, failure> read_call(const domain::call_id& call, const event_visitor& visit) const;
  /// Visits one order's entries in order.
  [[nodiscard]] tl::expected<void, failure> read_order(const domain::order_id& order, const event_visitor& visit) const;

  /// Everything that was acknowledged before the call is in the backup. Blocks while files are copied (seconds to
  /// minutes: not for an actor's thread); appends and reads go on. One at a time. Errors: foreign_directory (the folder
  /// holds something else), not_found (an extra file), disk_full, io_error.
  [[nodiscard]] virtual tl::expected<backup_done, failure> back_up(const backup_order& order);

  [[nodiscard]] virtual std::uint64_t last_sequence() const = 0;
  [[nodiscard]] virtual journal_health health() const = 0;

  /// Observers must outlive the journal or be removed first. Not to be called from an observer.
  virtual void add_observer(commit_observer* observer) = 0;
  virtual void remove_observer(commit_observer* observer) = 0;
};

/// Keeps everything in memory; commits on the calling thread, so that tests are deterministic.
std::unique_ptr<journal> make_memory_journal();

/// Opens or creates the database at `s.directory`. Fails, leaving the directory as it was, when it is corrupt, belongs
/// to something else, or was written by a newer engine. Older schemas are migrated.
[[nodiscard]] tl::expected<std::unique_ptr<journal>, failure> open_rocksdb_journal(const settings& s);

} // namespace lifeline::storage
