// A bounded wait for durable changes: while the writer's thread hangs in a call of the disk, somebody must answer.

#include "storage/journal_writer.hpp"

#include <algorithm>
#include <utility>

namespace lifeline::storage {

void journal_writer::waiting::answer(const commit_result& r) {
  if (answered.exchange(true)) return;
  const auto call = std::exchange(done, nullptr);
  call(r);
}

void journal_writer::be_patient(prepared_change& p) {
  auto w = std::make_shared<waiting>();
  w->done = std::move(p.done);
  w->until = clock::now() + pace_.patience;
  p.answered = std::shared_ptr<const std::atomic<bool>>(w, &w->answered);
  p.done = [w](const commit_result& r) { w->answer(r); };
  if (waiting_.empty()) watch_wake_.notify_one();
  waiting_.push_back(std::move(w));
}

void journal_writer::watch() {
  std::unique_lock lock(mutex_);
  while (!watch_ends_) {
    while (!waiting_.empty() && waiting_.front()->answered)
      waiting_.pop_front();
    if (waiting_.empty()) {
      watch_wake_.wait(lock);
      continue;
    }
    const auto first = waiting_.front();
    if (first->until > clock::now()) {
      watch_wake_.wait_until(lock, first->until);
      continue;
    }
    waiting_.pop_front();
    ++impatient_;
    lock.unlock();
    first->answer({false,
                   0,
                   {errc::io_error, "not known to be stored: the disk has not answered for " +
                                        std::to_string(pace_.patience.count()) + " ms"}});
    lock.lock();
  }
}

void journal_writer::drop_refused() {
  std::size_t count = 0;
  std::size_t bytes = 0;
  std::erase_if(backlog_, [&](const prepared_change& p) {
    const bool refused = p.answered && *p.answered;
    if (refused) ++count;
    if (refused) bytes += p.size;
    return refused;
  });
  {
    const std::lock_guard lock(mutex_);
    health_.refused += count;
  }
  settled(count, bytes);
}

} // namespace lifeline::storage
