#include "bench/recorded_day.hpp"

#include "domain/base/phone_number.hpp"

#include "domain/base/csv.hpp"
#include "storage/verify.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <unordered_map>

namespace lifeline::bench {

using namespace domain;

namespace {

span of_seconds(double s) { return span{static_cast<std::int64_t>(s * 1e6)}; }

/// Fills in the queues' figures from the calls.
void estimate(recorded_day& d) {
  struct sums {
    double waited = 0, gave_up = 0, talk = 0, answered = 0;
  };
  std::map<queue_id, sums> all;
  for (const auto& c : d.calls) {
    auto& s = all[c.call.queue];
    s.waited += seconds(c.answered ? c.waited : c.call.patience);
    s.gave_up += c.answered ? 0 : 1;
    if (!c.answered) continue;
    s.talk += seconds(c.call.talk);
    ++s.answered;
  }
  for (const auto& [queue, s] : all) {
    d.abandon_rate[queue] = s.waited > 0 ? s.gave_up / s.waited : 0;
    d.mean_talk[queue] = s.answered > 0 ? s.talk / s.answered : 0;
  }
}

void in_order(recorded_day& d) {
  std::stable_sort(d.calls.begin(), d.calls.end(),
                   [](const past_call& a, const past_call& b) { return a.call.at < b.call.at; });
  estimate(d);
}

struct line_reader {
  std::map<std::string, std::size_t> columns;
  std::string fault;

  const std::string& cell(const csv_record& r, const char* name) const {
    static const std::string none;
    const auto found = columns.find(name);
    return found == columns.end() || found->second >= r.cells.size() ? none : r.cells[found->second];
  }
  void wrong(const csv_record& r, const char* column, const char* expected) {
    if (fault.empty())
      fault = "line " + std::to_string(r.line) + ": " + column + ": expected " + expected + ", found \"" +
              cell(r, column) + "\"";
  }
  span duration(const csv_record& r, const char* column) {
    const auto& text = cell(r, column);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0) || value > 1e6)
      wrong(r, column, "seconds, 0 or more");
    return of_seconds(value);
  }
  past_call read(const csv_record& r) {
    past_call c;
    const auto at = parse_rfc3339(cell(r, "at"));
    if (!at) wrong(r, "at", "a time like 2026-11-23T08:00:00Z");
    c.call.at = at.value_or(never);
    c.call.queue = cell(r, "queue");
    if (c.call.queue.empty()) wrong(r, "queue", "a queue's name");
    c.call.caller = cell(r, "caller");
    c.call.talk = duration(r, "talk_seconds");
    c.waited = duration(r, "waited_seconds");
    c.answered = cell(r, "answered") == "yes";
    if (!c.answered && cell(r, "answered") != "no") wrong(r, "answered", "yes or no");
    if (!c.answered) c.call.patience = c.waited;
    return c;
  }
};

} // namespace

tl::expected<recorded_day, std::string> read_journal_day(const std::string& folder, instant from, instant until) {
  recorded_day d;
  const auto read = storage::read_journal_log(folder, [&](const event& e) {
    const auto* ended = std::get_if<call_ended>(&e.body);
    if (ended == nullptr) return true;
    const auto& r = ended->record;
    const bool in_time = (from == never || r.arrived >= from) && (until == never || r.arrived < until);
    if (!in_time || r.queued == never) return true;
    past_call c;
    c.call.at = r.queued;
    c.call.queue = r.queue;
    c.call.caller = domain::normal_number(r.caller); // who withholds the number is nobody
    c.waited = r.waited;
    c.answered = r.answered != never;
    if (c.answered)
      c.call.talk = r.talk + r.hold;
    else
      c.call.patience = r.waited;
    d.calls.push_back(std::move(c));
    return true;
  });
  if (!read) return tl::unexpected(read.error().message);
  in_order(d);
  return d;
}

tl::expected<recorded_day, std::string> read_csv_day(const std::string& text) {
  csv_reader reader(text);
  const auto heading = reader.next();
  if (!heading) return tl::unexpected(std::string{"the list is empty"});
  line_reader lines;
  for (std::size_t i = 0; i < heading->cells.size(); ++i)
    lines.columns[heading->cells[i]] = i;
  for (const char* needed : {"at", "queue", "talk_seconds", "waited_seconds", "answered"})
    if (!lines.columns.contains(needed))
      return tl::unexpected("line 1: the column " + std::string{needed} + " is missing");
  recorded_day d;
  while (const auto record = reader.next()) {
    if (!record->problem.empty())
      return tl::unexpected("line " + std::to_string(record->line) + ": " + record->problem);
    d.calls.push_back(lines.read(*record));
    if (!lines.fault.empty()) return tl::unexpected(lines.fault);
  }
  if (!reader.failed().empty()) return tl::unexpected(reader.failed());
  in_order(d);
  return d;
}

std::string write_csv_day(const recorded_day& d) {
  std::string out = "at,queue,talk_seconds,waited_seconds,answered,caller\n";
  for (const auto& c : d.calls) {
    char numbers[64];
    std::snprintf(numbers, sizeof numbers, ",%.3f,%.3f,", seconds(c.call.talk),
                  seconds(c.answered ? c.waited : c.call.patience));
    out += to_rfc3339(c.call.at) + ',' + csv_cell(c.call.queue) + numbers + (c.answered ? "yes," : "no,") +
           csv_cell(c.call.caller) + '\n';
  }
  return out;
}

std::vector<day_call> draw(const recorded_day& d, std::uint64_t seed) {
  random_stream patience(seed * 2 + 1);
  random_stream talks(seed * 2 + 2);
  std::map<queue_id, std::vector<span>> seen; // talks of the same queue: who gave up gets one of them
  for (const auto& c : d.calls)
    if (c.answered) seen[c.call.queue].push_back(c.call.talk);
  std::vector<day_call> calls;
  calls.reserve(d.calls.size());
  for (const auto& past : d.calls) {
    auto c = past.call;
    const auto rate = d.abandon_rate.at(c.queue);
    // Without memory: whoever has waited so long waits on as long as anybody else.
    if (past.answered && rate > 0) c.patience = past.waited + of_seconds(patience.exponential(1 / rate));
    const auto& others = seen[c.queue];
    if (!past.answered && !others.empty())
      c.talk = others[static_cast<std::size_t>(talks.uniform() * static_cast<double>(others.size()))];
    calls.push_back(std::move(c));
  }
  return calls;
}

} // namespace lifeline::bench
