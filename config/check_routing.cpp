#include "config/check_parts.hpp"

#include <algorithm>

namespace lifeline::config {

namespace {

/// Callers who overflow out of the queue for want of agents may reach a hotline's backup numbers.
bool has_backup(const domain::plan& plan, const domain::queue_plan& q) {
  return std::any_of(plan.hotlines.begin(), plan.hotlines.end(), [&](const domain::hotline_plan& h) {
    bool cycle = false;
    return !h.backup_numbers.empty() && contains(overflow_chain(plan, h.queue, cycle), q.name);
  });
}

/// The place of the first rule that sends callers into overflow.
position overflow_rule(const domain::queue_plan& q, const node& table) {
  const auto* rules = table.find("escalation");
  std::size_t index = 0;
  for (const auto& item : rules->items) {
    if (item.kind != node_kind::table) continue;
    if (q.escalations[index++].overflow) return place_of(item, "overflow");
  }
  return rules->at;
}

void check_queue_ways_out(const domain::plan& plan, const domain::queue_plan& q, const node& table,
                          problem_list& problems) {
  if (!q.overflow_queue.empty() || !q.overflow_numbers.empty()) return;
  const auto nowhere = [&](position at, const std::string& key, const char* expected) {
    problems.add(at, key + ": callers who overflow out of queue " + quote(q.name) +
                         " would be hung up: expected overflow_queue" + expected);
  };
  if (q.max_expected_wait != domain::span{0})
    nowhere(place_of(table, "max_expected_wait"), "max_expected_wait", " or overflow_numbers");
  if (std::any_of(q.escalations.begin(), q.escalations.end(), [](const auto& rule) { return rule.overflow; }))
    nowhere(overflow_rule(q, table), "overflow", " or overflow_numbers");
  if (has_backup(plan, q)) return;
  for (const auto& [key, policy] : {std::pair{"join_empty", q.join_empty}, {"leave_empty", q.leave_empty}}) {
    if (policy == domain::empty_policy::overflow)
      nowhere(place_of(table, key), key, ", overflow_numbers or backup_numbers of its hotline");
  }
}

/// The places of one agent in `key`, "tiers" or "positions".
void check_places_in(const domain::agent_plan& a, const node& table, const char* key, problem_list& problems) {
  const auto* places = table.find(key);
  if (places == nullptr || places->kind != node_kind::table) return;
  for (const auto& e : places->entries) {
    if (contains(a.queues, e.key)) continue;
    problems.add(e.at, std::string{key} + ": agent " + quote(a.account) + " does not serve queue " + quote(e.key) +
                           suggestion(e.key, a.queues));
  }
}

} // namespace

void check_ways_out(const domain::plan& plan, const plan_source& source, problem_list& problems) {
  for (std::size_t i = 0; i < plan.queues.size(); ++i)
    check_queue_ways_out(plan, plan.queues[i], *source.queues[i], problems);
  for (std::size_t i = 0; i < plan.hotlines.size(); ++i)
    check_outside_numbers(plan, plan.hotlines[i].backup_numbers, *source.hotlines[i], "backup", problems);
}

void check_trunks(const domain::plan& plan, const plan_source& source, problem_list& problems) {
  names known;
  for (const auto& t : plan.trunks)
    known.push_back(t.name);
  for (std::size_t i = 0; i < plan.hotlines.size(); ++i) {
    const auto& h = plan.hotlines[i];
    unique_words once("trunk", problems);
    for (std::size_t n = 0; n < h.trunks.size(); ++n) {
      const auto& name = h.trunks[n];
      const auto at = place_of(*source.hotlines[i], "trunks", n);
      once.add(name, at);
      const auto it =
          std::find_if(plan.trunks.begin(), plan.trunks.end(), [&](const auto& t) { return t.name == name; });
      // A trunk whose own name could not be read may be the one that is meant.
      if (name.empty() || (it == plan.trunks.end() && contains(known, {}))) continue;
      if (it == plan.trunks.end()) {
        problems.add(at, "hotline " + quote(h.name) + " names trunk " + quote(name) + ", which does not exist" +
                             suggestion(name, known));
      } else if (it->outbound.empty()) {
        problems.add(at, "hotline " + quote(h.name) + " cannot dial out through trunk " + quote(name) +
                             ": it has no outbound");
      }
    }
  }
}

void check_places(const domain::plan& plan, const plan_source& source, problem_list& problems) {
  for (std::size_t i = 0; i < plan.agents.size(); ++i)
    for (const auto* key : {"tiers", "positions"})
      check_places_in(plan.agents[i], *source.agents[i], key, problems);
}

void check_tls_use(const engine_config& c, const plan_source& source, problem_list& problems) {
  if (c.sip.tls.enabled) return;
  for (std::size_t i = 0; i < c.plan.trunks.size(); ++i) {
    const auto& t = c.plan.trunks[i];
    if (t.outbound.find(";transport=tls") == std::string::npos) continue;
    problems.add(place_of(*source.trunks[i], "outbound"),
                 "outbound: trunk " + quote(t.name) + " is reached over TLS: expected enabled = true in [sip.tls]");
  }
}

void check_codes(const domain::plan& plan, const plan_source& source, problem_list& problems) {
  const auto& c = plan.codes;
  std::vector<std::pair<std::string, std::string>> meanings; // what is dialled, and what it means
  const auto place = [&](const std::string& key) {
    return source.codes == nullptr ? position{1, 1} : place_of(*source.codes, key);
  };
  const auto add = [&](const std::string& key, const std::string& code, const std::string& meaning) {
    if (code.empty()) return;
    const auto it = std::find_if(meanings.begin(), meanings.end(), [&](const auto& m) { return m.first == code; });
    if (it != meanings.end()) {
      problems.add(place(key), key + ": " + quote(code) + " is the code of " + it->second + " already");
      return;
    }
    meanings.emplace_back(code, meaning);
    if (const auto* h = plan.find_hotline_by_number(code); h != nullptr)
      problems.add(place(key), key + ": " + quote(code) + " is a number of hotline " + quote(h->name));
    if (plan.find_agent(code) != nullptr)
      problems.add(place(key), key + ": " + quote(code) + " is the account of an agent");
  };
  add("not_ready", c.not_ready, "not_ready");
  for (const auto& [digit, reason] : c.reasons) {
    if (!c.not_ready.empty())
      add("not_ready", c.not_ready + digit, "not_ready with reason " + quote(std::string(1, digit)));
  }
  add("ready", c.ready, "ready");
  add("logout", c.logout, "logout");
  add("wrap_up_end", c.wrap_up_end, "wrap_up_end");
  add("wrap_up_more", c.wrap_up_more, "wrap_up_more");
}

} // namespace lifeline::config
