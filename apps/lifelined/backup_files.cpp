#include "apps/lifelined/backup_files.hpp"

#include <filesystem>

namespace lifeline::app {

namespace fs = std::filesystem;

std::map<std::string, std::string> files_of_backup(const config::engine_config& config,
                                                   const std::string& config_file) {
  std::map<std::string, std::string> files{{"lifeline.toml", config_file}, {"secrets.toml", config.secrets_file}};
  std::error_code error;
  const fs::path prompts = config.media.prompts;
  for (fs::recursive_directory_iterator it(prompts, error), end; !error && it != end; it.increment(error)) {
    std::error_code gone;
    if (it->is_regular_file(gone))
      files["prompts/" + it->path().lexically_relative(prompts).string()] = it->path().string();
  }
  return files;
}

} // namespace lifeline::app
