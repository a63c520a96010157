#pragma once
// What a backup holds beside the journal, so that an engine starts from it alone.

#include "config/engine_config.hpp"

#include <map>
#include <string>

namespace lifeline::app {

/// Name in the backup -> path: the configuration, the secrets, every prompt (and what was rendered of them). Where the
/// prompts lie elsewhere than in the data folder, they are restored into it all the same.
[[nodiscard]] std::map<std::string, std::string> files_of_backup(const config::engine_config& config,
                                                                 const std::string& config_file);

} // namespace lifeline::app
