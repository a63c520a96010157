// Alarms over the API of a real engine: how soon each is on the disk and acknowledged, what thousands of open ones cost
// while nothing happens, and how soon an engine that was killed has them all again.
#include "bench/alarm_load.hpp"
#include "bench/engine_runs.hpp"
#include "bench/process_watch.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

namespace lifeline::bench {

namespace {

using clock = std::chrono::steady_clock;

peers::engine_config configuration() {
  peers::engine_config c;
  c.log["level"] = "\"warn\"";
  allow_alarms(c);
  return c;
}

/// Alarms that nobody takes ring louder and louder for a minute, each step of which is written; 30 s may lie between
/// two.
void await_quiet(peers::engine& e) {
  const auto give_up = clock::now() + std::chrono::minutes{3};
  auto before = -1.0;
  for (int quiet = 0; quiet < 35 && clock::now() < give_up; std::this_thread::sleep_for(std::chrono::seconds{1})) {
    const auto last = e.metric("lifeline_journal_last_sequence");
    quiet = last == before ? quiet + 1 : 0;
    before = last;
  }
}

/// From kill -9 to an engine that takes calls and has every alarm.
void measure_restart(report& r, peers::engine& e, std::size_t count) {
  e.kill9();
  const auto begun = clock::now();
  e.start();
  const std::chrono::duration<double> ready = clock::now() - begun;
  const auto again = await_alarms(e, count, std::chrono::seconds{60});
  const std::chrono::duration<double> complete = clock::now() - begun;
  const auto asking = clock::now();
  (void)e.try_api({.method = "GET", .target = "alarms"});
  const std::chrono::duration<double> board = clock::now() - asking;
  if (again != count)
    throw std::runtime_error("after the restart " + std::to_string(again) + " of " + std::to_string(count) +
                             " alarms are open");
  r.add("restart until calls are taken", ready.count(), "s", better::lower, 2);
  r.add("restart until every alarm is worked on", complete.count(), "s", better::lower, 2);
  r.add("the board with every alarm", board.count(), "s");
}

} // namespace

void run_alarms(report& r, const alarms_options& o) {
  peers::workspace place("bench-alarms");
  peers::engine e(place, configuration());
  const auto lifts = import_lifts(e, o.alarms);
  const auto cpu_before = cpu_ms_of(e.pid());
  auto taken = send_alarms(e, lifts, o.rate, o.connections);
  const auto cpu = cpu_ms_of(e.pid()) - cpu_before;
  r.add("alarms per second", static_cast<double>(taken.answered) / taken.seconds, "1/s", better::higher, o.rate);
  taken.latency_ms.describe(r, "acknowledgement", "ms", {.p99 = 10});
  r.add("CPU per alarm", cpu / static_cast<double>(o.alarms), "ms");
  r.spreads.push_back(taken.latency_ms.histogram("Acknowledgement of one alarm", "ms"));
  r.curves.push_back({"Acknowledgement over time", "s", "ms", taken.over_time});

  auto repeated = send_alarms(e, lifts, o.rate, o.connections, true);
  repeated.latency_ms.describe(r, "acknowledgement of a repeated alarm", "ms");
  const auto open = active_alarms(e);
  if (open != o.alarms) throw std::runtime_error(std::to_string(open) + " alarms are open: one is missing or doubled");

  const auto resident = resident_kb_of(e.pid());
  r.add("resident memory with " + std::to_string(o.alarms) + " open alarms", resident / 1024, "MB");
  await_quiet(e);
  const auto idle_before = cpu_ms_of(e.pid());
  std::this_thread::sleep_for(std::chrono::seconds{o.idle_seconds});
  r.add("CPU while nothing happens", (cpu_ms_of(e.pid()) - idle_before) / 10 / static_cast<double>(o.idle_seconds),
        "% of a core", better::lower, 5);
  measure_restart(r, e, o.alarms);
  e.stop();
}

} // namespace lifeline::bench
