#include "tests/chaos/campaign.hpp"

#include "tests/peers/harness/wait.hpp"

#include <algorithm>
#include <iostream>
#include <thread>

namespace lifeline::chaos {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

namespace {

std::vector<std::string> eight_accounts() {
  std::vector<std::string> all;
  for (int i = 1; i <= 8; ++i)
    all.push_back("800" + std::to_string(i));
  return all;
}

peers::engine_config configuration(const std::vector<std::string>& accounts) {
  peers::engine_config c;
  c.agents.clear();
  for (const auto& a : accounts)
    c.agents.push_back({a, {}});
  c.sip["port"] = std::to_string(peers::take_port()); // the phones must find it again
  c.limits["max_calls"] = "140";
  c.log["level"] = "\"info\"";
  return c;
}

std::chrono::milliseconds since(clock::time_point then) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - then);
}

} // namespace

campaign::campaign(const plan& what)
    : plan_(what), place_("chaos"), accounts_(eight_accounts()), phone_port_(peers::take_port()),
      engine_(place_, configuration(accounts_)), random_(what.seed) {
  peers::register_phones(place_, engine_, accounts_, phone_port_);
  start_phones();
}

campaign::~campaign() = default;

void campaign::start_phones() {
  phones_.reset(); // its port first
  phones_ = std::make_unique<peers::sipp>(place_, peers::sipp_options{.scenario = "phone_answers",
                                                                      .port = phone_port_,
                                                                      .calls = 1000000,
                                                                      .timeout = std::chrono::hours{2}});
}

void campaign::keep_phones() {
  // SIPp ends when a port of its media is taken at that moment: that says nothing about the engine.
  if (!phones_->running()) start_phones();
}

void campaign::fault(const std::string& what) {
  summary_.faults.push_back("kill " + std::to_string(round_) + ": " + what);
  std::cerr << summary_.faults.back() << '\n';
}

summary campaign::run() {
  try {
    for (round_ = 1; round_ <= plan_.kills; ++round_) {
      round(round_);
      if (round_ % 10 == 0) {
        std::cout << round_ << " kills, " << log_.arrived() << " calls, " << summary_.faults.size() << " faults\n"
                  << std::flush;
        start_phones(); // those of calls that were cut still wait for a BYE
      }
    }
    finish();
  } catch (const std::exception& e) { // e.g. an engine that does not come back
    fault(e.what());
  }
  summary_.arrived = log_.arrived();
  summary_.ended = log_.ended();
  summary_.cut = log_.cut();
  if (summary_.kills > 0) summary_.mean_outage = outages_ / summary_.kills;
  if (!summary_.faults.empty()) {
    place_.keep();
    std::cerr << "---- the engine's log (end) ----\n" << engine_.log_tail();
  }
  return summary_;
}

void campaign::round(int number) {
  keep_phones();
  peers::sipp load(place_, {.scenario = "caller_answered",
                            .remote = engine_.sip_address(),
                            .calls = 100000,
                            .rate = plan_.rate,
                            .at_once = 60,
                            .pause = 300ms,
                            .timeout = 600s});
  std::uniform_int_distribution<std::int64_t> life(plan_.least_life.count(), plan_.most_life.count());
  const std::chrono::milliseconds lives{life(random_)};
  std::this_thread::sleep_for(lives); // the random point
  if (!engine_.running()) fault("the engine had ended by itself");
  const auto killed = clock::now();
  engine_.kill9();
  load.kill();
  if (plan_.how == proof::command) verify_by_command();
  engine_.start();
  const auto outage = answered_again(killed);
  ++summary_.kills;
  outages_ += outage;
  summary_.worst_outage = std::max(summary_.worst_outage, outage);
  if (outage > plan_.most_outage) {
    fault("no call was answered for " + std::to_string(outage.count()) + " ms after " + std::to_string(lives.count()) +
          " ms of life");
  }
  read_log();
  log_.settle();
  if (log_.starts() != static_cast<std::uint64_t>(number) + 1) fault("the log does not know every start");
  for (; violations_told_ < log_.violations().size(); ++violations_told_)
    fault(log_.violations()[violations_told_]);
}

std::chrono::milliseconds campaign::answered_again(clock::time_point killed) {
  for (int tries = 1;; ++tries) {
    peers::sipp probe(place_,
                      {.scenario = "caller_answered", .remote = engine_.sip_address(), .pause = 0ms, .timeout = 10s});
    if (probe.succeeded(12s)) return since(killed);
    if (tries == 3) throw std::runtime_error("three calls in a row are not answered");
  }
}

void campaign::read_log() {
  for (;;) {
    const auto answer = engine_.control({"events", "--from", std::to_string(log_.last() + 1), "--limit", "1000"});
    const auto& some = peers::list_in(answer, "events");
    if (some.empty()) return;
    for (const auto& e : some)
      log_.apply(e);
  }
}

void campaign::verify_by_command() {
  const auto result = peers::run(
      {{peers::program("lifelinectl").string(), "log", "verify", "--journal", (engine_.data() / "journal").string()},
       place_.path(),
       place_.file("verify"),
       {}},
      60s);
  if (result.code != 0) fault("lifelinectl log verify: " + result.out + result.err);
}

void campaign::finish() {
  peers::wait_until("the last call has ended", 30s, [&] { return engine_.metric("lifeline_calls_in_progress") == 0; });
  for (const char* name : {"lifeline_invariant_violations_total", "lifeline_actor_restarts_total"})
    if (engine_.metric(name) > 0) fault(std::string{name} + " is not 0");
  for (const auto& a : accounts_)
    // A phone that does not answer for its last call of before the kill is given up after 32 s (64*T1, RFC 3261).
    peers::wait_until("agent " + a + " is ready", 45s, [&] { return engine_.agent_state(a) == "ready"; });
  read_log();
  log_.finish();
  for (; violations_told_ < log_.violations().size(); ++violations_told_)
    fault(log_.violations()[violations_told_]);
  if (engine_.stop() != 0) fault("the engine does not stop in order");
  if (plan_.how == proof::command) verify_by_command();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(engine_.recordings()))
    if (entry.is_regular_file() && entry.path().extension() != ".wav")
      fault("a recording is left half made: " + entry.path().filename().string());
}

} // namespace lifeline::chaos
