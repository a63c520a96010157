#include "bench/sipp_load.hpp"

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <stdexcept>

namespace lifeline::bench {

namespace {

using clock = std::chrono::steady_clock;

int next_number() {
  static int number = 0;
  return ++number;
}

std::string rate_text(double rate) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", rate);
  return text;
}

} // namespace

sipp_load::sipp_load(const peers::workspace& place, const sipp_load_options& o)
    : options_(o), base_(place.file("sipp-" + std::to_string(next_number()))), begun_(clock::now()) {
  const std::chrono::duration<double> making{static_cast<double>(o.calls) / o.rate};
  // Two days at the most: SIPp counts in 32 bits of milliseconds.
  const auto limit =
      std::min(static_cast<std::int64_t>(std::ceil(making.count())) + o.drain.count(), std::int64_t{172'800});
  std::vector<std::string> c{"sipp", "127.0.0.1:" + std::to_string(o.engine_port)};
  const auto add = [&c](const char* option, std::string value) {
    c.emplace_back(option);
    c.push_back(std::move(value));
  };
  add("-sf", peers::source_file("bench/scenarios/caller_until_agent_hangs_up.xml").string());
  add("-i", "127.0.0.1");
  add("-p", std::to_string(peers::take_port()));
  add("-mi", "127.0.0.1");
  add("-mp", std::to_string(peers::take_port(4)));
  add("-cp", std::to_string(peers::take_port()));
  add("-s", o.hotline);
  add("-t", "u1");
  add("-r", rate_text(o.rate));
  add("-m", std::to_string(o.calls));
  add("-l", std::to_string(o.at_once));
  add("-timeout", std::to_string(limit) + "s");
  add("-fd", "1");
  add("-stf", base_.string() + ".csv");
  add("-buff_size", "4194304");
  c.insert(c.end(), {"-trace_stat", "-nostdin", "-skip_rlimit", "-bind_local"});
  process_ = std::make_unique<peers::child>(peers::launch{c, place.path(), base_, {{"TERM", "dumb"}}});
  watch_ = std::make_unique<process_watch>(process_->pid(), std::chrono::milliseconds{1000});
}

sipp_result sipp_load::finish() {
  const std::chrono::duration<double> making{static_cast<double>(options_.calls) / options_.rate};
  const auto most = std::chrono::ceil<std::chrono::milliseconds>(making) + options_.drain + std::chrono::seconds{30};
  if (!process_->wait(most)) process_->stop(std::chrono::seconds{2});
  return result();
}

sipp_result sipp_load::wind_down() {
  process_->send(SIGUSR1); // what the key q does
  if (!process_->wait(options_.drain)) process_->stop(std::chrono::seconds{2});
  return result();
}

sipp_result sipp_load::result() {
  auto read = read_sipp_statistics(peers::read_text(base_.string() + ".csv"));
  if (!read)
    throw std::runtime_error(read.error() + ":\n" + peers::tail(base_.string() + ".err", 10) +
                             peers::tail(base_.string() + ".out", 10));
  sipp_result r;
  r.statistics = std::move(*read);
  const auto seen = watch_->samples();
  if (!seen.empty()) r.cpu_ms = seen.back().cpu_ms;
  r.cpu_percent = largest(cpu_percent(seen));
  // The last period in which calls were made: what follows is the open ones' end.
  for (const auto& [at, rate] : r.statistics.created_per_second)
    if (rate > 0) r.seconds = at;
  return r;
}

} // namespace lifeline::bench
