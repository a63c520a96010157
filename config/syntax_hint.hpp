#pragma once
// What somebody who writes a configuration probably did when it is no TOML: an input method left on, an editor that
// saved in another encoding, a quote or a bracket forgotten. The TOML library only says where it gave up.

#include "config/problem.hpp"

#include <string_view>

namespace lifeline::config {

/// `found` is the library's: where it gave up, and its words for it. The answer has a better place and better words
/// where the cause can be told, else the same. Contains no more of the text than a character or a table's name.
problem explain_syntax(std::string_view text, problem found);

} // namespace lifeline::config
