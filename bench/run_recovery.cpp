// How soon an engine with years of records and thousands of open alarms takes calls again after kill -9, with nobody on
// the line and with calls in progress.
#include "bench/alarm_load.hpp"
#include "bench/engine_runs.hpp"
#include "bench/load_engine.hpp"
#include "bench/past_calls.hpp"
#include "bench/process_watch.hpp"
#include "storage/journal.hpp"
#include "tests/peers/harness/wait.hpp"

#include <iostream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace lifeline::bench {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

double since(clock::time_point then) { return std::chrono::duration<double>(clock::now() - then).count(); }

double megabytes(const std::filesystem::path& folder) {
  double bytes = 0;
  std::error_code gone; // the engine compacts meanwhile
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (const auto size = entry.is_regular_file(gone) ? entry.file_size(gone) : 0; !gone)
      bytes += static_cast<double>(size);
  return bytes / (1 << 20);
}

/// Through the journal itself, before the engine has it.
void fill(report& r, const recovery_options& o, const std::filesystem::path& data, std::size_t agents) {
  std::cerr << "writing " << o.records << " calls of the past\n";
  const auto begun = clock::now();
  std::filesystem::create_directories(data);
  storage::settings settings;
  settings.directory = (data / "journal").string();
  {
    auto opened = storage::open_rocksdb_journal(settings);
    if (!opened) throw std::runtime_error(opened.error().message);
    past_calls p;
    p.count = o.records;
    p.agents = accounts_of(agents);
    p.until = std::chrono::time_point_cast<domain::span>(std::chrono::system_clock::now()) - 1min;
    // No agent has two calls at once: each keeps one for less than two minutes.
    p.over = std::max(p.over, domain::span{2min} * static_cast<std::int64_t>(o.records / agents));
    write_past_calls(**opened, p);
  }
  r.add("records written into the store", static_cast<double>(o.records), "", better::neither);
  r.add("writing them took", since(begun), "s", better::neither);
}

/// Of one kill, in seconds since it.
struct restart {
  double ready = 0;    ///< the engine says that it takes calls
  double heard = 0;    ///< a caller who tries all the time has a first response
  double answered = 0; ///< and talks to an agent
  double board = 0;    ///< every alarm has its actor
};

double ended_by_restart(const load_engine& l) {
  std::istringstream lines(l.engine.metrics());
  double sum = 0;
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("lifeline_calls_ended_total") && line.find("cause=\"engine_restart\"") != std::string::npos)
      sum += std::stod(line.substr(line.rfind(' ')));
  return sum;
}

restart kill_once(report& r, load_engine& l, const recovery_options& o, std::size_t live) {
  if (live > 0) {
    l.phones.set_talk(0ms);
    l.people.keep_open(live, 100);
    peers::wait_until("the calls talk", 60s, [&] { return l.phones.talking() == live; });
    l.people.keep_open(0, 0);
  }
  std::this_thread::sleep_for(2s);
  l.phones.set_talk(200ms);
  const auto begun = clock::now();
  const auto begun_stamp = now_stamp();
  l.engine.kill9();
  l.phones.forget_calls();
  l.people.forget_calls();
  l.people.place(20); // somebody tries all the time
  l.engine.start();
  restart x;
  x.ready = since(begun);
  peers::wait_until("a call is answered", 120s, [&] { return l.people.first().answered != 0; });
  const auto first = l.people.first();
  x.heard = milliseconds_between(begun_stamp, first.heard) / 1000;
  x.answered = milliseconds_between(begun_stamp, first.answered) / 1000;
  l.people.place(0);
  const auto shown = o.alarms > 0 ? await_alarms(l.engine, o.alarms, 120s) : 0;
  x.board = since(begun);
  if (shown != o.alarms)
    r.remarks.push_back("After a kill " + std::to_string(shown) + " of " + std::to_string(o.alarms) +
                        " alarms were open: a fault of the engine.");
  l.quiet(30s);
  if (const auto ended = ended_by_restart(l); ended != static_cast<double>(live))
    r.remarks.push_back("Of " + std::to_string(live) + " calls that a kill cut off, " +
                        std::to_string(static_cast<long>(ended)) + " were ended by the next run.");
  std::cerr << "killed with " << live << " calls: ready after " << x.ready << " s, a call answered after " << x.answered
            << " s\n";
  return x;
}

void measure(report& r, load_engine& l, const recovery_options& o, std::size_t live, sheet& all) {
  sample ready, heard, answered, board;
  for (int i = 0; i < o.kills; ++i) {
    const auto x = kill_once(r, l, o, live);
    ready.add(x.ready);
    heard.add(x.heard);
    answered.add(x.answered);
    board.add(x.board);
    const auto s = [](double t) {
      std::ostringstream text;
      text.precision(3);
      text << t << " s";
      return text.str();
    };
    all.rows.push_back({std::to_string(live), s(x.ready), s(x.heard), s(x.answered), s(x.board)});
  }
  const auto with = live > 0 ? " with " + std::to_string(live) + " calls" : std::string{};
  const auto tell = [&](const std::string& name, sample& s, double target) {
    r.add("kill -9" + with + " until " + name + ", median", s.percentile(0.5), "s", better::lower, target);
    r.add("kill -9" + with + " until " + name + ", worst", s.largest(), "s", better::lower, target);
  };
  tell("calls are taken", ready, 2);
  tell("a caller hears something", heard, 0);
  tell("a call is answered", answered, 2);
  if (o.alarms > 0) tell("every alarm is worked on", board, 0);
}

} // namespace

void run_recovery(report& r, const recovery_options& o) {
  const auto agents = std::max<std::size_t>(100, o.live_calls);
  load_engine l({.name = "recovery", .agents = agents, .alarms = true, .prepare = [&](const auto& data) {
                   fill(r, o, data, agents);
                 }});
  r.add("the store's size", megabytes(l.engine.data() / "journal"), "MB", better::neither);
  l.sign_in();
  if (o.alarms > 0) {
    std::cerr << "opening " << o.alarms << " alarms\n";
    send_alarms(l.engine, import_lifts(l.engine, o.alarms), 500, 16);
    std::this_thread::sleep_for(5s); // their ladders have climbed to the end
  }
  r.add("resident memory with all that", resident_kb_of(l.engine.pid()) / 1024, "MB");
  sheet all{"Each kill",
            {"calls in progress", "calls are taken", "a caller hears something", "a call is answered",
             "every alarm worked on"},
            {}};
  measure(r, l, o, 0, all);
  if (o.live_calls > 0) measure(r, l, o, o.live_calls, all);
  r.sheets.push_back(std::move(all));
  remark_on_faults(r, l); // that callers had to try again is what was measured
  stop_and_prove(r, l);
}

} // namespace lifeline::bench
