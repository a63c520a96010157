// Floods, and who is served nevertheless.

#include "tests/peers/stage.hpp"

using namespace lifeline::peers;

namespace {

engine_config two_hotlines() {
  engine_config c;
  c.hotline["lines"] = "7";
  c.more_hotlines = {{{"name", "\"96333\""},
                      {"numbers", "[\"96333\"]"},
                      {"queue", "\"96333\""},
                      {"lines", "3"},
                      {"reserved_for_callers", "2"},
                      {"emergency", "true"}}};
  c.more_queues = {{{"name", "\"96333\""},
                    {"priority", "10"},
                    {"ring_timeout", "\"10s\""},
                    {"wrap_up", "\"0s\""},
                    {"holding", "\"ringing\""}}};
  c.agents = {{"8001", {{"queues", "[\"12315\"]"}}}, {"9001", {{"queues", "[\"96333\"]"}}}};
  return c;
}

} // namespace

TEST_CASE("a flood of calls to 12315 leaves the lines of 96333 open: every trapped passenger is answered at once") {
  stage s(two_hotlines());
  auto holding = s.caller({.scenario = "caller_cancels", .calls = 7, .rate = 50, .pause = 12000ms});
  wait_until("all lines of 12315 are taken", 10s, [&] { return s.lifeline.live_calls().size() == 7; });
  auto flood = s.caller({.scenario = "caller_of_a_flood", .calls = 600, .rate = 100});
  auto phone = s.phone("9001", {.scenario = "phone_answers", .calls = 10});
  s.caller({.scenario = "caller_answered", .calls = 10, .rate = 4, .at_once = 1, .pause = 100ms, .service = "96333"})
      .finish();
  phone.finish();
  flood.finish();
  holding.finish();
  std::size_t rescued = 0;
  for (const auto& r : s.lifeline.records()) {
    if (r.at("hotline") != "96333") continue;
    CHECK(r.at("outcome") == "answered");
    ++rescued;
  }
  CHECK(rescued == 10);
  s.close();
}

TEST_CASE("calls out never take the lines that are kept open for callers") {
  const auto outside = take_port();
  auto c = two_hotlines();
  c.more_hotlines[0]["backup_numbers"] = "[\"051780000001\"]";
  c.more_queues[0]["join_empty"] = "\"overflow\"";
  c.trunk["outbound"] = "\"127.0.0.1:" + std::to_string(outside) + '"';
  stage s(c);
  sipp backup(s.place, {.scenario = "phone_rings_until_cancelled", .port = outside});
  auto first = s.caller({.scenario = "caller_cancels", .pause = 4000ms, .service = "96333"});
  wait_until("the backup number rings", 10s,
             [&] { return backup.messages().find("180 Ringing") != std::string::npos; });
  // One caller and one call out: the third line is a caller's, whatever the first caller's overflow would like.
  auto second = s.caller({.scenario = "caller_cancels", .pause = 1500ms, .service = "96333"});
  wait_until("both wait", 10s, [&] { return s.lifeline.live_calls().size() == 2; });
  second.finish();
  first.finish();
  backup.finish();
  const auto log = s.lifeline.events();
  CHECK(std::count_if(log.begin(), log.end(), [](const json& e) { return type_of(e) == "call_blocked"; }) == 0);
  s.close();
}
