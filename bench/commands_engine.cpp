#include "bench/commands.hpp"
#include "bench/engine_runs.hpp"

#include <memory>

namespace lifeline::bench {

void add_engine_runs(command_line& c) {
  const auto alarms = std::make_shared<alarms_options>();
  auto* a = c.add("alarms", "Durable alarms over the API, thousands of open ones, and a restart with them",
                  [alarms](report& to) { run_alarms(to, *alarms); });
  a->add_option("--alarms", alarms->alarms)->check(CLI::Range(1, 100'000))->capture_default_str();
  a->add_option("--rate", alarms->rate, "a second")->check(CLI::PositiveNumber)->capture_default_str();
  a->add_option("--connections", alarms->connections)->check(CLI::Range(1, 200))->capture_default_str();
  a->add_option("--idle", alarms->idle_seconds, "seconds of rest, measured")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
}

} // namespace lifeline::bench
