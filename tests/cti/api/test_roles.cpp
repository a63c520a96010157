// Who may do what over HTTP.

#include "tests/cti/api/rescue_desk.hpp"

#include "cti/api/server.hpp"

using namespace lifeline;
using namespace lifeline::testing;

namespace {

struct asked {
  const char *method, *path, *body;
};
/// May be asked by each role, besides admin, and nobody else.
struct rule {
  asked what;
  std::string roles;
};
const std::vector<rule> rules{
    {{"GET", "status", ""}, "agent supervisor quality integration"},
    {{"GET", "queues", ""}, "agent supervisor quality integration"},
    {{"GET", "agents", ""}, "agent supervisor quality integration"},
    {{"GET", "agents/8001", ""}, "agent supervisor quality integration"},
    {{"GET", "calls", ""}, "agent supervisor quality integration"},
    {{"GET", "records", ""}, "agent supervisor quality integration"},
    {{"GET", "recordings", ""}, "supervisor quality integration"},
    {{"GET", "rescuer-recordings", ""}, "supervisor quality integration"},
    {{"GET", "events", ""}, "agent supervisor quality integration"},
    {{"GET", "hotlines", ""}, "agent supervisor quality integration"},
    {{"GET", "trunks", ""}, "supervisor quality integration"},
    {{"GET", "bans", ""}, "supervisor"},
    {{"POST", "bans", R"({"address":"192.0.2.1","for_seconds":60})"}, "supervisor"},
    {{"POST", "bans/198.51.100.7/remove", ""}, "supervisor"},
    {{"POST", "hotlines/96333/reroute", R"({"on":true,"reason":"drill"})"}, "supervisor"},
    {{"POST", "agents/8001/ready", ""}, "agent supervisor"},
    {{"POST", "agents/8001/not-ready", R"({"reason":"break"})"}, "agent supervisor"},
    {{"POST", "agents/8001/logout", ""}, "agent supervisor"},
    {{"POST", "log/verify", ""}, "supervisor"},
    {{"POST", "stop", ""}, ""},
    {{"POST", "drain", ""}, ""},
    {{"POST", "resume-outbound", ""}, ""},
    {{"POST", "reload", ""}, ""},
    {{"POST", "backup", R"({"folder":"/b"})"}, ""},
    {{"POST", "faults", R"({"target":"calls","kind":"crash"})"}, ""},
    {{"GET", "alarms", ""}, "agent supervisor quality integration"},
    {{"GET", "alarms/silent", ""}, "agent supervisor quality integration"},
    {{"POST", "alarms", R"({"kind":"entrapment","lift":"080001"})"}, "agent supervisor integration"},
    {{"POST", "orders", R"({"type":"fault","lift":"080001"})"}, "agent supervisor integration"},
    {{"GET", "orders", ""}, "agent supervisor quality integration"},
    {{"GET", "callers/13900000009/history", ""}, "agent supervisor quality integration"},
    {{"GET", "elevators", ""}, "agent supervisor quality integration"},
    {{"GET", "elevators/080001", ""}, "agent supervisor quality integration"},
    {{"PUT", "elevators/080003", R"({"district":"320803","address":"somewhere"})"}, "supervisor"},
    {{"POST", "elevators/import", "csv"}, "supervisor"},
    {{"GET", "parties", ""}, "agent supervisor quality integration"},
    {{"PUT", "parties/x", R"({"name":"x","kind":"firm","phones":[{"number":"13900000003"}]})"}, "supervisor"},
    {{"DELETE", "parties/x", ""}, "supervisor"},
    {{"GET", "parties/x/webhook-secret", ""}, ""},
};

} // namespace

TEST_CASE("every route is open to its roles and shut to the others, who are told which role they need") {
  for (const auto& [what, roles] : rules) {
    for (const std::string role : {"agent", "supervisor", "quality", "integration", "admin"}) {
      rescue_desk d;
      d.token = role == "supervisor" ? "lead-token" : role == "integration" ? "authority-token" : role + "-token";
      d.engine.held = "restored, and not confirmed yet";
      d.context.webhook_secret = [](const std::string& party) { return "secret of " + party; };
      if (std::string{what.path}.rfind("parties/x", 0) == 0 && what.method != std::string{"PUT"})
        REQUIRE(d.rescue.put_party({"x", "x", domain::party_kind::firm, {}, {}, {}, {}, {}, true}, ""));
      INFO(role << ": " << what.method << " " << what.path);
      const auto before = d.engine.changes + d.rescue.changes;
      const auto r = d.ask(what.method, what.path, what.body);
      INFO(r.body);
      const bool may = role == "admin" || roles.find(role) != std::string::npos;
      CHECK((r.status == 403) == !may);
      if (may) {
        CHECK((r.status == 200 || r.status == 201 || r.status == 202));
      } else {
        const auto error = json::parse(r.body).at("error");
        CHECK(error.at("code") == "forbidden");
        CHECK(error.at("message").get<std::string>().find("admin") != std::string::npos);
        CHECK(d.engine.changes + d.rescue.changes == before);
      }
    }
  }
}

TEST_CASE("clients that a reload brings or takes are let in or not from then on") {
  rescue_desk d;
  using clients = std::vector<cti::api_client>;
  auto now = std::make_shared<const clients>(clients{{"new", domain::role::agent, "new-token", ""}});
  d.context.clients_now = [&] { return now; };
  d.token = "agent-token";
  CHECK(d.ask("GET", "agents").status == 401);
  d.token = "new-token";
  CHECK(d.ask("GET", "agents").status == 200);
  now = std::make_shared<const clients>();
  CHECK(d.ask("GET", "agents").status == 401);
  d.token = "admin-token";
  CHECK(d.ask("GET", "agents").status == 200);
}

TEST_CASE("what messages to a party are signed with is shown of parties that there are, and have it") {
  rescue_desk d;
  d.token = "admin-token";
  d.refuses(404, "", "GET", "parties/x/webhook-secret");
  REQUIRE(d.rescue.put_party({"x", "x", domain::party_kind::firm, {}, {}, {}, {}, {}, true}, ""));
  d.refuses(409, "", "GET", "parties/x/webhook-secret");
  d.context.webhook_secret = [](const std::string& party) { return "secret of " + party; };
  const auto answer = d.answer(200, "GET", "parties/x/webhook-secret");
  CHECK(answer == json{{"party", "x"}, {"secret", "secret of x"}});
}

TEST_CASE("an agent orders its own state and nobody else's") {
  rescue_desk d;
  CHECK(d.answer(200, "POST", "agents/8001/ready")["account"] == "8001");
  d.refuses(403, "", "POST", "agents/8002/ready");
  d.refuses(403, "", "POST", "agents/8002/logout");
  d.refuses(403, "", "POST", "agents/8002/wrap-up-end");
  d.context.clients[0].agent.clear(); // a desk without an account of its own
  d.refuses(403, "", "POST", "agents/8001/ready");
  d.token = "lead-token";
  CHECK(d.answer(200, "POST", "agents/8001/ready")["account"] == "8001");
}

TEST_CASE("a token is whole or it is none, and an empty one opens nothing") {
  rescue_desk d;
  d.context.clients.push_back({"careless", domain::role::supervisor, "", ""});
  for (const std::string token : {"", "agent-toke", "agent-token ", "Agent-token", "agent-tokenlead-token"}) {
    d.token = token;
    CHECK(d.ask("GET", "agents").status == 401);
  }
}

TEST_CASE("who acts is the client's account, its name, or whom it names and may name") {
  rescue_desk d;
  const auto number = d.make_order();
  const auto by = [&](const std::string& token, const headers& h = {}) {
    d.token = token;
    CHECK(d.ask("POST", "orders/" + number + "/note", R"({"text":"x"})", h).status == 200);
    return d.rescue.last_action.by;
  };
  CHECK(by("agent-token") == "8001");
  CHECK(d.rescue.last_action.role == domain::role::agent);
  CHECK(by("agent-token", {{"x-lifeline-agent", "8001"}}) == "8001");
  CHECK(by("quality-token") == "quality");
  CHECK(by("authority-token") == "authority");
  CHECK(by("authority-token", {{"x-lifeline-agent", "8002"}}) == "8002");
  CHECK(d.rescue.last_action.role == domain::role::integration);
  CHECK(by("admin-token") == "operator");
  CHECK(by("admin-token", {{"x-lifeline-agent", "8001"}}) == "8001");
  CHECK(d.rescue.last_action.role == domain::role::admin);
  const std::string path = "orders/" + number + "/note";
  d.refuses(400, "X-Lifeline-Agent", "POST", path, R"({"text":"x"})", {{"x-lifeline-agent", "9999"}});
  d.token = "agent-token";
  d.refuses(403, "X-Lifeline-Agent", "POST", path, R"({"text":"x"})", {{"x-lifeline-agent", "8002"}});
  d.token = "lead-token";
  d.refuses(403, "X-Lifeline-Agent", "POST", path, R"({"text":"x"})", {{"x-lifeline-agent", "8001"}});
}

TEST_CASE("an agent of another hotline is told why it may not act on an order") {
  rescue_desk d;
  const auto number = d.make_order();
  d.rescue.strangers = {"8001"};
  const auto error = d.answer(403, "POST", "orders/" + number + "/dismiss", R"({"reason":"false alarm"})")["error"];
  CHECK(error["message"] == "8001 is no agent of 96333: only agents of that hotline act on its orders");
  d.refuses(403, "", "POST", "orders/" + number + "/acknowledge");
  d.token =
      "authority-token"; // for whom the authority's software acts is its own matter, but it may not dismiss either
  d.refuses(403, "", "POST", "orders/" + number + "/dismiss", R"({"reason":"x"})", {{"x-lifeline-agent", "8001"}});
  d.token = "lead-token";
  d.answer(200, "POST", "orders/" + number + "/dismiss", R"({"reason":"false alarm"})");
}

TEST_CASE("a rescuer's link is made by a supervisor, and who made it is in the log before it is given out") {
  rescue_desk d;
  const auto number = d.make_order();
  const auto path = "orders/" + number + "/link?party=anjie";
  for (const char* token : {"agent-token", "quality-token", "authority-token"}) {
    d.token = token;
    CHECK(d.ask("GET", path).status == 403);
  }
  CHECK(d.rescue.links.empty());
  d.token = "lead-token";
  d.get(path);
  d.token = "admin-token";
  d.answer(200, "GET", path, {}, {{"x-lifeline-agent", "8001"}});
  REQUIRE(d.rescue.links.size() == 2);
  CHECK(d.rescue.links[0].by == "8002");
  CHECK(d.rescue.links[0].client == "lead");
  CHECK(d.rescue.links[0].party == "anjie");
  CHECK(d.rescue.links[0].expires == d.rescue.now + 24h);
  CHECK(d.rescue.links[1].by == "8001");
  CHECK(d.rescue.links[1].client == "operator");
  d.rescue.is_down = true;
  CHECK(d.ask("GET", path).status == 503);
}

TEST_CASE("whoever is given a recording is named to the engine") {
  rescue_desk d;
  const auto path = "recordings/" + to_string(ended_call);
  d.engine.recording_path = "/some/file.wav";
  d.engine.record.recording.sha256 = "abcd";
  CHECK(d.ask("GET", path).status == 403); // an agent
  d.token = "quality-token";
  CHECK(d.ask("GET", path).status == 200);
  d.token = "authority-token";
  CHECK(d.ask("GET", path, {}, {{"x-lifeline-agent", "8002"}}).status == 200);
  CHECK(d.ask("GET", path, {}, {{"x-lifeline-agent", "9999"}}).status == 400);
  CHECK(d.ask("GET", "recordings/" + to_string(live_call)).status == 409);
  REQUIRE(d.engine.fetched.size() == 2);
  CHECK(d.engine.fetched[0].second.by == "quality");
  CHECK(d.engine.fetched[1].second.by == "8002");
  CHECK(d.engine.fetched[1].second.client == "authority");
}

TEST_CASE("recorded calls to rescuers are found by order, party and time") {
  rescue_desk d;
  const auto number = d.make_order();
  actors::rescuer_recording one;
  one.attempt.attempt = {3, 4};
  one.attempt.party = "anjie";
  one.attempt.outcome = domain::attempt_outcome::accepted;
  one.number = number;
  one.ended = noon;
  one.recording = {"rescue/2026/11/23/x.wav", "feed", 1000, 4s, false};
  d.rescue.recorded = {one};
  d.token = "quality-token";
  const auto found = d.get("rescuer-recordings?order=" + number +
                           "&party=anjie&from=2026-11-23T00:00:00Z"
                           "&until=2026-11-24T00:00:00Z&limit=7")["recordings"];
  CHECK(d.rescue.last_search.order == number);
  CHECK(d.rescue.last_search.party == "anjie");
  CHECK(d.rescue.last_search.from == noon - 12h);
  CHECK(d.rescue.last_search.until == noon + 12h);
  CHECK(d.rescue.last_search.limit == 7);
  REQUIRE(found.size() == 1);
  CHECK(found[0]["attempt"] == to_string(one.attempt.attempt));
  CHECK(found[0]["outcome"] == "accepted");
  CHECK(found[0]["recording"]["sha256"] == "feed");
  d.refuses(404, "", "GET", "rescuer-recordings?order=JY0");
  d.refuses(400, "until", "GET", "rescuer-recordings?from=2026-11-24T00:00:00Z&until=2026-11-23T00:00:00Z");
  d.refuses(400, "agent", "GET", "rescuer-recordings?agent=8001");
}

TEST_CASE("the order machine's own roles are told apart from wrong arguments") {
  rescue_desk d;
  const auto number = d.make_order();
  d.refuses(403, "", "POST", "orders/" + number + "/supervise", R"({"note":"x"})");
  d.token = "lead-token";
  CHECK(d.answer(200, "POST", "orders/" + number + "/supervise", R"({"note":"x"})")["times"]["supervised"].size() == 1);
}

TEST_CASE("without a rescue part its routes say so and all others work") {
  rescue_desk d;
  d.context.rescue = nullptr;
  for (const char* path : {"alarms", "alarms/silent", "orders", "elevators", "parties", "callers/1/history"}) {
    const auto r = d.ask("GET", path);
    CHECK(r.status == 503);
    CHECK(json::parse(r.body)["error"]["message"] == "no rescue part is configured");
  }
  CHECK(d.get("queues")["queues"].size() == 1);
}

TEST_CASE("a server does not start with clients that cannot be told apart") {
  fake_engine engine;
  cti::server_settings s;
  s.port = 0;
  s.token = "secret";
  const auto why = [&](std::vector<cti::api_client> clients) {
    s.clients = std::move(clients);
    const auto started = cti::start_server(s, engine, {});
    return started ? std::string{} : started.error();
  };
  using domain::role;
  CHECK(why({{"desk", role::agent, "", ""}}) == "http: the client desk of the API has no token");
  CHECK(why({{"", role::agent, "t", ""}}) == "http: a client of the API has no name");
  CHECK(why({{"desk", role::agent, "t", ""}, {"desk", role::agent, "u", ""}}) ==
        "http: two clients of the API are named desk");
  CHECK(why({{"desk", role::agent, "secret", ""}}).find("has the token of another") != std::string::npos);
  CHECK(why({{"desk", role::agent, "t", ""}, {"lead", role::supervisor, "u", ""}}).empty());
}
