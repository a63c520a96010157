#pragma once
// Codes that agents dial on their phone to change their own state, without a desk.

#include "domain/agents/agent_machine.hpp"
#include "domain/plan/plan.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace lifeline::domain {

/// What a dialled code asks for. Nothing: it is no feature code, but a number like any other. A code with a reason
/// digit that is not configured gives an order without a reason, which the agent machine refuses.
std::optional<agent_order> read_feature_code(const feature_codes& codes, std::string_view dialled);

} // namespace lifeline::domain
