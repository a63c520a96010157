#include "storage/journal_writer.hpp"

#include <algorithm>
#include <utility>

namespace lifeline::storage {

journal_writer::journal_writer(batch_store& store, const settings& s, const writer_pace& pace, std::uint64_t last_seq)
    : store_(store), settings_(s), pace_(pace), last_seq_(last_seq), pause_(pace.first_pause),
      watch_([this] { watch(); }), thread_([this] { run(); }) {}

journal_writer::~journal_writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
  {
    const std::lock_guard lock(mutex_);
    watch_ends_ = true;
  }
  watch_wake_.notify_one();
  watch_.join();
}

// ---- any thread ----------------------------------------------------------------------------------------------

void journal_writer::append(prepared_change p) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    p.appended = clock::now();
    p.size = p.weight();
    if (p.how == durability::durable && p.done) be_patient(p);
    if (pending_ >= settings_.max_queue || pending_bytes_ >= settings_.max_queue_bytes) {
      wake = overflow_.empty();
      overflow(std::move(p));
    } else {
      const bool was_empty = queue_.empty();
      const bool durable = p.how == durability::durable;
      if (hole_.count > 0) {
        const domain::events_lost entry{hole_.count, "the queue was full, for the disk did not take them"};
        queue(prepare({{{0, hole_.last, {}, entry}}, {}}, durability::lazy, {}));
        hole_ = {};
      }
      queue(std::move(p));
      const bool hurry = durable || queue_.size() >= pace_.batch_changes || queue_bytes_ >= pace_.batch_bytes;
      // While changes keep coming the writer looks by itself, as often as the first of them may have to wait.
      wake = (was_empty && sleeps_until_ > clock::now() + settings_.linger) || (hurry && !urgent_);
      urgent_ = urgent_ || hurry;
    }
  }
  if (wake) wake_.notify_one();
}

void journal_writer::queue(prepared_change p) {
  p.ticket = ++tickets_;
  p.appended = clock::now();
  p.size = p.weight();
  ++pending_;
  pending_bytes_ += p.size;
  queue_bytes_ += p.size;
  queue_.push_back(std::move(p));
}

void journal_writer::overflow(prepared_change p) {
  if (p.how == durability::lazy && !p.what.events.empty()) {
    health_.lost_events += p.what.events.size();
    health_.lost_queue_full += p.what.events.size();
    hole_.count += p.what.events.size();
    for (const auto& e : p.what.events)
      hole_.last = std::max(hole_.last, e.at);
  }
  urgent_ = true;
  if (overflow_.size() >= settings_.max_queue || overflow_bytes_ >= settings_.max_queue_bytes / 4) {
    // A disk that hangs for minutes: only who waits for an answer is remembered.
    if (!p.done) return;
    p.what = {};
    p.values = {};
    p.ends = {};
    p.size = 0;
  }
  overflow_bytes_ += p.size;
  overflow_.push_back(std::move(p));
}

bool journal_writer::barrier(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  const auto target = tickets_;
  if (settled_ >= target) return true;
  urgent_ = true;
  wake_.notify_one();
  return progress_.wait_for(lock, timeout, [&] { return settled_ >= target; });
}

journal_health journal_writer::health() const {
  const std::lock_guard lock(mutex_);
  auto h = health_;
  h.queued = pending_;
  if (const auto since = busy_since_.load(std::memory_order_relaxed); since != 0) {
    const auto busy = clock::now() - clock::time_point{clock::duration{since}};
    if (busy > pace_.stalled_after) {
      h.writable = false;
      h.last_error = "the disk has not answered for " +
                     std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(busy).count()) + " ms";
    }
  }
  return h;
}

void journal_writer::add_observer(commit_observer* observer) {
  const std::lock_guard lock(observers_mutex_);
  observers_.push_back(observer);
}

void journal_writer::remove_observer(commit_observer* observer) {
  const std::lock_guard lock(observers_mutex_);
  std::erase(observers_, observer);
}

// ---- the writer's thread ---------------------------------------------------------------------------------------

void journal_writer::run() {
  for (bool stopping = false; !stopping;) {
    stopping = collect();
    tell_overflow();
    if (drop_) drop_refused();
    if (failing_) {
      refuse_and_show();
      try_again(stopping);
    } else {
      write_backlog();
    }
    sync_if_due(stopping);
  }
  give_up();
}

std::optional<journal_writer::clock::time_point> journal_writer::next_deadline() const {
  std::optional<clock::time_point> next;
  const auto consider = [&](clock::time_point t) { next = next ? std::min(*next, t) : t; };
  if (!queue_.empty()) consider(queue_.front().appended + settings_.linger);
  if (failing_) {
    consider(retry_at_);
  } else {
    if (sync_due_) consider(*sync_due_);
    if (look_at_) consider(*look_at_);
  }
  return next;
}

bool journal_writer::collect() {
  std::unique_lock lock(mutex_);
  while (!stopping_ && !urgent_) {
    const auto deadline = next_deadline();
    if (deadline && *deadline <= clock::now()) break;
    sleeps_until_ = deadline.value_or(clock::time_point::max());
    if (deadline)
      wake_.wait_until(lock, *deadline);
    else
      wake_.wait(lock);
    sleeps_until_ = clock::time_point::min();
  }
  look_at_.reset();
  if (!urgent_ && !queue_.empty() && settings_.linger.count() > 0) look_at_ = clock::now() + settings_.linger;
  if (backlog_.empty()) {
    backlog_.swap(queue_);
  } else {
    std::move(queue_.begin(), queue_.end(), std::back_inserter(backlog_));
    queue_.clear();
  }
  untold_.swap(overflow_);
  queue_bytes_ = 0;
  overflow_bytes_ = 0;
  urgent_ = false;
  // All who were refused by now wait in the backlog, or their change was in the disk's hands and is settled.
  drop_ = impatient_.exchange(0) > 0;
  // Having taken everything, what was queued before `stopping_` is in the backlog: the caller may not append any more.
  return stopping_;
}

void journal_writer::write_backlog() {
  while (!backlog_.empty()) {
    if (impatient_ > 0) {
      drop_refused();
      if (backlog_.empty()) return;
    }
    if (write(next_batch())) continue;
    // Once more at once, for many failures pass; who waits for a durable change then never hears of it.
    if (recover() && (backlog_.empty() || write(next_batch()))) continue;
    start_failing();
    return;
  }
}

journal_writer::batch journal_writer::next_batch() const {
  batch b;
  std::size_t bytes = 0;
  for (const auto& p : backlog_) {
    bytes += p.weight();
    if (b.count > 0 && (b.count >= pace_.batch_changes || bytes > pace_.batch_bytes)) break;
    ++b.count;
    b.durable = b.durable || p.how == durability::durable;
  }
  return b;
}

tl::expected<void, failure> journal_writer::timed(std::size_t changes, bool synced,
                                                  const std::function<tl::expected<void, failure>()>& operation) {
  const auto start = clock::now();
  busy_since_.store(start.time_since_epoch().count(), std::memory_order_relaxed);
  auto result = operation();
  busy_since_.store(0, std::memory_order_relaxed);
  if (settings_.on_batch) settings_.on_batch(clock::now() - start, changes, synced);
  return result;
}

bool journal_writer::write(const batch& b) {
  auto next = last_sequence() + 1;
  for (std::size_t i = 0; i < b.count; ++i)
    next = give_numbers(backlog_[i], next);
  const bool synced = b.durable || (sync_due_ && *sync_due_ <= clock::now());
  const auto oldest = backlog_.front().appended;
  bool in_log = false;
  const auto r = timed(b.count, synced, [&]() -> tl::expected<void, failure> {
    if (auto w = store_.write(backlog_, b.count, next - 1); !w) return w;
    in_log = true;
    return synced ? store_.sync() : tl::expected<void, failure>{};
  });
  if (!r) {
    attempt_ = attempt{in_log, next - 1, backlog_[b.count - 1].ticket};
    note_failure(r.error(), true);
    return false;
  }
  if (synced) {
    sync_due_.reset();
  } else if (!sync_due_) {
    // A fifth of the time is left for the sync itself.
    sync_due_ = std::max(oldest, clock::now() - settings_.lazy_sync) + settings_.lazy_sync * 4 / 5;
  }
  last_seq_.store(next - 1, std::memory_order_release);
  pause_ = pace_.first_pause;
  for (std::size_t i = 0; i < b.count; ++i)
    for (const auto& e : backlog_[i].what.events)
      last_written_ = std::max(last_written_, e.at);
  settle(b.count, synced);
  return true;
}

void journal_writer::settle(std::size_t count, bool synced) {
  {
    const std::lock_guard lock(mutex_);
    ++health_.commits;
    health_.writable = true;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const auto& p = backlog_[i];
    if (!p.done) continue;
    p.done(synced || p.how == durability::lazy ? written(p) : commit_result{false, 0, refusal()});
  }
  std::vector<domain::event> events;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < count; ++i)
    bytes += backlog_[i].size;
  for (std::size_t i = 0; i < count; ++i)
    if (!backlog_[i].shown)
      std::move(backlog_[i].what.events.begin(), backlog_[i].what.events.end(), std::back_inserter(events));
  show(events, true);
  backlog_.erase(backlog_.begin(), backlog_.begin() + static_cast<std::ptrdiff_t>(count));
  settled(count, bytes);
}

void journal_writer::settled(std::size_t count, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  pending_ -= count;
  pending_bytes_ -= bytes;
  auto now = tickets_;
  if (!backlog_.empty()) {
    now = backlog_.front().ticket - 1;
  } else if (!queue_.empty()) {
    now = queue_.front().ticket - 1;
  }
  settled_ = std::max(settled_, now);
  progress_.notify_all();
}

void journal_writer::sync_if_due(bool stopping) {
  if (failing_ || !sync_due_ || (!stopping && *sync_due_ > clock::now())) return;
  const auto r = timed(0, true, [&] { return store_.sync(); });
  if (r) {
    sync_due_.reset();
    return;
  }
  note_failure(r.error(), true);
  if (!recover()) start_failing();
}

} // namespace lifeline::storage
