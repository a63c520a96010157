#pragma once
// The bounds and words of what operators may ask of the engine, in one place: the API refuses by them, the engine obeys
// them, lifelinectl's help and docs/api.md tell them.

#include "domain/base/time.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lifeline::domain {

struct seconds_bounds {
  std::chrono::seconds least;
  std::chrono::seconds most;
  [[nodiscard]] bool hold(span value) const { return value >= least && value <= most; }
  /// "expected a number of seconds from 1 to 28800".
  [[nodiscard]] std::string text() const;
};

inline constexpr seconds_bounds wrap_up_more_bounds{std::chrono::seconds{1}, std::chrono::hours{8}};
inline constexpr seconds_bounds ban_bounds{std::chrono::seconds{1}, std::chrono::hours{24 * 365}};
inline constexpr seconds_bounds hang_bounds{std::chrono::seconds{0}, std::chrono::minutes{5}};

inline constexpr std::size_t longest_not_ready_reason = 64; ///< bytes
inline constexpr std::size_t longest_reroute_reason = 200;  ///< bytes

inline constexpr std::uint64_t most_rows = 1000; ///< of any list in one answer

/// What a drill may break, and how.
enum class fault_aim { call, agent, order, dispatcher, calls, alarms, sip, media };
struct fault_rule {
  fault_aim aim;
  std::string_view word;
  std::string_view argument; ///< what must follow the word; empty: nothing may
  std::array<std::string_view, 2> kinds;
};
inline constexpr std::array<fault_rule, 8> fault_rules{{
    {fault_aim::call, "call", "id", {"crash", "mute"}},
    {fault_aim::agent, "agent", "account", {"crash", {}}},
    {fault_aim::order, "order", "id", {"crash", {}}},
    {fault_aim::dispatcher, "dispatcher", {}, {"crash", {}}},
    {fault_aim::calls, "calls", {}, {"crash", {}}},
    {fault_aim::alarms, "alarms", {}, {"crash", {}}},
    {fault_aim::sip, "sip", {}, {"crash", "hang"}},
    {fault_aim::media, "media", {}, {"crash", "hang"}},
}};

struct fault_target {
  fault_rule rule;
  std::string argument;
};
/// "call <id>", "dispatcher", ...; an id must be one.
std::optional<fault_target> parse_fault_target(std::string_view text);
bool takes_kind(const fault_rule& rule, std::string_view kind);

/// `"call <id>", "agent <account>", ... "sip" or "media"`.
std::string fault_targets_text();
/// `"crash" or "mute"`; of all rules together: `"crash", "mute" or "hang"`.
std::string fault_kinds_text(const fault_rule& rule);
std::string fault_kinds_text();

} // namespace lifeline::domain
