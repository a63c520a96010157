#pragma once
// The one thread that writes: group commit, order, numbers, and what happens while the disk fails. Knows no database.
//
// While the disk fails (a write failed, and once more after one attempt at recovery)
//   - durable changes are refused at once and get no number. (A change that was written, but whose sync failed, is in
//     the log and keeps its number, and its caller is told that it is not known to be on the disk);
//   - lazy ones are kept and tried again with growing pauses. The observers see their events right away, as not stored
//     and with the numbers that they will be stored under, and are not called again when that succeeds;
//   - past `settings::max_queue` (or `max_queue_bytes`) further lazy changes are given up: counted, and shown with the
//     number 0. Where they would have been, the log gets an entry `events_lost` that says how many.
// While the disk hangs, in whichever call, a second thread refuses durable changes that have waited for longer than
// `writer_pace::patience`; those that the disk had not been given yet are then not written at all.
// So nothing that was acknowledged is lost, the numbers on disk stay gapless, and metrics and streams go on.

#include "storage/journal.hpp"
#include "storage/prepared_change.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace lifeline::storage {

/// Where batches go. Called by the writer's thread alone.
class batch_store {
public:
  virtual ~batch_store() = default;
  /// Writes the first `count` changes and the new last sequence, all or nothing, without a sync: were the two one
  /// operation, its failure would not tell whether the changes are in the log and their numbers taken.
  virtual tl::expected<void, failure> write(const std::deque<prepared_change>& changes, std::size_t count,
                                            std::uint64_t last_seq) = 0;
  /// Puts everything written onto the disk.
  virtual tl::expected<void, failure> sync() = 0;
  /// Makes the store writable after a failure; gives the last sequence that it holds: a batch whose write was reported
  /// as failed may turn out to be there.
  virtual tl::expected<std::uint64_t, failure> recover() = 0;
};

struct writer_pace {
  std::size_t batch_changes = 4096;
  std::size_t batch_bytes = std::size_t{8} << 20;
  std::chrono::milliseconds first_pause{50}; ///< before the first new try
  std::chrono::milliseconds longest_pause{1000};
  std::chrono::milliseconds stalled_after{1000}; ///< a write that takes longer makes the journal "not writable"
  std::chrono::milliseconds patience{3000};      ///< how long a durable change may wait for a disk that hangs
};

class journal_writer {
public:
  /// `store` must outlive the writer.
  journal_writer(batch_store& store, const settings& s, const writer_pace& pace, std::uint64_t last_seq);
  /// Writes and syncs what is queued; gives up what the disk refuses.
  ~journal_writer();
  journal_writer(const journal_writer&) = delete;
  journal_writer& operator=(const journal_writer&) = delete;

  void append(prepared_change p);
  bool barrier(std::chrono::milliseconds timeout);
  [[nodiscard]] std::uint64_t last_sequence() const { return last_seq_.load(std::memory_order_acquire); }
  [[nodiscard]] journal_health health() const;
  void add_observer(commit_observer* observer);
  void remove_observer(commit_observer* observer);

private:
  using clock = std::chrono::steady_clock;
  struct batch {
    std::size_t count = 0;
    bool durable = false;
  };
  /// The batch that failed last: it may be on the disk all the same.
  struct attempt {
    bool written = false; ///< it is in the log, only its sync failed
    std::uint64_t last_seq = 0;
    std::uint64_t last_ticket = 0;
  };

  /// Somebody who waits for a durable change.
  struct waiting {
    std::atomic<bool> answered{false};
    completion done;
    clock::time_point until{};
    void answer(const commit_result& r);
  };
  /// Lazy events that were given up since the last entry about it.
  struct hole {
    std::uint64_t count = 0;
    domain::instant last = domain::never; ///< of the latest of them
  };

  void run();
  /// The second thread: refuses who has waited too long.
  void watch();
  void be_patient(prepared_change& p);
  void queue(prepared_change p);
  /// Forgets durable changes that were refused for the disk's hanging and that it was not given yet.
  void drop_refused();
  /// Waits for work and takes it; true at the end of the journal's life.
  bool collect();
  [[nodiscard]] std::optional<clock::time_point> next_deadline() const;
  void overflow(prepared_change p);

  void write_backlog();
  [[nodiscard]] batch next_batch() const;
  bool write(const batch& b);
  /// Answers, shows and forgets the first `count` changes, which are in the log; the durable ones are known to be on
  /// the disk if `synced`.
  void settle(std::size_t count, bool synced);
  bool recover();
  void reconcile(std::uint64_t on_disk);
  void start_failing();
  void settle_unsynced();
  void refuse_and_show();
  void try_again(bool stopping);
  void sync_if_due(bool stopping);
  void tell_overflow();
  void give_up();

  void note_failure(const failure& f, bool counted);
  void show(const std::vector<domain::event>& events, bool stored);
  void settled(std::size_t count, std::size_t bytes);
  /// Calls the store, watched by `health` and measured for the latency probe.
  tl::expected<void, failure> timed(std::size_t changes, bool synced,
                                    const std::function<tl::expected<void, failure>()>& operation);
  [[nodiscard]] failure refusal() const;

  batch_store& store_;
  const settings settings_;
  const writer_pace pace_;
  std::atomic<std::uint64_t> last_seq_;
  std::atomic<clock::rep> busy_since_{0}; ///< when the store was called, 0 while it is not

  mutable std::mutex mutex_; ///< guards from here on
  std::condition_variable wake_;
  std::condition_variable progress_;
  std::deque<prepared_change> queue_;
  std::deque<prepared_change> overflow_; ///< refused for want of room, yet to be told
  std::size_t queue_bytes_ = 0;
  std::size_t overflow_bytes_ = 0;
  std::size_t pending_ = 0; ///< in the queue and in the backlog
  std::size_t pending_bytes_ = 0;
  hole hole_;
  std::deque<std::shared_ptr<waiting>> waiting_; ///< in the order of their deadlines; who was answered is dropped late
  std::condition_variable watch_wake_;
  bool watch_ends_ = false;
  std::uint64_t tickets_ = 0;
  std::uint64_t settled_ = 0; ///< every ticket up to here is done with
  bool urgent_ = false;
  /// Until then the writer sleeps if nobody wakes it; the past: it is awake, and looks before it sleeps.
  clock::time_point sleeps_until_ = clock::time_point::min();
  bool stopping_ = false;
  journal_health health_;

  std::mutex observers_mutex_;
  std::vector<commit_observer*> observers_;

  // Of the writer's thread alone.
  std::deque<prepared_change> backlog_;
  std::deque<prepared_change> untold_;
  std::optional<attempt> attempt_;
  std::optional<clock::time_point> sync_due_;
  std::optional<clock::time_point> look_at_; ///< for company of the last lazy batch
  bool failing_ = false;
  failure last_failure_;
  clock::time_point retry_at_{};
  std::chrono::milliseconds pause_{0};
  domain::instant last_written_ = domain::never; ///< time of the last event

  bool drop_ = false; ///< the backlog holds changes that were refused

  std::atomic<std::size_t> impatient_{0}; ///< refused by the second thread since the last `collect`
  std::thread watch_;
  std::thread thread_;
};

} // namespace lifeline::storage
