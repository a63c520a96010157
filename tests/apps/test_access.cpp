#include "apps/lifelined/access.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;
using domain::role;

namespace {

config::engine_config two_agents() {
  config::engine_config c;
  for (const auto* account : {"9001", "9002"}) {
    domain::agent_plan a;
    a.account = account;
    a.admin = c.plan.agents.empty();
    c.plan.agents.push_back(a);
  }
  c.clients = {{"city", role::integration, ""}, {"desk", role::agent, "9002"}};
  return c;
}

config::secrets all_secrets() {
  config::secrets s;
  s.agent_tokens = {{"9001", "t1"}, {"9002", "t2"}};
  s.client_tokens = {{"city", "t3"}, {"desk", "t4"}};
  s.vendor_secrets = {{"lift-cloud", "v"}};
  s.webhook_secrets = {{"firm-1", "w"}};
  return s;
}

} // namespace

TEST_CASE("agents and programs have the roles and tokens that the configuration and the secrets give them") {
  const auto clients = app::clients_of(two_agents(), all_secrets());
  REQUIRE(clients.size() == 4);
  const auto is = [&](std::size_t i, const char* name, role r, const char* token, const char* agent) {
    CHECK(clients[i].name == name);
    CHECK(clients[i].role == r);
    CHECK(clients[i].token == token);
    CHECK(clients[i].agent == agent);
  };
  is(0, "9001", role::supervisor, "t1", "9001");
  is(1, "9002", role::agent, "t2", "9002");
  is(2, "city", role::integration, "t3", "");
  is(3, "desk", role::agent, "t4", "9002");
  CHECK(cti::check_clients(clients).empty());
}

TEST_CASE("who has no token is let in by none") {
  auto s = all_secrets();
  s.agent_tokens.erase("9001");
  s.client_tokens.clear();
  const auto clients = app::clients_of(two_agents(), s);
  REQUIRE(clients.size() == 1);
  CHECK(clients[0].name == "9002");
}

TEST_CASE("a reload replaces clients, secrets and the plan as one - what is in use stays whole") {
  auto c = two_agents();
  auto s = all_secrets();
  app::access in_force{c, s};
  const auto before = in_force.clients();
  CHECK(in_force.vendor_secret("lift-cloud") == "v");
  CHECK(in_force.vendor_secret("other").empty());
  CHECK(in_force.webhook_secret("firm-1") == "w");
  CHECK(in_force.webhook_secret("firm-2").empty());
  c.plan.agents.pop_back();
  c.plan.rescue.public_url = "https://lift.example.cn";
  s.vendor_secrets["lift-cloud"] = "v2";
  s.webhook_secrets.clear();
  in_force.replace(c, s);
  CHECK(before->size() == 4);
  CHECK(in_force.clients()->size() == 3);
  CHECK(in_force.vendor_secret("lift-cloud") == "v2");
  CHECK(in_force.webhook_secret("firm-1").empty());
  CHECK(in_force.rescue_plan().public_url == "https://lift.example.cn");
}
