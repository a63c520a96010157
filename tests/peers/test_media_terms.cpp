// What two sides agree on about sound, or fail to: holds in silence, offers of several streams, answers that never
// come.

#include "tests/peers/stage.hpp"

using namespace lifeline::peers;

TEST_CASE("a phone that holds and is silent meanwhile holds for as long as it likes") {
  engine_config c;
  c.media["timeout"] = "\"2s\"";
  stage s(c);
  auto phone = s.phone("8001", {.scenario = "phone_holds_and_resumes", .pause = 5000ms});
  auto caller = s.caller({.scenario = "caller_answered", .pause = 6200ms});
  s.wait_agent("8001", "hold");
  s.wait_agent("8001", "talking");
  caller.finish();
  phone.finish();
  const auto r = s.record();
  CHECK(r.at("cause") == "caller_hung_up");
  CHECK(r.at("hold_seconds").get<double>() == Approx(5.0).margin(0.8));
  s.close();
}

TEST_CASE("a held call without a sign of life ends after a limit of its own, if there is one") {
  engine_config c;
  c.media["timeout"] = "\"1s\"";
  c.media["hold_timeout"] = "\"2s\"";
  stage s(c);
  auto phone = s.phone("8001", {.scenario = "phone_holds_and_resumes", .pause = 30000ms});
  auto caller = s.caller({.scenario = "caller_stays"});
  caller.finish(); // it gets the engine's BYE
  CHECK(s.record().at("cause") == "media_timeout");
}

TEST_CASE("a caller who does not answer the offer that it has asked for gets a BYE at once, and the agent is free") {
  stage s;
  auto phone = s.phone("8001", {.scenario = "phone_answers"});
  s.caller({.scenario = "caller_acknowledges_without_answer"}).finish();
  phone.finish(); // it gets the engine's BYE
  const auto r = s.record();
  CHECK(r.at("cause") == "rejected_media");
  CHECK(r.at("talk_seconds").get<double>() < 2.0);
  s.close();
}

TEST_CASE("a caller who offers two audio streams is answered at the one that both speak") {
  stage s;
  auto phone = s.phone("8001", {.scenario = "phone_answers"});
  s.caller({.scenario = "caller_offers_two_streams", .pause = 300ms}).finish();
  phone.finish();
  CHECK(s.record().at("outcome") == "answered");
  s.close();
}
