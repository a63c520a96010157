#pragma once
// The journal in memory, for tests: deterministic, for everything happens on the calling thread, within `append`.
// A disk that fails or hangs can be played.

#include "storage/journal.hpp"
#include "storage/prepared_change.hpp"
#include "storage/tables.hpp"

#include <array>
#include <deque>
#include <map>
#include <mutex>

namespace lifeline::storage {

class memory_journal final : public journal {
public:
  memory_journal();

  /// The next `n` tries to write fail with `error`. As on a real disk: a durable change is refused; a lazy one is
  /// shown to the observers as not stored, kept, and tried again, in order, with the next append or barrier.
  void fail_next(std::size_t n, failure error = {errc::io_error, "injected failure"});
  /// A disk that hangs: while stalled nothing is written, told or shown. Ending the stall writes everything in order.
  void set_stalled(bool stalled);
  /// The process ends while the disk fails or hangs: what is not written yet is gone, nobody is told, and the next
  /// process finds a disk that works again. Returns how many changes are lost.
  std::size_t lose_queued();

  void append(change c, durability d, completion done = {}) override;
  bool barrier(std::chrono::milliseconds timeout) override;
  tl::expected<std::optional<std::string>, failure> get(table t, std::string_view key) const override;
  tl::expected<void, failure> scan(table t, std::string_view first, std::string_view last, bool reverse,
                                   const row_visitor& visit) const override;
  tl::expected<void, failure> read_log(std::uint64_t from_seq, const event_visitor& visit) const override;
  std::uint64_t last_sequence() const override;
  journal_health health() const override;
  void add_observer(commit_observer* observer) override;
  void remove_observer(commit_observer* observer) override;

private:
  using rows = std::map<std::string, std::string, std::less<>>;

  void work();
  void write(prepared_change& p);
  void fail(prepared_change& p);
  void show(const std::vector<domain::event>& events, bool stored);
  [[nodiscard]] const rows& rows_of(table t) const { return tables_.at(index_of(t)); }

  mutable std::recursive_mutex mutex_;
  std::array<rows, table_count> tables_;
  std::deque<prepared_change> queue_;
  std::vector<commit_observer*> observers_;
  std::uint64_t last_ = 0;
  std::uint64_t promised_ = 0; ///< the highest number that an event was shown with
  std::size_t failures_left_ = 0;
  failure failure_;
  bool stalled_ = false;
  bool working_ = false;
  journal_health health_;
};

} // namespace lifeline::storage
