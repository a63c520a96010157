// Peers that break the rules, or vanish.

#include "tests/peers/stage.hpp"

using namespace lifeline::peers;

TEST_CASE("a caller whose BYE is lost is found by the missing sound, and the agent is free again") {
  engine_config c;
  c.media["timeout"] = "\"2s\"";
  stage s(c);
  auto phone = s.phone("8001", {.scenario = "phone_answers"});
  s.caller({.scenario = "caller_disappears", .pause = 300ms}).finish();
  phone.finish(); // it gets the engine's BYE
  const auto r = s.record();
  CHECK(r.at("outcome") == "answered");
  CHECK(r.at("cause") == "media_timeout");
  s.wait_agent("8001", "ready");
  // The engine's own BYE to the caller is given up after 32 s (RFC 3261 timer F): that leg is not waited for here.
  s.wait_metric("lifeline_calls_in_progress", 0);
  check_log(s.lifeline.events());
  CHECK(s.lifeline.stop() == 0);
}

TEST_CASE("a phone that vanishes in a call is found by the missing sound, and the caller is released") {
  engine_config c;
  c.media["timeout"] = "\"2s\"";
  stage s(c);
  auto phone = s.phone("8001", {.scenario = "phone_disappears", .pause = 300ms});
  s.caller({.scenario = "caller_stays"}).finish(); // it gets the engine's BYE
  phone.finish();
  CHECK(s.record().at("cause") == "media_timeout");
  s.wait_metric("lifeline_calls_in_progress", 0);
  check_log(s.lifeline.events());
  CHECK(s.lifeline.stop() == 0);
}

TEST_CASE("a phone with a wrong password is not registered") {
  stage s;
  s.caller({.scenario = "register_with_wrong_password",
            .keys = {{"expires", "300"}},
            .lines = {"8001;[authentication username=8001 password=not-the-password]"}})
      .finish();
  CHECK(s.lifeline.agent("8001").at("contacts").empty());
  CHECK(s.lifeline.agent_state("8001") != "ready");
  CHECK(s.lifeline.metric("lifeline_sip_requests_refused_total{reason=\"bad_credentials\"}") == 1);
  s.close();
}

TEST_CASE("a phone with an unknown account is refused like one with a wrong password") {
  stage s;
  s.caller({.scenario = "register_with_wrong_password",
            .keys = {{"expires", "300"}},
            .lines = {"9999;[authentication username=9999 password=not-the-password]"}})
      .finish();
  CHECK(s.lifeline.metric("lifeline_sip_requests_refused_total{reason=\"bad_credentials\"}") == 1);
  s.close();
}

TEST_CASE("a phone that does not answer the challenge is not registered") {
  stage s;
  s.caller({.scenario = "register_without_answering_the_challenge", .keys = {{"expires", "300"}}, .lines = {"8001;"}})
      .finish();
  CHECK(s.lifeline.agent("8001").at("contacts").empty());
  s.close();
}

TEST_CASE("an agent who de-registers can no longer be reached") {
  stage s;
  const auto port = take_port();
  register_phones(s.place, s.lifeline, {"8001"}, port);
  s.wait_agent("8001", "ready");
  CHECK(s.lifeline.agent("8001").at("contacts").size() == 1);
  register_phones(s.place, s.lifeline, {"8001"}, port, 0);
  wait_until("8001 is not ready", 5s, [&] { return s.lifeline.agent_state("8001") != "ready"; });
  CHECK(s.lifeline.agent_state("8001") == "unreachable");
  CHECK(s.lifeline.agent("8001").at("contacts").empty());
  s.close();
}

TEST_CASE("a caller from an address of no trunk is refused and counted") {
  stage s;
  s.caller({.scenario = "caller_of_unknown_trunk", .local = "127.0.0.2"}).finish();
  CHECK(s.lifeline.metric("lifeline_sip_requests_refused_total{reason=\"unknown_source\"}") == 1);
  CHECK(s.lifeline.records().empty());
  s.close();
}

TEST_CASE("a caller whom nothing could be sent to is refused at once, and the engine goes on") {
  stage s;
  auto phone = s.phone("8001", {.scenario = "phone_answers", .calls = 10});
  for (const std::string contact :
       {"Contact: <tel:+8613800000001>", "Contact: <mailto:a@example.com>", "Contact: *", "Subject: without a Contact"})
    s.caller({.scenario = "caller_has_no_usable_contact", .keys = {{"contact", contact}}}).finish();
  CHECK(s.lifeline.metric("lifeline_sip_requests_refused_total{reason=\"bad_request\"}") == 4);
  CHECK(s.lifeline.records().empty());
  s.caller({.scenario = "caller_answered", .pause = 50ms}).finish();
  s.close();
  phone.kill();
}

TEST_CASE("a number of no hotline is refused with 404") {
  stage s;
  s.caller({.scenario = "caller_dials_unknown_number", .service = "99999"}).finish();
  s.close();
}

TEST_CASE("with all lines taken a further caller hears busy and is on record as blocked") {
  engine_config c;
  c.hotline["lines"] = "1";
  stage s(c);
  auto waiting = s.caller({.scenario = "caller_cancels", .pause = 3000ms});
  s.wait_phase("waiting");
  s.caller({.scenario = "caller_finds_lines_full"}).finish();
  const auto r = s.record();
  CHECK(r.at("outcome") == "blocked");
  CHECK(r.at("cause") == "lines_full");
  waiting.finish();
  s.record(2);
  s.wait_metric("lifeline_calls_blocked_total", 1);
  s.close();
}
