#pragma once
// What somebody meant who typed a word that is no command.

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace lifeline::ctl {

/// `words` are the command line's without the program's name. A sentence about the first word that stands where a
/// command should and is none, with the nearest one or those that there are; empty: no word is to blame.
std::string explain_mistyped(const CLI::App& app, const std::vector<std::string>& words);

} // namespace lifeline::ctl
