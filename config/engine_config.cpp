#include "config/engine_config.hpp"

namespace lifeline::config {

domain::role role_of(const domain::agent_plan& agent) {
  return agent.admin ? domain::role::supervisor : domain::role::agent;
}

std::vector<std::string> trunks_with_password(const domain::plan& plan) {
  std::vector<std::string> names;
  for (const auto& t : plan.trunks)
    if (!t.username.empty()) names.push_back(t.name);
  return names;
}

wanted_secrets secrets_wanted(const engine_config& c) {
  wanted_secrets wanted;
  for (const auto& a : c.plan.agents)
    wanted.accounts.push_back(a.account);
  wanted.agents = wanted.accounts;
  wanted.trunks = trunks_with_password(c.plan);
  for (const auto& client : c.clients)
    wanted.clients.push_back(client.name);
  for (const auto& v : c.plan.rescue.vendors)
    wanted.vendors.push_back(v.name);
  wanted.link_key = c.plan.rescue.enabled;
  return wanted;
}

std::vector<std::string> emergency_numbers(const domain::plan& plan) {
  std::vector<std::string> numbers;
  for (const auto& h : plan.hotlines)
    if (h.emergency)
      for (const auto& number : h.numbers) {
        const auto forms = domain::spellings(number, plan.numbers); // however the carrier writes it
        numbers.insert(numbers.end(), forms.begin(), forms.end());
      }
  for (const auto& number : plan.rescue.report_numbers) { // rescuers on their way: part of a rescue
    const auto forms = domain::spellings(number, plan.numbers);
    numbers.insert(numbers.end(), forms.begin(), forms.end());
  }
  return numbers;
}

} // namespace lifeline::config
