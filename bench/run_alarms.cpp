// Alarms over the API of a real engine: how soon each is on the disk and acknowledged, what thousands of open ones cost
// while nothing happens, and how soon an engine that was killed has them all again.
#include "bench/engine_runs.hpp"
#include "bench/http_load.hpp"
#include "bench/process_watch.hpp"

#include "domain/elevator_csv.hpp"
#include "domain/rescue_data.hpp"
#include "tests/peers/harness/engine.hpp"
#include "tests/peers/harness/wait.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

namespace lifeline::bench {

namespace {

using clock = std::chrono::steady_clock;
using peers::json;

peers::engine_config configuration() {
  peers::engine_config c;
  c.log["level"] = "\"warn\"";
  c.trunk["outbound"] = "\"127.0.0.1:" + std::to_string(peers::take_port()) + '"'; // nobody is there, nobody is called
  // People are alerted soon after each alarm, so that the rest that follows is one.
  c.extra = "[rescue]\nhotline = \"12315\"\nalert_agents = \"1s\"\nalert_supervisor = \"2s\"\n";
  return c;
}

/// Lifts whose firms nobody knows: the ladder climbs to its end at once, and what is left are the alarms' own timers.
std::vector<domain::elevator> lifts(std::size_t count) {
  auto all = domain::invent_elevators(count, 1);
  for (auto& l : all)
    l.maintenance_firm = l.duty_phone = l.maintenance_worker_phone = l.maintenance_manager_phone = {};
  return all;
}

void expect_all(const http_load_result& r, std::size_t count, const char* what) {
  if (r.answered != count)
    throw std::runtime_error(std::string{what} + ": " + std::to_string(count - r.answered) + " of " +
                             std::to_string(count) + " were not taken; the first answer was " + r.first_refusal);
}

std::size_t active(const peers::engine& e) { return e.api("GET", "alarms").at("active").size(); }

/// From kill -9 to an engine that takes calls and has every alarm.
void measure_restart(report& r, peers::engine& e, std::size_t count) {
  e.kill9();
  const auto begun = clock::now();
  e.start();
  const std::chrono::duration<double> ready = clock::now() - begun;
  auto again = active(e);
  while (again != count && clock::now() - begun < std::chrono::seconds{60})
    again = active(e);
  const std::chrono::duration<double> complete = clock::now() - begun;
  if (again != count)
    throw std::runtime_error("after the restart " + std::to_string(again) + " of " + std::to_string(count) +
                             " alarms are open");
  r.add("restart until calls are taken", ready.count(), "s", better::lower, 2);
  r.add("restart until the board shows every alarm", complete.count(), "s", better::lower, 2);
}

} // namespace

void run_alarms(report& r, const alarms_options& o) {
  peers::workspace place("bench-alarms");
  peers::engine e(place, configuration());
  const auto known = lifts(o.alarms);
  const auto imported = e.try_api({.method = "POST",
                                   .target = "elevators/import",
                                   .body = domain::write_elevator_csv(known),
                                   .headers = {{"Content-Type", "text/csv"}}});
  if (imported.status / 100 != 2) throw std::runtime_error("the lifts were not imported: " + imported.body);

  http_load load;
  load.port = e.http_port();
  load.token = e.api_token();
  load.connections = o.connections;
  load.rate = o.rate;
  load.count = o.alarms;
  load.make = [&](std::size_t n) {
    return http_request{"POST", "/api/v1/alarms",
                        json{{"kind", "entrapment"},
                             {"lift", known[n].rescue_code},
                             {"message_id", "b-" + std::to_string(n)},
                             {"caller_phone", "13800000000"},
                             {"confirmed", true}}
                            .dump()};
  };
  const auto cpu_before = cpu_ms_of(e.pid());
  auto taken = run_http_load(load);
  expect_all(taken, o.alarms, "alarms");
  const auto cpu = cpu_ms_of(e.pid()) - cpu_before;
  r.add("alarms per second", static_cast<double>(taken.answered) / taken.seconds, "1/s", better::higher, o.rate);
  taken.latency_ms.describe(r, "acknowledgement", "ms", {.p99 = 10});
  r.add("CPU per alarm", cpu / static_cast<double>(o.alarms), "ms");
  r.spreads.push_back(taken.latency_ms.histogram("Acknowledgement of one alarm", "ms"));
  r.curves.push_back({"Acknowledgement over time", "s", "ms", taken.over_time});

  load.make = [&](std::size_t n) {
    return http_request{
        "POST", "/api/v1/alarms",
        json{{"kind", "entrapment"}, {"lift", known[n].rescue_code}, {"message_id", "b-" + std::to_string(n)}}.dump()};
  };
  auto repeated = run_http_load(load);
  expect_all(repeated, o.alarms, "repeated alarms");
  repeated.latency_ms.describe(r, "acknowledgement of a repeated alarm", "ms");
  const auto open = active(e);
  if (open != o.alarms) throw std::runtime_error(std::to_string(open) + " alarms are open: one is missing or doubled");

  const auto resident = resident_kb_of(e.pid());
  r.add("resident memory with " + std::to_string(o.alarms) + " open alarms", resident / 1024, "MB");
  std::this_thread::sleep_for(std::chrono::seconds{5}); // what the load has left behind is done
  const auto idle_before = cpu_ms_of(e.pid());
  std::this_thread::sleep_for(std::chrono::seconds{o.idle_seconds});
  r.add("CPU while nothing happens", (cpu_ms_of(e.pid()) - idle_before) / 10 / static_cast<double>(o.idle_seconds),
        "% of a core", better::lower, 5);
  measure_restart(r, e, o.alarms);
  e.stop();
}

} // namespace lifeline::bench
