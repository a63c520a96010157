#pragma once
// When a part of the engine is started again after it ended: the rules of Erlang/OTP's supervisor (OTP Design
// Principles, chapter "Supervisor Behaviour"), plus a back-off for parts that crash again and again.
//
// Pure: no actors, no clock. A history is a value that the caller keeps; decide() is its only writer.

#include "domain/base/time.hpp"

#include <cstdint>
#include <deque>

namespace lifeline::domain {

/// After which end a child is started again.
enum class restart_type : std::uint8_t {
  permanent, // always
  transient, // after an abnormal end only
  temporary, // never
};

/// Who is restarted together with a child that ended.
enum class supervision_strategy : std::uint8_t {
  one_for_one,  // nobody else
  one_for_all,  // all its siblings
  rest_for_one, // the siblings that were started after it
};

/// More than `max_restarts` within `period` is too much: the supervisor itself gives up. A restart is within the
/// period while its age is at most `period`.
struct restart_intensity {
  std::uint32_t max_restarts = 3;
  span period = 5s;
};

/// The delay before the nth restart in a row of one child: initial * factor^(n-1), at most `max`. An `initial` of zero
/// means no delay at all; a factor below 1 counts as 1.
struct backoff {
  span initial = 0s;
  double factor = 2.0;
  span max = 30s;
};

/// The recent restarts of one supervisor: at most max_restarts times, oldest first.
class restart_history {
public:
  /// Forgets what is older than the period, then counts. `now` must not decrease from call to call.
  [[nodiscard]] std::uint32_t recent(instant now, span period);
  void record(instant now) { times_.push_back(now); }
  [[nodiscard]] const std::deque<instant>& times() const { return times_; }

private:
  std::deque<instant> times_;
};

/// The restarts in a row of one child. A row ends when the child stayed up for a whole period. 16 bytes, as there is
/// one for each of many thousand children.
struct restart_row {
  instant due = never; // when the last restart was to happen
  std::uint32_t length = 0;
};

struct restart_rules {
  restart_intensity intensity;
  backoff delays;
};

enum class restart_action : std::uint8_t {
  nothing,       // the end was as it should be; the child stays ended
  restart_now,   //
  restart_after, // after `delay`
  escalate,      // too many restarts: end the siblings, then the supervisor
};

struct restart_decision {
  restart_action action = restart_action::nothing;
  span delay = 0s; // positive for restart_after only
  bool operator==(const restart_decision&) const = default;
};

/// An end after which such a child is not started again.
bool ends_for_good(restart_type type, bool normal_exit);

/// The delay for a row of `length` restarts (the one that is to be delayed included; from 1).
span delay_of(const backoff& delays, std::uint32_t length);

/// What to do now that a child has ended. A restart is recorded in both histories; nothing and escalate change neither
/// (except that `history` forgets what is too old).
restart_decision decide(const restart_rules& rules, restart_history& history, restart_row& row, restart_type type,
                        bool normal_exit, instant now);

} // namespace lifeline::domain
