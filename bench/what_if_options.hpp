#pragma once
// What-if and staffing: questions to the simulated production router.

#include "bench/recorded_day.hpp"
#include "bench/report.hpp"
#include "domain/plan/plan.hpp"
#include "domain/planning/day_source.hpp"
#include "domain/planning/erlang.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lifeline::bench {

struct what_if_options {
  domain::plan plan;                                      ///< with the changes that are asked about
  std::vector<domain::day_profile> profiles;              ///< of a day that is made up; not used with a recorded one
  std::map<domain::queue_id, std::size_t> agents_present; ///< only so many of the queue's agents; others: all
  domain::span answer_delay{3'000'000};
  std::uint64_t courses = 20;
  std::uint64_t seed = 1;
};
/// `recorded` without calls: a day of the profiles.
void run_what_if(report& r, const what_if_options& o, const recorded_day& recorded);

struct staffing_options {
  domain::day_profile profile;
  double wrap_up_seconds = 0;
  domain::staffing_target target;
  double simulated_calls = 50'000; ///< per interval, for the check
  std::uint64_t seed = 1;
};
/// Adds the table; returns it as CSV.
std::string run_staffing(report& r, const staffing_options& o);

} // namespace lifeline::bench
