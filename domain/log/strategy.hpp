#pragma once
// The ways in which an agent is chosen; a decision in the log names the one it went by.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lifeline::domain {

/// How the agent of a call is chosen among the ready ones.
enum class strategy {
  longest_idle, ///< the one who has been ready for the longest time
  round_robin,  ///< the one who was offered a call the longest time ago
  fewest_calls, ///< the one with the fewest answered calls since signing in
  least_talk,   ///< the one with the least talk time since signing in
  random,
  ring_all,           ///< every ready one at once; the first to answer has the call
  top_down,           ///< by position, each time from the top
  sequential,         ///< by position, each caller's next offer goes on after the agent it was offered to last
  ring_progressively, ///< as top_down, but phones that ring go on ringing: one more every `ring_step`
};

/// All there is to say of a strategy by itself. A new one has its line here, its rank
/// (domain/routing/router_explain.cpp) and its order (router_lanes.cpp).
struct strategy_facts {
  strategy value;
  std::uint8_t number;   ///< on disk; never given again to another
  std::string_view name; ///< in configuration, API and command line
};
inline constexpr std::array strategies{
    strategy_facts{strategy::longest_idle, 1, "longest-idle"},
    strategy_facts{strategy::round_robin, 2, "round-robin"},
    strategy_facts{strategy::fewest_calls, 3, "fewest-calls"},
    strategy_facts{strategy::least_talk, 4, "least-talk"},
    strategy_facts{strategy::random, 5, "random"},
    strategy_facts{strategy::ring_all, 6, "ring-all"},
    strategy_facts{strategy::top_down, 7, "top-down"},
    strategy_facts{strategy::sequential, 8, "sequential"},
    strategy_facts{strategy::ring_progressively, 9, "ring-progressively"},
};
std::string_view to_string(strategy x);
std::optional<strategy> parse_strategy(std::string_view name);

} // namespace lifeline::domain
