// What operators order over HTTP: hotlines, trunks, bans, reload, drain, backup, the log's proof, faults.

#include "cti/api/routes.hpp"

#include "tests/cti/api/fake_engine.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace lifeline;
using namespace lifeline::testing;
using nlohmann::json;

namespace {

const std::string token(64, 'a');

struct desk {
  fake_engine engine;
  cti::routes_context context{engine, token, {}};

  cti::response ask(const std::string& method, const std::string& path, const std::string& body = {}) {
    return cti::handle({method, "/api/v1/" + path, "Bearer " + token, body}, context);
  }
  json answer(int status, const cti::response& r) {
    INFO(r.body);
    CHECK(r.status == status);
    return json::parse(r.body);
  }
  json post(int status, const std::string& path, const std::string& body = {}) {
    return answer(status, ask("POST", path, body));
  }
  void refuses(int status, const std::string& field, const std::string& path, const std::string& body = {}) {
    INFO(path << " " << body);
    const auto before = engine.changes.load();
    const auto error = post(status, path, body).at("error");
    CHECK(error.value("field", "") == field);
    CHECK_FALSE(error.at("message").get<std::string>().empty());
    CHECK(engine.changes == before);
  }
};

} // namespace

TEST_CASE("a hotline is rerouted with a reason, and back without one") {
  desk d;
  const auto one = d.answer(200, d.ask("GET", "hotlines"))["hotlines"][0];
  CHECK(one["name"] == "96333");
  CHECK(one["emergency"] == true);
  CHECK(one["lines"] == 3);
  CHECK(one["in_use"] == 1);
  CHECK(one["agents_present"] == 2);
  CHECK(one["backup_numbers"].size() == 2);
  CHECK(one["rerouted"] == false);
  d.refuses(400, "on", "hotlines/96333/reroute");
  d.refuses(400, "on", "hotlines/96333/reroute", R"({"on":"yes","reason":"x"})");
  d.refuses(400, "reason", "hotlines/96333/reroute", R"({"on":true})");
  d.refuses(400, "reason", "hotlines/96333/reroute", R"({"on":true,"reason":"a\u0007"})");
  d.refuses(400, "until", "hotlines/96333/reroute", R"({"on":true,"reason":"x","until":1})");
  d.refuses(404, "", "hotlines/110/reroute", R"({"on":true,"reason":"x"})");
  const auto on = d.post(200, "hotlines/96333/reroute", R"({"on":true,"reason":"no agents: 演习"})");
  CHECK(on["rerouted"] == true);
  CHECK(on["reroute_reason"] == "no agents: 演习");
  d.refuses(409, "", "hotlines/96333/reroute", R"({"on":true,"reason":"x"})");
  CHECK(d.post(200, "hotlines/96333/reroute", R"({"on":false})")["rerouted"] == false);
}

TEST_CASE("trunks tell whether they are up, registered and how fast they answer") {
  desk d;
  const auto all = d.answer(200, d.ask("GET", "trunks"))["trunks"];
  REQUIRE(all.size() == 2);
  CHECK(all[0]["registered"] == true);
  CHECK(all[0]["round_trip_seconds"] == 0.012);
  CHECK(all[0]["calls_out"] == 4);
  CHECK(all[1]["up"] == false);
  CHECK(all[1]["reason"] == "OPTIONS: no answer");
  CHECK(all[1]["since"] == "2026-11-23T12:00:00.000Z");
  CHECK(all[1]["failovers"] == 3);
}

TEST_CASE("an address is banned by its one spelling and let in again by any") {
  desk d;
  CHECK(d.answer(200, d.ask("GET", "bans"))["bans"][0]["dropped"] == 12);
  for (const char* wrong : {"{}", R"({"address":5,"for_seconds":1})", R"({"address":"","for_seconds":1})",
                            R"({"address":"example.org","for_seconds":1})", R"({"address":"1.2.3","for_seconds":1})",
                            R"({"address":"10.0.0.0/8","for_seconds":1})"})
    d.refuses(400, "address", "bans", wrong);
  for (const char* wrong :
       {R"({"address":"192.0.2.1"})", R"({"address":"192.0.2.1","for_seconds":0})",
        R"({"address":"192.0.2.1","for_seconds":"10m"})", R"({"address":"192.0.2.1","for_seconds":-3})",
        R"({"address":"192.0.2.1","for_seconds":1e300})", R"({"address":"192.0.2.1","for_seconds":null})"})
    d.refuses(400, "for_seconds", "bans", wrong);
  d.refuses(400, "reason", "bans", R"({"address":"192.0.2.1","for_seconds":60,"reason":"x"})");
  const auto made = d.post(202, "bans", R"({"address":"2001:DB8:0:0::0009","for_seconds":600})");
  CHECK(made["address"] == "2001:db8::9");
  CHECK(made["banned"] == true);
  CHECK(d.engine.last_ban == 600s);
  d.refuses(400, "address", "bans/nonsense/remove");
  d.refuses(404, "", "bans/192.0.2.77/remove");
  CHECK(d.post(200, "bans/2001%3Adb8%3A%3A0%3A9/remove")["banned"] == false);
  CHECK(d.answer(200, d.ask("GET", "bans"))["bans"].size() == 1);
}

TEST_CASE("a reload tells what changes, and what it refused for") {
  desk d;
  d.engine.next_reload.changes = {"queue 12315: wrap_up 30s -> 20s"};
  const auto dry = d.post(200, "reload", R"({"dry_run":true})");
  CHECK(dry["applied"] == false);
  CHECK(dry["changes"][0] == "queue 12315: wrap_up 30s -> 20s");
  CHECK(d.engine.changes == 0);
  CHECK(d.post(200, "reload")["applied"] == true);
  CHECK(d.engine.changes == 1);
  d.refuses(400, "dry_run", "reload", R"({"dry_run":1})");
  d.engine.next_reload.needs_restart = {"[sip] port: 5060 -> 5070", "[media] port_min: 20000 -> 30000"};
  CHECK(d.post(200, "reload", R"({"dry_run":true})")["needs_restart"].size() == 2);
  const auto refused = d.post(409, "reload");
  CHECK(refused["error"]["code"] == "conflict");
  CHECK(refused["error"]["message"] == "nothing was changed, for these need a restart: [sip] port: 5060 -> 5070; "
                                       "[media] port_min: 20000 -> 30000");
  CHECK(refused["applied"] == false);
  CHECK(refused["changes"].size() == 1);
  CHECK(refused["needs_restart"].size() == 2);
  CHECK(d.engine.changes == 1);
  d.engine.unreadable = "lifeline.toml:12:3: unknown queue";
  CHECK(d.post(400, "reload")["error"]["message"] == "lifeline.toml:12:3: unknown queue");
}

TEST_CASE("a restored copy says that it calls nobody until an administrator confirms it") {
  desk d;
  CHECK(d.answer(200, d.ask("GET", "status"))["outbound_held_because"] == "");
  CHECK_THAT(d.post(409, "resume-outbound")["error"]["message"].get<std::string>(), Catch::Contains("nothing is held"));
  d.engine.held = "backup 3 of /b restored at 2026-11-30T21:05:02.000Z";
  CHECK(d.answer(200, d.ask("GET", "status"))["outbound_held_because"] == d.engine.held);
  d.refuses(400, "now", "resume-outbound", R"({"now":true})");
  CHECK(d.post(202, "resume-outbound")["outbound_held_because"] == "");
  CHECK_FALSE(d.engine.resumed_by.empty());
  CHECK(d.answer(200, d.ask("GET", "status"))["outbound_held_because"] == "");
}

TEST_CASE("drain, backup and the log's proof") {
  desk d;
  CHECK(d.post(202, "drain")["draining"] == true);
  d.refuses(400, "now", "drain", R"({"now":true})");
  d.refuses(400, "folder", "backup");
  d.refuses(400, "folder", "backup", R"({"folder":"relative/path"})");
  d.refuses(400, "folder", "backup", R"({"folder":"/a\u0000b"})");
  d.refuses(400, "folder", "backup", R"({"folder":["/a"]})");
  const auto made = d.post(200, "backup", R"({"folder":"/srv/backup"})");
  CHECK(made["folder"] == "/srv/backup");
  CHECK(made["last_sequence"] == 120);
  CHECK(made["bytes"] == 4096);
  d.engine.log.violations = {"entry 7: call 1 ended twice"};
  d.engine.log.violation_count = 250;
  const auto proof = d.post(200, "log/verify");
  CHECK(proof["events"] == 120);
  CHECK(proof["open_calls"] == 1);
  CHECK(proof["violation_count"] == 250);
  CHECK(proof["violations"][0] == "entry 7: call 1 ended twice");
}

TEST_CASE("an agent gets more wrap-up") {
  desk d;
  CHECK(d.post(200, "agents/8002/wrap-up-more", R"({"for_seconds":60.5})")["state"] == "wrap_up");
  CHECK(d.engine.last_extra == 60500ms);
  d.refuses(400, "for_seconds", "agents/8002/wrap-up-more");
  d.refuses(400, "for_seconds", "agents/8002/wrap-up-more", R"({"for_seconds":0})");
  d.refuses(400, "for_seconds", "agents/8002/wrap-up-more", R"({"for_seconds":true})");
  d.refuses(400, "for_seconds", "agents/8002/wrap-up-more", R"({"for_seconds":28801})"); // as the engine itself
  d.refuses(409, "", "agents/8001/wrap-up-more", R"({"for_seconds":60})");
  d.refuses(404, "", "agents/9/wrap-up-more", R"({"for_seconds":60})");
}

TEST_CASE("faults are ordered exactly or not at all") {
  desk d;
  d.refuses(400, "target", "faults");
  for (const char* target : {"engine", "call", "call 5", "agent ", "agent", "CALLS", "order", "order 5", "sip x"})
    d.refuses(400, "target", "faults", R"({"kind":"crash","target":")" + std::string{target} + "\"}");
  d.refuses(400, "kind", "faults", R"({"target":"calls"})");
  d.refuses(400, "kind", "faults", R"({"target":"calls","kind":"explode"})");
  d.refuses(400, "for_seconds", "faults", R"({"target":"sip","kind":"hang"})");
  d.refuses(400, "for_seconds", "faults", R"({"target":"sip","kind":"hang","for_seconds":301})");
  d.refuses(409, "", "faults", R"({"target":"media","kind":"crash"})");
  d.refuses(400, "kind", "faults", R"({"target":"calls","kind":"hang","for_seconds":1})");
  d.refuses(400, "kind", "faults", R"({"target":"agent 8001","kind":"mute"})");
  d.post(202, "faults", R"({"target":"alarms","kind":"crash"})");
  CHECK(d.engine.last_fault.target == "alarms");
  d.post(202, "faults", R"({"target":"order )" + to_string(live_call) + R"(","kind":"crash"})");
  CHECK(d.post(202, "faults", R"({"target":"sip","kind":"hang","for_seconds":1.5})")["injected"] == true);
  CHECK(d.engine.last_fault.duration == 1500ms);
  d.post(202, "faults", R"({"target":"agent 8001","kind":"crash"})");
  CHECK(d.engine.last_fault.target == "agent 8001");
  d.post(202, "faults", R"({"target":"call )" + to_string(live_call) + R"(","kind":"mute"})");
  CHECK(d.engine.last_fault.kind == "mute");
}

TEST_CASE("every new path refuses strangers, unknown queries and wrong methods, and says when a part is down") {
  desk d;
  d.engine.is_down = true;
  struct known {
    const char *method, *path, *body;
  };
  for (const known k : {known{"GET", "hotlines", ""},
                        {"POST", "hotlines/96333/reroute", R"({"on":false})"},
                        {"GET", "trunks", ""},
                        {"GET", "bans", ""},
                        {"POST", "bans", R"({"address":"192.0.2.1","for_seconds":60})"},
                        {"POST", "bans/192.0.2.1/remove", ""},
                        {"POST", "reload", ""},
                        {"POST", "drain", ""},
                        {"POST", "resume-outbound", ""},
                        {"POST", "backup", R"({"folder":"/b"})"},
                        {"POST", "log/verify", ""},
                        {"POST", "faults", R"({"target":"calls","kind":"crash"})"},
                        {"POST", "agents/8001/wrap-up-more", R"({"for_seconds":60})"}}) {
    INFO(k.path);
    CHECK(cti::handle({k.method, std::string{"/api/v1/"} + k.path, {}, k.body}, d.context).status == 401);
    CHECK(d.ask("DELETE", k.path).status == 405);
    const auto odd = d.answer(400, d.ask(k.method, k.path + std::string{"?x=1"}, k.body));
    CHECK(odd["error"]["field"] == "x");
    CHECK(d.ask(k.method, k.path, k.body).status == 503);
  }
  CHECK(d.engine.changes == 0);
}
