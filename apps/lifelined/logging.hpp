#pragma once
// The engine's log lines: text for people or one JSON object per line, to standard error or to a rotated file.

#include "config/engine_config.hpp"

#include <memory>

namespace spdlog {
class logger;
}

namespace lifeline::app {

std::shared_ptr<spdlog::logger> make_logger(const config::log_settings& s);

} // namespace lifeline::app
