#pragma once
// The plan that a course is played with: always the same three hotlines and six agents, changed by the script's `set`.

#include "domain/lifts/elevator.hpp"
#include "domain/plan/plan.hpp"
#include "domain/rescue/rescue_party.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace lifeline::simulation {

/// Hotlines and queues 12315, 12345 (English) and 96333 (emergencies, priority 10); agents 8001 to 8006; one trunk.
domain::plan base_plan();
/// What lifts' own phones call, and what rescuers report at.
inline constexpr const char* lift_line = "9633399";
inline constexpr const char* report_line = "96334";

/// "12315.wrap-up" "10s" etc.: a queue's, hotline's or agent's setting. Durations as 10s or 250ms. False: there is no
/// such subject, setting or value; nothing is changed then.
bool set(domain::plan& p, std::string_view what, const std::string& value);
/// The names of all settings of queues and hotlines, for the tests.
std::vector<std::string> setting_names();

std::vector<domain::elevator> lifts();       ///< 320145 .. 320147
std::vector<domain::rescue_party> parties(); ///< a firm, two stations, public rescue

} // namespace lifeline::simulation
