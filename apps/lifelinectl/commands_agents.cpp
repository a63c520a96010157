#include "apps/lifelinectl/output.hpp"
#include "apps/lifelinectl/table.hpp"

namespace lifeline::ctl {

namespace {

std::string state_of(const json& a) {
  const auto reason = text(a, "reason");
  return text(a, "state") + (reason.empty() ? "" : ": " + reason);
}

void print_agent(const json& a) {
  const auto line = [](const std::string& head, const std::string& value) {
    print(head + printable(value.empty() ? "-" : value) + "\n");
  };
  line("Account   ", text(a, "account") + (a.value("admin", false) ? " (admin)" : ""));
  line("Name      ", text(a, "name"));
  line("State     ", state_of(a));
  line("Since     ", clock_time(text(a, "since")));
  line("Call      ", text(a, "call"));
  line("Queues    ", joined(a.at("queues")));
  line("Calls     ", text(a, "calls"));
  line("Talked    ", duration(number(a, "talked_seconds")));
  line("Phones    ", joined(a.at("contacts")));
}

void print_state(const json& a) { print(printable(text(a, "account") + " is " + state_of(a)) + "\n"); }

std::string path_of(const std::string& account) { return "/api/v1/agents/" + encode(account); }

} // namespace

int list_agents(const session& s) {
  return finish(s, s.client.get("/api/v1/agents"), [](const json& j) {
    table t({"ACCOUNT", "NAME", "STATE", time_column("SINCE"), "QUEUES", "CALLS", "TALKED", "PHONES"});
    for (const auto& a : j.at("agents"))
      t.add({text(a, "account"), text(a, "name"), state_of(a), clock_time(text(a, "since")), joined(a.at("queues")),
             text(a, "calls"), duration(number(a, "talked_seconds")), std::to_string(a.at("contacts").size())});
    print(t.text());
    print_silent(j);
  });
}

int show_agent(const session& s, const std::string& account) {
  return finish(s, s.client.get(path_of(account)), print_agent);
}

int order_agent(const session& s, const std::string& account, const std::string& verb) {
  return finish(s, s.client.post(path_of(account) + "/" + verb), print_state);
}

int make_not_ready(const session& s, const std::string& account, const std::string& reason) {
  json body = json::object();
  body["reason"] = reason;
  return finish(s, s.client.post(path_of(account) + "/not-ready", sent(body)), print_state);
}

int give_wrap_up(const session& s, const std::string& account, double seconds) {
  json body = json::object();
  body["for_seconds"] = seconds;
  return finish(s, s.client.post(path_of(account) + "/wrap-up-more", sent(body)), [&](const json& a) {
    print(printable(text(a, "account") + " is " + state_of(a)) + " for " + duration(seconds) + " more\n");
  });
}

} // namespace lifeline::ctl
