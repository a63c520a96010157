#include "bench/commands.hpp"
#include "bench/engine_runs.hpp"

#include <memory>

namespace lifeline::bench {

namespace {

void add_calls(command_line& c) {
  const auto calls = std::make_shared<calls_options>();
  auto* a = c.add("calls", "Calls by SIPp: the rate that is held, CPU and memory per call, latencies",
                  [calls](report& to) { run_calls(to, *calls); });
  a->add_option("--media", calls->media)->check(CLI::IsMember({"direct", "anchored"}))->capture_default_str();
  a->add_option("--agents", calls->agents)->check(CLI::Range(4, 5000))->capture_default_str();
  a->add_option("--talk", calls->talk_seconds, "seconds until the agent hangs up")
      ->check(CLI::Range(0.05, 60.0))
      ->capture_default_str();
  a->add_option("--rate", calls->rate, "one fixed rate instead of the search for the highest")
      ->check(CLI::PositiveNumber);
  a->add_option("--most", calls->most, "where the search ends")->check(CLI::PositiveNumber)->capture_default_str();
  a->add_option("--seconds", calls->seconds, "of each measurement")->check(CLI::Range(2, 3600))->capture_default_str();
  a->add_option("--waiting", calls->waiting, "callers for the memory of one")
      ->check(CLI::Range(100, 15'000))
      ->capture_default_str();
}

void add_deep_queue(command_line& c) {
  const auto deep = std::make_shared<deep_queue_options>();
  auto* a = c.add("deep-queue", "Thousands of callers waiting: CPU per dispatch, and agent free to the next INVITE",
                  [deep](report& to) { run_deep_queue(to, *deep); });
  a->add_option("--depths", deep->depths, "callers waiting, one measurement each")
      ->delimiter(',')
      ->check(CLI::Range(1, 40'000))
      ->capture_default_str();
  a->add_option("--agents", deep->agents)->check(CLI::Range(1, 5000))->capture_default_str();
  a->add_option("--talk", deep->talk_seconds, "seconds until the agent hangs up")
      ->check(CLI::Range(0.05, 60.0))
      ->capture_default_str();
  a->add_option("--seconds", deep->seconds, "at each depth")->check(CLI::Range(2, 3600))->capture_default_str();
}

void add_media(command_line& c) {
  const auto media = std::make_shared<media_options>();
  auto* a = c.add("media", "Bridged and recorded calls with G.711 both ways: CPU per call-second, packets lost",
                  [media](report& to) { run_media(to, *media); });
  a->add_option("--calls", media->calls, "at the same time")->check(CLI::Range(1, 2000))->capture_default_str();
  a->add_option("--record", media->record, "true or false")->capture_default_str();
  a->add_option("--seconds", media->seconds)->check(CLI::Range(2, 3600))->capture_default_str();
}

void add_recovery(command_line& c) {
  const auto recovery = std::make_shared<recovery_options>();
  auto* a = c.add("recovery", "kill -9 with a full store and open alarms: how soon calls are taken again",
                  [recovery](report& to) { run_recovery(to, *recovery); });
  a->add_option("--records", recovery->records, "calls of the past in the store")
      ->check(CLI::Range(0, 100'000'000))
      ->capture_default_str();
  a->add_option("--alarms", recovery->alarms, "open ones")->check(CLI::Range(0, 100'000))->capture_default_str();
  a->add_option("--live-calls", recovery->live_calls, "in progress at half of the kills; 0: none")
      ->check(CLI::Range(0, 2000))
      ->capture_default_str();
  a->add_option("--kills", recovery->kills, "without calls, and so many with them")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
}

void add_soak(command_line& c) {
  const auto soak = std::make_shared<soak_options>();
  auto* a = c.add("soak", "One load for a long time: memory and descriptors over time, the log proved in the end",
                  [soak](report& to) { run_soak(to, *soak); });
  a->add_option("--minutes", soak->minutes)->check(CLI::Range(0.1, 2880.0))->capture_default_str();
  a->add_option("--rate", soak->rate, "SIPp's calls a second")->check(CLI::Range(0.1, 1000.0))->capture_default_str();
  a->add_option("--media", soak->media)->check(CLI::IsMember({"direct", "anchored"}))->capture_default_str();
  a->add_option("--sounding", soak->sounding, "further calls at any time; with anchored media they speak and listen")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  a->add_option("--agents", soak->agents, "at least")->check(CLI::Range(1, 5000))->capture_default_str();
  a->add_option("--talk", soak->talk_seconds, "seconds until the agent hangs up, more or less by half")
      ->check(CLI::Range(0.1, 60.0))
      ->capture_default_str();
}

void add_flood(command_line& c) {
  const auto flood = std::make_shared<flood_options>();
  auto* a = c.add("flood", "Requests outside of dialogs from a trunk's address: memory meanwhile and afterwards",
                  [flood](report& to) { run_flood(to, *flood); });
  a->add_option("--methods", flood->methods, "sent in turn, e.g. OPTIONS,MESSAGE,INVITE")
      ->delimiter(',')
      ->capture_default_str();
  a->add_option("--rate", flood->rate, "requests a second")->check(CLI::Range(1.0, 200'000.0))->capture_default_str();
  a->add_option("--seconds", flood->seconds)->check(CLI::Range(1.0, 3600.0))->capture_default_str();
  a->add_option("--rest", flood->rest, "seconds of silence afterwards")
      ->check(CLI::Range(0.0, 3600.0))
      ->capture_default_str();
  a->add_option("--called", flood->called, "the number in the requests")->capture_default_str();
}

} // namespace

void add_engine_runs(command_line& c) {
  add_calls(c);
  add_deep_queue(c);
  add_media(c);
  add_recovery(c);
  add_soak(c);
  add_flood(c);
  const auto alarms = std::make_shared<alarms_options>();
  auto* a = c.add("alarms", "Durable alarms over the API, thousands of open ones, and a restart with them",
                  [alarms](report& to) { run_alarms(to, *alarms); });
  a->add_option("--alarms", alarms->alarms)->check(CLI::Range(1, 100'000))->capture_default_str();
  a->add_option("--rate", alarms->rate, "a second")->check(CLI::PositiveNumber)->capture_default_str();
  a->add_option("--connections", alarms->connections)->check(CLI::Range(1, 200))->capture_default_str();
  a->add_option("--idle", alarms->idle_seconds, "seconds of rest, measured")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
}

} // namespace lifeline::bench
