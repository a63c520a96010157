// Requests outside of any dialog from a trunk's address, as fast as somebody with forged packets sends them: what they
// cost while they come, what they leave, and whether the trunk's own OPTIONS are answered meanwhile.
#include "bench/engine_runs.hpp"
#include "bench/load_engine.hpp"
#include "bench/process_watch.hpp"
#include "bench/sip_text.hpp"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <thread>

namespace lifeline::bench {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto piece = 5ms; ///< the load comes in portions of so long

std::string request(const std::string& method, std::uint64_t number, std::uint16_t own_port, std::uint16_t engine_port,
                    const std::string& called) {
  const auto n = std::to_string(number);
  const auto own = "127.0.0.1:" + std::to_string(own_port);
  auto text = method + " sip:" + called + "@127.0.0.1:" + std::to_string(engine_port) +
              " SIP/2.0\r\nVia: SIP/2.0/UDP " + own + ";branch=z9hG4bK" + method + n +
              ";rport\r\nMax-Forwards: 70\r\nFrom: <sip:13900000000@" + own + ">;tag=f" + n + "\r\nTo: <sip:" + called +
              "@127.0.0.1>\r\nCall-ID: flood-" + method + "-" + n + "\r\nCSeq: 1 " + method +
              "\r\nContact: <sip:13900000000@" + own + ">\r\n";
  return text + (method == "INVITE" ? with_audio(40000) : without_body());
}

/// Who sends, and counts what comes back by status class.
class sender {
public:
  sender(load_engine& l, std::string called) : l_{l}, called_{std::move(called)} {
    l_.loop.watch(port_, [this](std::string_view text, stamp at) { on_answer(text, at); });
  }
  void send(const std::string& method) {
    const auto number = ++sent;
    sent_at_ = now_stamp();
    port_.send(request(method, number, port_.port(), l_.engine.sip_port(), called_), l_.engine.sip_port());
  }
  std::uint64_t sent = 0;
  std::atomic<std::uint64_t> good{0};    ///< 2xx
  std::atomic<std::uint64_t> refused{0}; ///< 3xx to 6xx
  std::atomic<std::uint64_t> served{0};  ///< all final ones
  sample round_trips;                    ///< ms; of a sender that waits for each answer

private:
  void on_answer(std::string_view text, stamp at) {
    const auto answer = read_sip(text);
    if (!answer || answer->status < 200) return;
    round_trips.add(milliseconds_between(sent_at_, at));
    ++(answer->status < 300 ? good : refused);
    ++served;
  }
  load_engine& l_;
  std::string called_;
  udp_port port_;
  std::atomic<stamp> sent_at_{0};
};

/// Sends at the rate for so long, and a ping once a second; false when the engine has ended.
bool flood(load_engine& l, sender& flooder, sender& pinger, const flood_options& o) {
  const auto begun = clock::now();
  const auto length = std::chrono::duration<double>(o.seconds);
  std::uint64_t pings = 0;
  for (auto next = begun; clock::now() - begun < length; next += piece) {
    std::this_thread::sleep_until(next);
    const auto passed = std::chrono::duration<double>(clock::now() - begun).count();
    const auto due = static_cast<std::uint64_t>(o.rate * passed);
    while (flooder.sent < due)
      flooder.send(o.methods[flooder.sent % o.methods.size()]);
    if (static_cast<std::uint64_t>(passed) >= pings) {
      ++pings;
      pinger.send("OPTIONS");
    }
    if (!l.engine.running()) return false;
  }
  return true;
}

} // namespace

void run_flood(report& r, const flood_options& o) {
  load_engine l({.name = "flood", .agents = 4, .guarded = true});
  l.sign_in();
  sender flooder{l, o.called};
  sender pinger{l, "12315"};
  const auto before = resident_kb_of(l.engine.pid()) / 1024;
  const process_watch watch(l.engine.pid(), 500ms);
  const auto cpu = l.cpu_ms();
  if (!flood(l, flooder, pinger, o)) throw std::runtime_error("the engine has ended by itself");
  std::this_thread::sleep_for(1s);
  const auto used = l.cpu_ms() - cpu;
  std::this_thread::sleep_for(std::chrono::duration<double>(o.rest));
  const auto seen = watch.samples();
  const auto sent = static_cast<double>(flooder.sent);
  r.add("requests sent", sent, "", better::neither);
  r.add("sent a second", sent / o.seconds, "1/s", better::neither);
  r.add("answered", 100 * static_cast<double>(flooder.served.load()) / std::max(1.0, sent), "%", better::neither);
  r.add("of these 2xx", static_cast<double>(flooder.good.load()), "", better::neither);
  r.add("CPU per request", 1000 * used / std::max(1.0, sent), "us");
  r.add("the trunk's own OPTIONS answered",
        100 * static_cast<double>(pinger.good.load()) / std::max<double>(1.0, static_cast<double>(pinger.sent)), "%",
        better::higher, 100);
  r.add("resident memory before", before, "MB");
  r.add("resident memory, most", largest(resident_mb(seen)), "MB", better::lower, 200);
  r.add("resident memory after the rest", resident_kb_of(l.engine.pid()) / 1024, "MB");
  l.loop.ask([&] { pinger.round_trips.describe(r, "OPTIONS round trip", "ms"); });
  r.curves.push_back({"Memory", "s", "MB", resident_mb(seen)});
  r.curves.push_back({"CPU", "s", "% of a core", cpu_percent(seen)});
  stop_and_prove(r, l);
}

} // namespace lifeline::bench
