#include "bench/commands.hpp"
#include "bench/runs.hpp"

#include <memory>

namespace lifeline::bench {

void add_pure_runs(command_line& c) {
  const auto router = std::make_shared<router_options>();
  auto* r = c.add("router", "The pure router: decisions a second with many callers waiting",
                  [router](report& to) { run_router(to, *router); });
  r->add_option("--callers", router->callers, "waiting")->check(CLI::PositiveNumber)->capture_default_str();
  r->add_option("--agents", router->agents)->check(CLI::PositiveNumber)->capture_default_str();
  r->add_option("--skills", router->skills)->check(CLI::Range(1, 1000))->capture_default_str();
  r->add_option("--decisions", router->decisions)->check(CLI::PositiveNumber)->capture_default_str();
  r->add_option("--seed", router->seed)->capture_default_str();

  const auto journal = std::make_shared<journal_options>();
  auto* j =
      c.add("journal", "The journal on this machine's disk", [journal](report& to) { run_journal(to, *journal); });
  j->add_option("--folder", journal->folder, "a new folder on the disk in question; removed in the end");
  j->add_option("--changes", journal->changes, "lazy ones")->check(CLI::PositiveNumber)->capture_default_str();
  j->add_option("--durable", journal->durable, "waited for, one by one")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();

  const auto theory = std::make_shared<theory_options>();
  auto* t = c.add("theory", "The simulated production router against Erlang C and Erlang A",
                  [theory](report& to) { run_theory(to, *theory); });
  t->add_option("--calls", theory->calls, "per case")->check(CLI::Range(1e4, 1e9))->capture_default_str();
  t->add_option("--seed", theory->seed)->capture_default_str();
}

} // namespace lifeline::bench
