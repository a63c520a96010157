#pragma once
// `lifelined --salvage`: mends a damaged journal before it is opened, and says what is lost.

#include "config/engine_config.hpp"

#include <tl/expected.hpp>

#include <string>

namespace lifeline::app {

/// Says on standard output what was found and done; nothing is done to a journal that is whole.
[[nodiscard]] tl::expected<void, std::string> salvage(const config::engine_config& config);

} // namespace lifeline::app
