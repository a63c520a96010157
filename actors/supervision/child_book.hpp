#pragma once
// The bookkeeping of children of one kind that come and go, by the ten thousand (OTP's simple_one_for_one): who lives,
// how often which one has crashed, who waits for its restart. Written once for whoever supervises them: the pool of
// agents (supervisor_pool.hpp), the supervisor of calls, keepers of long-lived things (actors/core/keeper.hpp).
//
// A part of an actor, not an actor. Its owner starts the children, hands it down messages and timers, and does what
// the news say. It does not end them: whether children outlive their supervisor is the owner's affair.
//
// About 150 bytes for a child with its monitor, apart from the child itself; every event is O(1) but close().

#include "actors/supervision/supervisor_effects.hpp"
#include "actors/supervision/supervisor_messages.hpp"
#include "domain/base/restart_policy.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

namespace lifeline::actors {

/// Whose restarts count together towards the intensity.
enum class crash_scope : std::uint8_t {
  each, // a child's own: a bad one takes no others down
  all,  // everybody's, as in OTP
};

struct child_rules {
  domain::restart_rules restarts;
  crash_scope scope = crash_scope::each;
};

/// What is remembered of a child that has crashed, until it ends for good.
struct crash_record {
  domain::restart_history history;
  domain::restart_row row;
  std::uint32_t crashes = 0;   // starts that failed included
  std::uint32_t restarts = 0;  // how often it was started again
  std::uint32_t too_often = 0; // how often it was said that it crashes too often
  std::string last_reason;
};

enum class child_verdict : std::uint8_t {
  none,      // not about a child of this book, or nothing to do
  over,      // it has ended for good, and is forgotten
  restart,   // start it again and adopt() the new actor; or failed(), or forget()
  waits,     // `restart` will be said later, by a timer, unless it is adopted or forgotten until then
  too_often, // it crashes more often than the rules allow: forget() or retry()
};

template <class Key> struct child_news {
  child_verdict what = child_verdict::none;
  Key key{};
  caf::error reason; // why it has ended just now; none when a timer or a failed start brings the news
};

template <class Key> class child_book {
public:
  struct child {
    caf::strong_actor_ptr actor; // null: it waits for its restart
    domain::restart_type type = domain::restart_type::transient;
    std::uint64_t timer = 0; // the generation that matters to it
    std::unique_ptr<crash_record> record;
  };

  /// `self`: the owner, whose behavior must hand supervisor_timer to timer(), and its down handler to down().
  child_book(caf::scheduled_actor* self, child_rules rules) : self_(self), rules_(rules) {}
  child_book(const child_book&) = delete;
  child_book& operator=(const child_book&) = delete;

  /// Watches over it from now on: a new child, one that was started again, or one that has lived longer than its
  /// supervisor (of one that has ended already the end comes at once). Takes the place of whoever had that key.
  template <class Handle>
  void adopt(const Key& key, const Handle& actor, domain::restart_type type = domain::restart_type::transient) {
    auto& mine = children_[key];
    if (mine.actor) by_actor_.erase(mine.actor->id());
    if (mine.record && !mine.actor) ++mine.record->restarts;
    mine.actor = caf::actor_cast<caf::strong_actor_ptr>(actor);
    mine.type = type;
    disarm(mine);
    by_actor_.insert_or_assign(mine.actor->id(), key);
    self_->monitor(actor);
  }

  /// Whatever becomes of it is no news any more.
  void forget(const Key& key) {
    const auto found = children_.find(key);
    if (found == children_.end()) return;
    if (found->second.actor) by_actor_.erase(found->second.actor->id());
    disarm(found->second);
    children_.erase(found);
  }

  child_news<Key> down(const caf::down_msg& down) {
    auto known = by_actor_.extract(down.source.id());
    if (known.empty()) return {};
    auto& key = known.mapped();
    auto& mine = children_.at(key);
    mine.actor = nullptr;
    if (domain::ends_for_good(mine.type, is_normal_end(down.reason))) {
      children_.erase(key);
      return {child_verdict::over, std::move(key), down.reason};
    }
    const auto what = crashed(key, mine, reason_text(self_->system(), down.reason), false);
    return {what, std::move(key), down.reason};
  }

  child_news<Key> timer(const supervisor_timer& t) {
    auto due = timers_.extract(t.generation);
    if (due.empty()) return {};
    children_.at(due.mapped()).timer = 0;
    return {child_verdict::restart, std::move(due.mapped()), {}};
  }

  /// It could not be started again, which counts as a crash. Never answered with `restart`: a factory that keeps
  /// throwing must not keep its owner from hearing anybody.
  child_news<Key> failed(const Key& key, std::string why) {
    return {crashed(key, children_.at(key), std::move(why), true), key, {}};
  }

  /// `restart` is said of it after that time, whatever the rules say.
  void retry(const Key& key, domain::span delay) {
    if (const auto found = children_.find(key); found != children_.end()) arm(key, found->second, delay);
  }

  /// No more restarts: whoever waits for one is forgotten, whoever ends is over.
  void close() {
    for (auto it = children_.begin(); it != children_.end();) {
      it->second.type = domain::restart_type::temporary;
      it = it->second.actor ? std::next(it) : children_.erase(it);
    }
    timers_.clear();
  }

  /// Null: there is none of that key, neither alive nor waiting.
  [[nodiscard]] const child* find(const Key& key) const {
    const auto found = children_.find(key);
    return found == children_.end() ? nullptr : &found->second;
  }
  /// Null: it has never crashed, or is unknown.
  [[nodiscard]] const crash_record* record(const Key& key) const {
    const auto* mine = find(key);
    return mine == nullptr ? nullptr : mine->record.get();
  }
  [[nodiscard]] const std::unordered_map<Key, child>& children() const { return children_; }

private:
  child_verdict crashed(const Key& key, child& mine, std::string why, bool through_timer) {
    if (!mine.record) mine.record = std::make_unique<crash_record>();
    auto& record = *mine.record;
    ++record.crashes;
    record.last_reason = std::move(why);
    auto& history = rules_.scope == crash_scope::all ? history_ : record.history;
    const auto decision = domain::decide(rules_.restarts, history, record.row, mine.type, false, steady_now(*self_));
    switch (decision.action) {
    case domain::restart_action::nothing: break; // decided before
    case domain::restart_action::escalate: ++record.too_often; return child_verdict::too_often;
    case domain::restart_action::restart_now:
      if (!through_timer) return child_verdict::restart;
      break;
    case domain::restart_action::restart_after: break;
    }
    arm(key, mine, decision.delay);
    return child_verdict::waits;
  }

  void arm(const Key& key, child& mine, domain::span delay) {
    disarm(mine);
    mine.timer = ++last_generation_;
    timers_.emplace(mine.timer, key);
    arm_timer(*self_, delay, mine.timer);
  }
  void disarm(child& mine) {
    if (mine.timer != 0) timers_.erase(std::exchange(mine.timer, 0));
  }

  caf::scheduled_actor* self_;
  child_rules rules_;
  std::unordered_map<Key, child> children_;
  std::unordered_map<caf::actor_id, Key> by_actor_;
  std::unordered_map<std::uint64_t, Key> timers_;
  domain::restart_history history_;
  std::uint64_t last_generation_ = 0; // 0 is no child's: an owner may use it for a timer of its own
};

} // namespace lifeline::actors
