#include "cti/http/event_watch.hpp"

#include <algorithm>
#include <utility>

namespace lifeline::cti {

using namespace std::chrono_literals;

namespace {

/// How long one who comes late may stand behind a wait for a higher number.
constexpr std::chrono::milliseconds slice{250};
/// A burst of entries wakes everybody once.
constexpr std::chrono::milliseconds burst{10};

} // namespace

bool event_watch::add(std::uint64_t after, clock::time_point until, waiter w) {
  const std::lock_guard lock{mutex_};
  if (stopped_ || entries_.size() >= most_) return false;
  entries_.push_back({after, until, std::move(w)});
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  changed_.notify_all();
  return true;
}

void event_watch::stop() {
  std::vector<entry> left;
  {
    const std::lock_guard lock{mutex_};
    stopped_ = true;
    left = std::exchange(entries_, {});
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  for (auto& e : left)
    e.tell(true);
}

std::vector<event_watch::entry> event_watch::take_due(bool grown) {
  std::vector<entry> due;
  const auto now = clock::now();
  const auto still =
      std::partition(entries_.begin(), entries_.end(), [&](const entry& e) { return !grown && e.until > now; });
  std::move(still, entries_.end(), std::back_inserter(due));
  entries_.erase(still, entries_.end());
  return due;
}

void event_watch::wait_once(std::unique_lock<std::mutex>& lock) {
  auto after = entries_.front().after;
  auto until = entries_.front().until;
  for (const auto& e : entries_) {
    after = std::min(after, e.after);
    until = std::min(until, e.until);
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now());
  const auto longest = std::clamp<std::chrono::milliseconds>(left, 1ms, slice);
  const auto since = clock::now();
  if (wait_) {
    lock.unlock();
    wait_(after, longest);
    lock.lock();
  } else {
    changed_.wait_for(lock, longest, [this] { return stopped_; });
  }
  const bool grown = !wait_ || clock::now() - since < longest;
  auto due = take_due(grown);
  lock.unlock();
  const auto now = clock::now();
  for (auto& e : due)
    e.tell(e.until <= now);
  lock.lock();
  if (grown) changed_.wait_for(lock, burst, [this] { return stopped_; });
}

void event_watch::run() {
  std::unique_lock lock{mutex_};
  while (!stopped_) {
    if (entries_.empty())
      changed_.wait(lock, [this] { return stopped_ || !entries_.empty(); });
    else
      wait_once(lock);
  }
}

} // namespace lifeline::cti
