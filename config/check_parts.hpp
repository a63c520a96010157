#pragma once
// What the checks of a plan have in common, and the parts that check_plan calls.

#include "config/check_plan.hpp"

#include <map>
#include <string>
#include <vector>

namespace lifeline::config {

using names = std::vector<std::string>;

bool contains(const names& list, const std::string& word);

/// Where each word was seen first; a second time is a problem.
class unique_words {
public:
  unique_words(std::string what, problem_list& problems) : what_(std::move(what)), problems_(&problems) {}
  /// True when the word is new. An empty one is none: it was wrong and told.
  bool add(const std::string& word, position at);

private:
  std::string what_;
  problem_list* problems_;
  std::map<std::string, position> seen_;
};

/// The queues that a call passes through from `first` on, each once; `cycle` says whether they lead back.
names overflow_chain(const domain::plan& plan, const domain::queue_id& first, bool& cycle);
/// Something in the queue's own settings sends callers into overflow.
bool ever_overflows(const domain::queue_plan& q);

/// That numbers outside, `kind` "overflow" or "backup" (the key is `kind`_numbers), can be dialled, lead out and are
/// given once.
void check_outside_numbers(const domain::plan& plan, const names& numbers, const node& table, const std::string& kind,
                           problem_list& problems);

/// That callers who overflow have somewhere to go, and that backup numbers can be reached.
void check_ways_out(const domain::plan& plan, const plan_source& source, problem_list& problems);
/// That the trunks which hotlines name exist and can dial out.
void check_trunks(const domain::plan& plan, const plan_source& source, problem_list& problems);
/// That tiers and positions belong to queues that the agent serves.
void check_places(const domain::plan& plan, const plan_source& source, problem_list& problems);

} // namespace lifeline::config
