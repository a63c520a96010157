#pragma once
// The command line of lifeline-bench, one function for each group of runs (commands_*.cpp).

#include "bench/report.hpp"

#include <CLI/CLI.hpp>

#include <functional>

namespace lifeline::bench {

struct command_line {
  CLI::App* app = nullptr;
  std::string command; ///< as it was typed, for the report
  /// Set by the subcommand that was chosen: measures and fills in the report.
  std::function<void(report&)> run;
  std::string name; ///< of that subcommand
  /// Set by a run that proves something: it has found what must not be. The report is written nevertheless.
  bool failed = false;

  /// A subcommand whose callback makes `does` the run.
  CLI::App* add(const char* called, const char* help, std::function<void(report&)> does);
};

void add_pure_runs(command_line& c);      ///< router, journal, theory
void add_engine_runs(command_line& c);    ///< alarms, calls, deep-queue, flood, media, recovery, soak
void add_question_runs(command_line& c);  ///< whatif, staffing
void add_simulation_run(command_line& c); ///< simulate

} // namespace lifeline::bench
