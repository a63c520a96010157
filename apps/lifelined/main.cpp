// lifelined: the engine.

#include "apps/lifelined/restore.hpp"
#include "apps/lifelined/startup.hpp"
#include "build_info.hpp"
#include "config/reader.hpp"

#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>
#include <malloc.h>

namespace {

/// A start with thousands of lifts and alarms asks the kernel for memory tens of thousands of times otherwise.
void ask_for_memory_in_large_pieces() {
  constexpr int piece = 4 * 1024 * 1024;
  ::mallopt(M_TOP_PAD, piece);
  ::mallopt(M_TRIM_THRESHOLD, 8 * piece);
}

} // namespace

int main(int argc, char** argv) {
  using namespace lifeline;
  ask_for_memory_in_large_pieces();
  CLI::App app{"Lifeline: real-time routing engine for public hotlines", "lifelined"};
  std::string config_file;
  std::string check_file;
  std::string restore_from;
  std::uint32_t restore_which = 0;
  config::read_options options;
  app.set_version_flag("--version", std::string{build_version} + " (" + std::string{build_revision} + ")");
  auto* run = app.add_option("--config", config_file, "configuration file (TOML)");
  auto* check = app.add_option("--check-config", check_file, "check a configuration file and exit");
  app.add_option("--data", options.data, "folder for journal, recordings and secrets (instead of the file's `data`)");
  app.add_option("--prompts", options.prompts, "folder of the prompts (instead of the file's `media.prompts`)");
  auto* restore = app.add_option("--restore", restore_from, "restore a backup of this folder into --data and exit");
  app.add_option("--backup", restore_which, "the number of the backup to restore (default: the newest)")
      ->needs(restore);
  app::start_options how;
  auto* salvage =
      app.add_flag("--salvage", how.salvage,
                   "start from a damaged journal: without what is lost, which is said; the damaged files are kept");
  auto* look = app.add_flag("--look", how.look,
                            "only look: takes no calls, calls and tells nobody, listens on 127.0.0.1 at free ports");
  auto* resume = app.add_flag("--resume-outbound", how.resume_outbound,
                              "a restored copy is on duty from now on: it may call and tell everybody");
  for (auto* option : {salvage, look, resume})
    option->needs(run);
  look->excludes(resume);
  run->excludes(check);
  restore->excludes(run)->excludes(check);
  CLI11_PARSE(app, argc, argv);
  if (!check_file.empty()) return config::check_file(check_file, options, std::cout, std::cerr);
  if (!restore_from.empty()) return app::restore_backup(restore_from, options.data, restore_which);
  if (config_file.empty()) {
    std::cerr << "lifelined: --config FILE is needed (see --help)\n";
    return 2;
  }
  const auto config = config::read_file(config_file, options);
  if (!config) {
    std::cerr << config::to_string(config.error()) << '\n';
    return 1;
  }
  try {
    return app::run_engine(*config, {config_file, options}, how);
  } catch (const std::exception& e) { // a library's: a log file that cannot be opened, threads that are refused
    std::cerr << "lifelined: " << e.what() << '\n';
    return 1;
  }
}
