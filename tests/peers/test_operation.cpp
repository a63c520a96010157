// What operators do to a running engine, and agents with nothing but a phone.

#include "tests/peers/stage.hpp"

#include <csignal>

using namespace lifeline::peers;
using Catch::Matchers::Contains;

namespace {

/// Phones at an address that is no trunk's: what they send is taken for theirs.
constexpr const char* desk = "127.0.0.2";

sipp_options phone_of(const engine& e, const std::string& account) {
  sipp_options o;
  o.local = desk;
  o.remote = e.sip_address();
  o.lines = {account + ";[authentication username=" + account + " password=" + e.password(account) + "]"};
  return o;
}

void register_at_desk(stage& s, const std::string& account, std::uint16_t port) {
  auto o = phone_of(s.lifeline, account);
  o.scenario = "register";
  o.port = port;
  o.keys = {{"expires", "300"}};
  sipp(s.place, o).finish();
}

void dial(stage& s, const std::string& account, const std::string& code, std::uint16_t port) {
  auto o = phone_of(s.lifeline, account);
  o.scenario = "agent_dials_code";
  o.port = port;
  o.service = code;
  sipp(s.place, o).finish();
}

json reported(const finished& command) {
  auto j = json::parse(command.out, nullptr, false);
  INFO(command.out << command.err);
  REQUIRE_FALSE(j.is_discarded());
  return j;
}

} // namespace

TEST_CASE("an agent without a desk signs in, pauses and signs out with feature codes on a real phone") {
  engine_config c;
  c.agents = {{"8001", {{"sign_in", "\"command\""}}}};
  stage s(c);
  const auto port = take_port();
  register_at_desk(s, "8001", port);
  CHECK(s.lifeline.agent_state("8001") == "logged_out");
  dial(s, "8001", "*51", port);
  s.wait_agent("8001", "ready");
  dial(s, "8001", "*52*2", port);
  s.wait_agent("8001", "not_ready");
  CHECK(s.lifeline.agent("8001").at("reason") == "meal");
  dial(s, "8001", "*53", port); // no wrap-up: refused, and told so
  CHECK(s.lifeline.agent_state("8001") == "not_ready");
  dial(s, "8001", "*50", port);
  s.wait_agent("8001", "logged_out");
  s.close();
}

TEST_CASE("a reload in the middle of a call: a dry run tells, the reload does, the call goes on") {
  engine_config c;
  stage s(c);
  auto phone = s.phone("8001", {.scenario = "phone_answers"});
  auto caller = s.caller({.scenario = "caller_answered", .pause = 3000ms});
  s.wait_agent("8001", "talking");
  auto wanted = c;
  wanted.queue["wrap_up"] = "\"1s\"";
  wanted.agents.push_back({"8002", {}});
  s.lifeline.rewrite(wanted);
  const auto dry = reported(s.lifeline.try_control({"reload", "--dry-run"}));
  CHECK(dry.at("applied") == false);
  CHECK(dry.at("changes").size() == 2);
  CHECK(s.lifeline.control({"agents", "list"}).at("agents").size() == 1);
  const auto done = reported(s.lifeline.try_control({"reload"}));
  CHECK(done.at("applied") == true);
  CHECK(s.lifeline.agent_state("8001") == "talking");
  CHECK(s.lifeline.control({"agents", "list"}).at("agents").size() == 2);
  caller.finish();
  phone.finish();
  // The account that the reload has brought takes calls.
  s.lifeline.try_control({"agents", "not-ready", "8001", "--reason", "break"});
  auto second = s.phone("8002", {.scenario = "phone_answers"});
  s.caller({.scenario = "caller_answered", .pause = 200ms}).finish();
  second.finish();
  CHECK(s.record(2).at("agent") == "8002");
  s.close();
}

TEST_CASE("SIGHUP reloads - a wrong file or a change that needs a restart changes nothing") {
  engine_config c;
  stage s(c);
  auto wanted = c;
  wanted.queue["wrap_up"] = "\"7s\"";
  s.lifeline.rewrite(wanted);
  s.lifeline.send(SIGHUP);
  wait_until("the reload is in the log", 10s, [&] {
    for (const auto& e : s.lifeline.events())
      if (type_of(e) == "configuration_reloaded") return true;
    return false;
  });
  wanted.queue["wrap_up"] = "\"yesterday\"";
  s.lifeline.rewrite(wanted);
  const auto wrong = s.lifeline.try_control({"reload"});
  CHECK(wrong.code == 1);
  CHECK_THAT(wrong.out + wrong.err, Contains("wrap_up"));
  wanted.queue["wrap_up"] = "\"8s\"";
  wanted.sip["port"] = "5999";
  s.lifeline.rewrite(wanted);
  const auto restart = s.lifeline.try_control({"reload"});
  CHECK(restart.code == 1);
  CHECK_THAT(restart.out + restart.err, Contains("port"));
  std::size_t reloads = 0;
  for (const auto& e : s.lifeline.events())
    reloads += type_of(e) == "configuration_reloaded" ? 1 : 0;
  CHECK(reloads == 1);
  s.close();
}

TEST_CASE("a hotline that is rerouted rings its backup numbers, also after a kill, until it is told otherwise") {
  const auto outside = take_port();
  engine_config c;
  c.hotline["backup_numbers"] = "[\"051780000001\"]";
  c.trunk["outbound"] = "\"127.0.0.1:" + std::to_string(outside) + '"';
  stage s(c);
  s.lifeline.control({"hotlines", "reroute", "12315", "on", "--reason", "drill"});
  s.lifeline.kill9();
  s.lifeline.start();
  CHECK(s.lifeline.control({"hotlines", "list"}).at("hotlines").at(0).at("rerouted") == true);
  sipp backup(s.place, {.scenario = "phone_answers", .port = outside});
  s.caller({.scenario = "caller_answered", .pause = 300ms}).finish();
  backup.finish();
  CHECK(s.record().at("external") == "051780000001");
  s.lifeline.control({"hotlines", "reroute", "12315", "off"});
  auto phone = s.phone("8001", {.scenario = "phone_answers"});
  s.caller({.scenario = "caller_answered", .pause = 300ms}).finish();
  phone.finish();
  CHECK(s.record(2).at("agent") == "8001");
  s.close();
}

TEST_CASE("without any agent present the hotline's callers go to the backup numbers by themselves") {
  const auto outside = take_port();
  engine_config c;
  c.hotline["backup_numbers"] = "[\"051780000001\"]";
  c.queue["join_empty"] = "\"overflow\"";
  c.trunk["outbound"] = "\"127.0.0.1:" + std::to_string(outside) + '"';
  stage s(c);
  sipp backup(s.place, {.scenario = "phone_answers", .port = outside});
  s.caller({.scenario = "caller_answered", .pause = 300ms}).finish();
  backup.finish();
  CHECK(s.record().at("outcome") == "overflowed");
  s.close();
}

TEST_CASE("a drained engine refuses new calls, lets the running one end, and stops by itself") {
  engine_config c;
  stage s(c);
  auto phone = s.phone("8001", {.scenario = "phone_answers"});
  auto caller = s.caller({.scenario = "caller_answered", .pause = 2500ms});
  s.wait_agent("8001", "talking");
  s.lifeline.control({"drain"});
  CHECK(s.lifeline.control({"status"}).at("draining") == true);
  CHECK_FALSE(s.caller({.scenario = "caller_answered"}).succeeded()); // 503
  caller.finish();
  phone.finish();
  CHECK(s.lifeline.wait_end(20s) == 0);
  s.lifeline.start();
  const auto ended = s.lifeline.records();
  CHECK(std::count_if(ended.begin(), ended.end(), [](const json& r) { return r.at("outcome") == "answered"; }) == 1);
}

TEST_CASE("a SIP thread that hangs ends the process with status 70, and the log of before is whole") {
  engine_config c;
  c.extra = "[testing]\nfault_injection = true\n\n[watchdog]\nhang_limit = \"2s\"\n";
  stage s(c);
  s.lifeline.control({"fault", "sip", "hang", "--for", "60s"});
  CHECK(s.lifeline.wait_end(20s) == 70);
  s.lifeline.start();
  auto phone = s.phone("8001", {.scenario = "phone_answers"});
  s.caller({.scenario = "caller_answered", .pause = 200ms}).finish();
  phone.finish();
  CHECK(s.lifeline.control({"log", "verify"}).at("violations").empty());
  const auto events = s.lifeline.events();
  CHECK(std::any_of(events.begin(), events.end(),
                    [](const json& e) { return type_of(e) == "actor_restarted" && e.at("actor") == "sip gateway"; }));
  s.close();
}

TEST_CASE("a fault on the SIP or media thread is counted, and calls go on") {
  engine_config c;
  c.extra = "[testing]\nfault_injection = true\n";
  stage s(c);
  auto phone = s.phone("8001", {.scenario = "phone_answers"});
  auto caller = s.caller({.scenario = "caller_answered", .pause = 1500ms});
  s.wait_agent("8001", "talking");
  s.lifeline.control({"fault", "sip", "crash"});
  s.lifeline.control({"fault", "media", "crash"});
  caller.finish();
  phone.finish();
  CHECK(s.record().at("cause") == "caller_hung_up");
  s.wait_metric("lifeline_sip_faults_total", 1);
  s.wait_metric("lifeline_media_faults_total", 1);
  s.close();
}

TEST_CASE("fault injection is refused unless the configuration allows it") {
  stage s;
  const auto refused = s.lifeline.try_control({"fault", "dispatcher", "crash"});
  CHECK(refused.code == 1);
  CHECK_THAT(refused.out + refused.err, Contains("fault_injection"));
  s.close();
}

TEST_CASE("a backup made during a call is restored, and proves its log") {
  stage s;
  auto phone = s.phone("8001", {.scenario = "phone_answers"});
  auto caller = s.caller({.scenario = "caller_answered", .pause = 2000ms});
  s.wait_agent("8001", "talking");
  const auto folder = s.place.file("backup").string();
  const auto made = s.lifeline.control({"backup", folder});
  CHECK(made.at("last_sequence").get<std::uint64_t>() > 0);
  caller.finish();
  phone.finish();
  s.record();
  CHECK(s.lifeline.stop() == 0);
  const auto data = s.place.file("restored");
  const auto restored = run({{program("lifelined").string(), "--restore", folder, "--data", data.string()},
                             s.place.path(),
                             s.place.file("restore"),
                             {}},
                            30s);
  INFO(restored.out << restored.err);
  REQUIRE(restored.code == 0);
  engine again(s.place.file("lifeline.toml"), data, s.place.file("again"));
  const auto records = again.records(); // the call of before is closed: the backup was made in its middle
  REQUIRE(records.size() == 1);
  CHECK(records.front().at("cause") == "engine_restart");
  CHECK(again.control({"log", "verify"}).at("violations").empty());
  CHECK(again.stop() == 0);
}
