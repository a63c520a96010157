// What changes for a caller while it waits: its priority grows, and the queue's rules fire.
#include "domain/routing/router_impl.hpp"

#include <algorithm>

namespace lifeline::domain {

using namespace routing;

namespace {

std::string in_words(const std::vector<skill_requirement>& required) {
  if (required.empty()) return "no skills required";
  std::string words = "skills";
  for (std::size_t i = 0; i < required.size(); ++i)
    words += (i == 0 ? " " : " + ") + required[i].skill + " " + std::to_string(required[i].level);
  return words;
}

} // namespace

std::int64_t router::impl::total_priority(const call_entry& call) const {
  return std::int64_t{queues_[call.queue].plan.priority} + call.own_priority + call.raised + call.grown;
}

int router::impl::growth_after(const queue_plan& plan, instant entered, instant now) {
  if (plan.priority_step <= 0s || plan.priority_growth <= 0 || now <= entered) return 0;
  return static_cast<int>(std::min<std::int64_t>((now - entered) / plan.priority_step, plan.priority_growth));
}

/// Gives the caller the place of its present priority.
void router::impl::rekey(slot call) {
  call_entry& entry = calls_[call];
  const std::int64_t key = -total_priority(entry);
  if (key == entry.key.descending_priority) return;
  const bool was_in_lane = entry.in_lane;
  const bool was_in_order = entry.in_order;
  take_from_lane(call);
  if (was_in_order) erase_from_order(call);
  const bool rang = queues_[entry.queue].ringing.erase(entry.key);
  entry.key.descending_priority = key;
  if (rang) queues_[entry.queue].ringing.insert(entry.key);
  if (was_in_order) insert_in_order(call);
  if (was_in_lane) put_in_lane(call);
}

/// To what it has become by now, and arms the next step.
void router::impl::grow(slot call, instant now) {
  call_entry& entry = calls_[call];
  const queue_plan& plan = queues_[entry.queue].plan;
  const instant entered = from_micros(entry.key.entered);
  entry.grown = growth_after(plan, entered, now);
  rekey(call);
  entry.growth_due = never;
  if (plan.priority_step <= 0s || entry.grown >= plan.priority_growth) return;
  entry.growth_due = entered + (entry.grown + 1) * plan.priority_step;
  arm_call(timer_kind::growth, call, entry.growth_due);
}

void router::impl::arm_rules(slot call) {
  const call_entry& entry = calls_[call];
  const auto& rules = queues_[entry.queue].plan.escalations;
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    if (rules[i].after > 0s && entry.fired[i] == 0)
      arm_call(timer_kind::rule, call, from_micros(entry.key.entered) + rules[i].after, i);
  }
}

/// Of a caller who was here before a restart: the rules that it has waited for have fired then, and are in the log. An
/// overflow cannot have: it would not be here.
void router::impl::recall_rules(slot call, instant now) {
  const call_entry& entry = calls_[call];
  const auto& rules = queues_[entry.queue].plan.escalations;
  commands nothing;
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    const bool past = rules[i].after > 0s && from_micros(entry.key.entered) + rules[i].after <= now;
    if (past && (!rules[i].overflow || entry.patient)) fire(call, i, now, nothing, true);
  }
}

std::string router::impl::effect_of(slot call, const escalation_rule& rule) const {
  std::string what;
  const auto add = [&](const std::string& words) { what += (what.empty() ? "" : ", ") + words; };
  if (rule.raise_priority != 0) add("priority " + std::to_string(total_priority(calls_[call])));
  if (rule.tier > 0) add("tier " + std::to_string(rule.tier));
  if (rule.replaces) add(in_words(rule.required));
  if (rule.overflow) add("overflow");
  return what;
}

/// `silent`: it is in the log already. Not to be called for a rule that has fired.
void router::impl::fire(slot call, std::uint32_t rule, instant now, commands& out, bool silent) {
  call_entry& entry = calls_[call];
  escalation_rule does = queues_[entry.queue].plan.escalations[rule];
  if (entry.patient) does.overflow = false; // it has overflowed already
  entry.fired[rule] = 1;
  if (does.raise_priority == 0 && does.tier == 0 && !does.replaces && !does.overflow) return;
  entry.raised += does.raise_priority;
  entry.tier = std::max(entry.tier, does.tier);
  if (does.replaces) entry.instead = does.required;
  rekey(call);
  relane(call, now);
  if (does.tier > 0 && entry.in_order) arm_tier(call, now);
  if (!silent) out.push_back(escalated{entry.id, queues_[entry.queue].plan.name, rule + 1, effect_of(call, does)});
  if (does.overflow) overflow_when_free(call, "escalated", now, out);
}

/// Fires the rules by place of those whose place has become better. A caller whose phone offer is open does not wait
/// for anybody now; it is looked at again should the offer fail. True: there is something new to be paired.
bool router::impl::check_places(instant now, commands& out) {
  if (place_checks_.empty()) return false;
  bool fired = false;
  std::vector<slot> checks;
  while (!place_checks_.empty()) {
    checks.clear();
    checks.swap(place_checks_);
    for (const slot call : checks) {
      const auto waits = [&] {
        return calls_[call].used && calls_[call].in_order && calls_[call].offers.empty() && !calls_[call].overdue;
      };
      for (std::uint32_t i = 0; waits() && i < calls_[call].fired.size(); ++i) {
        const call_entry& entry = calls_[call];
        const queue_entry& queue = queues_[entry.queue];
        const auto limit = queue.plan.escalations[i].position;
        if (limit == 0 || entry.fired[i] != 0 || queue.order.rank(entry.key) >= limit) continue;
        fire(call, i, now, out, false);
        fired = true;
      }
    }
  }
  return fired;
}

} // namespace lifeline::domain
