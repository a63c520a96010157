#include "actors/supervision/supervisor_table.hpp"

#include <algorithm>

namespace lifeline::actors {

using domain::restart_action;
using domain::restart_type;
using domain::span;
using domain::supervision_strategy;
using kind = table_command::kind;

child_table::child_table(supervision_strategy strategy, domain::restart_rules rules, span kill_grace,
                         const std::vector<child>& children)
    : strategy_(strategy), rules_(rules), kill_grace_(kill_grace) {
  entries_.reserve(children.size());
  for (const auto& each : children) {
    entries_.emplace_back();
    entries_.back().spec = each;
  }
}

std::optional<table_command> child_table::next() {
  if (commands_.empty()) return std::nullopt;
  const auto result = commands_.front();
  commands_.pop_front();
  return result;
}

std::uint64_t child_table::arm(span delay) {
  commands_.push_back({kind::arm, 0, ++last_generation_, delay});
  return last_generation_;
}

void child_table::open() {
  mode_ = mode::starting;
  cursor_ = 0;
  start_next();
}

void child_table::start(std::size_t index) {
  entries_[index].is = phase::starting;
  entries_[index].generation = 0;
  emit(kind::start, index);
}

/// One start at a time: the outcome of each decides whether the next one is due.
void child_table::start_next() {
  for (; cursor_ < entries_.size(); ++cursor_) {
    const auto& each = entries_[cursor_];
    if (each.is == phase::ended && !each.gone) return start(cursor_++);
  }
  mode_ = mode::working;
}

void child_table::started(std::size_t index, std::uint64_t actor_id) {
  entries_[index].is = phase::running;
  entries_[index].actor_id = actor_id;
  if (mode_ == mode::starting) start_next();
}

void child_table::start_failed(std::size_t index, domain::instant now) {
  ended(index);
  // Through a timer, so that a factory that keeps throwing does not keep the supervisor from hearing anybody.
  restart_or_escalate(index, false, true, now);
  if (mode_ == mode::starting) start_next();
}

std::optional<std::size_t> child_table::down(std::uint64_t actor_id, bool normal_exit, domain::instant now) {
  if (actor_id == 0) return std::nullopt;
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const entry& each) { return each.actor_id == actor_id; });
  if (found == entries_.end()) return std::nullopt;
  const auto index = static_cast<std::size_t>(found - entries_.begin());
  ended(index);
  const auto expected = mode_ == mode::closing || (mode_ == mode::stopping && index >= group_from_);
  if (expected) {
    if (found->spec.type == restart_type::temporary) found->gone = true;
    stop_next();
  } else {
    restart_or_escalate(index, normal_exit, false, now);
  }
  return index;
}

void child_table::ended(std::size_t index) {
  auto& each = entries_[index];
  each.is = phase::ended;
  each.actor_id = 0;
  each.generation = 0;
}

void child_table::restart_or_escalate(std::size_t index, bool normal_exit, bool through_timer, domain::instant now) {
  auto& each = entries_[index];
  const auto decision = domain::decide(rules_, history_, each.row, each.spec.type, normal_exit, now);
  switch (decision.action) {
  case restart_action::nothing: each.gone = each.spec.type == restart_type::temporary; return;
  case restart_action::escalate:
    escalated_ = true;
    close();
    return;
  case restart_action::restart_now:
  case restart_action::restart_after: break;
  }
  if (strategy_ != supervision_strategy::one_for_one) {
    const auto from = strategy_ == supervision_strategy::one_for_all ? 0 : index;
    return begin_group(from, decision.delay, through_timer);
  }
  if (decision.delay > span{0} || through_timer) {
    each.is = phase::delayed;
    each.generation = arm(decision.delay);
  } else {
    start(index);
  }
}

void child_table::begin_group(std::size_t from, span delay, bool through_timer) {
  // Within a group's restart only a child before the group can crash: the group grows, and waits no shorter.
  if (mode_ == mode::stopping || mode_ == mode::waiting) delay = std::max(delay, group_delay_);
  mode_ = mode::stopping;
  group_from_ = from;
  group_delay_ = delay;
  group_through_timer_ = through_timer;
  stop_next();
}

/// The last living child is asked to end; when none is left the group is restarted or the table finishes.
void child_table::stop_next() {
  const auto from = mode_ == mode::closing ? 0 : group_from_;
  for (auto index = entries_.size(); index-- > from;) {
    auto& each = entries_[index];
    if (each.actor_id == 0) continue;
    if (each.is == phase::running) {
      each.is = phase::asked;
      emit(kind::ask, index);
      each.generation = arm(each.spec.grace);
    }
    return;
  }
  if (mode_ == mode::closing) {
    mode_ = mode::closed;
    emit(kind::finish);
  } else if (group_delay_ > span{0} || group_through_timer_) {
    mode_ = mode::waiting;
    group_generation_ = arm(group_delay_);
  } else {
    mode_ = mode::starting;
    cursor_ = group_from_;
    start_next();
  }
}

void child_table::timer(std::uint64_t generation) {
  if (generation == 0) return;
  if (generation == group_generation_ && mode_ == mode::waiting) {
    mode_ = mode::starting;
    cursor_ = group_from_;
    return start_next();
  }
  for (std::size_t index = 0; index < entries_.size(); ++index) {
    if (entries_[index].generation == generation) return overdue(index);
  }
}

void child_table::overdue(std::size_t index) {
  auto& each = entries_[index];
  switch (each.is) {
  case phase::delayed: return start(index);
  case phase::asked:
    each.is = phase::killed;
    emit(kind::kill, index);
    each.generation = arm(kill_grace_);
    return;
  case phase::killed:
    emit(kind::abandon, index);
    if (each.spec.type == restart_type::temporary) each.gone = true;
    ended(index);
    return stop_next();
  case phase::ended:
  case phase::starting:
  case phase::running: return;
  }
}

void child_table::close() {
  if (closing()) return;
  mode_ = mode::closing;
  // Or a restart would come due while a later child is still being stopped.
  for (auto& each : entries_) {
    if (each.is != phase::delayed) continue;
    each.is = phase::ended;
    each.generation = 0;
  }
  stop_next();
}

} // namespace lifeline::actors
