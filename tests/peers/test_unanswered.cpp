// Calls that leave before an agent has them, and agents who do not take them.

#include "tests/peers/stage.hpp"

using namespace lifeline::peers;

namespace {

engine_config two_agents() {
  engine_config c;
  c.agents = {{"8001", {}}, {"8002", {}}};
  return c;
}

/// 8001 plays the scenario, then 8002 registers and would answer: the longest idle agent is asked first.
void second_agent_gets_it(const std::string& scenario, const std::string& outcome, const std::string& state_after) {
  auto c = two_agents();
  c.queue["ring_timeout"] = "\"2s\"";
  c.queue["retry_delay"] = "\"60s\"";
  stage s(c);
  auto first = s.phone("8001", {.scenario = scenario});
  auto second = s.phone("8002", {.scenario = "phone_answers"});
  s.caller({.scenario = "caller_answered", .pause = 300ms}).finish();
  first.finish();
  second.finish();
  const auto r = s.record();
  CHECK(r.at("outcome") == "answered");
  CHECK(r.at("agent") == "8002");
  CHECK(r.at("offers") == 2);
  CHECK(reservations(s.lifeline.events()) == std::vector<std::string>{"8001 " + outcome, "8002 connected"});
  CHECK(s.lifeline.agent_state("8001") == state_after);
  s.close();
}

} // namespace

TEST_CASE("a caller gives up in the queue while it hears ringing") {
  stage s;
  s.caller({.scenario = "caller_cancels", .pause = 500ms}).finish();
  const auto r = s.record();
  CHECK(r.at("outcome") == "abandoned");
  CHECK(r.at("cause") == "caller_cancelled");
  CHECK(r.at("agent") == "");
  CHECK(r.at("offers") == 0);
  CHECK(r.at("waited_seconds").get<double>() == Approx(0.5).margin(0.3));
  s.wait_metric("lifeline_calls_abandoned_total{queue=\"12315\"}", 1);
  s.wait_metric("lifeline_calls_short_abandoned_total{queue=\"12315\"}", 1);
  s.close();
}

TEST_CASE("a caller hangs up in a queue that has answered") {
  engine_config c;
  c.queue["holding"] = "\"answered\"";
  stage s(c);
  s.caller({.scenario = "caller_answered", .pause = 500ms}).finish();
  const auto r = s.record();
  CHECK(r.at("outcome") == "abandoned");
  CHECK(r.at("cause") == "caller_hung_up");
  CHECK(r.at("talk_seconds") == 0);
  s.close();
}

TEST_CASE("a caller cancels while the agent's phone rings, and the phone stops") {
  stage s;
  auto phone = s.phone("8001", {.scenario = "phone_rings_until_cancelled"});
  auto caller = s.caller({.scenario = "caller_cancels", .pause = 1000ms});
  s.wait_agent("8001", "ringing");
  caller.finish();
  phone.finish();
  const auto r = s.record();
  CHECK(r.at("outcome") == "abandoned");
  CHECK(r.at("cause") == "caller_cancelled");
  CHECK(reservations(s.lifeline.events()) == std::vector<std::string>{"8001 caller_gone"});
  s.wait_agent("8001", "ready");
  s.close();
}

TEST_CASE("a CANCEL that crosses the 200 comes too late: the call stands until BYE") {
  stage s;
  auto phone = s.phone("8001", {.scenario = "phone_answers"});
  s.caller({.scenario = "caller_cancel_crosses_answer", .pause = 300ms}).finish();
  phone.finish();
  const auto r = s.record();
  CHECK(r.at("outcome") == "answered");
  CHECK(r.at("cause") == "caller_hung_up");
  s.close();
}

TEST_CASE("a phone that answers as it is cancelled is acknowledged and released: no leg is left") {
  stage s;
  auto phone = s.phone("8001", {.scenario = "phone_answers_as_it_is_cancelled"});
  s.caller({.scenario = "caller_cancels", .pause = 700ms}).finish();
  phone.finish();
  CHECK(s.record().at("outcome") == "abandoned");
  s.wait_agent("8001", "ready");
  s.close();
}

TEST_CASE("the first agent is busy, the second gets the call") {
  second_agent_gets_it("phone_refuses_with_486", "busy", "ready");
}

TEST_CASE("the first agent declines, the second gets the call") {
  second_agent_gets_it("phone_refuses_with_603", "rejected", "ready");
}

TEST_CASE("the first agent does not answer, becomes not ready, and the second gets the call") {
  second_agent_gets_it("phone_rings_until_cancelled", "no_answer", "not_ready");
}

TEST_CASE("with ring-all every phone rings, one answers, the others are taken back") {
  auto c = two_agents();
  c.queue["strategy"] = "\"ring-all\"";
  stage s(c);
  auto slow = s.phone("8001", {.scenario = "phone_rings_until_cancelled"});
  auto quick = s.phone("8002", {.scenario = "phone_answers", .pause = 500ms});
  s.caller({.scenario = "caller_answered", .pause = 300ms}).finish();
  slow.finish();
  quick.finish();
  const auto r = s.record();
  CHECK(r.at("agent") == "8002");
  const auto ends = reservations(s.lifeline.events());
  CHECK(std::count(ends.begin(), ends.end(), "8001 lost_race") == 1);
  CHECK(std::count(ends.begin(), ends.end(), "8002 connected") == 1);
  s.wait_agent("8001", "ready");
  s.close();
}

TEST_CASE("a caller who waited too long is put through to a backup number") {
  const auto outside = take_port();
  engine_config c;
  c.queue["max_wait"] = "\"1s\"";
  c.queue["overflow_numbers"] = "[\"051780000001\"]";
  c.trunk["outbound"] = "\"127.0.0.1:" + std::to_string(outside) + '"';
  stage s(c);
  sipp backup(s.place, {.scenario = "phone_answers", .port = outside});
  s.caller({.scenario = "caller_answered", .pause = 500ms}).finish();
  backup.finish();
  CHECK(backup.messages().find("INVITE sip:051780000001@") != std::string::npos);
  const auto r = s.record();
  CHECK(r.at("outcome") == "overflowed");
  CHECK(r.at("external") == "051780000001");
  CHECK(r.at("agent") == "");
  s.wait_metric("lifeline_calls_overflowed_total{queue=\"12315\"}", 1);
  s.close();
}
