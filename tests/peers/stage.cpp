#include "tests/peers/stage.hpp"

#include <map>
#include <set>

namespace lifeline::peers {

namespace {

/// The passwords that an operator would have written; the engine adds its own to the file.
const workspace& with_secrets(const workspace& place, const std::map<std::string, std::string>& trunk_passwords) {
  if (trunk_passwords.empty()) return place;
  std::filesystem::create_directories(place.file("data"));
  std::string text = "[trunk_passwords]\n";
  for (const auto& [trunk, password] : trunk_passwords)
    text += trunk + " = \"" + password + "\"\n";
  write_text(place.file("data") / "secrets.toml", text);
  std::filesystem::permissions(place.file("data") / "secrets.toml", std::filesystem::perms{0600});
  return place;
}

} // namespace

stage::stage(const engine_config& config, const std::map<std::string, std::string>& trunk_passwords)
    : place("peers"), lifeline(with_secrets(place, trunk_passwords), config) {}

stage::stage(const std::function<engine_config(const workspace&)>& configured)
    : place("peers"), lifeline(place, configured(place)) {}

sipp stage::phones(const std::vector<std::string>& accounts, sipp_options options) {
  options.port = take_port();
  register_phones(place, lifeline, accounts, options.port);
  for (const auto& account : accounts)
    wait_agent(account, "ready");
  return sipp(place, options);
}

sipp stage::caller(sipp_options options) {
  options.remote = lifeline.sip_address();
  return sipp(place, options);
}

void stage::wait_agent(const std::string& account, const std::string& state, std::chrono::milliseconds timeout) {
  wait_until("agent " + account + " is " + state, timeout, [&] { return lifeline.agent_state(account) == state; });
}

json stage::record(std::size_t n) {
  std::vector<json> all;
  wait_until(std::to_string(n) + " calls have ended", 15s, [&] {
    all = lifeline.records();
    return all.size() >= n;
  });
  return all.at(n - 1);
}

json stage::wait_phase(const std::string& phase) {
  json found;
  wait_until("a call is " + phase, 10s, [&] {
    for (const auto& call : lifeline.live_calls()) {
      if (call.at("phase") == phase) found = call;
    }
    return !found.is_null();
  });
  return found;
}

void stage::wait_metric(const std::string& name, double value, std::chrono::milliseconds timeout) {
  double last = -1;
  try {
    wait_until(
        name, timeout, [&] { return (last = lifeline.metric(name)) == value; }, 50ms);
  } catch (const std::runtime_error&) {
    FAIL(name << " is " << last << " and not " << value);
  }
}

void stage::close() {
  for (const auto& call : lifeline.live_calls())
    INFO(call.dump());
  wait_metric("lifeline_calls_in_progress", 0);
  wait_metric("lifeline_reservations_open", 0);
  wait_metric("lifeline_queue_waiting", 0);
  wait_metric("lifeline_sip_legs", 0);
  wait_metric("lifeline_rtp_endpoints", 0);
  wait_metric("lifeline_recordings_active", 0);
  const auto metrics = lifeline.metric("lifeline_invariant_violations_total");
  CHECK(metrics <= 0); // -1: no sample at all
  CHECK(lifeline.metric("lifeline_actor_restarts_total") <= 0);
  CHECK(lifeline.metric("lifeline_recordings_failed_total") == 0);
  check_log(lifeline.events());
  CHECK(lifeline.stop() == 0);
  CHECK_FALSE(std::filesystem::exists(lifeline.data() / "endpoints.json"));
}

std::string type_of(const json& event) { return event.at("type"); }

std::string call_of(const json& event) {
  const auto call = event.find("call");
  return call == event.end() || !call->is_string() ? std::string{} : call->get<std::string>();
}

namespace {

std::string text_in(const json& event, const char* key) {
  const auto value = event.find(key);
  return value == event.end() || !value->is_string() ? std::string{} : value->get<std::string>();
}

} // namespace

void check_log(const std::vector<json>& events) {
  std::map<std::string, int> arrived;
  std::map<std::string, int> ended;
  std::map<std::string, int> reserved;
  std::map<std::string, int> released;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& e = events[i];
    REQUIRE(e.at("seq").get<std::uint64_t>() == i + 1);
    const auto type = type_of(e);
    if (type == "call_arrived") ++arrived[call_of(e)];
    if (type == "call_ended") ++ended[call_of(e)];
    if (type == "agent_reserved") ++reserved[text_in(e, "reservation")];
    if (type == "reservation_ended") ++released[text_in(e, "reservation")];
  }
  for (const auto& [call, times] : arrived) {
    INFO("call " << call);
    CHECK(times == 1);
    CHECK(ended[call] == 1);
  }
  for (const auto& [call, times] : ended) {
    INFO("call " << call);
    CHECK(times == 1); // a refused call ends without having been let in
  }
  for (const auto& [reservation, times] : reserved) {
    INFO("reservation " << reservation);
    CHECK(times == 1);
    CHECK(released[reservation] == 1);
  }
  CHECK(released.size() == reserved.size());
}

std::vector<std::string> reservations(const std::vector<json>& events) {
  std::vector<std::string> all;
  for (const auto& e : events) {
    if (type_of(e) == "reservation_ended") all.push_back(text_in(e, "agent") + ' ' + text_in(e, "outcome"));
  }
  return all;
}

json first_event(const std::vector<json>& events, const std::string& type) {
  for (const auto& e : events) {
    if (type_of(e) == type) return e;
  }
  FAIL("there is no event " << type);
  return {};
}

} // namespace lifeline::peers
