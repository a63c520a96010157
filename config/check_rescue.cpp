// What must hold between [rescue], [public], [[api_client]] and the rest.

#include "config/check_parts.hpp"

namespace lifeline::config {

namespace {

/// Sources of alarms that are no vendor's: messages are known by (source, id).
const names reserved_sources{"mobile", "lift-phone"};
/// The API's own client, whose token is `api_token`.
constexpr const char* operator_name = "operator";

void check_hotline(engine_config& c, const plan_source& source, problem_list& problems) {
  auto& r = c.plan.rescue;
  const auto* h = c.plan.find_hotline(r.hotline);
  if (source.rescue == nullptr) {
    r.enabled = r.enabled && h != nullptr;
    return;
  }
  if (!r.enabled) return;
  names known;
  for (const auto& each : c.plan.hotlines)
    known.push_back(each.name);
  if (h == nullptr) {
    if (contains(known, {})) return; // its name was wrong, and told
    const auto said = source.rescue->find("hotline") != nullptr;
    problems.add(place_of(*source.rescue, "hotline"),
                 (said ? "" : "[rescue] without ") + ("hotline" + std::string{said ? ": hotline " : " means "}) +
                     quote(r.hotline) + ", which does not exist" + suggestion(r.hotline, known));
  } else if (c.plan.outbound_trunks(*h).empty()) {
    problems.add(place_of(*source.rescue, "hotline"),
                 "[rescue] needs a [[trunk]] with outbound to call rescuers through, for hotline " + quote(h->name));
  }
}

void check_numbers(const engine_config& c, const plan_source& source, problem_list& problems) {
  if (source.rescue == nullptr) return;
  const auto& r = c.plan.rescue;
  unique_words once("number", problems);
  for (std::size_t i = 0; i < r.report_numbers.size(); ++i) {
    const auto& number = r.report_numbers[i];
    const auto at = place_of(*source.rescue, "report_numbers", i);
    if (!once.add(number, at) || number.empty()) continue;
    if (const auto* h = c.plan.find_hotline_by_number(number)) {
      problems.add(at, "report number " + quote(number) + " belongs to hotline " + quote(h->name) +
                           ": its callers would not be put through");
    } else if (c.plan.find_agent(number) != nullptr) {
      problems.add(at, "report number " + quote(number) + " is the account of an agent");
    }
  }
  unique_words lifts("number", problems);
  for (std::size_t i = 0; i < r.lift_phone_numbers.size(); ++i) {
    const auto& number = r.lift_phone_numbers[i];
    const auto at = place_of(*source.rescue, "lift_phone_numbers", i);
    if (!lifts.add(number, at) || number.empty() || c.plan.find_hotline_by_number(number) != nullptr) continue;
    problems.add(at, "lift phone number " + quote(number) + " belongs to no hotline: nobody would answer the lift");
  }
}

void check_vendors(const engine_config& c, const plan_source& source, problem_list& problems) {
  unique_words once("vendor", problems);
  for (std::size_t i = 0; i < c.plan.rescue.vendors.size(); ++i) {
    const auto& name = c.plan.rescue.vendors[i].name;
    const auto at = place_of(*source.vendors[i], "name");
    once.add(name, at);
    if (contains(reserved_sources, name))
      problems.add(at, "vendor " + quote(name) + " has the name of a source of alarms that is no vendor");
    if (!name.empty() && c.plan.find_agent(name) != nullptr)
      problems.add(at, "vendor " + quote(name) + " is the account of an agent");
  }
}

void check_clients(const engine_config& c, const plan_source& source, problem_list& problems) {
  names accounts;
  for (const auto& a : c.plan.agents)
    accounts.push_back(a.account);
  unique_words once("api_client", problems);
  for (std::size_t i = 0; i < c.clients.size(); ++i) {
    const auto& client = c.clients[i];
    const auto at = place_of(*source.clients[i], "name");
    once.add(client.name, at);
    if (client.name == operator_name)
      problems.add(at, "api_client \"operator\" is there already: its token is api_token of the secrets");
    if (!client.name.empty() && contains(accounts, client.name))
      problems.add(at, "api_client " + quote(client.name) + " is the account of an agent, which has a token anyway");
    if (!client.agent.empty() && !contains(accounts, client.agent) && !contains(accounts, {})) {
      problems.add(place_of(*source.clients[i], "agent"), "api_client " + quote(client.name) + " names agent " +
                                                              quote(client.agent) + ", which does not exist" +
                                                              suggestion(client.agent, accounts));
    }
  }
}

void check_public(const engine_config& c, const plan_source& source, problem_list& problems) {
  const auto& p = c.public_server;
  if (!p.enabled) return;
  const auto at = place_of(*source.public_part, "port");
  if (!c.plan.rescue.enabled) problems.add(at, "[public] serves nobody without rescues: expected enabled in [rescue]");
  if (p.port == 0) return;
  const auto taken = [&](std::uint16_t port, const char* by) {
    if (port == p.port) problems.add(at, "port: " + std::to_string(p.port) + " is taken by " + by + " over TCP");
  };
  taken(c.sip.port, "[sip]");
  taken(c.sip.tls.enabled ? c.sip.tls.port : std::uint16_t{0}, "[sip.tls]");
  taken(c.http.port, "[http]");
}

} // namespace

void check_rescue(engine_config& c, const plan_source& source, problem_list& problems) {
  check_hotline(c, source, problems);
  check_numbers(c, source, problems);
  check_vendors(c, source, problems);
  check_clients(c, source, problems);
  check_public(c, source, problems);
}

} // namespace lifeline::config
