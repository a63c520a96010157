#pragma once
// Which hotline an agent works for: whoever serves its queue, or one that its callers overflow into.

#include "domain/plan/plan.hpp"
#include "domain/rescue/order_machine.hpp"

#include <string>

namespace lifeline::domain {

/// A hotline that is not configured has no agents of its own: every agent is taken for one.
desk desk_of(const plan& p, const std::string& hotline, const agent_id& account);

} // namespace lifeline::domain
