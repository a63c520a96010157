// Hours at one load: memory and descriptors must stay flat, nothing may happen that must never happen, and the log must
// be sound in the end.
#include "bench/engine_runs.hpp"
#include "bench/load_engine.hpp"
#include "bench/process_watch.hpp"
#include "bench/sipp_load.hpp"
#include "tests/peers/harness/wait.hpp"

#include <algorithm>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <thread>

namespace lifeline::bench {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

/// Without what a fresh engine takes once (caches, arenas): the first fifth.
points warm(const points& p) {
  if (p.empty()) return {};
  const auto begin = p.front().first + (p.back().first - p.front().first) / 5;
  points rest;
  std::copy_if(p.begin(), p.end(), std::back_inserter(rest), [&](const auto& x) { return x.first >= begin; });
  return rest;
}

/// What the engine's metrics say, over the run.
struct course {
  points ended_per_second;
  points offer_p95; ///< ms, of our own callers
  double last_ended = 0;
  double last_at = 0;
};

void look(course& c, load_engine& l, double at) {
  const auto ended = std::max(0.0, l.engine.metric("lifeline_calls_ended_total"));
  if (at > c.last_at) c.ended_per_second.emplace_back(at, (ended - c.last_ended) / (at - c.last_at));
  c.last_ended = ended;
  c.last_at = at;
  auto offers = l.people.take_to_offer();
  if (offers.size() > 0) c.offer_p95.emplace_back(at, offers.percentile(0.95));
}

void tell_course(report& r, const process_watch& watch, course& c) {
  const auto seen = watch.samples();
  const auto memory = resident_mb(seen);
  const auto files = descriptors(seen);
  r.add("memory grows", slope(warm(memory)) * 3600, "MB/h");
  r.add("descriptors grow", slope(warm(files)) * 3600, "1/h");
  if (!seen.empty()) {
    r.add("resident memory in the end", seen.back().resident_kb / 1024, "MB");
    r.add("descriptors, most", largest(files), "");
  }
  r.curves.push_back({"Memory", "s", "MB", memory});
  r.curves.push_back({"Descriptors", "s", "", files});
  r.curves.push_back({"CPU", "s", "% of a core", cpu_percent(seen)});
  r.curves.push_back({"Calls ended", "s", "1/s", std::move(c.ended_per_second)});
  r.curves.push_back({"INVITE to the agent's INVITE, p95", "s", "ms", std::move(c.offer_p95)});
}

/// What must be zero when the last call is over.
void tell_rest(report& r, load_engine& l) {
  if (!l.quiet(60s)) r.remarks.push_back("A minute after the last call the engine still has calls.");
  // What is let go of a moment after a call's end.
  for (const char* name : {"lifeline_sip_legs", "lifeline_rtp_endpoints", "lifeline_recordings_active",
                           "lifeline_reservations_open", "lifeline_queue_waiting"}) {
    const auto end = clock::now() + 40s; // a SIP leg lives on for the retransmissions of its last transaction
    double left = l.engine.metric(name);
    while (left > 0 && clock::now() < end) {
      std::this_thread::sleep_for(500ms);
      left = l.engine.metric(name);
    }
    r.add(std::string{name} + " afterwards", std::max(0.0, left), "");
  }
  for (const char* name :
       {"lifeline_invariant_violations_total", "lifeline_actor_restarts_total", "lifeline_recordings_failed_total",
        "lifeline_sip_faults_total", "lifeline_media_faults_total", "lifeline_journal_lost_events_total"})
    r.add(name, std::max(0.0, l.engine.metric(name)), "");
}

} // namespace

void run_soak(report& r, const soak_options& o) {
  const bool anchored = o.media == "anchored";
  const auto agents = std::max(o.agents, static_cast<std::size_t>(2 * o.rate * o.talk_seconds) + 2 * o.sounding);
  load_engine l({.name = "soak", .agents = agents, .media = o.media, .record = anchored});
  std::optional<rtp_streams> sound;
  if (anchored && o.sounding > 0) {
    l.phones.use(&sound.emplace(l.loop));
    l.people.use(&*sound);
  }
  l.sign_in();
  l.phones.set_talk(std::chrono::milliseconds{static_cast<int>(1000 * o.talk_seconds)}, 0.5);
  const auto length = std::chrono::duration<double>(60 * o.minutes);
  const auto period = std::chrono::milliseconds{
      std::clamp<std::int64_t>(static_cast<std::int64_t>(length.count() * 1000 / 720), 1000, 60'000)};
  const process_watch watch(l.engine.pid(), period);
  const auto begun = clock::now();
  const auto cpu = l.cpu_ms();
  sipp_load load(l.place, {.engine_port = l.engine.sip_port(),
                           .rate = o.rate,
                           .calls = static_cast<std::uint64_t>(o.rate * length.count()) + 1});
  // Ours: those that speak, and in any case one a second whose way to the agent is measured.
  if (o.sounding > 0)
    l.people.keep_open(o.sounding, std::max(1.0, static_cast<double>(o.sounding) / o.talk_seconds));
  else
    l.people.place(1);
  course c;
  while (clock::now() - begun < length) {
    std::this_thread::sleep_for(std::min<clock::duration>(
        period, std::chrono::duration_cast<clock::duration>(length - (clock::now() - begun)) + 1ms));
    look(c, l, std::chrono::duration<double>(clock::now() - begun).count());
    if (!l.engine.running()) throw std::runtime_error("the engine has ended by itself");
  }
  l.people.keep_open(0, 0);
  const auto sipp = load.finish();
  const auto spent = l.cpu_ms() - cpu;
  const auto own = l.people.figures();
  tell_course(r, watch, c);
  const auto calls = static_cast<double>(sipp.statistics.created + own.placed);
  r.add("calls", calls, "", better::neither);
  r.add("calls of SIPp that did not succeed", static_cast<double>(sipp.statistics.created - sipp.statistics.successful),
        "");
  r.add("CPU per call", spent / std::max(1.0, calls), "ms");
  if (sound) {
    const auto heard = l.loop.ask([&] { return sound->take(); });
    r.add("packets received from the engine", static_cast<double>(heard.received), "", better::neither);
    r.add("packets lost on the way from the engine", static_cast<double>(heard.lost), "");
  }
  remark_on_sipp(r, sipp, "Over the whole time", o.rate);
  tell_rest(r, l);
  remark_on_load(r, l);
  l.loop.stop(); // before the streams, which it reads
  stop_and_prove(r, l);
}

} // namespace lifeline::bench
