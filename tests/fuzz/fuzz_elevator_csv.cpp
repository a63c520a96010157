// A list of lifts as somebody's office program wrote it. What is taken from it may be stored, and is written and read
// as the same.

#include "domain/base/utf8.hpp"
#include "domain/lifts/elevator_csv.hpp"
#include "domain/rescue/rescue_data.hpp"
#include "tests/fuzz/target.hpp"

using namespace lifeline;

namespace {

void check_problems(const std::vector<domain::csv_problem>& problems) {
  for (const auto& p : problems) {
    fuzz::demand(p.row >= 1 && !p.message.empty(), "a problem without a line or a sentence");
    fuzz::demand(domain::is_utf8(p.message) && p.message.find('\n') == std::string::npos, "a problem that is no line");
  }
}

void run(std::string_view input) {
  const auto list = domain::read_elevator_csv(input);
  if (!list) {
    fuzz::demand(!list.error().empty() && list.error().find('\n') == std::string::npos,
                 "a refusal that is no sentence");
    return;
  }
  check_problems(list->problems);
  fuzz::demand(list->lifts.size() <= list->rows, "more lifts than rows");
  std::vector<domain::elevator> lifts;
  for (const auto& row : list->lifts) {
    fuzz::demand(domain::check_elevator(row.lift).empty(), "a lift that may not be stored is taken");
    lifts.push_back(row.lift);
  }
  domain::elevator_index index;
  const auto plan = domain::plan_import(*list, index);
  check_problems(plan.problems);
  fuzz::demand(plan.added.size() + plan.changed.size() + plan.unchanged + plan.bad_rows == list->rows,
               "a row of which nothing becomes");
  for (const auto& e : plan.added) {
    fuzz::demand(!index.clash(e), "a lift of the plan has another one's code");
    index.put(e);
  }
  const auto again = domain::read_elevator_csv(domain::write_elevator_csv(lifts));
  fuzz::demand(again.has_value() && again->problems.empty(), "our own list cannot be read");
  fuzz::demand(again->lifts.size() == lifts.size(), "our own list loses lifts");
  for (std::size_t i = 0; i < lifts.size(); ++i)
    fuzz::demand(again->lifts[i].lift == lifts[i], "a lift changes when it is written and read");
}

std::vector<std::string> seeds() { return {domain::write_elevator_csv(domain::invent_elevators(3, 1))}; }

} // namespace

LIFELINE_FUZZ_TARGET(elevator_csv, run, seeds)
