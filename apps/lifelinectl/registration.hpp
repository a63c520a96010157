#pragma once
// How the command's words find what they do; main.cpp has the rest.

#include "apps/lifelinectl/commands.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <utility>

namespace lifeline::ctl {

using action = std::function<int(const session&)>;
using local_action = std::function<int()>; ///< needs no engine

inline CLI::App* add(CLI::App& to, const char* name, const char* help, action& chosen, action does) {
  auto* command = to.add_subcommand(name, help);
  command->callback([&chosen, does = std::move(does)] { chosen = does; });
  return command;
}

/// alarms, orders, parties, and what an engine is asked about lifts (register_rescue.cpp).
void add_rescue(CLI::App& app, CLI::App& elevators, action& chosen);
/// `recordings rescuers`, below `recordings`.
void add_rescuer_recordings(CLI::App& recordings, action& chosen);
/// `events follow`, below `events`.
void add_follow(CLI::App& events, action& chosen);

} // namespace lifeline::ctl
