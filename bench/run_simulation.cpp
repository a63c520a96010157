// The deterministic simulation (tests/simulation) as a run: many seeds, or one course again.

#include "bench/commands.hpp"
#include "tests/simulation/runner.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace lifeline::bench {

namespace {

struct simulation_arguments {
  std::uint64_t seeds = 1000;
  std::uint64_t first = 1;
  std::uint64_t events = 1000;
  unsigned jobs = 2;
  std::string faults = "all";
  std::string replay;
};

/// What was come across, for a reader who wants to know whether the course shows anything.
void add_situations(report& r, const std::map<std::string, std::uint64_t, std::less<>>& situations) {
  sheet s{"situations", {"situation", "times"}, {}};
  for (const auto& [name, times] : situations)
    s.rows.push_back({name, std::to_string(times)});
  r.sheets.push_back(std::move(s));
}

void run_replay(command_line& c, report& r, const simulation_arguments& a) {
  const auto script = simulation::read_script(a.replay);
  if (!script) throw std::runtime_error(script.error());
  const auto o = simulation::replay(*script);
  r.add("violations", static_cast<double>(o.violations.size()), "", better::lower);
  r.add("events", static_cast<double>(o.events), "", better::neither);
  for (const auto& v : o.violations)
    r.remarks.push_back(v.rule + ": " + v.what);
  for (const auto& name : o.not_reached)
    r.remarks.push_back("not reached: " + name);
  add_situations(r, o.situations);
  c.failed = o.failed();
}

void run_seeds(command_line& c, report& r, const simulation_arguments& a) {
  simulation::options how;
  const auto kinds = simulation::parse_faults(a.faults);
  if (!kinds) throw std::runtime_error("--faults: " + kinds.error());
  how.kinds = *kinds;
  how.events = a.events;
  const auto s = simulation::run_many(a.first, a.seeds, a.jobs, how);
  const auto seconds = std::max(s.seconds, 1e-9);
  r.add("violations", static_cast<double>(s.failures.size()), "seeds", better::lower);
  r.add("seeds", static_cast<double>(s.seeds), "", better::neither);
  r.add("seeds a second", static_cast<double>(s.seeds) / seconds, "1/s", better::higher);
  r.add("events a second", static_cast<double>(s.events) / seconds, "1/s", better::higher);
  r.add("CPU time of a seed", 1000 * s.cpu_seconds / static_cast<double>(std::max<std::uint64_t>(s.seeds, 1)), "ms",
        better::lower);
  for (const auto& f : s.failures)
    r.remarks.push_back("seed " + std::to_string(f.played.seed) + "\n" + simulation::describe(f));
  add_situations(r, s.situations);
  c.failed = !s.failures.empty();
}

} // namespace

void add_simulation_run(command_line& c) {
  const auto a = std::make_shared<simulation_arguments>();
  auto* app =
      c.add("simulate", "The production actors in virtual time under random faults: exit code 1 = a broken rule",
            [a, &c](report& r) {
              if (a->replay.empty())
                run_seeds(c, r, *a);
              else
                run_replay(c, r, *a);
            });
  app->add_option("--seeds", a->seeds, "how many")->check(CLI::PositiveNumber)->capture_default_str();
  app->add_option("--first", a->first, "the first seed")->capture_default_str();
  app->add_option("--events", a->events, "inputs and handled messages of each")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app->add_option("--jobs", a->jobs, "threads")->check(CLI::Range(1U, 256U))->capture_default_str();
  app->add_option("--faults", a->faults, "all, none, or a list of crashes,kills,disk,network,media")
      ->capture_default_str();
  app->add_option("--replay", a->replay, "plays this file instead")->check(CLI::ExistingFile);
}

} // namespace lifeline::bench
