#include "apps/lifelinectl/mistyped.hpp"

#include "config/problem.hpp"

namespace lifeline::ctl {

namespace {

std::vector<std::string> names_below(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

std::string path_of(const CLI::App& app) {
  const auto* parent = app.get_parent();
  return parent == nullptr ? app.get_name() : path_of(*parent) + " " + app.get_name();
}

/// Whether the next word belongs to this option. Options of the commands above are understood below them, too.
bool takes_a_word(const CLI::App& app, const std::string& option) {
  if (option.find('=') != std::string::npos) return false;
  for (const auto* level = &app; level != nullptr; level = level->get_parent())
    if (const auto* found = level->get_option_no_throw(option)) return found->get_items_expected_min() > 0;
  return false;
}

} // namespace

std::string explain_mistyped(const CLI::App& app, const std::vector<std::string>& words) {
  const auto* at = &app;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    if (word.size() > 1 && word.front() == '-') {
      if (takes_a_word(*at, word)) ++i;
      continue;
    }
    const auto names = names_below(*at);
    if (names.empty()) return {}; // what follows are the command's own words
    const auto next = at->get_subcommands([&](const CLI::App* command) { return command->get_name() == word; });
    if (!next.empty()) {
      at = next.front();
      continue;
    }
    if (at->get_require_subcommand_min() == 0) return {};
    const auto best = config::nearest(word, names);
    const auto what = path_of(*at) + ": there is no command " + config::quote(word);
    return what +
           (best.empty() ? "; expected " + config::one_of(names) : ": did you mean " + config::quote(best) + "?");
  }
  if (at->get_require_subcommand_min() == 0) return {};
  return path_of(*at) + ": a command is missing; expected " + config::one_of(names_below(*at));
}

} // namespace lifeline::ctl
