#pragma once
// Orders as lines for a terminal.

#include "apps/lifelinectl/output.hpp"

#include <string>

namespace lifeline::ctl {

/// "2 trapped, 1 injured, children".
std::string people_of(const json& order);
/// "320803, 健康西路 1 号, 幸福花园".
std::string place_of(const json& order);
/// "4m10s", "2h05m"; empty when one of the times is missing. RFC 3339.
std::string age_of(const std::string& since, double now);
/// One party at work and how it stands with its limit: "level 1 某某维保: dispatched, answers within 2m00s".
std::string deployment_text(const json& deployment, double now);
/// The whole of GET /orders/KEY.
std::string order_story(const json& story);
/// One entry of the log about an order, in words.
std::string order_entry(const json& entry);

} // namespace lifeline::ctl
