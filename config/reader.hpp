#pragma once
// Reads the configuration file (TOML 1.0). A file is taken as a whole or refused with all of its problems; only text
// that is no TOML is reported alone, because nothing after it can be understood.

#include "config/engine_config.hpp"
#include "config/problem.hpp"

#include <tl/expected.hpp>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::config {

struct read_options {
  /// What relative paths in the text count from. `read_file` uses the file's own folder when this is empty,
  /// `read_text` the working directory.
  std::string folder;
  std::string data;          ///< used instead of the file's `data` when not empty (--data on the command line)
  std::string prompts;       ///< used instead of the file's `media.prompts` when not empty
  bool check_prompts = true; ///< false: prompts may be missing (they are rendered later)
};

using read_result = tl::expected<engine_config, std::vector<problem>>;

/// `source_name` is what problems call the text.
[[nodiscard]] read_result read_text(std::string_view text, const std::string& source_name,
                                    const read_options& options = {});
[[nodiscard]] read_result read_file(const std::string& path, const read_options& options = {});

/// `lifelined --check-config`: one line about a right file to `out` and its warnings to `err`, or every problem to
/// `err`. Returns the exit status, 0 or 1.
int check_file(const std::string& path, const read_options& options, std::ostream& out, std::ostream& err);

} // namespace lifeline::config
