#pragma once
// From one plan to the next, while calls go on.

#include "domain/plan/plan.hpp"

#include <string>
#include <vector>

namespace lifeline::domain {

/// Each change as a line for people, in a stable order: "hotline 12315: lines 7 -> 9", "agent 8011: new",
/// "queue vip: gone". Empty when the plans are equal. Retired entries are not mentioned.
std::vector<std::string> describe_changes(const plan& from, const plan& to);

/// `to`, and what is only in `from`, marked as retired: a hotline without numbers, a queue that nobody new is routed
/// to, an agent without queues. So that every name that a call in progress holds still means something.
plan with_retired(const plan& from, plan to);

/// What the configuration says, without what is only kept for calls in progress.
plan without_retired(plan p);

} // namespace lifeline::domain
