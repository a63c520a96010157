// lifeline-chaos: kill -9 at random points under load, with the log proved each time.

#include "tests/chaos/alarm_campaign.hpp"
#include "tests/chaos/campaign.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <random>

namespace {

int play_alarms(const lifeline::chaos::alarm_plan& plan) {
  std::cout << "seed " << plan.seed << ", " << plan.kills << " kills, " << plan.rate << " alarms a second\n"
            << std::flush;
  const auto s = lifeline::chaos::alarm_campaign(plan).run();
  std::cout << s.kills << " kills: " << s.sent << " alarms sent, " << s.acknowledged << " acknowledged and all found, "
            << s.cut << " cut off by a kill; taking calls again after " << s.worst_outage.count() << " ms at worst; "
            << s.faults.size() << " faults\n";
  for (const auto& f : s.faults)
    std::cout << "  " << f << '\n';
  return s.faults.empty() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  lifeline::chaos::plan plan;
  plan.seed = std::random_device{}();
  bool by_command = false;
  CLI::App app("Kills an engine at random points under load, starts it again, and proves its log each time.",
               "lifeline-chaos");
  app.add_option("--kills", plan.kills, "how often")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--seed", plan.seed, "of the random points; printed at the start, so that a run can be repeated");
  std::int64_t most_outage = plan.most_outage.count();
  app.add_option("--most-outage", most_outage, "ms from a kill to a call that was answered; more is a fault")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--rate", plan.rate, "calls a second")->check(CLI::PositiveNumber)->capture_default_str();
  double alarms = 0;
  app.add_option("--alarms", alarms, "instead of calls: so many alarms a second over the API")
      ->check(CLI::PositiveNumber);
  app.add_flag("--verify-by-command", by_command, "in addition lifelinectl log verify --journal, each time");
  CLI11_PARSE(app, argc, argv);
  plan.most_outage = std::chrono::milliseconds{most_outage};
  if (by_command) plan.how = lifeline::chaos::proof::command;

  try {
    if (alarms > 0) return play_alarms({.kills = plan.kills, .seed = plan.seed, .rate = alarms});
  } catch (const std::exception& e) {
    std::cerr << "lifeline-chaos: " << e.what() << '\n';
    return 2;
  }
  std::cout << "seed " << plan.seed << ", " << plan.kills << " kills\n" << std::flush;
  const auto begun = std::chrono::steady_clock::now();
  try {
    const auto s = lifeline::chaos::campaign(plan).run();
    const auto took = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begun);
    std::cout << s.kills << " kills in " << took.count() << " s: " << s.arrived << " calls arrived, " << s.ended
              << " ended, " << s.cut << " of them by a kill; a call answered again after " << s.mean_outage.count()
              << " ms on average, " << s.worst_outage.count() << " ms at worst; " << s.faults.size() << " faults\n";
    for (const auto& f : s.faults)
      std::cout << "  " << f << '\n';
    return s.faults.empty() ? 0 : 1;
  } catch (const std::exception& e) {
    std::cerr << "lifeline-chaos: " << e.what() << '\n';
    return 2;
  }
}
