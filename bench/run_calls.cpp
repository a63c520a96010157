// Calls by SIPp against a real engine: what one costs, how soon it is offered to an agent, how many a second are held,
// and how much memory one takes.
#include "bench/engine_runs.hpp"
#include "bench/load_engine.hpp"
#include "bench/process_watch.hpp"
#include "bench/ramp.hpp"
#include "bench/sipp_load.hpp"
#include "tests/peers/harness/wait.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <thread>

namespace lifeline::bench {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr double probes_per_second = 5; ///< of our own beside SIPp's calls, for the latency
constexpr double enough = 0.999;        ///< of the calls must succeed
constexpr double prompt_ms = 1000; ///< 95 % of the callers must be offered so soon: a backlog is no rate that is held

std::string text(const char* format, double x) {
  char t[64];
  std::snprintf(t, sizeof t, format, x);
  return t;
}

load_engine_options engine_of(const calls_options& o, const std::string& name) {
  return {.name = name, .agents = o.agents, .media = o.media, .record = o.media == "anchored"};
}

/// At most half of the agents are busy at this rate: else what is measured is how long the others talk.
std::chrono::milliseconds talk_at(const calls_options& o, double rate) {
  const auto most = 0.5 * static_cast<double>(o.agents) / rate;
  return std::chrono::milliseconds{static_cast<int>(1000 * std::min(o.talk_seconds, most))};
}

/// Resident memory, once it has stopped moving.
double settled_kb(const load_engine& l) {
  std::this_thread::sleep_for(2s);
  return resident_kb_of(l.engine.pid());
}

/// With an engine of its own: memory that a thousand earlier calls have left behind would hide what new ones take.
void measure_memory(report& r, const calls_options& o) {
  load_engine l(engine_of(o, "memory"));
  l.sign_in();
  l.phones.set_talk(0ms); // nobody hangs up
  constexpr double rate = 400;
  const auto open = [&](std::size_t count) {
    l.people.keep_open(count, rate);
    peers::wait_until("callers are there", 120s, [&] { return l.people.open() == count; });
    return settled_kb(l);
  };
  // The first ones bring what all share; the memory of one is that of the others.
  const auto first_talking = std::max<std::size_t>(1, o.agents / 4);
  const auto first_waiting = std::max<std::size_t>(1, o.waiting / 10);
  const auto before_talking = open(first_talking);
  const auto before_waiting = open(o.agents);
  const auto some_waiting = open(o.agents + first_waiting);
  const auto all_waiting = open(o.agents + first_waiting + o.waiting);
  const auto there = l.people.waiting();
  r.add("memory per talking call",
        (before_waiting - before_talking) / static_cast<double>(std::max<std::size_t>(1, o.agents - first_talking)),
        "kB");
  r.add("memory per waiting call", (all_waiting - some_waiting) / static_cast<double>(o.waiting), "kB", better::lower,
        20);
  if (there + l.phones.talking() < l.people.open())
    r.remarks.push_back("For the memory only " + std::to_string(there) + " callers were waiting.");
  l.people.keep_open(0, 0);
  l.people.give_up();
  if (!l.quiet(60s)) r.remarks.push_back("After the callers had given up, the engine kept calls for a minute.");
  remark_on_load(r, l);
}

/// INVITE to the agent's INVITE while most agents are idle. SIPp makes one half of the calls; the other half are our
/// own, whose two ends are both here.
void measure_idle_latency(report& r, load_engine& l, const calls_options& o) {
  constexpr double rate = 100;
  std::cerr << "calls at 100/s with idle agents\n";
  l.phones.set_talk(talk_at(o, rate));
  sipp_load load(l.place, {.engine_port = l.engine.sip_port(),
                           .rate = rate / 2,
                           .calls = static_cast<std::uint64_t>(rate / 2 * (o.seconds + 1))});
  std::this_thread::sleep_for(1s);
  l.people.place(rate / 2);
  std::this_thread::sleep_for(std::chrono::seconds{o.seconds});
  l.people.place(0);
  remark_on_sipp(r, load.finish(), "At 100 calls/s", 0);
  l.quiet(10s);
  auto offer = l.people.take_to_offer();
  offer.describe(r, "INVITE to the agent's INVITE at 100 calls/s", "ms", {.p50 = 0.6, .p99 = 2});
  r.spreads.push_back(offer.histogram("INVITE to the agent's INVITE, agents idle, 100 calls/s", "ms"));
  const auto count = l.engine.metric("lifeline_call_wait_seconds_count{queue=\"12315\",outcome=\"answered\"}");
  const auto sum = l.engine.metric("lifeline_call_wait_seconds_sum{queue=\"12315\",outcome=\"answered\"}");
  if (count > 0)
    r.add("mean wait until the agent has answered, by the engine's own histogram", 1000 * sum / count, "ms");
}

/// From an agent's BYE to the next INVITE at the same phone, while callers are waiting all the time.
void measure_busy_latency(report& r, load_engine& l, const calls_options& o) {
  std::cerr << "calls with all agents busy\n";
  constexpr std::uint64_t waiting = 100;
  const auto talk = std::chrono::milliseconds{static_cast<int>(1000 * o.talk_seconds)};
  l.phones.set_talk(talk, 0.5);
  sipp_load load(
      l.place, {.engine_port = l.engine.sip_port(), .rate = 400, .calls = 100'000'000, .at_once = o.agents + waiting});
  peers::wait_until("every agent talks", 60s, [&] { return l.phones.talking() == o.agents; });
  std::this_thread::sleep_for(3 * talk); // the first talks began together
  const auto before = l.phones.figures().offers;
  const auto cpu = l.cpu_ms();
  l.phones.measure_free_to_offer(true);
  std::this_thread::sleep_for(std::chrono::seconds{o.seconds});
  auto free = l.phones.take_free_to_offer();
  l.phones.measure_free_to_offer(false);
  const auto made = static_cast<double>(l.phones.figures().offers - before);
  const auto spent = l.cpu_ms() - cpu;
  l.phones.set_talk(500ms); // so that the waiting ones come to their turn
  const auto s = load.wind_down();
  l.quiet(20s);
  free.describe(r, "agent free to the next INVITE", "ms", {.p95 = 3});
  r.spreads.push_back(free.histogram("Agent free to the next INVITE, callers waiting", "ms"));
  if (made > 0) r.add("CPU per call while callers wait", spent / made, "ms");
  remark_on_sipp(r, s, "With all agents busy", 0);
}

struct step {
  double rate = 0;
  double made = 0; ///< calls a second, in truth
  double success = 0;
  double cpu_per_call = 0;
  double engine_percent = 0;
  double sipp_percent = 0;
  double peers_percent = 0; ///< our own phones and callers
  sample to_offer;
  [[nodiscard]] bool held() {
    return success >= enough && made >= 0.97 * rate && (to_offer.size() == 0 || to_offer.percentile(0.95) <= prompt_ms);
  }
};

step take_step(report& r, load_engine& l, const calls_options& o, double rate, int seconds) {
  l.phones.set_talk(talk_at(o, rate));
  (void)l.people.take_to_offer();
  const auto own_before = l.people.figures();
  const auto cpu_before = l.cpu_ms();
  const auto peers_before = l.loop.cpu_ms();
  const auto begun = clock::now();
  const auto calls = static_cast<std::uint64_t>(std::max(1.0, rate * seconds));
  sipp_load load(l.place, {.engine_port = l.engine.sip_port(), .rate = rate, .calls = calls, .drain = 8s});
  l.people.place(probes_per_second);
  std::this_thread::sleep_for(std::chrono::seconds{seconds});
  l.people.place(0);
  const auto sipp = load.finish();
  const auto quiet = l.quiet(10s);
  const std::chrono::duration<double> took = clock::now() - begun;
  step s;
  s.rate = rate;
  const auto own = l.people.figures();
  const auto placed = static_cast<double>(own.placed - own_before.placed);
  const auto all = static_cast<double>(sipp.statistics.created) + placed;
  const auto well = static_cast<double>(sipp.statistics.successful + own.ended - own_before.ended);
  s.made = sipp.seconds > 0 ? static_cast<double>(sipp.statistics.created) / sipp.seconds : 0;
  s.success = all > 0 ? well / all : 0;
  const auto cpu = l.cpu_ms() - cpu_before;
  s.cpu_per_call = all > 0 ? cpu / all : 0;
  s.engine_percent = cpu / took.count() / 10;
  s.peers_percent = (l.loop.cpu_ms() - peers_before) / took.count() / 10;
  s.sipp_percent = sipp.cpu_percent;
  s.to_offer = l.people.take_to_offer();
  remark_on_sipp(r, sipp, "At " + text("%.0f", rate) + " calls/s", rate);
  if (!quiet) {
    l.people.give_up();
    l.phones.hang_up_all();
    l.quiet(40s);
  }
  std::cerr << text("%.0f", rate) << " calls/s: " << text("%.2f", 100 * s.success) << " % succeeded, "
            << text("%.2f", s.cpu_per_call) << " ms CPU per call\n";
  return s;
}

void tell(report& r, std::vector<step>& steps) {
  std::sort(steps.begin(), steps.end(), [](const step& a, const step& b) { return a.rate < b.rate; });
  sheet t{"Each rate",
          {"calls/s", "made", "success", "CPU per call", "INVITE to offer p50", "p95", "engine CPU",
           "SIPp CPU (worst second)", "own phones' CPU"},
          {}};
  series cpu{"CPU per call over the rate", "calls/s", "ms", {}};
  series success{"Calls that succeeded over the rate", "calls/s", "%", {}};
  series latency{"INVITE to the agent's INVITE over the rate, p95", "calls/s", "ms", {}};
  for (auto& s : steps) {
    t.rows.push_back({text("%.0f", s.rate), text("%.0f", s.made), text("%.3f %%", 100 * s.success),
                      text("%.2f ms", s.cpu_per_call), text("%.2f ms", s.to_offer.percentile(0.5)),
                      text("%.2f ms", s.to_offer.percentile(0.95)), text("%.0f %%", s.engine_percent),
                      text("%.0f %%", s.sipp_percent), text("%.0f %%", s.peers_percent)});
    cpu.points.emplace_back(s.rate, s.cpu_per_call);
    success.points.emplace_back(s.rate, 100 * s.success);
    latency.points.emplace_back(s.rate, s.to_offer.percentile(0.95));
  }
  r.sheets.push_back(std::move(t));
  if (steps.size() < 2) return;
  for (auto* c : {&cpu, &success, &latency})
    r.curves.push_back(std::move(*c));
}

void measure_rates(report& r, load_engine& l, const calls_options& o) {
  std::vector<step> steps;
  const bool search = o.rate <= 0;
  ramp rates(50, o.most, 3);
  if (search) {
    while (const auto rate = rates.next()) {
      // The rate at which the CPU per call is reported is measured for as long as the others' figures.
      steps.push_back(take_step(r, l, o, *rate, *rate == 100 ? o.seconds : std::max(1, o.seconds / 2)));
      rates.tried(*rate, steps.back().held());
    }
    r.add("calls per second sustained", rates.sustained(), "1/s", better::higher);
    if (!rates.limit_found()) r.remarks.push_back("Every rate was held: the limit is beyond --most.");
    for (auto& s : steps)
      if (!s.held() && s.engine_percent + s.sipp_percent + s.peers_percent >
                           90.0 * static_cast<double>(std::thread::hardware_concurrency()))
        r.remarks.push_back("At " + text("%.0f", s.rate) +
                            " calls/s all cores were busy with the engine and its peers together.");
  } else {
    steps.push_back(take_step(r, l, o, o.rate, o.seconds));
    r.add("calls per second made", steps.back().made, "1/s", better::higher);
    r.add("calls that succeeded", 100 * steps.back().success, "%", better::higher, 100 * enough);
  }
  const auto wanted = search ? 100.0 : o.rate;
  for (const auto& s : steps)
    if (s.rate == wanted)
      r.add("CPU per call at " + text("%.0f", s.rate) + " calls/s", s.cpu_per_call, "ms", better::lower,
            o.media == "direct" ? 0.9 : 0);
  tell(r, steps);
}

} // namespace

void run_calls(report& r, const calls_options& o) {
  measure_memory(r, o);
  load_engine l(engine_of(o, "calls"));
  l.sign_in();
  const process_watch watch(l.engine.pid(), 1s);
  const auto idle = l.cpu_ms();
  std::this_thread::sleep_for(5s);
  r.add("CPU while nothing happens", (l.cpu_ms() - idle) / 50, "% of a core");
  measure_idle_latency(r, l, o);
  measure_busy_latency(r, l, o);
  measure_rates(r, l, o);
  const auto seen = watch.samples();
  r.curves.push_back({"The engine's CPU over the run", "s", "% of a core", cpu_percent(seen)});
  r.curves.push_back({"The engine's memory over the run", "s", "MB", resident_mb(seen)});
  r.add("resident memory in the end", resident_kb_of(l.engine.pid()) / 1024, "MB");
  remark_on_load(r, l);
  l.engine.stop();
}

} // namespace lifeline::bench
