#include "bench/recorded_day.hpp"
#include "bench/what_if_options.hpp"

#include "domain/planning/erlang.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace lifeline::bench {

using namespace domain;

namespace {

std::string digits(double x, const char* format = "%.4g") {
  char text[32];
  std::snprintf(text, sizeof text, format, x);
  return text;
}

/// Student's t for 95 %, two-sided, by degrees of freedom; beyond the table the normal value is within 1 %.
double student(std::size_t freedom) {
  static constexpr double table[] = {12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
                                     2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
                                     2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
  return freedom == 0 ? 0 : freedom <= std::size(table) ? table[freedom - 1] : 1.99;
}

/// One figure over the courses of the day.
struct spread_of {
  std::vector<double> values;
  [[nodiscard]] double mean() const {
    double sum = 0;
    for (const auto v : values)
      sum += v;
    return sum / static_cast<double>(values.size());
  }
  /// Half the width of the 95 % interval of the mean.
  [[nodiscard]] double bound() const {
    if (values.size() < 2) return 0;
    double squares = 0;
    for (const auto v : values)
      squares += (v - mean()) * (v - mean());
    const auto n = static_cast<double>(values.size());
    return student(values.size() - 1) * std::sqrt(squares / (n - 1) / n);
  }
};

struct queue_figures {
  spread_of level, asa, abandoned, longest, offered;
};

std::string with_bound(const spread_of& s, double factor, const char* unit) {
  return digits(factor * s.mean()) + " ±" + digits(factor * s.bound(), "%.2g") + unit;
}

std::vector<day_call> course(const what_if_options& o, const recorded_day& recorded, std::uint64_t seed) {
  if (!recorded.calls.empty()) return draw(recorded, seed);
  std::vector<day_call> calls;
  for (const auto& p : o.profiles) {
    auto some = invent_day(p, seed);
    calls.insert(calls.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
  }
  std::stable_sort(calls.begin(), calls.end(), [](const day_call& a, const day_call& b) { return a.at < b.at; });
  return calls;
}

/// Only the first so many of a queue's agents are there.
std::vector<shift> shifts_of(const what_if_options& o, const std::vector<day_call>& calls) {
  if (o.agents_present.empty() || calls.empty()) return {};
  const auto from = calls.front().at;
  const auto until = calls.back().at + std::chrono::hours{24};
  std::vector<shift> shifts;
  std::map<queue_id, std::size_t> room(o.agents_present.begin(), o.agents_present.end());
  for (const auto& a : o.plan.agents) {
    bool wanted = true;
    for (const auto& q : a.queues)
      if (const auto left = room.find(q); left != room.end()) wanted = wanted && left->second > 0;
    if (!wanted) continue;
    for (const auto& q : a.queues)
      if (const auto left = room.find(q); left != room.end()) --left->second;
    shifts.push_back({a.account, from, until});
  }
  return shifts;
}

} // namespace

void run_what_if(report& r, const what_if_options& o, const recorded_day& recorded) {
  std::map<queue_id, queue_figures> figures;
  spread_of occupancy;
  for (std::uint64_t n = 0; n < o.courses; ++n) {
    day d;
    d.plan = o.plan;
    d.calls = course(o, recorded, o.seed + n);
    if (d.calls.empty()) throw std::runtime_error("there are no calls in that time");
    d.shifts = shifts_of(o, d.calls);
    d.answer_delay = o.answer_delay;
    d.seed = o.seed + n;
    const auto result = play(d);
    for (const auto& q : result.queues) {
      if (q.offered == 0) continue;
      auto& f = figures[q.queue];
      f.offered.values.push_back(static_cast<double>(q.offered));
      f.level.values.push_back(q.service_level());
      f.asa.values.push_back(q.asa_seconds());
      f.abandoned.values.push_back(q.abandon_rate());
      f.longest.values.push_back(q.longest_wait_seconds);
    }
    occupancy.values.push_back(result.occupancy());
  }
  sheet table{"What would have happened (mean of " + std::to_string(o.courses) + " courses of the day, 95 % bounds)",
              {"queue", "offered", "service level", "ASA", "abandoned", "longest wait"},
              {}};
  for (const auto& [queue, f] : figures) {
    table.rows.push_back({queue, with_bound(f.offered, 1, ""), with_bound(f.level, 100, " %"),
                          with_bound(f.asa, 1, " s"), with_bound(f.abandoned, 100, " %"),
                          with_bound(f.longest, 1, " s")});
    r.add(queue + " service level", 100 * f.level.mean(), "%", better::higher);
    r.add(queue + " ASA", f.asa.mean(), "s");
    r.add(queue + " abandoned", 100 * f.abandoned.mean(), "%");
  }
  r.add("occupancy", 100 * occupancy.mean(), "%", better::neither).note =
      "±" + digits(100 * occupancy.bound(), "%.2g") + " %";
  r.sheets.push_back(std::move(table));
}

std::string run_staffing(report& r, const staffing_options& o) {
  sheet table{"Agents needed per " + digits(seconds(o.profile.interval) / 60, "%g") + " min",
              {"from", "calls", "Erlangs", "Erlang C", "Erlang A", "simulated level", "simulated abandoned"},
              {}};
  std::string csv = "from,calls,erlangs,agents_erlang_c,agents_erlang_a,simulated_service_level,simulated_abandoned\n";
  for (std::size_t i = 0; i < o.profile.calls.size(); ++i) {
    const auto length = seconds(o.profile.interval);
    const auto calls = o.profile.calls[i];
    traffic t{calls / length, o.profile.talk_mean + o.wrap_up_seconds, 0};
    const auto patient = agents_needed(t, o.target);
    t.patience_seconds = o.profile.patience_mean;
    const auto impatient = t.patience_seconds > 0 ? agents_needed(t, o.target) : patient;
    if (!patient || !impatient) throw std::runtime_error((patient ? impatient : patient).error());
    // The check: a long stretch of such intervals through the production router with the lesser number.
    const auto agents = std::min(*patient, *impatient);
    day d;
    queue_plan q;
    q.name = o.profile.queue;
    q.wrap_up = span{static_cast<std::int64_t>(o.wrap_up_seconds * 1e6)};
    q.service_level = span{static_cast<std::int64_t>(o.target.threshold_seconds * 1e6)};
    q.short_abandon = domain::span{0};
    d.plan.queues = {q};
    for (std::uint32_t n = 0; n < agents; ++n) {
      agent_plan a;
      a.account = std::to_string(10'000 + n);
      a.queues = {q.name};
      d.plan.agents.push_back(a);
    }
    auto profile = o.profile;
    const auto stretch = calls > 0 ? std::max(1.0, std::round(o.simulated_calls / calls)) : 1;
    profile.calls.assign(static_cast<std::size_t>(stretch), calls);
    d.calls = invent_day(profile, o.seed + i);
    d.skip = d.calls.size() / 20;
    queue_day simulated;
    if (!d.calls.empty()) simulated = play(d).queues.front();
    const auto at = to_rfc3339(o.profile.begins + o.profile.interval * static_cast<std::int64_t>(i));
    const std::vector<std::string> cells{at,
                                         digits(calls),
                                         digits(t.offered()),
                                         std::to_string(*patient),
                                         std::to_string(*impatient),
                                         digits(simulated.answered_in_time(), "%.4f"),
                                         digits(simulated.abandon_rate(), "%.4f")};
    for (std::size_t n = 0; n < cells.size(); ++n)
      csv += cells[n] + (n + 1 == cells.size() ? '\n' : ',');
    table.rows.push_back(cells);
  }
  r.sheets.push_back(std::move(table));
  return csv;
}

} // namespace lifeline::bench
