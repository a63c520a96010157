#include "tests/peers/demo_rescue.hpp"

#include "tests/peers/harness/rescue_town.hpp"
#include "tests/peers/harness/wait.hpp"

#include <algorithm>
#include <sstream>
#include <thread>

namespace lifeline::demo {

using namespace peers;

namespace {

constexpr auto listening = 4s; ///< how long a rescuer listens before a key is pressed
constexpr auto between_keys = 500ms;

std::vector<std::string> steps_of(const json& story) {
  std::vector<std::string> steps;
  for (const auto& entry : story.at("timeline"))
    if (entry.at("type") == "order_changed") steps.push_back(entry.at("step"));
  return steps;
}

} // namespace

baresip_options town_exchange() {
  return {.name = firm_phone, .more_names = {station_phone, public_phone}, .tone = 300, .answers = true};
}

void rescue_story::prepare() {
  settle_town(engine_);
  say_("  the registry knows lift " + town_lift + ", its firm 安顺电梯, the station 城东救援站 and public rescue");
}

std::string rescue_story::create(const std::string& caller, const std::string& call) {
  json wish{
      {"type", "entrapment"}, {"lift", town_lift}, {"caller_phone", caller}, {"trapped", 2}, {"message_id", "demo-1"}};
  if (!call.empty()) wish["call"] = call;
  const std::string number = engine_.api("POST", "orders", wish).at("order").at("number");
  say_("  the agent asks for the code on the lift's plate, " + town_lift + ", and creates order " + number);
  return number;
}

void rescue_story::answer_with(char key, const std::string& who) {
  exchange_.wait_for("CALL_ESTABLISHED", ++calls_, 40s);
  say_("  the engine calls " + who + ", who hears place and lift spoken");
  std::this_thread::sleep_for(listening);
  exchange_.press(key);
  say_("  " + who + " presses " + key);
  exchange_.wait_for("CALL_CLOSED", calls_, 30s);
}

void rescue_story::find_rescuers(const std::string& order) {
  answer_with('2', "the firm");
  wait_deployment(engine_, order, 1, "refused");
  say_("  the firm has refused: the nearest rescue station is next");
  answer_with('1', "the station");
  wait_deployment(engine_, order, 2, "accepted");
  say_("  the station has accepted and is on its way");
}

void rescue_story::report(char key, const std::string& order, const std::string& status) {
  exchange_.use(station_phone);
  exchange_.dial("sip:" + report_number + '@' + engine_.sip_address());
  exchange_.wait_for("CALL_ESTABLISHED", ++calls_, 20s);
  std::this_thread::sleep_for(listening);
  const auto code = order_of(engine_, order).at("short_code").get<std::string>();
  for (const char digit : code + key) {
    exchange_.press(digit);
    std::this_thread::sleep_for(between_keys);
  }
  wait_order(engine_, order, status, 20s);
  say_("  the station calls " + report_number + ", gives the short code " + code + " and presses " + key + ": " +
       status);
  exchange_.wait_for("CALL_CLOSED", calls_, 30s);
}

void rescue_story::report_from_site(const std::string& order) {
  report('4', order, "arrived");
  report('5', order, "rescued");
}

void rescue_story::close(const std::string& order) {
  engine_.api("POST", "orders/" + order + "/confirm", {{"with", "trapped person"}});
  say_("  the agent calls the passenger back and confirms: everybody is out");
  engine_.api("POST", "orders/" + order + "/follow-up", {{"result", "人员平安"}, {"satisfaction", 0}});
  engine_.api("POST", "orders/" + order + "/close", {{"fault_cause", "door"}});
  say_("\nOrder " + order + ", as `lifelinectl orders show " + order + "` tells it:\n");
  const auto shown = engine_.try_control({"orders", "show", order}, false);
  std::istringstream lines(shown.out);
  for (std::string line; std::getline(lines, line);)
    say_("    | " + line);
  say_("");
  check_(shown.code == 0, "lifelinectl shows the order");
  const auto story = engine_.api("GET", "orders/" + order);
  const auto steps = steps_of(story);
  for (const char* step : {"created", "refused", "escalated", "accepted", "arrived", "rescued", "confirmed", "closed"})
    check_(std::find(steps.begin(), steps.end(), step) != steps.end(), std::string{"its timeline has: "} + step);
  check_(story.at("order").at("status") == "closed", "the order is closed");
  const auto proof = engine_.control({"log", "verify"});
  check_(proof.at("violation_count") == 0, "the log proves: one owner for each call, no alarm ended without a person");
}

} // namespace lifeline::demo
