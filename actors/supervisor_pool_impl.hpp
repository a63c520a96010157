#pragma once
// The member functions of child_pool; included by supervisor_pool.hpp only.

#include "actors/supervisor_pool.hpp"

namespace lifeline::actors {

template <class Key, class Hash>
tl::expected<caf::actor, supervision_errc> child_pool<Key, Hash>::start(const Key& key) {
  if (closing_) return tl::make_unexpected(supervision_errc::shutting_down);
  if (children_.contains(key)) return tl::make_unexpected(supervision_errc::child_exists);
  const auto outcome = try_start([&] { return start_(key); });
  const auto* handle = std::get_if<caf::actor>(&outcome);
  if (handle == nullptr) return tl::make_unexpected(supervision_errc::start_failed);
  adopt(*children_.try_emplace(key).first, *handle);
  return *handle;
}

template <class Key, class Hash> void child_pool<Key, Hash>::adopt(node& which, const caf::actor& handle) {
  which.second.handle = caf::actor_cast<caf::strong_actor_ptr>(handle);
  which.second.is = phase::running;
  which.second.generation = 0;
  by_actor_.emplace(handle.id(), &which);
  self_->monitor(handle);
  changed(which.first, handle);
}

template <class Key, class Hash> void child_pool<Key, Hash>::changed(const Key& key, const caf::actor& handle) const {
  // The key's text is made only for somebody who wants it: this is on the path of every call.
  if (spec_.hooks.on_child) spec_.hooks.on_child({spec_.name, text_of(key), handle});
}

template <class Key, class Hash> void child_pool<Key, Hash>::arm(node& which, domain::span delay) {
  which.second.generation = ++last_generation_;
  timers_.emplace(last_generation_, waiting{which.first, {}});
  arm_timer(*self_, delay, last_generation_);
}

template <class Key, class Hash> void child_pool<Key, Hash>::ask(node& which) {
  which.second.is = phase::asked;
  ask_to_end(*self_, which.second.handle);
  arm(which, spec_.shutdown_grace);
}

template <class Key, class Hash> bool child_pool<Key, Hash>::stop(const Key& key) {
  const auto found = children_.find(key);
  if (found == children_.end()) return false;
  if (found->second.is == phase::delayed) {
    forget(key);
  } else if (found->second.is == phase::running) {
    ask(*found);
  }
  return true;
}

template <class Key, class Hash> void child_pool<Key, Hash>::forget(const Key& key) {
  const auto found = children_.find(key);
  if (found->second.handle) by_actor_.erase(found->second.handle->id());
  timers_.erase(found->second.generation);
  children_.erase(found);
}

template <class Key, class Hash> pool_event child_pool<Key, Hash>::down(const caf::down_msg& down) {
  const auto found = by_actor_.find(down.source.id());
  if (found == by_actor_.end()) return pool_event::ignored;
  auto& which = *found->second;
  by_actor_.erase(found);
  which.second.handle = nullptr;
  changed(which.first, caf::actor{});
  if (which.second.is != phase::running || closing_) {
    forget(Key{which.first});
    return end_of_one();
  }
  const auto normal = is_normal_end(down.reason);
  // Most children end well, and nobody asks why.
  return crashed(which, normal, normal ? std::string{} : reason_text(self_->system(), down.reason), false);
}

template <class Key, class Hash> pool_event child_pool<Key, Hash>::end_of_one() {
  if (!closing_) return pool_event::forgotten;
  return children_.empty() ? pool_event::finished : pool_event::closing;
}

template <class Key, class Hash>
pool_event child_pool<Key, Hash>::crashed(node& which, bool normal_exit, const std::string& reason,
                                          bool through_timer) {
  auto& child = which.second;
  const auto decision = domain::decide({spec_.intensity, spec_.backoff}, history_, child.row, spec_.restart,
                                       normal_exit, steady_now(*self_));
  switch (decision.action) {
  case domain::restart_action::nothing: forget(Key{which.first}); return pool_event::forgotten;
  case domain::restart_action::escalate:
    forget(Key{which.first});
    return shut_down(supervision_errc::restart_intensity_exceeded);
  case domain::restart_action::restart_now:
    if (!through_timer) return restart(which, reason);
    break;
  case domain::restart_action::restart_after: break;
  }
  child.is = phase::delayed;
  arm(which, decision.delay);
  timers_.at(child.generation).reason = reason;
  return pool_event::delayed;
}

template <class Key, class Hash> pool_event child_pool<Key, Hash>::restart(node& which, const std::string& reason) {
  const auto outcome = try_start([&] { return start_(which.first); });
  if (const auto* failure = std::get_if<std::string>(&outcome)) return crashed(which, false, *failure, true);
  ++restarts_;
  ++which.second.restarts;
  adopt(which, std::get<caf::actor>(outcome));
  if (spec_.hooks.on_restart) {
    spec_.hooks.on_restart({spec_.name, text_of(which.first), reason, which.second.restarts});
  }
  return pool_event::restarted;
}

template <class Key, class Hash> pool_event child_pool<Key, Hash>::timer(std::uint64_t generation) {
  const auto armed = timers_.find(generation);
  if (armed == timers_.end()) return pool_event::ignored;
  const auto due = std::move(armed->second);
  timers_.erase(armed);
  const auto found = children_.find(due.key);
  if (found == children_.end() || found->second.generation != generation) return pool_event::ignored;
  switch (found->second.is) {
  case phase::running: return pool_event::ignored;
  case phase::delayed: return restart(*found, due.reason);
  case phase::asked:
    found->second.is = phase::killed;
    kill(found->second.handle);
    arm(*found, spec_.kill_grace);
    return pool_event::ignored;
  case phase::killed: abandon(*found); return end_of_one();
  }
  return pool_event::ignored;
}

template <class Key, class Hash> void child_pool<Key, Hash>::abandon(node& which) {
  ++abandoned_;
  changed(which.first, caf::actor{});
  if (spec_.hooks.on_abandoned) spec_.hooks.on_abandoned({spec_.name, text_of(which.first), abandoned_});
  forget(Key{which.first});
}

template <class Key, class Hash> pool_event child_pool<Key, Hash>::shut_down(caf::error reason) {
  if (!closing_) {
    closing_ = true;
    exit_reason_ = std::move(reason);
    for (auto it = children_.begin(); it != children_.end();) {
      auto& which = *it++;
      if (which.second.is == phase::delayed) {
        forget(Key{which.first});
      } else if (which.second.is == phase::running) {
        ask(which);
      }
    }
  }
  return children_.empty() ? pool_event::finished : pool_event::closing;
}

template <class Key, class Hash> std::vector<child_status> child_pool<Key, Hash>::list() const {
  std::vector<child_status> result;
  result.reserve(children_.size());
  for (const auto& [key, child] : children_) {
    const auto waits = child.is == phase::delayed ? timers_.find(child.generation) : timers_.end();
    result.push_back({text_of(key), false, child.handle != nullptr, child.restarts,
                      waits == timers_.end() ? std::string{} : waits->second.reason});
  }
  return result;
}

} // namespace lifeline::actors
