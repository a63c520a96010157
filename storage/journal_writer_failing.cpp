// The writer while the disk fails, and its way back; see journal_writer.hpp for the rules.

#include "storage/journal_writer.hpp"

#include <algorithm>
#include <utility>

namespace lifeline::storage {

void journal_writer::note_failure(const failure& f, bool counted) {
  last_failure_ = f;
  const std::lock_guard lock(mutex_);
  if (counted) ++health_.failures;
  health_.last_error = f.message;
}

failure journal_writer::refusal() const { return {last_failure_.code, "not stored: " + last_failure_.message}; }

void journal_writer::show(const std::vector<domain::event>& events, bool stored) {
  if (events.empty()) return;
  const std::lock_guard lock(observers_mutex_);
  for (auto* o : observers_)
    o->on_commit(events, stored);
}

bool journal_writer::recover() {
  busy_since_.store(clock::now().time_since_epoch().count(), std::memory_order_relaxed);
  auto on_disk = store_.recover();
  if (on_disk)
    if (const auto r = store_.sync(); !r) on_disk = tl::unexpected(r.error());
  busy_since_.store(0, std::memory_order_relaxed);
  if (!on_disk) {
    note_failure(on_disk.error(), false);
    return false;
  }
  sync_due_.reset();
  reconcile(*on_disk);
  return true;
}

// What the store says after a recovery is the truth.
void journal_writer::reconcile(std::uint64_t on_disk) {
  const auto known = last_sequence();
  const auto last_attempt = std::exchange(attempt_, std::nullopt);
  last_seq_.store(on_disk, std::memory_order_release);
  if (on_disk < known) {
    // Lazy changes that were written and not yet synced when the disk failed.
    auto entry = prepare(
        {{{0, last_written_, {}, domain::events_lost{known - on_disk, "they were not on the disk when it failed"}}},
         {}},
        durability::lazy, {});
    entry.appended = clock::now();
    entry.size = entry.weight();
    const std::lock_guard lock(mutex_);
    health_.lost_events += known - on_disk;
    health_.lost_unsynced += known - on_disk;
    ++pending_;
    pending_bytes_ += entry.size;
    entry.ticket = backlog_.empty() ? settled_ : backlog_.front().ticket; // takes no place in the order of calls
    backlog_.push_front(std::move(entry));
  } else if (on_disk > known && last_attempt && last_attempt->last_seq == on_disk) {
    // The batch is there although its write failed. Its durable changes may have been refused since: a refusal means
    // "not known to be stored". Its lazy ones must not be stored twice.
    std::size_t count = 0;
    auto next = known + 1;
    while (count < backlog_.size() && backlog_[count].ticket <= last_attempt->last_ticket)
      next = give_numbers(backlog_[count++], next);
    settle(count, true);
  }
}

// Its numbers are taken, so it is settled before anything else gets one.
void journal_writer::settle_unsynced() {
  std::size_t count = 0;
  while (count < backlog_.size() && backlog_[count].ticket <= attempt_->last_ticket)
    ++count;
  last_seq_.store(attempt_->last_seq, std::memory_order_release);
  attempt_.reset();
  settle(count, false);
}

void journal_writer::start_failing() {
  failing_ = true;
  if (attempt_ && attempt_->written) settle_unsynced();
  {
    const std::lock_guard lock(mutex_);
    health_.writable = false;
  }
  refuse_and_show();
  retry_at_ = clock::now() + pause_;
  pause_ = std::min(pause_ * 2, pace_.longest_pause);
}

void journal_writer::refuse_and_show() {
  std::deque<prepared_change> kept;
  std::vector<domain::event> events;
  std::size_t refused = 0;
  std::size_t bytes = 0;
  auto next = last_sequence() + 1;
  for (auto& p : backlog_) {
    if (p.how == durability::durable) {
      ++refused;
      bytes += p.size;
      if (p.done) p.done({false, 0, refusal()});
      continue;
    }
    next = give_numbers(p, next);
    if (!p.shown) events.insert(events.end(), p.what.events.begin(), p.what.events.end());
    p.shown = true;
    kept.push_back(std::move(p));
  }
  backlog_ = std::move(kept);
  show(events, false);
  {
    const std::lock_guard lock(mutex_);
    health_.refused += refused;
  }
  settled(refused, bytes);
}

void journal_writer::try_again(bool stopping) {
  if (!stopping && retry_at_ > clock::now()) return;
  // An empty batch proves that the disk takes writes, also when nothing waits for it.
  if (recover()) {
    const auto r = timed(0, true, [&] {
      auto w = store_.write(backlog_, 0, last_sequence());
      return w ? store_.sync() : w;
    });
    if (r) {
      failing_ = false;
      {
        const std::lock_guard lock(mutex_);
        health_.writable = true;
      }
      write_backlog();
      return;
    }
    note_failure(r.error(), false);
  }
  retry_at_ = clock::now() + pause_;
  pause_ = std::min(pause_ * 2, pace_.longest_pause);
}

void journal_writer::tell_overflow() {
  for (auto& p : untold_) {
    if (p.done)
      p.done({false, 0, {failing_ ? last_failure_.code : errc::io_error, "not stored: the journal's queue is full"}});
    if (p.how != durability::lazy) continue;
    for (auto& e : p.what.events)
      e.seq = 0;
    show(p.what.events, false);
  }
  const auto refused = std::count_if(untold_.begin(), untold_.end(),
                                     [](const prepared_change& p) { return p.how == durability::durable; });
  untold_.clear();
  const std::lock_guard lock(mutex_);
  health_.refused += static_cast<std::uint64_t>(refused);
}

void journal_writer::give_up() {
  const auto count = backlog_.size();
  std::size_t bytes = 0;
  for (auto& p : backlog_) {
    bytes += p.size;
    if (!p.shown) show(p.what.events, false);
    if (p.done) p.done({false, 0, refusal()});
    const std::lock_guard lock(mutex_);
    health_.lost_events += p.what.events.size();
    health_.lost_at_end += p.what.events.size();
  }
  backlog_.clear();
  settled(count, bytes);
}

} // namespace lifeline::storage
