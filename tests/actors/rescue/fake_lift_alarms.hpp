#pragma once
// The rescue side as lift phones and callers meet it.

#include "tests/actors/rescue/fake_rescue_port.hpp"

namespace lifeline::testing {

using fake_lift_alarms = fake_rescue_port;

} // namespace lifeline::testing
