#pragma once
// Puts the engine's process together: logging, secrets, journal, metrics, actors, HTTP. Ends it in the reverse order.

#include "config/engine_config.hpp"

#include <string>

namespace lifeline::app {

/// Runs until a signal or the API asks for the stop. Exit status: 0 stopped in order, 1 could not start or failed.
int run_engine(const config::engine_config& config);

} // namespace lifeline::app
