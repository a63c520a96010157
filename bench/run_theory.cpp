#include "bench/runs.hpp"

#include "domain/planning/day_source.hpp"
#include "domain/planning/erlang.hpp"
#include "domain/planning/what_if.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace lifeline::bench {

using namespace domain;
using namespace std::chrono_literals;

namespace {

struct one_case {
  const char* name;
  traffic load;
  std::uint32_t agents;
  double threshold;
};
constexpr one_case cases[] = {
    {"48/min, 60 s, 50 agents, for ever", {0.8, 60, 0}, 50, 20},
    {"48/min, 60 s, 50 agents, patience 120 s", {0.8, 60, 120}, 50, 20},
    {"60/h, 240 s, 5 agents, for ever", {1.0 / 60, 240, 0}, 5, 15},
    {"60/h, 240 s, 5 agents, patience 180 s", {1.0 / 60, 240, 180}, 5, 15},
    {"360/h, 240 s, 30 agents, for ever", {0.1, 240, 0}, 30, 20},
    {"360/h, 240 s, 30 agents, patience 300 s", {0.1, 240, 300}, 30, 20},
};

span of_seconds(double s) { return span{static_cast<std::int64_t>(s * 1e6)}; }

plan plan_of(const one_case& c) {
  plan p;
  queue_plan q;
  q.name = "q";
  q.wrap_up = 0s;
  q.short_abandon = 0s;
  q.service_level = of_seconds(c.threshold);
  p.queues = {q};
  for (std::uint32_t i = 0; i < c.agents; ++i) {
    agent_plan a;
    a.account = std::to_string(1000 + i);
    a.queues = {"q"};
    p.agents.push_back(a);
  }
  return p;
}

/// Sums over several days, so that memory stays bounded however many calls are asked for.
struct totals {
  double offered = 0, waited = 0, abandoned = 0, wait = 0, in_time = 0;
  double estimates = 0, error = 0, bias = 0, promised = 0;
  double talk = 0, calls = 0, length = 0;

  void add(const queue_day& q) {
    offered += static_cast<double>(q.offered);
    waited += static_cast<double>(q.waited);
    abandoned += static_cast<double>(q.abandoned);
    wait += q.wait_seconds;
    in_time += static_cast<double>(q.answered_within);
    estimates += static_cast<double>(q.estimates);
    error += q.estimate_error_seconds;
    bias += q.estimate_bias_seconds;
    promised += q.promised_seconds;
  }
};

totals simulate(const one_case& c, const theory_options& o) {
  constexpr double per_day = 500'000;
  totals sum;
  const auto days = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::llround(o.calls / per_day)));
  day d;
  d.plan = plan_of(c);
  for (std::uint64_t n = 0; n < days; ++n) {
    const auto calls = std::min(per_day, o.calls);
    day_profile p{"q",     instant{1'760'000'000s}, of_seconds(calls / c.load.arrivals_per_second),
                  {calls}, talk_law::exponential,   c.load.service_seconds,
                  0,       c.load.patience_seconds};
    d.calls = invent_day(p, o.seed * 1000 + n);
    d.skip = std::min<std::size_t>(5000, d.calls.size() / 10);
    d.seed = o.seed;
    sum.add(play(d).queues.front());
    for (const auto& call : d.calls)
      sum.talk += seconds(call.talk);
    sum.calls += static_cast<double>(d.calls.size());
    sum.length += seconds(p.interval);
  }
  return sum;
}

std::string percent(double simulated, double theory) {
  char text[32];
  std::snprintf(text, sizeof text, "%+.2f %%", theory == 0 ? 0 : 100 * (simulated / theory - 1));
  return text;
}

std::string digits(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.5g", x);
  return text;
}

} // namespace

void run_theory(report& r, const theory_options& o) {
  sheet table{"The simulated production router and the theory",
              {"case", "figure", "simulated", "theory", "differs", "theory for the sample's own traffic", "differs"},
              {}};
  sheet promises{"Expected waits promised at entry, against the waits of those who were answered",
                 {"case", "promised, mean s", "error, mean s", "bias, mean s"},
                 {}};
  double worst = 0;
  double worst_own = 0;
  for (const auto& c : cases) {
    const auto s = simulate(c, o);
    const auto theory = forecast(c.load, c.agents, c.threshold);
    const auto own = forecast({s.calls / s.length, s.talk / s.calls, c.load.patience_seconds}, c.agents, c.threshold);
    if (!theory || !own) throw std::runtime_error("the formulas refuse " + std::string{c.name});
    const auto row = [&](const char* name, double simulated, double exact, double exact_own) {
      if (exact == 0) return;
      table.rows.push_back({c.name, name, digits(simulated), digits(exact), percent(simulated, exact),
                            digits(exact_own), percent(simulated, exact_own)});
      worst = std::max(worst, std::abs(simulated / exact - 1));
      worst_own = std::max(worst_own, std::abs(simulated / exact_own - 1));
    };
    row("P(wait)", s.waited / s.offered, theory->p_wait, own->p_wait);
    row("P(abandon)", s.abandoned / s.offered, theory->p_abandon, own->p_abandon);
    row("mean wait", s.wait / s.offered, theory->mean_wait, own->mean_wait);
    row("answered in time", s.in_time / s.offered, theory->service_level, own->service_level);
    if (s.estimates > 0)
      promises.rows.push_back(
          {c.name, digits(s.promised / s.estimates), digits(s.error / s.estimates), digits(s.bias / s.estimates)});
  }
  r.add("largest difference from theory", 100 * worst, "%", better::lower, 1);
  r.add("largest difference from theory for the sample's own traffic", 100 * worst_own, "%");
  r.add("calls per case", o.calls, "", better::neither);
  r.sheets.push_back(std::move(table));
  r.sheets.push_back(std::move(promises));
}

} // namespace lifeline::bench
