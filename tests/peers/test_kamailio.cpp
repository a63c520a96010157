// A real Kamailio as the carrier's trunk, and as a proxy in front of the engine.

#include "tests/peers/harness/kamailio.hpp"
#include "tests/peers/stage.hpp"

using namespace lifeline::peers;

namespace {

struct trunk_ports {
  std::uint16_t engine = take_port();
  std::uint16_t carrier = take_port();
  std::uint16_t network = take_port(); ///< SIPp as the public network behind the carrier
};

engine_config trunk_config(const trunk_ports& p) {
  engine_config c;
  c.sip["port"] = std::to_string(p.engine);
  c.trunk["outbound"] = "\"127.0.0.1:" + std::to_string(p.carrier) + '"';
  c.trunk["username"] = "\"lifeline\"";
  c.trunk["register"] = "true";
  c.trunk["options_interval"] = "\"1s\"";
  c.trunk["options_timeout"] = "\"500ms\"";
  c.hotline["backup_numbers"] = "[\"051780000001\"]";
  c.queue["join_empty"] = "\"overflow\"";
  return c;
}

std::map<std::string, std::string> carrier_values(const trunk_ports& p, const std::string& password = "s3cret") {
  return {{"ENGINE", std::to_string(p.engine)}, {"NETWORK", std::to_string(p.network)}, {"PASSWORD", password}};
}

json trunk_state(const engine& e) { return e.control({"trunks"}).at("trunks").at(0); }

} // namespace

TEST_CASE("Kamailio as trunk: the engine registers with digest, takes calls in and dials out through it") {
  const trunk_ports p;
  workspace carrier_place("kamailio");
  kamailio carrier(carrier_place, "trunk", carrier_values(p), p.carrier);
  stage s(trunk_config(p), {{"carrier", "s3cret"}});
  wait_until("the trunk is registered", 15s, [&] { return trunk_state(s.lifeline).at("registered") == true; });
  CHECK(trunk_state(s.lifeline).at("up") == true);

  SECTION("a call in, answered by an agent") {
    auto phone = s.phone("8001", {.scenario = "phone_answers"});
    sipp caller(s.place,
                {.scenario = "caller_answered", .remote = carrier.address(), .port = p.network, .pause = 300ms});
    caller.finish();
    phone.finish();
    CHECK(s.record().at("agent") == "8001");
  }
  SECTION("no agent is present: the call goes in and out again, with digest") {
    sipp outside(s.place, {.scenario = "phone_answers", .port = p.network});
    s.caller({.scenario = "caller_answered", .pause = 300ms}).finish();
    outside.finish();
    CHECK(outside.messages().find("INVITE sip:051780000001@") != std::string::npos);
    CHECK(s.record().at("external") == "051780000001");
  }
  s.close();
}

TEST_CASE("a trunk that dies is noticed, callers go out through the next one, and it is used again when it is back") {
  const trunk_ports p;
  const auto second = take_port();
  auto c = trunk_config(p);
  c.trunk.erase("register");
  c.more_trunks = {{{"name", "\"reserve\""},
                    {"outbound", "\"127.0.0.1:" + std::to_string(second) + '"'},
                    {"options_interval", "\"0s\""}}};
  workspace carrier_place("kamailio");
  kamailio carrier(carrier_place, "trunk", carrier_values(p), p.carrier);
  stage s(c, {{"carrier", "s3cret"}});
  wait_until("the trunk is up", 15s, [&] { return trunk_state(s.lifeline).at("up") == true; });
  carrier.stop();
  wait_until("the trunk is down", 15s, [&] { return trunk_state(s.lifeline).at("up") == false; });
  sipp reserve(s.place, {.scenario = "phone_answers", .port = second});
  s.caller({.scenario = "caller_answered", .pause = 200ms}).finish();
  reserve.finish();
  carrier.start();
  wait_until("the trunk is up again", 15s, [&] { return trunk_state(s.lifeline).at("up") == true; });
  sipp outside(s.place, {.scenario = "phone_answers", .port = p.network});
  s.caller({.scenario = "caller_answered", .pause = 200ms}).finish();
  outside.finish();
  s.record(2);
  s.close();
}

TEST_CASE("a trunk with a wrong password is not registered, says so, and does not storm the carrier") {
  const trunk_ports p;
  workspace carrier_place("kamailio");
  kamailio carrier(carrier_place, "trunk", carrier_values(p, "another"), p.carrier);
  stage s(trunk_config(p), {{"carrier", "s3cret"}});
  wait_until("the trunk gives a reason", 15s, [&] { return trunk_state(s.lifeline).at("reason") != ""; });
  CHECK(trunk_state(s.lifeline).at("registered") == false);
  CHECK(s.lifeline.metric("lifeline_sip_requests_sent_total{method=\"REGISTER\"}") < 10);
  s.close();
}

TEST_CASE("Kamailio as a proxy in front: phones register and are called through it, callers come through it") {
  engine_config c;
  const auto engine_port = take_port();
  const auto front_port = take_port();
  c.sip["port"] = std::to_string(engine_port);
  workspace front_place("kamailio");
  kamailio front(front_place, "proxy", {{"ENGINE", std::to_string(engine_port)}}, front_port);
  stage s(c);
  const auto phone_port = take_port();
  sipp_options r;
  r.scenario = "register";
  r.remote = front.address();
  r.port = phone_port;
  r.keys = {{"expires", "300"}};
  r.lines = {"8001;[authentication username=8001 password=" + s.lifeline.password("8001") + "]"};
  sipp(s.place, r).finish();
  s.wait_agent("8001", "ready");
  sipp phone(s.place, {.scenario = "phone_answers_behind_proxy", .port = phone_port});
  sipp caller(s.place, {.scenario = "caller_answered", .remote = front.address(), .pause = 300ms});
  caller.finish();
  phone.finish();
  CHECK(s.record().at("agent") == "8001");
  s.close();
}
