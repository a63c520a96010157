#pragma once
// Why a caller is offered to this agent and to no other, as the router notes it down when it decides: figures only, of
// a fixed size and without memory of their own, for there is one note for every decision. `router::explain` makes the
// words of it that the log takes.

#include <array>
#include <cstddef>
#include <cstdint>

namespace lifeline::domain::routing {

/// A place in the router's tables; strings appear at its edges only.
using slot = std::uint32_t;
inline constexpr slot none = ~slot{0};

/// What kept an agent from a call.
enum class obstacle : std::uint8_t {
  awaits_another, ///< detail: the agent whom the caller waits for
  lacks_skill,    ///< detail: the skill; as `low_skill`
  low_skill,      ///< level: the one that is required
  closed_tier,
  talking,
  rings_here, ///< is offered this very call
  rings,      ///< is offered another one
  state,
  retry_delay,
  unsettled,
  next, ///< becomes ready at this very moment: its turn comes after this decision
};
/// What else than the strategy has decided.
enum class special : std::uint8_t {
  nothing,
  sticky,
  again,        ///< has missed a call, and nobody else is free
  tier_in_time, ///< a tier that the caller has reached
  tier_by_need, ///< a tier that is open because the lower ones are empty
};

struct noted_candidate {
  double rank = 0;
  slot agent = none;
};
struct noted_exclusion {
  slot agent = none;
  slot detail = none;
  int level = 0;
  obstacle why = obstacle::next;
};

/// The lists are cut at `Limit`, the counts are of all.
template <std::size_t Limit> struct notes {
  static constexpr std::size_t limit = Limit;
  slot queue = none;
  slot chosen = none; ///< none: of a caller who waits
  std::uint32_t considered_count = 0;
  std::uint32_t excluded_count = 0;
  std::uint32_t waiting_ahead = 0;
  std::uint8_t considered_size = 0;
  std::uint8_t excluded_size = 0;
  special note = special::nothing;
  bool escalated = false;
  int tier = 0;                                  ///< of the chosen one, where `note` speaks of it
  std::int64_t waited_seconds = 0;               ///< as `tier`
  std::array<noted_candidate, Limit> considered; ///< the first is the chosen one
  std::array<noted_exclusion, Limit> excluded;
};

/// What a decision takes along into the log: there is one for each offer, and writing whole lists took more time than
/// deciding. Who asks "why does it wait?" gets the whole lists.
using reasons = notes<8>;

} // namespace lifeline::domain::routing
