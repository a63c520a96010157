#include "actors/core/timekeeper.hpp"

#include <caf/actor_cast.hpp>
#include <caf/make_message.hpp>
#include <caf/message_id.hpp>

namespace lifeline::actors {

namespace {

/// Wishes within one of these are granted together.
constexpr std::chrono::milliseconds grain{10};

timekeeper::clock::time_point rounded_up(timekeeper::clock::time_point due) {
  const auto rest = due.time_since_epoch() % grain;
  return rest.count() == 0 ? due : due + (grain - rest);
}

} // namespace

timekeeper::timekeeper() : thread_([this] { run(); }) {}

timekeeper::~timekeeper() {
  {
    const std::lock_guard lock{mutex_};
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void timekeeper::wake_at(const caf::weak_actor_ptr& who, clock::time_point due, std::uint64_t generation) {
  due = rounded_up(due);
  const auto id = who->id();
  bool sooner = false;
  {
    const std::lock_guard lock{mutex_};
    auto& w = wishes_[id];
    if (w.who) by_time_.erase({w.due, id});
    w = {due, who, generation};
    by_time_.emplace(due, id);
    sooner = due < sleeps_until_;
  }
  if (sooner) changed_.notify_one();
}

void timekeeper::forget(caf::actor_id who) {
  const std::lock_guard lock{mutex_};
  const auto found = wishes_.find(who);
  if (found == wishes_.end()) return;
  by_time_.erase({found->second.due, who});
  wishes_.erase(found);
}

std::size_t timekeeper::size() const {
  const std::lock_guard lock{mutex_};
  return wishes_.size();
}

std::vector<timekeeper::wish> timekeeper::take_due(clock::time_point now) {
  std::vector<wish> due;
  while (!by_time_.empty() && by_time_.begin()->first <= now) {
    const auto found = wishes_.find(by_time_.begin()->second);
    due.push_back(std::move(found->second));
    wishes_.erase(found);
    by_time_.erase(by_time_.begin());
  }
  return due;
}

void timekeeper::run() {
  std::unique_lock lock{mutex_};
  while (!ending_) {
    auto due = take_due(clock::now());
    if (!due.empty()) {
      lock.unlock();
      for (const auto& w : due)
        if (const auto who = caf::actor_cast<caf::strong_actor_ptr>(w.who))
          who->enqueue(nullptr, caf::make_message_id(), caf::make_message(wake{w.generation}), nullptr);
      due.clear(); // an actor's memory may go with it: not under the lock
      lock.lock();
      continue;
    }
    sleeps_until_ = by_time_.empty() ? clock::time_point::max() : by_time_.begin()->first;
    if (by_time_.empty())
      changed_.wait(lock);
    else
      changed_.wait_until(lock, sleeps_until_);
    sleeps_until_ = clock::time_point::min(); // awake: nobody needs to be woken to look
  }
}

} // namespace lifeline::actors
