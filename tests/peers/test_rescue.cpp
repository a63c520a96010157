// A rescue with real telephones: the firm's phone refuses, the station's accepts by key, arrival and rescue are
// reported by key; and what becomes of it all when the engine is killed.

#include "tests/peers/harness/rescue_town.hpp"
#include "tests/peers/harness/tone.hpp"
#include "tests/peers/stage.hpp"

#include <algorithm>
#include <filesystem>
#include <thread>

using namespace lifeline::peers;
using namespace std::chrono_literals;

namespace {

/// The exchange exists before the engine, whose trunk leads to it.
struct town {
  workspace streets{"town"};
  baresip exchange;
  stage scene;

  explicit town(const toml_section& limits = {})
      : exchange(streets, {.name = firm_phone, .more_names = {station_phone, public_phone}, .answers = true}),
        scene(configured(exchange.port(), limits)) {
    settle_town(scene.lifeline);
  }
  static engine_config configured(std::uint16_t port, const toml_section& limits) {
    engine_config c;
    add_rescue(c, port, limits);
    return c;
  }
  /// Answers the next call to the exchange with a key, or several.
  void answer_with(char key) { answer_with(std::string(1, key)); }
  void answer_with(const std::string& keys) {
    exchange.wait_for("CALL_ESTABLISHED", ++calls, 30s);
    for (const char key : keys) {
      exchange.press(key);
      if (keys.size() > 1) std::this_thread::sleep_for(500ms); // a press lasts
    }
  }
  std::string create_order() {
    const auto made = scene.lifeline.api("POST", "orders",
                                         {{"type", "entrapment"},
                                          {"lift", town_lift},
                                          {"caller_phone", "13800000077"},
                                          {"caller_name", "王先生"},
                                          {"trapped", 2},
                                          {"message_id", "t-1"}});
    return made.at("order").at("number");
  }
  int calls = 0;
};

std::vector<std::string> steps_of(const engine& e, const std::string& key) {
  std::vector<std::string> steps;
  const auto story = e.api("GET", "orders/" + key);
  for (const auto& entry : story.at("timeline"))
    if (entry.at("type") == "order_changed") steps.push_back(entry.at("step"));
  return steps;
}

/// baresip vouches for nobody's number: the order's short code first.
void report(town& t, const std::string& number, char key) {
  auto& e = t.scene.lifeline;
  t.exchange.use(station_phone);
  t.exchange.dial("sip:" + report_number + '@' + e.sip_address());
  t.answer_with(order_of(e, number).at("short_code").get<std::string>() + key);
}

bool has(const std::vector<std::string>& steps, const std::string& step) {
  return std::find(steps.begin(), steps.end(), step) != steps.end();
}

} // namespace

TEST_CASE("the firm refuses by key, the station accepts by key, and reports arrival and rescue by key") {
  town t;
  auto& e = t.scene.lifeline;
  const auto number = t.create_order();
  t.answer_with('2');
  wait_deployment(e, number, 1, "refused");
  t.answer_with('1');
  wait_deployment(e, number, 2, "accepted");
  CHECK(order_of(e, number).at("status") == "accepted");

  t.exchange.wait_for("CALL_CLOSED", 2, 20s);
  report(t, number, '4');
  wait_order(e, number, "arrived");
  t.exchange.wait_for("CALL_CLOSED", 3, 30s);
  report(t, number, '5');
  wait_order(e, number, "rescued");

  // Nobody but a person ends the alarm.
  e.api("POST", "orders/" + number + "/confirm", {{"with", "trapped person"}});
  e.api("POST", "orders/" + number + "/follow-up", {{"result", "平安"}, {"satisfaction", 0}});
  e.api("POST", "orders/" + number + "/close", {{"fault_cause", "door"}});
  CHECK(order_of(e, number).at("status") == "closed");
  const auto steps = steps_of(e, number);
  for (const char* step :
       {"created", "dispatched", "refused", "escalated", "accepted", "arrived", "rescued", "confirmed", "closed"})
    CHECK(has(steps, step));
  CHECK(e.metric("lifeline_invariant_violations_total") == 0);
  CHECK(e.control({"log", "verify"}).at("violation_count") == 0);

  // What was said on the calls to firm and station is found by the order, and given like any recording.
  const auto recorded = e.control({"recordings", "rescuers", "--order", number}).at("recordings");
  REQUIRE(recorded.size() == 2);
  CHECK(recorded[0].at("outcome") == "accepted"); // the newest first
  CHECK(recorded[1].at("outcome") == "refused");
  const auto file = t.streets.file("station.wav").string();
  const auto fetched = e.control({"recordings", "fetch", recorded[0].at("attempt"), "-o", file});
  CHECK(fetched.at("sha256") == recorded[0].at("recording").at("sha256"));
  CHECK(std::filesystem::file_size(file) == recorded[0].at("recording").at("bytes").get<std::uintmax_t>());
}

TEST_CASE("killed in the middle of a rescue the engine goes on where it was") {
  town t(toml_section{{"ring_timeout", "\"5s\""}});
  auto& e = t.scene.lifeline;
  const auto number = t.create_order();
  t.answer_with('2');
  wait_deployment(e, number, 1, "refused");
  t.exchange.wait_for("CALL_ESTABLISHED", 2, 30s); // the station is on the line
  const auto before = order_of(e, number);
  e.kill9();
  t.exchange.use(station_phone);
  t.exchange.hang_up(); // it hears nothing more: the engine is dead
  e.start();
  const auto after = order_of(e, number);
  CHECK(after.at("id") == before.at("id"));
  CHECK(after.at("deployments").at(0).at("phase") == "refused");
  t.exchange.wait_for("CALL_ESTABLISHED", 3, 40s);    // it is called again
  wait_until("the station's key is heard", 60s, [&] { // a person who hears no thanks presses once more
    t.exchange.press('1');
    std::this_thread::sleep_for(1s);
    const auto order = order_of(e, number);
    return std::any_of(order.at("deployments").begin(), order.at("deployments").end(),
                       [](const auto& d) { return d.at("level") == 2 && d.at("phase") == "accepted"; });
  });
  CHECK(e.control({"log", "verify"}).at("violation_count") == 0);
}

TEST_CASE("a rescuer hears the place, and says nothing: the next round comes") {
  town t(toml_section{{"answer_patience", "\"6s\""}, {"dial_pause", "\"1s\""}, {"l1_answer", "\"60s\""}});
  auto& e = t.scene.lifeline;
  const auto number = t.create_order();
  t.exchange.wait_for("CALL_ESTABLISHED", 1, 30s);
  t.exchange.wait_for("CALL_CLOSED", 1, 40s); // its patience is over
  t.exchange.wait_for("CALL_ESTABLISHED", 2, 30s);
  t.exchange.press('1');
  wait_order(e, number, "accepted");
  const auto heard = t.exchange.heard();
  REQUIRE_FALSE(heard.empty());
  const auto sound = read_wav(heard.front());
  CHECK(loudness(sound, 0, 1.0, 4.0) > 0.01); // somebody speaks
}
