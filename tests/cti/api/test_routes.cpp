#include "cti/api/json.hpp"
#include "cti/api/routes.hpp"
#include "cti/http/target.hpp"

#include "tests/cti/api/fake_engine.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>

using namespace lifeline;
using namespace lifeline::testing;
using nlohmann::json;

namespace {

const std::string token(64, 'a');

struct desk {
  fake_engine engine;
  cti::routes_context context{engine, token, [] { return std::string{"# metrics\n"}; }};

  cti::response ask(const std::string& method, const std::string& target, const std::string& body = {}) {
    return cti::handle({method, target, "Bearer " + token, body}, context);
  }
  json get(const std::string& target) {
    const auto r = ask("GET", target);
    INFO(target << " " << r.body);
    CHECK(r.status == 200);
    return json::parse(r.body);
  }
  void refuses(int status, const std::string& code, const std::string& field, const cti::response& r) {
    INFO(r.body);
    CHECK(r.status == status);
    const auto error = json::parse(r.body).at("error");
    CHECK(error.at("code") == code);
    CHECK(error.value("field", "") == field);
    CHECK_FALSE(error.at("message").get<std::string>().empty());
  }
};

template <std::size_t... I> std::vector<domain::event_body> bodies_of(std::index_sequence<I...>) {
  return {domain::event_body{std::in_place_index<I>}...};
}
/// One entry of each kind that there is.
std::vector<domain::event_body> every_body() {
  return bodies_of(std::make_index_sequence<std::variant_size_v<domain::event_body>>{});
}

std::string header(const cti::response& r, const std::string& name) {
  for (const auto& [key, value] : r.headers) {
    if (key == name) return value;
  }
  return {};
}

} // namespace

TEST_CASE("health, readiness and metrics need no token") {
  desk d;
  const auto open = [&](const std::string& path) { return cti::handle({"GET", path, {}, {}}, d.context); };
  CHECK(open("/healthz").status == 200);
  CHECK(open("/readyz").status == 200);
  CHECK(open("/metrics").content_type == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(open("/metrics").body == "# metrics\n");
  d.engine.is_ready = false;
  CHECK(open("/readyz").status == 503);
  CHECK(open("/readyz").body == "not ready: the journal is opening\n");
  CHECK(open("/healthz").status == 200);
  d.engine.is_alive = false;
  CHECK(open("/healthz").status == 503);
  const auto post = cti::handle({"POST", "/healthz", {}, {}}, d.context);
  CHECK(post.status == 405);
  CHECK(header(post, "Allow") == "GET");
}

TEST_CASE("the API without the right token is refused and changes nothing") {
  desk d;
  for (const std::string& authorization :
       {std::string{}, std::string{"Bearer "}, "Bearer " + std::string(64, 'b'), "Bearer " + token + "a",
        "Basic " + token, token, "bearer " + token, "Bearer " + token.substr(1)}) {
    const auto r = cti::handle({"POST", "/api/v1/stop", authorization, {}}, d.context);
    d.refuses(401, "unauthorized", "", r);
    CHECK(header(r, "WWW-Authenticate") == "Bearer");
  }
  CHECK(d.engine.changes == 0);
  cti::routes_context empty{d.engine, "", {}};
  CHECK(cti::handle({"GET", "/api/v1/status", "Bearer ", {}}, empty).status == 401);
  CHECK(cti::handle({"GET", "/metrics", {}, {}}, empty).status == 404);
}

TEST_CASE("who does not answer is named beside what the others say, and what only that one knows is null") {
  desk d;
  for (const char* list : {"queues", "agents", "calls", "hotlines"})
    CHECK(d.get(std::string{"/api/v1/"} + list)["silent"].empty());
  d.engine.silent = {"agent 8001", "the dispatcher"};
  for (const char* list : {"queues", "agents", "calls", "hotlines"}) {
    const auto answer = d.get(std::string{"/api/v1/"} + list);
    CHECK(answer["silent"] == json::array({"agent 8001", "the dispatcher"}));
    CHECK(answer[list].size() >= 1);
  }
  const auto queue = d.get("/api/v1/queues")["queues"][0];
  CHECK(queue["name"] == "12315");
  CHECK(queue["agents"] == 2);
  for (const char* figure : {"waiting", "oldest_wait_seconds", "ready", "present", "reservations"})
    CHECK(queue[figure].is_null());
  const auto hotline = d.get("/api/v1/hotlines")["hotlines"][0];
  CHECK(hotline["in_use"] == 1);
  CHECK(hotline["rerouted"].is_null());
  CHECK(hotline["agents_present"].is_null());
}

TEST_CASE("status, queues and agents are told in full") {
  desk d;
  const auto status = d.get("/api/v1/status");
  CHECK(status["ready"] == true);
  CHECK(status["started"] == "2026-11-23T12:00:00.000Z");
  CHECK(status["components"][1]["restarts"] == 2);
  const auto queue = d.get("/api/v1/queues")["queues"][0];
  CHECK(queue["name"] == "12315");
  CHECK(queue["oldest_wait_seconds"] == 1.5);
  CHECK(queue["strategy"] == "longest-idle");
  CHECK(queue["present"] == 2);
  CHECK(queue["expected_wait_seconds"] == 42.0);
  const auto agents = d.get("/api/v1/agents")["agents"];
  CHECK(agents.size() == 2);
  CHECK(agents[0]["name"] == "王小明");
  CHECK(agents[0]["call"].is_null());
  CHECK(d.get("/api/v1/agents/8002")["state"] == "wrap_up");
  CHECK(d.get("/api/v1/agents/8%3002")["account"] == "8002");
}

TEST_CASE("agents obey orders, and conflicts and strangers are told apart") {
  desk d;
  CHECK(json::parse(d.ask("POST", "/api/v1/agents/8001/not-ready", R"({"reason":"break"})").body)["reason"] == "break");
  CHECK(d.ask("POST", "/api/v1/agents/8001/ready", "{}").status == 200);
  CHECK(d.ask("POST", "/api/v1/agents/8001/logout").status == 200);
  CHECK(d.ask("POST", "/api/v1/agents/8002/wrap-up-end").status == 200);
  CHECK(d.engine.changes == 4);
  d.refuses(409, "conflict", "", d.ask("POST", "/api/v1/agents/8002/wrap-up-end"));
  d.refuses(404, "not_found", "", d.ask("POST", "/api/v1/agents/9999/ready"));
  d.engine.is_down = true;
  const auto r = d.ask("POST", "/api/v1/agents/8001/ready");
  d.refuses(503, "unavailable", "", r);
  CHECK(header(r, "Retry-After") == "1");
}

TEST_CASE("wrong bodies are refused with what is wrong and change nothing") {
  desk d;
  const auto order = [&](const std::string& body) { return d.ask("POST", "/api/v1/agents/8001/not-ready", body); };
  d.refuses(400, "invalid", "reason", order(""));
  d.refuses(400, "invalid", "reason", order("{}"));
  d.refuses(400, "invalid", "reason", order(R"({"reason":5})"));
  d.refuses(400, "invalid", "reason", order(R"({"reason":null})"));
  d.refuses(400, "invalid", "reason", order(R"({"reason":""})"));
  d.refuses(400, "invalid", "reason", order(R"({"reason":"a\nb"})"));
  d.refuses(400, "invalid", "reason", order(R"({"reason":")" + std::string(65, 'x') + "\"}"));
  d.refuses(400, "invalid", "why", order(R"({"reason":"break","why":1})"));
  d.refuses(400, "invalid", "", order("[]"));
  d.refuses(400, "bad_json", "", order(R"({"reason":)"));
  d.refuses(400, "bad_json", "", order("{\"reason\":\"\xff\"}"));
  CHECK(json::parse(order(R"({"reason" 1})").body)["error"]["message"] == "the body is not JSON: wrong at byte 11");
  d.refuses(400, "bad_json", "", order(std::string(60000, '[')));
  d.refuses(400, "invalid", "reason", d.ask("POST", "/api/v1/agents/8001/ready", R"({"reason":"x"})"));
  CHECK(d.engine.changes == 0);
}

TEST_CASE("a call's journey tells decisions and why") {
  desk d;
  const auto ended = d.get("/api/v1/calls/" + to_string(ended_call));
  CHECK(ended["live"] == false);
  CHECK(ended["status"].is_null());
  CHECK(ended["record"]["waited_seconds"] == 4.0);
  CHECK(ended["record"]["recording"].is_null());
  REQUIRE(ended["events"].size() == 7);
  CHECK(ended["events"][1]["expected_wait_seconds"] == 30.0);
  CHECK(ended["events"][2]["what"] == "priority 15, tier 2");
  const auto& chosen = ended["events"][3];
  CHECK(chosen["why"]["note"] == "sticky agent");
  CHECK(chosen["type"] == "agent_reserved");
  CHECK(chosen["why"]["considered"][0]["agent"] == "8001");
  CHECK(chosen["why"]["considered"][0]["rank"] == 42.5);
  CHECK(chosen["why"]["excluded"][0]["reason"] == "wrap-up");
  const auto live = d.get("/api/v1/calls/" + to_string(live_call));
  CHECK(live["waiting_because"]["excluded"].size() == 1);
  CHECK(live["record"].is_null());
  CHECK(d.get("/api/v1/calls")["calls"][0]["phase"] == "waiting");
  d.refuses(400, "invalid", "call", d.ask("GET", "/api/v1/calls/nonsense"));
  d.refuses(404, "not_found", "", d.ask("GET", "/api/v1/calls/" + to_string(domain::call_id{5, 5})));
  CHECK(d.ask("POST", "/api/v1/calls/" + to_string(live_call) + "/release").status == 202);
  d.refuses(409, "conflict", "", d.ask("POST", "/api/v1/calls/" + to_string(ended_call) + "/release"));
  CHECK(d.engine.changes == 1);
}

TEST_CASE("a period may be told in days and times of the engine's place") {
  desk d;
  d.context.now = [] { return noon; };
  const auto period = [&](const std::string& query) {
    (void)d.get("/api/v1/records?" + query);
    return domain::to_rfc3339(d.engine.last_filter.from) + " " + domain::to_rfc3339(d.engine.last_filter.until);
  };
  CHECK(period("from=2026-11-23&until=2026-11-23") == "2026-11-22T16:00:00.000Z 2026-11-23T16:00:00.000Z");
  CHECK(period("from=yesterday&until=today") == "2026-11-21T16:00:00.000Z 2026-11-23T16:00:00.000Z");
  CHECK(period("from=2026-11-23%2008:00&until=2026-11-23T09:30") ==
        "2026-11-23T00:00:00.000Z 2026-11-23T01:30:00.000Z");
  CHECK(period("from=2026-11-23T00:00:00Z") == "2026-11-23T00:00:00.000Z ");
  d.refuses(400, "invalid", "from", d.ask("GET", "/api/v1/records?from=noon"));
  d.refuses(400, "invalid", "until", d.ask("GET", "/api/v1/records?from=today&until=2026-11-01"));
  const auto told = d.ask("GET", "/api/v1/records");
  const auto has_offset = [](const auto& h) { return h.first == "X-Lifeline-UTC-Offset" && h.second == "+08:00"; };
  CHECK(std::any_of(told.headers.begin(), told.headers.end(), has_offset));
}

TEST_CASE("callers whose calls were cut are listed, and taken off the list once they were rung back") {
  desk d;
  const auto cut = d.get("/api/v1/calls/cut")["calls"];
  REQUIRE(cut.size() == 1);
  CHECK(cut[0]["caller"] == "13912345678");
  CHECK(cut[0]["talking"] == true);
  CHECK(cut[0]["lift"] == "320145");
  CHECK(cut[0]["order"].is_null());
  CHECK_FALSE(cut[0]["came_again"].is_null());
  const auto path = "/api/v1/calls/" + to_string(ended_call) + "/rung-back";
  CHECK(d.ask("POST", path, R"({"by":"8001","note":"all well"})").status == 200);
  CHECK(d.engine.last_note == "all well");
  CHECK(d.ask("POST", path).status == 200);
  d.refuses(404, "not_found", "", d.ask("POST", "/api/v1/calls/" + to_string(live_call) + "/rung-back"));
  d.refuses(400, "invalid", "call", d.ask("POST", "/api/v1/calls/nonsense/rung-back"));
  d.refuses(400, "invalid", "who", d.ask("POST", path, R"({"who":"8001"})"));
  CHECK(d.engine.changes == 2);
}

TEST_CASE("a record tells how long its caller waited since the arrival and in each queue") {
  domain::call_record r;
  r.arrived = domain::instant{std::chrono::hours{24 * 365 * 50}};
  r.first_queued = r.arrived + 2s;
  r.queued = r.arrived + 32s;
  r.answered = r.arrived + 49s;
  r.ended = r.arrived + 100s;
  r.waited = 17s;
  r.stays = {{"96333", 30s}, {"backup", 17s}};
  const auto j = cti::to_json(r);
  CHECK(j["waited_seconds"] == 47.0);
  CHECK(j["since_arrival_seconds"] == 49.0);
  REQUIRE(j["waits"].size() == 2);
  CHECK(j["waits"][0]["queue"] == "96333");
  CHECK(j["waits"][1]["waited_seconds"] == 17.0);
}

TEST_CASE("every kind of entry in the log becomes an object with its fields") {
  desk d;
  using namespace domain;
  d.engine.journey.clear();
  auto bodies = every_body();
  bodies[1] = engine_stopped{"order"};
  bodies[14] = recording_started{"p"};
  bodies[19] = dispatcher_started{7};
  for (const auto& b : bodies)
    d.engine.journey.push_back({d.engine.journey.size() + 1, noon, {}, b});
  const auto all = d.get("/api/v1/events");
  REQUIRE(all["events"].size() == bodies.size());
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    CHECK(all["events"][i].is_object());
    CHECK(all["events"][i]["type"] == std::string{event_name(bodies[i])});
    CHECK(all["events"][i].size() >= 5);
  }
  CHECK(all["events"][1]["reason"] == "order");
  CHECK(all["events"][14]["path"] == "p");
  CHECK(all["events"][19]["epoch"] == 7);
  CHECK(all["next"] == bodies.size() + 1);
  CHECK(d.get("/api/v1/events?from=20&limit=1")["next"] == 21);
  CHECK(d.get("/api/v1/events?from=99")["next"] == 99);
  d.refuses(400, "invalid", "from", d.ask("GET", "/api/v1/events?from=0"));
  d.refuses(400, "invalid", "limit", d.ask("GET", "/api/v1/events?limit=1001"));
}

TEST_CASE("records are filtered as asked") {
  desk d;
  d.get("/api/v1/records?from=2026-11-23T20:00:00%2B08:00&until=2026-11-24T00:00:00Z&hotline=12315&agent=8001"
        "&caller=138&recording=1&limit=7");
  CHECK(d.engine.last_filter.from == noon);
  CHECK(d.engine.last_filter.until == noon + 12h);
  CHECK(d.engine.last_filter.agent == "8001");
  CHECK(d.engine.last_filter.caller == "138");
  CHECK(d.engine.last_filter.with_recording);
  CHECK(d.engine.last_filter.limit == 7);
  CHECK(d.get("/api/v1/records")["records"].size() == 1);
  CHECK_FALSE(d.engine.last_filter.with_recording);
  CHECK(d.get("/api/v1/recordings")["recordings"].size() == 1);
  CHECK(d.engine.last_filter.with_recording);
  const auto refused = [&](const std::string& query) { return d.ask("GET", "/api/v1/records?" + query); };
  d.refuses(400, "invalid", "from", refused("from=noon"));
  d.refuses(400, "invalid", "until", refused("from=2026-11-23T12:00:00Z&until=2026-11-22T12:00:00Z"));
  d.refuses(400, "invalid", "limit", refused("limit=0"));
  d.refuses(400, "invalid", "limit", refused("limit=-1"));
  d.refuses(400, "invalid", "limit", refused("limit=99999999999999999999"));
  d.refuses(400, "invalid", "recording", refused("recording=yes"));
  d.refuses(400, "invalid", "agnet", refused("agnet=8001"));
  d.refuses(400, "invalid", "agent", refused("agent=1&agent=2"));
  d.refuses(400, "bad_target", "", refused("agent=%zz"));
  d.refuses(400, "invalid", "recording", d.ask("GET", "/api/v1/recordings?recording=0"));
}

TEST_CASE("a recording is given only with its seal") {
  desk d;
  const auto path = "/api/v1/recordings/" + to_string(ended_call);
  d.refuses(404, "not_found", "", d.ask("GET", path));
  d.engine.recording_path = "/some/file.wav";
  d.refuses(409, "conflict", "", d.ask("GET", path));
  d.engine.record.recording.sha256 = "abcd";
  const auto r = d.ask("GET", path);
  CHECK(r.status == 200);
  CHECK(r.content_type == "audio/wav");
  CHECK(r.file == "/some/file.wav");
  CHECK(header(r, "X-Content-SHA256") == "abcd");
}

TEST_CASE("paths that do not exist and methods that do not fit") {
  desk d;
  for (const char* path : {"/", "/api", "/api/v2/status", "/api/v1", "/api/v1/nothing", "/api/v1/agents/8001/dance",
                           "/api/v1/status/", "/favicon.ico", "/../etc/passwd", "/api/v1//status"}) {
    INFO(path);
    const auto r = d.ask("GET", path);
    CHECK((r.status == 404 || (std::string{path} == "/api/v1/status/" && r.status == 200)));
  }
  const auto r = d.ask("DELETE", "/api/v1/agents/8001");
  d.refuses(405, "method_not_allowed", "", r);
  CHECK(header(r, "Allow") == "GET");
  CHECK(header(d.ask("GET", "/api/v1/stop"), "Allow") == "POST");
  d.refuses(400, "bad_target", "", d.ask("GET", "/api/v1/agents/%00"));
  d.refuses(400, "bad_target", "", d.ask("GET", "*"));
  CHECK(d.ask("POST", "/api/v1/stop").status == 202);
}

TEST_CASE("text from the network that is not UTF-8 cannot break the JSON") {
  desk d;
  CHECK(d.get("/api/v1/calls")["calls"][0]["caller"].get<std::string>().find("\xEF\xBF\xBD") == 0);
}

TEST_CASE("times of RFC 3339") {
  CHECK(cti::parse_rfc3339("2026-11-23T12:00:00Z") == noon);
  CHECK(cti::parse_rfc3339("2026-11-23t20:00:00.25+08:00") == noon + 250ms);
  CHECK(cti::parse_rfc3339("2026-11-23T06:30:00.0000001-05:30") == noon);
  for (const char* wrong :
       {"", "2026-11-23", "2026-11-23T12:00:00", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-23T24:00:00Z",
        "2026-11-23T12:00:00Zx", "2026-11-23T12:00:00.Z", "1969-12-31T23:59:59Z", "2026-11-23T12:00:00+0800"}) {
    INFO(wrong);
    CHECK_FALSE(cti::parse_rfc3339(wrong));
  }
}
