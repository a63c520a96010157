#pragma once
// Puts the engine together and runs it until it is asked to end.

#include "config/reader.hpp"

#include <string>

namespace lifeline::app {

/// Where the configuration came from, so that it can be read again.
struct config_source {
  std::string file;
  config::read_options options;
};

/// The exit status: 0 after an orderly stop, 1 when it could not start or its root supervisor gave up. A thread that
/// hangs ends the process with `exit_hung` instead.
int run_engine(const config::engine_config& config, const config_source& source);

/// EX_SOFTWARE of sysexits.h.
inline constexpr int exit_hung = 70;

} // namespace lifeline::app
