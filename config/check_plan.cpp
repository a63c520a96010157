#include "config/check_plan.hpp"

#include "config/check_parts.hpp"

#include <algorithm>
#include <set>

namespace lifeline::config {

namespace {

using domain::queue_id;

template <class T, class Name> names names_of(const std::vector<T>& items, Name name) {
  names result;
  for (const auto& item : items)
    result.push_back(name(item));
  return result;
}

void check_unique(const domain::plan& plan, const plan_source& source, problem_list& problems) {
  unique_words hotlines("hotline", problems);
  unique_words numbers("number", problems);
  for (std::size_t i = 0; i < plan.hotlines.size(); ++i) {
    const auto& h = plan.hotlines[i];
    const bool fresh = hotlines.add(h.name, place_of(*source.hotlines[i], "name"));
    // Numbers that only follow from the name would repeat the same problem.
    if (!fresh && source.hotlines[i]->find("numbers") == nullptr) continue;
    for (std::size_t n = 0; n < h.numbers.size(); ++n) {
      numbers.add(h.numbers[n], place_of(*source.hotlines[i], "numbers", n));
    }
  }
  unique_words queues("queue", problems);
  for (std::size_t i = 0; i < plan.queues.size(); ++i) {
    queues.add(plan.queues[i].name, place_of(*source.queues[i], "name"));
  }
  unique_words accounts("account", problems);
  unique_words spoken("work number", problems);
  for (std::size_t i = 0; i < plan.agents.size(); ++i) {
    const auto& a = plan.agents[i];
    const auto at = place_of(*source.agents[i], "account");
    accounts.add(a.account, at);
    // An account given twice would also have its work number twice.
    if (source.agents[i]->find("number") != nullptr) spoken.add(a.number, place_of(*source.agents[i], "number"));
    if (const auto* h = plan.find_hotline_by_number(a.account); h != nullptr && !a.account.empty()) {
      problems.add(at, "account " + quote(a.account) + " is also a number of hotline " + quote(h->name) +
                           ": a call to it could mean either");
    }
  }
  unique_words trunks("trunk", problems);
  unique_words networks("network", problems);
  for (std::size_t i = 0; i < plan.trunks.size(); ++i) {
    trunks.add(plan.trunks[i].name, place_of(*source.trunks[i], "name"));
    for (std::size_t n = 0; n < plan.trunks[i].cidrs.size(); ++n) {
      networks.add(plan.trunks[i].cidrs[n], place_of(*source.trunks[i], "cidrs", n));
    }
  }
}

/// One reference to a queue. Says nothing while a queue's name could not be read: it may be the one that is meant.
void check_queue_exists(const names& queues, const queue_id& wanted, position at, const std::string& from,
                        problem_list& problems) {
  if (wanted.empty() || contains(queues, wanted) || contains(queues, {})) return;
  problems.add(at, from + " names queue " + quote(wanted) + ", which does not exist" + suggestion(wanted, queues));
}

void check_references(const domain::plan& plan, const plan_source& source, const names& queues,
                      problem_list& problems) {
  for (std::size_t i = 0; i < plan.hotlines.size(); ++i) {
    check_queue_exists(queues, plan.hotlines[i].queue, place_of(*source.hotlines[i], "queue"),
                       "hotline " + quote(plan.hotlines[i].name), problems);
  }
  for (std::size_t i = 0; i < plan.queues.size(); ++i) {
    check_queue_exists(queues, plan.queues[i].overflow_queue, place_of(*source.queues[i], "overflow_queue"),
                       "the overflow of queue " + quote(plan.queues[i].name), problems);
  }
  for (std::size_t i = 0; i < plan.agents.size(); ++i) {
    const auto& a = plan.agents[i];
    unique_words once("queue", problems);
    for (std::size_t n = 0; n < a.queues.size(); ++n) {
      const auto at = place_of(*source.agents[i], "queues", n);
      check_queue_exists(queues, a.queues[n], at, "agent " + quote(a.account), problems);
      once.add(a.queues[n], at);
    }
  }
}

void check_overflow(const domain::plan& plan, const plan_source& source, problem_list& problems) {
  std::set<queue_id> told;
  for (std::size_t i = 0; i < plan.queues.size(); ++i) {
    const auto& q = plan.queues[i];
    const auto& table = *source.queues[i];
    bool cycle = false;
    const auto chain = overflow_chain(plan, q.name, cycle);
    if (cycle && chain.back() == q.name && told.count(q.name) == 0) {
      std::string path;
      for (const auto& name : chain)
        path += (path.empty() ? "" : " -> ") + name;
      problems.add(place_of(table, "overflow_queue"), "the overflow leads back to where it started: " + path);
      told.insert(chain.begin(), chain.end());
    }
    const char* key = q.overflow_numbers.empty() ? "overflow_queue" : "overflow_numbers";
    if ((!q.overflow_queue.empty() || !q.overflow_numbers.empty()) && !ever_overflows(q)) {
      problems.add(place_of(table, key), "the overflow of queue " + quote(q.name) +
                                             " would never be used: expected max_wait or max_length with it");
    }
    check_outside_numbers(plan, q.overflow_numbers, table, "overflow", problems);
  }
}

std::string lacking(const domain::agent_plan& a, const std::vector<domain::skill_requirement>& required) {
  for (const auto& need : required) {
    const auto it = a.skills.find(need.skill);
    const auto wanted = "skill " + quote(need.skill) + " at level " + std::to_string(need.level);
    if (it == a.skills.end()) return "it requires " + wanted + ", the agent has not got it";
    if (it->second < need.level) return "it requires " + wanted + ", the agent has " + std::to_string(it->second);
  }
  return {};
}

/// What keeps the agent from ever having a call of the queue, or nothing.
std::string lacking(const domain::agent_plan& a, const domain::queue_plan& q) {
  // While a caller waits, less may be enough.
  for (const auto& rule : q.escalations)
    if (rule.replaces && lacking(a, rule.required).empty()) return {};
  return lacking(a, q.required);
}

/// Every skill that some queue asks for, at once or after a wait.
names skills_of(const domain::plan& plan) {
  names known;
  for (const auto& q : plan.queues) {
    for (const auto& need : q.required)
      known.push_back(need.skill);
    for (const auto& rule : q.escalations)
      for (const auto& need : rule.required)
        known.push_back(need.skill);
  }
  return known;
}

void check_agents(domain::plan& plan, const plan_source& source, problem_list& problems) {
  const auto known = skills_of(plan);
  for (std::size_t i = 0; i < plan.agents.size(); ++i) {
    auto& a = plan.agents[i];
    const auto& table = *source.agents[i];
    const auto* given = table.find("queues");
    const bool one_queue = std::all_of(plan.queues.begin(), plan.queues.end(),
                                       [&](const auto& q) { return q.name == plan.queues.front().name; });
    if (given == nullptr && one_queue && !plan.queues.empty()) a.queues = {plan.queues.front().name};
    // An administrator need not take calls.
    const bool idle = given == nullptr || (given->kind == node_kind::list && given->items.empty());
    if (a.queues.empty() && idle && !a.admin && !plan.queues.empty()) {
      problems.add(place_of(table, "queues"), "agent " + quote(a.account) + " serves no queue: expected queues = [" +
                                                  quote(plan.queues.front().name) + "]");
    }
    for (std::size_t n = 0; n < a.queues.size(); ++n) {
      const auto* q = plan.find_queue(a.queues[n]);
      if (q == nullptr || a.queues[n].empty()) continue;
      const auto fault = lacking(a, *q);
      if (!fault.empty()) {
        problems.add(place_of(table, "queues", n),
                     "agent " + quote(a.account) + " can never have a call of queue " + quote(q->name) + ": " + fault);
      }
    }
    for (const auto& held : a.skills) {
      const auto& skill = held.first;
      if (contains(known, skill)) continue;
      const auto* skills = table.find("skills");
      const auto it =
          std::find_if(skills->entries.begin(), skills->entries.end(), [&](const entry& e) { return e.key == skill; });
      problems.add(it->at, "no queue requires skill " + quote(skill) + suggestion(skill, known));
    }
  }
}

/// A queue that a hotline leads to must have somebody at its end. An agent that wrongly has no queue counts as
/// somebody: its own problem was told, and this one may only follow from it.
void check_staff(const domain::plan& plan, const plan_source& source, problem_list& problems) {
  for (std::size_t i = 0; i < plan.hotlines.size(); ++i) {
    const auto& h = plan.hotlines[i];
    bool cycle = false;
    const auto chain = overflow_chain(plan, h.queue, cycle);
    const bool answered = chain.empty() || std::any_of(chain.begin(), chain.end(), [&](const queue_id& name) {
                            return !plan.find_queue(name)->overflow_numbers.empty() ||
                                   std::any_of(plan.agents.begin(), plan.agents.end(), [&](const auto& a) {
                                     return contains(a.queues, name) || (a.queues.empty() && !a.admin);
                                   });
                          });
    if (!answered) {
      problems.add(place_of(*source.hotlines[i], "queue"),
                   "nobody could answer hotline " + quote(h.name) + ": queue " + quote(h.queue) +
                       " and its overflow have neither agents nor overflow_numbers");
    }
  }
}

void check_lines(const domain::plan& plan, const plan_source& source, problem_list& problems) {
  for (std::size_t i = 0; i < plan.hotlines.size(); ++i) {
    const auto& h = plan.hotlines[i];
    if (h.reserved_for_callers <= h.lines) continue;
    const auto have =
        h.lines == 0 ? "the hotline has no limit of lines" : "the hotline has " + std::to_string(h.lines) + " lines";
    problems.add(place_of(*source.hotlines[i], "reserved_for_callers"),
                 "reserved_for_callers: expected at most the number of lines, found " +
                     std::to_string(h.reserved_for_callers) + " while " + have);
  }
}

} // namespace

void check_plan(domain::plan& plan, const plan_source& source, problem_list& problems) {
  if (!source.names_hotlines) problems.add({1, 1}, "no [[hotline]]: expected at least one, else no call can be taken");
  if (source.queues.empty()) {
    if (source.names_hotlines && !source.names_queues) {
      problems.add({1, 1}, "no [[queue]]: expected at least one, else no call can be answered");
    }
    return;
  }
  const auto queues = names_of(plan.queues, [](const auto& q) { return q.name; });
  check_unique(plan, source, problems);
  check_references(plan, source, queues, problems);
  check_overflow(plan, source, problems);
  check_agents(plan, source, problems);
  check_staff(plan, source, problems);
  check_lines(plan, source, problems);
  check_ways_out(plan, source, problems);
  check_trunks(plan, source, problems);
  check_places(plan, source, problems);
}

} // namespace lifeline::config
