#pragma once
// From one configuration to the next, while the engine runs: what differs besides the plan
// (domain/plan/plan_change.hpp), and what of it cannot change before a restart.

#include "config/engine_config.hpp"
#include "config/secrets.hpp"

#include <string>
#include <vector>

namespace lifeline::config {

/// Lines for people, in the order of docs/configuration.md: "[log] level: info -> debug".
struct config_changes {
  std::vector<std::string> changes;
  std::vector<std::string> needs_restart; ///< addresses, ports, folders, realm: "[sip] port: 5060 -> 5070"
};

[[nodiscard]] config_changes changes_of(const engine_config& running, const engine_config& wanted);
/// "agent 8001: password changed"; never a secret. Accounts and trunks that only one of them has are the plan's matter.
[[nodiscard]] config_changes changes_of(const secrets& running, const secrets& wanted);

/// A line of such a list (domain::describe_changes too) as it may stand in a log file, where telephone numbers, user
/// names and names of persons must not: "queue 96333: overflow_numbers changed".
[[nodiscard]] std::string for_the_log(const std::string& change);

} // namespace lifeline::config
