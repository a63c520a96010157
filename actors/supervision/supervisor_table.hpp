#pragma once
// The bookkeeping of a supervisor with a fixed, ordered list of children: who lives, who must be stopped before whom,
// who waits for a restart. Pure: it is told of events and gives commands; the supervisor actor carries them out.
//
// Group restarts (one_for_all, rest_for_one) first end the living members in reverse start order, one at a time, then
// wait for the back-off, then start the members in order. What crashes meanwhile joins in.

#include "domain/base/restart_policy.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace lifeline::actors {

struct table_command {
  enum class kind : std::uint8_t {
    start,   // start `child`, then call started() or start_failed() before any other event
    ask,     // ask `child` to end
    kill,    // end `child` by force
    abandon, // `child` ignored even that: forget it, tell the operator
    arm,     // call timer(generation) after `delay`
    finish,  // all children have ended: the supervisor ends
  };
  kind what = kind::finish;
  std::size_t child = 0;
  std::uint64_t generation = 0;
  domain::span delay{0};
  bool operator==(const table_command&) const = default;
};

class child_table {
public:
  struct child {
    domain::restart_type type = domain::restart_type::permanent;
    domain::span grace{0}; // from ask to kill
  };

  /// `kill_grace`: from kill to abandon.
  child_table(domain::supervision_strategy strategy, domain::restart_rules rules, domain::span kill_grace,
              const std::vector<child>& children);

  // Events. After each one the caller carries out next() until it is empty.

  /// Starts all children in order. To be called once.
  void open();
  void started(std::size_t index, std::uint64_t actor_id);
  void start_failed(std::size_t index, domain::instant now);
  /// An actor has ended. Returns which child it was; nothing for an actor that is not (any more) one of ours.
  std::optional<std::size_t> down(std::uint64_t actor_id, bool normal_exit, domain::instant now);
  void timer(std::uint64_t generation);
  /// Ends all children in reverse order, then finishes. Further calls change nothing.
  void close();

  [[nodiscard]] std::optional<table_command> next();
  /// Whether close() was the consequence of too many restarts.
  [[nodiscard]] bool escalated() const { return escalated_; }
  [[nodiscard]] bool closing() const { return mode_ == mode::closing || mode_ == mode::closed; }
  /// Has an actor, be it asked to end or not.
  [[nodiscard]] bool alive(std::size_t index) const { return entries_[index].actor_id != 0; }

private:
  enum class mode : std::uint8_t { idle, working, starting, stopping, waiting, closing, closed };
  enum class phase : std::uint8_t { ended, starting, running, asked, killed, delayed };

  struct entry {
    child spec;
    phase is = phase::ended;
    bool gone = false; // a temporary child that ended is never started again
    std::uint64_t actor_id = 0;
    std::uint64_t generation = 0; // of the one timer that matters to it, 0 for none
    domain::restart_row row;
  };

  void emit(table_command::kind what, std::size_t index = 0) { commands_.push_back({what, index, 0, domain::span{0}}); }
  std::uint64_t arm(domain::span delay);
  void start(std::size_t index);
  void stop_next();
  void start_next();
  void overdue(std::size_t index);
  /// `through_timer`: even a restart without delay must not happen within the same event.
  void restart_or_escalate(std::size_t index, bool normal_exit, bool through_timer, domain::instant now);
  void begin_group(std::size_t from, domain::span delay, bool through_timer);
  void ended(std::size_t index);

  domain::supervision_strategy strategy_;
  domain::restart_rules rules_;
  domain::span kill_grace_;
  std::vector<entry> entries_;
  domain::restart_history history_;
  std::deque<table_command> commands_;
  mode mode_ = mode::idle;
  bool escalated_ = false;
  std::uint64_t last_generation_ = 0;
  // The group that is being restarted: entries [group_from_, end).
  std::size_t group_from_ = 0;
  domain::span group_delay_{0};
  bool group_through_timer_ = false;
  std::uint64_t group_generation_ = 0;
  std::size_t cursor_ = 0; // the next entry to look at while starting
};

} // namespace lifeline::actors
