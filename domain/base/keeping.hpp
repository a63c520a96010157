#pragma once
// What is decided about long-lived things that are on disk (an alarm's work order and the like): when one that is over
// may leave the memory, when it wakes next, and what its keeper does about one that fails or is silent. Pure.

#include "domain/base/time.hpp"

#include <cstdint>

namespace lifeline::domain {

/// What one knows of itself.
struct kept_facts {
  bool over = false;        ///< nothing more will be done about it unless a person comes back to it
  bool writing = false;     ///< changes are on their way to the disk
  bool given_up = false;    ///< the journal had to give its rows up: they are to be written again
  instant deadline = never; ///< when something comes due
  instant last_work = never;
};

/// One that is over, and that nobody works on, stays in memory for so long.
inline constexpr span rest_after = 30s;
/// When rows that the journal had to give up are written again.
inline constexpr span rewrite_after = 30s;

/// Nothing is to be done, and everything is on disk.
bool may_rest(const kept_facts& f);
/// When it is to be woken; never: there is nothing to wait for.
instant next_wake(const kept_facts& f, instant now);

enum class kept_wake : std::uint8_t {
  rest, ///< leave the memory
  due,  ///< a deadline has come: step
  wait, ///< until next_wake()
};
kept_wake on_wake(const kept_facts& f, instant now);

// ---- of its keeper

/// One that crashes more often than its restart rules allow is tried again after so long, for ever: nobody else would
/// come.
inline constexpr span stubborn_retry = 30s;
/// Whether a person is told that it crashes too often, for the nth time (from 1): at first, then about every hour.
bool person_is_told(std::uint32_t times_too_often);

/// How a request to it can fail.
enum class request_failure : std::uint8_t {
  unseen, ///< it ended, or crashed, while the request lay in its mailbox
  silent, ///< no answer in time: it may have been carried out
};
/// What was seen must not be done twice, and what cannot be taken in is not tried for ever. `tries`: so far.
bool asks_again(request_failure f, int tries);
inline constexpr span pause_between_tries = 20ms;

} // namespace lifeline::domain
