// Bridged and recorded calls with G.711 both ways: what a second of one costs, and whether a packet is lost.
#include "bench/engine_runs.hpp"
#include "bench/load_engine.hpp"
#include "bench/process_watch.hpp"
#include "tests/peers/harness/wait.hpp"

#include <cstdio>
#include <thread>

namespace lifeline::bench {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

struct counters {
  double cpu_ms = 0;
  double in = 0;
  double out = 0;
  double lost = 0;
  double late = 0;
};

counters counters_of(const load_engine& l) {
  const auto text = l.engine.metrics();
  const auto value = [&](const char* name) { return std::max(0.0, peers::sample_of(text, name)); };
  return {l.cpu_ms(), value("lifeline_rtp_packets_total{direction=\"in\"}"),
          value("lifeline_rtp_packets_total{direction=\"out\"}"), value("lifeline_rtp_packets_lost_total"),
          value("lifeline_rtp_packets_late_total")};
}

void tell_packets(report& r, rtp_figures& heard, const counters& before, const counters& after, double seconds) {
  r.add("packets sent to the engine", static_cast<double>(heard.sent) / seconds, "1/s", better::neither);
  r.add("packets received from the engine", static_cast<double>(heard.received) / seconds, "1/s", better::neither);
  r.add("packets lost on the way to the engine, by its count", after.lost - before.lost, "");
  r.add("packets too late for the engine, by its count", after.late - before.late, "");
  const auto lost = heard.lost - std::min(heard.lost, heard.dropped);
  r.add("packets lost on the way from the engine", static_cast<double>(lost), "");
  if (heard.dropped > 0)
    r.remarks.push_back(std::to_string(heard.dropped) +
                        " packets more were lost at the bench's own sockets: it was too slow.");
  if (heard.lateness_ms.percentile(0.99) > 10) {
    char text[120];
    std::snprintf(text, sizeof text, "The bench sent 1 %% of its packets more than %.0f ms late: the machine is busy.",
                  heard.lateness_ms.percentile(0.99));
    r.remarks.emplace_back(text);
  }
  r.spreads.push_back(heard.lateness_ms.histogram("How late the bench sent its packets", "ms"));
}

} // namespace

void run_media(report& r, const media_options& o) {
  load_engine l({.name = "media", .agents = o.calls, .media = "anchored", .record = o.record});
  rtp_streams sound(l.loop);
  l.phones.use(&sound);
  l.people.use(&sound);
  l.sign_in();
  l.phones.set_talk(0ms);
  const auto empty_kb = resident_kb_of(l.engine.pid());
  const process_watch watch(l.engine.pid(), 1s);
  l.people.keep_open(o.calls, 50);
  peers::wait_until("every call talks", 60s,
                    [&] { return l.loop.ask([&] { return sound.running(); }) == 2 * o.calls; });
  l.people.keep_open(0, 0);
  std::this_thread::sleep_for(3s);
  // Counted between here and there only: neither the calls' beginning nor their end.
  const auto peers_before = l.loop.cpu_ms();
  const auto before = counters_of(l);
  (void)l.loop.ask([&] { return sound.take(); });
  const auto begun = clock::now();
  std::this_thread::sleep_for(std::chrono::seconds{o.seconds});
  auto heard = l.loop.ask([&] { return sound.take(); });
  const std::chrono::duration<double> took = clock::now() - begun;
  const auto after = counters_of(l);
  const auto call_seconds = static_cast<double>(o.calls) * took.count();

  r.add(o.record ? "CPU per bridged and recorded call-second" : "CPU per bridged call-second",
        (after.cpu_ms - before.cpu_ms) / call_seconds, "ms", better::lower, o.record ? 1.2 : 0);
  tell_packets(r, heard, before, after, took.count());
  r.add("memory per call", (resident_kb_of(l.engine.pid()) - empty_kb) / static_cast<double>(o.calls), "kB");
  r.add("the bench's own CPU", (l.loop.cpu_ms() - peers_before) / took.count() / 10, "% of a core", better::neither);
  l.phones.hang_up_all();
  if (!l.quiet(30s)) r.remarks.push_back("After everybody had hung up, the engine kept calls for half a minute.");
  if (o.record) {
    peers::wait_until("the recordings are sealed", 30s,
                      [&] { return l.engine.metric("lifeline_recordings_active") <= 0; });
    r.add("recordings sealed", l.engine.metric("lifeline_recordings_sealed_total"), "", better::higher,
          static_cast<double>(o.calls));
    r.add("recordings that failed", l.engine.metric("lifeline_recordings_failed_total"), "");
    r.add("audio frames lost because the disk did not keep up",
          l.engine.metric("lifeline_recordings_dropped_frames_total"), "");
  }
  const auto seen = watch.samples();
  r.curves.push_back({"The engine's CPU over the run", "s", "% of a core", cpu_percent(seen)});
  r.curves.push_back({"The engine's memory over the run", "s", "MB", resident_mb(seen)});
  remark_on_load(r, l);
  l.loop.stop(); // before the streams, which it reads
  l.engine.stop();
}

} // namespace lifeline::bench
