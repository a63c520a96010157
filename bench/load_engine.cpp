#include "bench/load_engine.hpp"

#include "bench/alarm_load.hpp"
#include "bench/process_watch.hpp"
#include "storage/verify.hpp"
#include "tests/peers/harness/wait.hpp"

#include <algorithm>
#include <iostream>
#include <stdexcept>
#include <thread>

namespace lifeline::bench {

using namespace std::chrono_literals;

namespace {

peers::engine_config configuration_of(const load_engine_options& o) {
  peers::engine_config c;
  c.log["level"] = "\"warn\"";
  c.sip["port"] = std::to_string(peers::take_port()); // phones and callers find it again after a restart
  // Below the ports of the peers' tests, and many: two for each leg.
  c.media["port_min"] = "10000";
  c.media["port_max"] = "19999";
  c.limits["max_calls"] = "50000";
  c.sip["max_legs"] = "100000";
  c.hotline["media"] = '"' + o.media + '"';
  if (o.media == "anchored") c.hotline["record"] = o.record ? "true" : "false";
  c.queue["max_misses"] = "0";
  c.agents.clear();
  for (auto& a : accounts_of(o.agents))
    c.agents.push_back({std::move(a), {}});
  // The engine's speed is measured, not its limit for a town's callers.
  if (!o.guarded) c.extra = "[sip.guard]\ninvites_per_second = 1000000\ninvite_burst = 1000000\n";
  if (o.alarms) allow_alarms(c);
  return c;
}

const peers::workspace& prepared(const peers::workspace& place, const load_engine_options& o) {
  if (o.prepare) o.prepare(place.file("data"));
  return place;
}

} // namespace

std::vector<std::string> accounts_of(std::size_t agents) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < agents; ++i)
    all.push_back(std::to_string(10000 + i));
  return all;
}

load_engine::load_engine(const load_engine_options& o)
    : place("bench-" + o.name), engine(prepared(place, o), configuration_of(o)), phones(loop, engine.sip_port()),
      people(loop, engine.sip_port(), "12315"), agents_(o.agents) {
  phones.on_offer = [this](std::string_view caller, stamp at) { people.offered(caller, at); };
}

load_engine::~load_engine() { loop.stop(); }

void load_engine::sign_in() {
  const auto known = engine.sip_passwords();
  std::map<std::string, std::string> accounts;
  for (const auto& a : accounts_of(agents_))
    accounts[a] = known.at(a);
  phones.sign_in(std::move(accounts));
  peers::wait_until("every agent is ready", 20s, [&] {
    return engine.metric("lifeline_queue_agents_ready{queue=\"12315\"}") >= static_cast<double>(agents_);
  });
}

double load_engine::cpu_ms() const { return cpu_ms_of(engine.pid()); }

bool load_engine::quiet(std::chrono::seconds timeout) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    const auto open = engine.metric("lifeline_calls_in_progress");
    if (open <= 0 && phones.talking() == 0 && people.open() == 0) return true;
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(100ms);
  }
}

double load_engine::violations() const { return std::max(0.0, engine.metric("lifeline_invariant_violations_total")); }

void remark_on_faults(report& r, load_engine& l) {
  if (const auto n = l.phones.figures().doubled; n > 0)
    r.remarks.push_back(std::to_string(n) + " offers came to an agent who was talking: a fault of the engine.");
  if (const auto n = l.violations(); n > 0)
    r.remarks.push_back(std::to_string(static_cast<long>(n)) + " invariants were violated: a fault of the engine.");
  if (const auto n = l.engine.metric("lifeline_journal_lost_events_total"); n > 0)
    r.remarks.push_back(std::to_string(static_cast<long>(n)) + " entries of the log were lost: the disk was too slow.");
}

void remark_on_load(report& r, load_engine& l) {
  const auto phones = l.phones.figures();
  const auto people = l.people.figures();
  const auto say = [&r](std::uint64_t n, const char* what) {
    if (n > 0) r.remarks.push_back(std::to_string(n) + what);
  };
  say(phones.repeated + people.repeated, " messages of the bench's own phones and callers had to be sent again.");
  say(phones.abandoned + people.unheard, " of their calls got no answer from the engine at all.");
  say(phones.crossed, " offers came to a phone whose last call was being cancelled and not yet over.");
  say(l.phones.dropped() + l.people.dropped(), " datagrams were lost at the bench's own sockets: it was too slow.");
  for (const auto& [status, n] : people.refused)
    r.remarks.push_back(std::to_string(n) + " of the bench's own calls were refused with " + std::to_string(status) +
                        ".");
  remark_on_faults(r, l);
}

void stop_and_prove(report& r, load_engine& l) {
  const auto code = l.engine.stop();
  if (code != 0) r.remarks.push_back("The engine ended with " + std::to_string(code) + ".");
  std::cerr << "proving the log\n";
  const auto proof = storage::verify_journal((l.engine.data() / "journal").string(), true);
  if (!proof) throw std::runtime_error(proof.error().message);
  r.add("entries of the log", static_cast<double>(proof->events), "", better::neither);
  r.add("faults found by the proof of the log", static_cast<double>(proof->violation_count), "");
  for (const auto& v : proof->violations)
    r.remarks.push_back(v);
}

} // namespace lifeline::bench
