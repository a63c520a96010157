#pragma once
// How offers, waits and calls end. Explicit values: they are on disk.

#include <cstdint>

namespace lifeline::domain {

/// Why a reservation ended. Explicit values: they are on disk.
enum class reservation_outcome : std::uint8_t {
  connected = 1,     ///< the agent has the caller
  no_answer = 2,     ///< the ring timeout passed
  rejected = 3,      ///< the agent's phone declined (603, 486 by hand, ...)
  busy = 4,          ///< 486/600
  unreachable = 5,   ///< no contact answered at all (408, 404, 5xx, transport)
  caller_gone = 6,   ///< the caller left while the agent was being offered the call
  lost_race = 7,     ///< another agent answered first (ring-all)
  refused = 8,       ///< the agent was no longer ready when the reservation reached it
  lease_expired = 9, ///< nobody ended it in time: a fault, counted
  superseded = 10,   ///< the dispatcher restarted, an older epoch's reservation is void
  engine_stopped = 11,
};

/// How a caller left a queue.
enum class queue_outcome : std::uint8_t { answered = 1, abandoned = 2, overflowed = 3, failed = 4 };

/// How a call ended as a whole.
enum class call_outcome : std::uint8_t {
  answered = 1,   ///< talked to an agent
  overflowed = 2, ///< talked to an external number
  abandoned = 3,  ///< the caller left before anybody answered
  blocked = 4,    ///< refused on arrival: lines or capacity
  failed = 5,     ///< the engine or the network could not carry it
};

/// Who or what ended the call.
enum class end_cause : std::uint8_t {
  caller_hung_up = 1,
  agent_hung_up = 2,
  caller_cancelled = 3, ///< CANCEL before an answer
  media_timeout = 4,
  session_expired = 5, ///< RFC 4028 or a lost BYE found by a refused refresh
  max_duration = 6,
  no_agent = 7, ///< every overflow was tried
  lines_full = 8,
  engine_restart = 9, ///< the engine died under it; closed by recovery
  engine_stopped = 10,
  internal_error = 11,
  operator_released = 12, ///< force release
  rejected_media = 13,    ///< no codec in common
};

} // namespace lifeline::domain
