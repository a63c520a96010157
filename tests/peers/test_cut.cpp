// The engine is killed under conversations: whoever is in one is told, and the callers are to be rung back.

#include "tests/peers/harness/baresip.hpp"
#include "tests/peers/stage.hpp"

using namespace lifeline::peers;

namespace {

engine_config at_a_fixed_port() {
  engine_config c;
  c.sip["port"] = std::to_string(take_port()); // the phones must find it again
  return c;
}

/// Both dialogs stand, and what the engine knows of them is written.
void wait_until_kept(stage& s) {
  wait_until("the caller has acknowledged", 5s, [&] {
    return s.lifeline.metric("lifeline_sip_requests_total{direction=\"received\",method=\"ACK\"}") >= 1;
  });
  (void)s.lifeline.events(); // shows what is written, and waits for it
}

struct conversation {
  sipp phone;
  sipp caller;
};
conversation in_conversation(stage& s) {
  auto phone = s.phone("8001", {.scenario = "phone_answers"});
  auto caller = s.caller({.scenario = "caller_stays"});
  s.wait_phase("talking");
  wait_until_kept(s);
  return {std::move(phone), std::move(caller)};
}

} // namespace

TEST_CASE("after kill -9 both speakers are released at once, and the caller is listed to be rung back") {
  stage s(at_a_fixed_port());
  auto [phone, caller] = in_conversation(s);
  s.lifeline.kill9();
  s.lifeline.start();
  caller.finish(10s); // each had its BYE and has answered it
  phone.finish(10s);
  s.wait_agent("8001", "ready");

  const auto r = s.record();
  CHECK(r.at("outcome") == "answered");
  CHECK(r.at("cause") == "engine_restart");
  const auto cut = s.lifeline.control({"calls", "cut"}).at("calls");
  REQUIRE(cut.size() == 1);
  CHECK(cut[0].at("call") == r.at("call"));
  CHECK(cut[0].at("talking") == true);
  CHECK(cut[0].at("agent") == "8001");
  CHECK(s.lifeline.metric("lifeline_cut_calls") == 1);
  CHECK(s.lifeline.try_control({"calls", "rung-back", r.at("call"), "--by", "8001", "--note", "all well"}).code == 0);
  CHECK(s.lifeline.control({"calls", "cut"}).at("calls").empty());
  CHECK(s.lifeline.metric("lifeline_cut_calls") == 0);

  auto next = s.phone("8001", {.scenario = "phone_answers"});
  s.caller({.scenario = "caller_answered", .pause = 100ms}).finish();
  next.finish();
  s.close();
}

TEST_CASE(
    "after kill -9 an agent whose phone does not answer for its last call is offered nothing until it is given up") {
  auto c = at_a_fixed_port();
  stage s(c);
  auto [phone, caller] = in_conversation(s);
  s.lifeline.kill9();
  phone.freeze();
  s.lifeline.start();
  caller.finish(10s);
  wait_until("the agent is unreachable", 5s, [&] { return s.lifeline.agent_state("8001") == "unreachable"; });
  CHECK(s.lifeline.agent("8001").at("reason") == "its phone is still in a call of before the restart");
  wait_until("the phone is given up", 45s, [&] { return s.lifeline.agent_state("8001") == "ready"; });
  phone.kill();
  s.close();
}

TEST_CASE("after kill -9 an agent whose phone's program is gone is offered nothing until it is back") {
  stage s(at_a_fixed_port());
  auto [phone, caller] = in_conversation(s);
  s.lifeline.kill9();
  phone.kill(); // its port refuses what comes: it is not the port that talks
  s.lifeline.start();
  caller.finish(10s);
  wait_until("the agent is unreachable", 5s, [&] { return s.lifeline.agent_state("8001") == "unreachable"; });
  baresip back(s.place, {.name = "8001",
                         .registrar = s.lifeline.sip_address(),
                         .password = s.lifeline.password("8001"),
                         .answers = true});
  wait_until("it says that it is in no call", 10s, [&] { return s.lifeline.agent_state("8001") == "ready"; });
  back.quit();
  s.close();
}

TEST_CASE("after kill -9 a real telephone hangs up by itself") {
  stage s(at_a_fixed_port());
  baresip phone(s.place, {.name = "8001",
                          .registrar = s.lifeline.sip_address(),
                          .password = s.lifeline.password("8001"),
                          .answers = true});
  s.wait_agent("8001", "ready");
  auto caller = s.caller({.scenario = "caller_stays"});
  phone.wait_for("CALL_ESTABLISHED");
  s.wait_phase("talking");
  wait_until_kept(s);
  s.lifeline.kill9();
  s.lifeline.start();
  phone.wait_for("CALL_CLOSED");
  caller.finish(10s);
  s.wait_agent("8001", "ready");
  phone.quit();
  s.close();
}

TEST_CASE("calls that ended before kill -9 are ended no second time") {
  stage s(at_a_fixed_port());
  auto phone = s.phone("8001", {.scenario = "phone_answers"});
  auto caller = s.caller({.scenario = "caller_answered", .pause = 100ms});
  caller.finish();
  phone.finish();
  s.record();
  (void)s.lifeline.events();
  s.lifeline.kill9();
  s.lifeline.start();
  CHECK(s.lifeline.metric("lifeline_sip_requests_total{direction=\"sent\",method=\"BYE\"}") == 0);
  CHECK(s.lifeline.control({"calls", "cut"}).at("calls").empty());
  s.close();
}

TEST_CASE("a phone set to do-not-disturb makes its agent not ready, and the call's journey tells the status") {
  engine_config c;
  c.agents = {{"8001", {}}, {"8002", {}}};
  stage s(c);
  auto silent = s.phone("8001", {.scenario = "phone_does_not_disturb"});
  s.caller({.scenario = "caller_cancels", .pause = 700ms}).finish();
  silent.finish();
  s.wait_agent("8001", "not_ready");
  CHECK(s.lifeline.agent("8001").at("reason") == "phone refuses calls: 480");
  CHECK(first_event(s.lifeline.events(), "reservation_ended").at("sip_status") == 480);
  s.close();
}

TEST_CASE("an agent's phone shows which hotline is called") {
  engine_config c;
  c.hotline["short_name"] = "\"消费\"";
  stage s(c);
  auto phone = s.phone("8001", {.scenario = "phone_answers"});
  s.caller({.scenario = "caller_answered", .pause = 100ms}).finish();
  phone.finish();
  const auto seen = phone.messages();
  const auto number = s.record().at("caller").get<std::string>();
  CHECK(seen.find("From: \"消费 " + number) != std::string::npos);
  CHECK(seen.find("P-Asserted-Identity: \"消费 " + number) != std::string::npos);
  s.close();
}
