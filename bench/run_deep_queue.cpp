// A long queue: whether an agent who becomes free has the next caller as soon, and as cheaply, when thousands wait as
// when hundreds do.
#include "bench/engine_runs.hpp"
#include "bench/load_engine.hpp"
#include "bench/process_watch.hpp"
#include "tests/peers/harness/wait.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <thread>

namespace lifeline::bench {

namespace {

using namespace std::chrono_literals;

struct depth_result {
  double depth = 0; ///< callers who really waited, on average
  std::uint64_t dispatches = 0;
  double resting = 0; ///< CPU while nobody becomes free, % of a core
  double cpu_ms = 0;  ///< per dispatch, without that: the arrival of the caller who takes the place is in it
  sample free_to_offer;
};

/// CPU of `seconds`, in ms.
double cpu_of(load_engine& l, double seconds) {
  const auto before = l.cpu_ms();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  return l.cpu_ms() - before;
}

depth_result measure(load_engine& l, std::size_t depth, const deep_queue_options& o) {
  depth_result d;
  // First nobody becomes free: what thousands cost by waiting alone is no cost of a dispatch.
  l.phones.set_talk(0ms);
  l.people.keep_open(depth + o.agents, 400);
  peers::wait_until(
      "so many callers are there", 300s, [&] { return l.people.waiting() >= depth && l.phones.talking() == o.agents; },
      100ms);
  std::this_thread::sleep_for(std::chrono::duration<double>(2 + 2 * o.talk_seconds));
  const auto resting = cpu_of(l, o.seconds / 2.0) / (o.seconds / 2.0); // ms in a second
  d.resting = resting / 10;
  l.phones.set_talk(std::chrono::milliseconds{static_cast<int>(1000 * o.talk_seconds)}, 0.5);
  l.phones.hang_up_all();
  std::this_thread::sleep_for(std::chrono::duration<double>(3 * o.talk_seconds)); // who began together is spread
  const auto waiting_before = l.people.waiting();
  const auto offers = l.phones.figures().offers;
  l.phones.measure_free_to_offer(true);
  const auto cpu = cpu_of(l, o.seconds);
  d.free_to_offer = l.phones.take_free_to_offer();
  d.dispatches = l.phones.figures().offers - offers;
  l.phones.measure_free_to_offer(false);
  if (d.dispatches > 0) d.cpu_ms = std::max(0.0, cpu - resting * o.seconds) / static_cast<double>(d.dispatches);
  d.depth = static_cast<double>(waiting_before + l.people.waiting()) / 2;
  return d;
}

std::string ms(double x) {
  char t[32];
  std::snprintf(t, sizeof t, "%.2f ms", x);
  return t;
}

std::string percent(double x) {
  char t[32];
  std::snprintf(t, sizeof t, "%.1f %%", x);
  return t;
}

void tell(report& r, std::vector<depth_result>& all) {
  sheet t{"Each depth",
          {"callers waiting", "CPU of waiting", "dispatches", "CPU per dispatch", "free to INVITE p50", "p95", "p99",
           "max"},
          {}};
  series resting{"CPU of the waiting itself over the depth", "callers", "% of a core", {}};
  series cpu{"CPU per dispatch over the depth", "callers", "ms", {}};
  series p50{"Agent free to the next INVITE over the depth, p50", "callers", "ms", {}};
  series p95{"Agent free to the next INVITE over the depth, p95", "callers", "ms", {}};
  for (auto& d : all) {
    auto& f = d.free_to_offer;
    t.rows.push_back({std::to_string(static_cast<long>(d.depth)), percent(d.resting), std::to_string(d.dispatches),
                      ms(d.cpu_ms), ms(f.percentile(0.5)), ms(f.percentile(0.95)), ms(f.percentile(0.99)),
                      ms(f.largest())});
    resting.points.emplace_back(d.depth, d.resting);
    cpu.points.emplace_back(d.depth, d.cpu_ms);
    p50.points.emplace_back(d.depth, f.percentile(0.5));
    p95.points.emplace_back(d.depth, f.percentile(0.95));
  }
  r.sheets.push_back(std::move(t));
  for (auto* c : {&resting, &cpu, &p50, &p95})
    r.curves.push_back(std::move(*c));
}

} // namespace

void run_deep_queue(report& r, const deep_queue_options& o) {
  auto depths = o.depths;
  std::sort(depths.begin(), depths.end());
  load_engine l({.name = "deep-queue", .agents = o.agents});
  l.sign_in();
  const process_watch watch(l.engine.pid(), 1s);
  std::vector<depth_result> all;
  for (const auto depth : depths) {
    all.push_back(measure(l, depth, o));
    auto& d = all.back();
    std::cerr << depth << " callers waiting: " << ms(d.cpu_ms) << " CPU per dispatch, p95 "
              << ms(d.free_to_offer.percentile(0.95)) << '\n';
    if (d.depth < 0.9 * static_cast<double>(depth))
      r.remarks.push_back("Of " + std::to_string(depth) + " callers only " +
                          std::to_string(static_cast<long>(d.depth)) + " were waiting.");
    const auto name = "at " + std::to_string(depth) + " waiting";
    r.add("CPU of the waiting itself " + name, d.resting, "% of a core");
    r.add("CPU per dispatch " + name, d.cpu_ms, "ms");
    d.free_to_offer.describe(r, "agent free to the next INVITE " + name, "ms", {.p95 = 3});
  }
  auto& first = all.front();
  auto& last = all.back();
  if (all.size() > 1 && first.cpu_ms > 0 && first.free_to_offer.size() > 0) {
    r.add("CPU per dispatch, deepest ÷ shallowest", last.cpu_ms / first.cpu_ms, "", better::lower, 1);
    r.add("p95 of agent free to the next INVITE, deepest ÷ shallowest",
          last.free_to_offer.percentile(0.95) / first.free_to_offer.percentile(0.95), "", better::lower, 1);
  }
  r.spreads.push_back(last.free_to_offer.histogram("Agent free to the next INVITE at the deepest queue", "ms"));
  tell(r, all);
  const auto seen = watch.samples();
  r.curves.push_back({"The engine's CPU over the run", "s", "% of a core", cpu_percent(seen)});
  r.curves.push_back({"The engine's memory over the run", "s", "MB", resident_mb(seen)});
  l.people.keep_open(0, 0);
  l.people.give_up();
  l.phones.hang_up_all();
  if (!l.quiet(120s)) r.remarks.push_back("After everybody had hung up, the engine kept calls for two minutes.");
  remark_on_load(r, l);
  l.engine.stop();
}

} // namespace lifeline::bench
