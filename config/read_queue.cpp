#include "config/names.hpp"
#include "config/read_sections.hpp"
#include "config/read_values.hpp"

#include <algorithm>

namespace lifeline::config {

namespace {

using namespace std::chrono_literals;
using domain::agent_state;
using domain::empty_policy;
using domain::holding;
using domain::span;
using domain::strategy;

void read_requirements(section& s, problem_list& problems, std::vector<domain::skill_requirement>& out) {
  std::map<std::string, int> levels;
  s.levels("required", levels);
  for (const auto& [skill, level] : levels) {
    if (is_name(skill)) {
      out.push_back({skill, level});
    } else {
      problems.add(place_of(s.table(), "required"),
                   "required: expected a skill of letters, digits, '.', '_' or '-', found " + quote(skill));
    }
  }
}

void read_choice_of_agent(section& s, problem_list& problems, domain::queue_plan& q) {
  std::vector<std::pair<std::string_view, strategy>> known;
  known.reserve(domain::strategies.size());
  for (const auto& each : domain::strategies)
    known.emplace_back(each.name, each.value);
  s.choice<strategy>("strategy", q.strategy, known);
  read_requirements(s, problems, q.required);
  s.duration("ring_timeout", q.ring_timeout, 1s, 5min);
  s.duration("ring_step", q.ring_step, 1s, 5min);
  s.integer("max_misses", q.max_misses, 0, 1000);
  if (span all{}; s.duration("retry_delay", all, 0s, 1h)) q.reject_delay = q.busy_delay = q.no_answer_delay = all;
  s.duration("reject_delay", q.reject_delay, 0s, 1h);
  s.duration("busy_delay", q.busy_delay, 0s, 1h);
  s.duration("no_answer_delay", q.no_answer_delay, 0s, 1h);
  s.duration("tier_wait", q.tier_wait, 0s, 1h);
  s.boolean("tier_skip_empty", q.tier_skip_empty);
}

domain::escalation_rule read_escalation(section& s, problem_list& problems) {
  domain::escalation_rule r;
  s.duration("after", r.after, 1s, 24h);
  s.integer("position", r.position, 1, 1'000'000);
  s.integer("raise_priority", r.raise_priority, 1, 100);
  s.integer("tier", r.tier, 1, 100);
  // An empty table is a rule too: nothing is required any more.
  r.replaces = s.has("required");
  read_requirements(s, problems, r.required);
  s.boolean("overflow", r.overflow);
  if (s.has("after") == s.has("position")) {
    s.problem_at("position", s.has("after") ? "position: expected either after or position in [[queue.escalation]], "
                                              "found both: write two rules"
                                            : "[[queue.escalation]] would never happen: expected after or position");
  }
  const bool said = s.has("raise_priority") || s.has("tier") || s.has("required") || s.has("overflow");
  if (!said || (s.has("overflow") && !r.overflow && !s.has("raise_priority") && !s.has("tier") && !r.replaces)) {
    s.problem_at("overflow", "[[queue.escalation]] does nothing: expected raise_priority, tier, required or overflow");
  }
  return r;
}

void read_escalations(section& s, problem_list& problems, domain::queue_plan& q) {
  const auto* tier_wait = s.table().find("tier_wait");
  // A wrong one was told already.
  const bool all_tiers_at_once = q.tier_wait == 0s && (tier_wait == nullptr || tier_wait->text == "0s");
  for (const auto* table : s.tables("escalation", "queue.escalation")) {
    section rule(*table, "[[queue.escalation]]", problems);
    q.escalations.push_back(read_escalation(rule, problems));
    rule.finish();
    if (q.escalations.back().tier != 0 && all_tiers_at_once) {
      rule.problem_at("tier", "tier: all tiers are asked at once while tier_wait is \"0s\": expected tier_wait in the "
                              "[[queue]]");
    }
  }
  s.duration("priority_step", q.priority_step, 0s, 24h);
  s.integer("priority_growth", q.priority_growth, 0, 1000);
  if (s.has("priority_growth") && !s.has("priority_step")) {
    s.problem_at("priority_growth", "priority_growth: nothing grows without priority_step");
  }
}

/// Logged out and unreachable agents are nobody's presence.
void read_present(section& s, problem_list& problems, std::vector<agent_state>& out) {
  std::vector<std::string> words;
  if (!s.texts("present", words)) return;
  std::vector<std::string> known;
  auto states = domain::queue_plan{}.present_states;
  states.push_back(agent_state::not_ready); // a break counts for nothing unless it is asked for
  known.reserve(states.size());
  for (const auto state : states)
    known.emplace_back(to_string(state));
  out.clear();
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto at = place_of(s.table(), "present", i);
    const auto it = std::find(known.begin(), known.end(), words[i]);
    if (it == known.end()) {
      problems.add(at, "present: expected " + one_of(known) + ", found the text " + quote(words[i]) +
                           suggestion(words[i], known));
      continue;
    }
    const auto state = states[static_cast<std::size_t>(it - known.begin())];
    if (std::find(out.begin(), out.end(), state) != out.end()) {
      problems.add(at, "present: " + quote(words[i]) + " is given twice");
    } else {
      out.push_back(state);
    }
  }
  if (words.empty()) s.problem_at("present", "present: expected at least one state, found an empty list");
}

void read_empty(section& s, problem_list& problems, domain::queue_plan& q) {
  read_present(s, problems, q.present_states);
  const std::vector<std::pair<std::string_view, empty_policy>> policies{{"wait", empty_policy::wait},
                                                                        {"overflow", empty_policy::overflow}};
  s.choice<empty_policy>("join_empty", q.join_empty, policies);
  s.choice<empty_policy>("leave_empty", q.leave_empty, policies);
  s.duration("leave_empty_after", q.leave_empty_after, 0s, 1h);
  if (s.has("leave_empty_after") && !s.has("leave_empty")) {
    s.problem_at("leave_empty_after", "leave_empty_after: nobody leaves without leave_empty = \"overflow\"");
  }
}

/// Callers who come back.
void read_returning(section& s, domain::queue_plan& q) {
  s.duration("sticky", q.sticky, 0s, 24h * 30);
  s.duration("sticky_wait", q.sticky_wait, 0s, 1h);
  if (s.has("sticky_wait") && !s.has("sticky")) {
    s.problem_at("sticky_wait", "sticky_wait: no agent is waited for without sticky");
  }
  s.duration("resume_place", q.resume_place, 0s, 24h);
}

} // namespace

domain::queue_plan read_queue(section& s, problem_list& problems) {
  domain::queue_plan q;
  read_name(s, "name", "[[queue]]", q.name);
  s.integer("priority", q.priority, -100, 100);
  s.number("weight", q.weight, 0.01, 1000);
  read_choice_of_agent(s, problems, q);
  read_escalations(s, problems, q);
  read_empty(s, problems, q);
  read_returning(s, q);
  s.duration("wrap_up", q.wrap_up, 0s, 8h);
  s.duration("wrap_up_limit", q.wrap_up_limit, 1s, 8h);
  if (!s.has("wrap_up_limit")) q.wrap_up_limit = std::max(q.wrap_up_limit, q.wrap_up);
  if (q.wrap_up_limit < q.wrap_up) {
    s.problem_at("wrap_up_limit", "wrap_up_limit: expected at least wrap_up, found less");
  }
  s.duration("max_wait", q.max_wait, 0s, 24h);
  s.duration("max_expected_wait", q.max_expected_wait, 0s, 24h);
  s.integer("max_length", q.max_length, 0, 1'000'000);
  s.choice<holding>(
      "holding", q.hold_mode,
      {{"ringing", holding::ringing}, {"early-media", holding::early_media}, {"answered", holding::answered}});
  s.text("music", q.music);
  s.text("overflow_queue", q.overflow_queue);
  read_numbers(s, "overflow_numbers", q.overflow_numbers, problems);
  s.duration("overflow_ring_timeout", q.overflow_ring_timeout, 1s, 5min);
  s.duration("service_level", q.service_level, 1s, 1h);
  s.duration("short_abandon", q.short_abandon, 0s, 5min);
  return q;
}

} // namespace lifeline::config
