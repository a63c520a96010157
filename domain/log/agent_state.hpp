#pragma once
// The states of an agent as the call centre knows them. Explicit values: they are on disk.

#include <cstdint>
#include <string_view>

namespace lifeline::domain {

enum class agent_state : std::uint8_t {
  logged_out = 0,
  ready = 1,
  reserved = 2,
  ringing = 3,
  talking = 4,
  hold = 5,
  wrap_up = 6,
  not_ready = 7,
  unreachable = 8,
};
inline constexpr std::size_t agent_state_count = 9;

/// "ready", "not_ready", ...: used in the API and as a metric label.
std::string_view to_string(agent_state s);

} // namespace lifeline::domain
