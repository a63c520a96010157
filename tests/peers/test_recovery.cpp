// The engine is killed in the middle of a load of calls, and comes back.

#include "tests/peers/harness/tone.hpp"
#include "tests/peers/stage.hpp"

#include <algorithm>
#include <set>

using namespace lifeline::peers;

namespace {

std::size_t check_recordings(const engine& e) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(e.recordings())) {
    if (!entry.is_regular_file()) continue;
    INFO(entry.path().string());
    CHECK(entry.path().extension() == ".wav"); // nothing half made is left
    CHECK_NOTHROW(read_wav(entry.path()));
    ++files;
  }
  return files;
}

void check_records_match_files(const engine& e) {
  for (const auto& r : e.records()) {
    if (r.at("recording").is_null()) continue;
    const auto path = r.at("recording").at("path").get<std::string>();
    INFO(r.dump());
    CHECK(r.at("recording").at("sha256") == sha256_of(e.recordings() / path));
  }
}

} // namespace

TEST_CASE("after kill -9 under load every call has one end, no record is torn, and calls are taken within 3 s") {
  const std::vector<std::string> accounts{"8001", "8002", "8003", "8004", "8005", "8006", "8007", "8008"};
  engine_config c;
  c.agents.clear();
  for (const auto& a : accounts)
    c.agents.push_back({a, {}});
  c.sip["port"] = std::to_string(take_port()); // the phones must find it again
  c.limits["max_calls"] = "140";
  stage s(c);
  auto phones =
      s.phones(accounts, {.scenario = "phone_answers", .calls = 100000, .timeout = std::chrono::seconds{100}});
  auto load = s.caller({.scenario = "caller_answered",
                        .calls = 100000,
                        .rate = 20,
                        .at_once = 60,
                        .pause = 500ms,
                        .timeout = std::chrono::seconds{100}});
  wait_until("calls have ended and others are in progress", 30s, [&] {
    const auto metrics = s.lifeline.metric("lifeline_calls_ended_total");
    return metrics >= 30 && s.lifeline.metric("lifeline_calls_in_progress") >= 8;
  });
  s.lifeline.kill9();
  load.kill();

  const auto before = std::chrono::steady_clock::now();
  s.lifeline.start();
  s.caller({.scenario = "caller_answered", .pause = 0ms}).finish();
  const auto after = std::chrono::steady_clock::now();
  CHECK(after - before < 3s);

  // SIPp says nothing to a BYE for a call that has just ended, where a telephone would say 481: such a phone is waited
  // for as long as an answer may take.
  for (const auto& a : accounts) {
    s.wait_agent(a, "ready", 40s);
    CHECK(s.lifeline.agent(a).at("contacts").size() == 1);
  }
  // The recordings of before are mended beside the first calls.
  wait_until("what was cut off is sealed", 30s, [&] {
    const auto records = s.lifeline.records();
    return std::none_of(records.begin(), records.end(), [](const auto& r) {
      return !r.at("recording").is_null() && r.at("recording").at("sha256") == "";
    });
  });
  const auto events = s.lifeline.events();
  check_log(events);
  std::size_t starts = 0;
  std::size_t cut = 0;
  for (const auto& e : events)
    starts += type_of(e) == "engine_started" ? 1 : 0;
  for (const auto& r : s.lifeline.records())
    cut += r.at("cause") == "engine_restart" ? 1 : 0;
  CHECK(starts == 2);
  CHECK(cut >= 1);
  CHECK(check_recordings(s.lifeline) >= 20);
  check_records_match_files(s.lifeline);
  phones.kill();
  s.close();
}

TEST_CASE("an ordinary restart keeps the agents, their reasons and the numbering of the log") {
  engine_config c;
  c.agents = {{"8001", {}}, {"8002", {}}};
  c.sip["port"] = std::to_string(take_port());
  stage s(c);
  auto phones = s.phones({"8001", "8002"}, {.scenario = "phone_answers", .calls = 2});
  s.lifeline.control({"agents", "not-ready", "8002", "--reason", "meal"});
  s.caller({.scenario = "caller_answered", .pause = 200ms}).finish();
  s.record();
  CHECK(s.lifeline.stop() == 0);
  s.lifeline.start();
  s.wait_agent("8001", "ready");
  CHECK(s.lifeline.agent_state("8002") == "not_ready");
  CHECK(s.lifeline.agent("8002").at("reason") == "meal");
  s.caller({.scenario = "caller_answered", .pause = 200ms}).finish();
  phones.finish();
  CHECK(s.record(2).at("agent") == "8001");
  s.close();
}
