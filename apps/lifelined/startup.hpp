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

/// How an engine is started besides what the configuration says.
struct start_options {
  bool salvage = false; ///< mend a damaged journal first
  bool look = false;    ///< for reading only: no calls in, nobody is called or told, addresses of this host alone
  bool resume_outbound = false; ///< a restored copy is confirmed by its start
};

/// The exit status: 0 after an orderly stop, 1 when it could not start or its root supervisor gave up. A thread that
/// hangs ends the process with `exit_hung` instead.
int run_engine(const config::engine_config& config, const config_source& source, const start_options& how);

/// EX_SOFTWARE of sysexits.h.
inline constexpr int exit_hung = 70;

} // namespace lifeline::app
