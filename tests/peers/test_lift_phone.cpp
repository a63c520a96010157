// A lift's own phone as a real telephone: it says its packet in tones on the line, hears that it was understood, and
// the passenger's voice call goes to an agent, who knows the lift.

#include "tests/peers/harness/rescue_town.hpp"
#include "tests/peers/harness/tone.hpp"
#include "tests/peers/stage.hpp"

using namespace lifeline::peers;
using namespace std::chrono_literals;

namespace {

constexpr const char* device = "12345678";
constexpr const char* lift_line = "96333001";
constexpr double agents_voice = 880;
/// ITU-T Q.23: the low frequencies of A and D; the high one of both is 1633 Hz.
constexpr double acknowledged = 697;
constexpr double start = 941;

struct lift_shaft {
  workspace place{"lift-phone"};
  stage scene{configuration()};

  lift_shaft() {
    settle_town(scene.lifeline);
    auto lift = scene.lifeline.api("GET", "elevators/" + town_lift);
    lift["device_id"] = device;
    scene.lifeline.api("PUT", "elevators/" + town_lift, lift);
  }
  static engine_config configuration() {
    engine_config c;
    add_rescue(c, take_port(), {{"lift_phone_numbers", std::string{"[\""} + lift_line + "\"]"}});
    c.more_hotlines.push_back(
        {{"name", "\"lift-phones\""}, {"numbers", std::string{"[\""} + lift_line + "\"]"}, {"queue", "\"12315\""}});
    return c;
  }
  /// Its phone says these digits, `times` times, some time after it was answered.
  baresip phone(const std::string& digits, int times) {
    const auto words = place.file("packet.wav");
    write_dtmf(words, digits, 2.0, times);
    return baresip{place, {.name = "051700000001", .speaks = words}};
  }
  void call(baresip& phone) {
    phone.dial(std::string{"sip:"} + lift_line + '@' + scene.lifeline.sip_address());
    phone.wait_for("CALL_ESTABLISHED");
  }
  baresip agent() {
    auto& e = scene.lifeline;
    baresip desk{place,
                 {.name = "8001",
                  .tone = agents_voice,
                  .registrar = e.sip_address(),
                  .password = e.password("8001"),
                  .answers = true}};
    scene.wait_agent("8001", "ready");
    return desk;
  }
};

json the_alarm(const engine& e) {
  json found;
  wait_until("an alarm is open", 20s, [&] {
    const auto board = e.api("GET", "alarms").at("active");
    if (!board.empty()) found = board.at(0);
    return !found.is_null();
  });
  return found;
}

/// Seconds until the tone of a key with 1633 Hz is heard; -1: never. Each of its two frequencies has half the energy.
double key_heard(const sound& s, double low) {
  constexpr double step = 0.02;
  for (double t = 0; t + 3 * step < s.seconds(); t += step) {
    const bool both =
        dominant(s, 0, t, t + 3 * step, {low}).share > 0.3 && dominant(s, 0, t, t + 3 * step, {1633}).share > 0.3;
    if (both) return t;
  }
  return -1;
}

} // namespace

TEST_CASE("a lift's phone says its packet in tones: it is acknowledged, an order is opened, and an agent talks to the "
          "passenger") {
  lift_shaft s;
  auto desk = s.agent();
  auto lift = s.phone(std::string{"18"} + device + "2D", 1);
  s.call(lift);

  const auto order = the_alarm(s.scene.lifeline);
  CHECK(order.at("lift") == town_lift);
  CHECK(order.at("channel") == "lift_phone");
  CHECK(order.at("type") == "entrapment");
  desk.wait_for("CALL_ESTABLISHED", 1, 30s);
  const auto live = s.scene.wait_phase("talking");
  CHECK(live.at("lift") == town_lift);
  CHECK(live.at("order") == order.at("id"));
  std::this_thread::sleep_for(2s); // of talk, to be heard below
  lift.hang_up();
  lift.wait_for("CALL_CLOSED");

  const auto record = s.scene.record();
  CHECK(record.at("agent") == "8001");
  const auto heard = lift.heard();
  REQUIRE(heard.size() == 1);
  const auto sound = read_wav(heard.front());
  const auto asked = key_heard(sound, start);
  const auto understood = key_heard(sound, acknowledged);
  const auto voice = when_heard(sound, 0, agents_voice);
  REQUIRE(asked >= 0);
  CHECK(understood > asked);
  CHECK(voice.first > understood);
  CHECK(voice.total > 1.0);
  const auto passenger = when_heard(read_wav(desk.heard().at(0)), 0, 440);
  CHECK(passenger.total > 1.0);
  CHECK(s.scene.lifeline.control({"log", "verify"}).at("violation_count") == 0);
}

TEST_CASE("a packet that is spoilt is asked for once more, and the passenger is put through all the same") {
  lift_shaft s;
  auto desk = s.agent();
  auto lift = s.phone(std::string{"18"} + device + "2C", 6); // the checksum is wrong, each time
  s.call(lift);
  desk.wait_for("CALL_ESTABLISHED", 1, 60s);
  const auto order = the_alarm(s.scene.lifeline);
  CHECK(order.at("lift") == "");
  CHECK(order.at("channel") == "lift_phone");
  lift.hang_up();
  lift.wait_for("CALL_CLOSED");
  const auto sound = read_wav(lift.heard().at(0));
  CHECK(key_heard(sound, acknowledged) < 0);
}

TEST_CASE("a lift's phone that tests itself is acknowledged and hangs up - no order, and no agent is disturbed") {
  lift_shaft s;
  auto desk = s.agent();
  auto lift = s.phone(std::string{"38"} + device + "2#", 1);
  s.call(lift);
  lift.wait_for("CALL_CLOSED", 1, 30s);
  CHECK(desk.count("CALL_INCOMING") == 0);
  CHECK(s.scene.lifeline.api("GET", "alarms").at("active").empty());
  const auto sound = read_wav(lift.heard().at(0));
  CHECK(key_heard(sound, acknowledged) > 0);
}
