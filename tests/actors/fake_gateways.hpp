#pragma once
// SIP and media gateways that do nothing but remember what they were told and let a test play the other side.

#include "tests/support/media_faults.hpp"
#include "tests/support/sip_office.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace lifeline::testing {

/// How often the n-th event of the gateways (both together) reaches the engine: 0 = it is lost, 2 = it is repeated.
struct event_fault {
  std::size_t nth = 0; ///< from 1; 0 = no fault
  int copies = 1;
  std::size_t seen = 0;
  std::string hit; ///< the event that it was
  int next(const std::string& name) {
    if (++seen != nth) return 1;
    hit = name;
    return copies;
  }
};

/// The n-th command to the gateways (both together) throws, as a fault in them would.
struct command_fault {
  std::size_t nth = 0; ///< from 1; 0 = none
  std::size_t seen = 0;
  std::string hit; ///< the command that it was
  void next(const std::string& name) {
    if (++seen != nth) return;
    hit = name;
    throw std::runtime_error("injected at " + name);
  }
};

class fake_sip final : public sip_office {
public:
  struct told {
    std::string what; ///< "ring", "answer", "refuse", "invite", "hang_up", ...
    domain::leg_id leg;
    int status = 0;
    std::string text;
    domain::session_description sdp;
    sip::invite_request invite;
  };

  std::uint16_t port() const override { return 5060; }
  /// As the gateway promises: who attaches to a leg that has ended is told so.
  void attach(domain::leg_id leg, std::shared_ptr<sip::leg_sink> sink) override {
    sinks[leg] = sink;
    if (gone.contains(leg)) sink->on_leg_event({leg, sip::leg_event_kind::ended, 0, sip::leg_end::local, {}, {}});
  }
  void restore(const std::vector<sip::registration>&) override {}
  void end_dialogs(const std::vector<sip::standing_dialog>& left) override { farewells = left; }
  void ring(domain::leg_id leg) override { add({"ring", leg, 180, {}, {}, {}}); }
  void progress(domain::leg_id leg, const domain::session_description& d) override {
    add({"progress", leg, 183, {}, d, {}});
  }
  void answer(domain::leg_id leg, const domain::session_description& d) override {
    add({"answer", leg, 200, {}, d, {}});
  }
  void refuse(domain::leg_id leg, int status, const std::string& reason, std::chrono::seconds) override {
    add({"refuse", leg, status, reason, {}, {}});
    over(leg);
  }
  void invite(const sip::invite_request& r) override {
    add({"invite", r.leg, 0, r.target_uri, r.offer, r});
    alive.insert(r.leg);
  }
  void ack(domain::leg_id leg, const domain::session_description& d) override { add({"ack", leg, 0, {}, d, {}}); }
  void reoffer(domain::leg_id leg, const domain::session_description& d) override {
    add({"reoffer", leg, 0, {}, d, {}});
  }
  void answer_reoffer(domain::leg_id leg, const domain::session_description& d) override {
    add({"answer_reoffer", leg, 200, {}, d, {}});
  }
  void refuse_reoffer(domain::leg_id leg, int status, const std::string& reason) override {
    add({"refuse_reoffer", leg, status, reason, {}, {}});
  }
  void hang_up(domain::leg_id leg, const std::string& reason) override {
    add({"hang_up", leg, 0, reason, {}, {}});
    if (over(leg)) tell({leg, sip::leg_event_kind::ended, 0, sip::leg_end::local, {}, {}});
  }
  void drain() override {}
  void stop() override {}

  /// The peer does something.
  void emit(const sip::leg_event& e) {
    if (e.kind == sip::leg_event_kind::ended || e.kind == sip::leg_event_kind::failed) over(e.leg);
    tell(e);
  }
  void emit(const domain::leg_id& leg, sip::leg_event_kind kind, int status = 0,
            sip::leg_end cause = sip::leg_end::none, domain::session_description sdp = {}) {
    emit({leg, kind, status, cause, {}, std::move(sdp)});
  }

  [[nodiscard]] std::size_t count(const std::string& what) const {
    std::size_t n = 0;
    for (const auto& t : log)
      if (t.what == what) ++n;
    return n;
  }
  [[nodiscard]] std::size_t count(const std::string& what, const domain::leg_id& leg) const {
    std::size_t n = 0;
    for (const auto& t : log)
      if (t.what == what && t.leg == leg) ++n;
    return n;
  }
  /// The last command of this kind; an empty one if there is none.
  [[nodiscard]] told last(const std::string& what) const {
    for (auto it = log.rbegin(); it != log.rend(); ++it)
      if (it->what == what) return *it;
    return {};
  }

  std::map<domain::leg_id, std::shared_ptr<sip::leg_sink>> sinks;
  std::vector<told> log;
  std::vector<sip::standing_dialog> farewells; ///< as last asked for
  std::set<domain::leg_id> alive;              ///< dialogs that exist: the bench's callers, and phones called
  std::set<domain::leg_id> gone;
  event_fault* fault = nullptr;
  command_fault* bomb = nullptr;

private:
  void add(told t) {
    if (bomb != nullptr) bomb->next(t.what);
    log.push_back(std::move(t));
  }
  bool over(const domain::leg_id& leg) {
    if (alive.erase(leg) == 0) return false;
    gone.insert(leg);
    return true;
  }
  void tell(const sip::leg_event& e) {
    const auto it = sinks.find(e.leg);
    if (it == sinks.end()) return;
    static constexpr const char* names[] = {"progress",         "answered", "failed", "acked", "reoffer",
                                            "reoffer_answered", "digit",    "ended",  "alive"};
    const int copies = fault != nullptr ? fault->next(names[static_cast<int>(e.kind)]) : 1;
    const auto sink = it->second;
    for (int i = 0; i < copies; ++i)
      sink->on_leg_event(e);
  }
};

/// Opens every endpoint at once; seals every recording at once.
class fake_media final : public media_faults {
public:
  void open(domain::leg_id leg, std::shared_ptr<media::endpoint_sink> sink) override {
    add("open", leg);
    sinks[leg] = sink;
    if (refuse_ports) return tell({leg, media::endpoint_event_kind::failed, {}, 0, "no port left"});
    auto& port = ports[leg];
    if (port == 0) port = next_port += 2;
    if (silent_open || silent_leg == leg)
      opening.insert(leg);
    else
      tell_open(leg);
  }
  void close(domain::leg_id leg) override {
    add("close", leg);
    ports.erase(leg);
    opening.erase(leg);
    prompting.erase(leg);
    unbridge_both(leg);
  }
  void set_remote(domain::leg_id leg, const domain::session_description&) override { add("set_remote", leg); }
  void note_alive(domain::leg_id leg) override { add("alive", leg); }
  void play(domain::leg_id leg, const media::play_request& r) override {
    add(r.loop ? "music" : "prompt", leg);
    if (r.loop || !ports.contains(leg)) return;
    played.emplace_back(leg, r.files);
    if (finish_prompts)
      emit(leg, media::endpoint_event_kind::play_finished);
    else
      prompting.insert(leg);
  }
  void stop_play(domain::leg_id leg) override { add("stop_play", leg); }
  void bridge(domain::leg_id a, domain::leg_id b) override {
    add("bridge", a);
    unbridge_both(a);
    unbridge_both(b);
    bridged[a] = b;
    bridged[b] = a;
  }
  void unbridge(domain::leg_id leg) override {
    add("unbridge", leg);
    unbridge_both(leg);
  }
  void send_digit(domain::leg_id leg, char) override { add("digit", leg); }
  void listen_tones(domain::leg_id leg, bool on) override {
    add(on ? "listen" : "unlisten", leg);
    if (on)
      listening.insert(leg);
    else
      listening.erase(leg);
  }
  void send_tones(domain::leg_id leg, const std::string& digits, media::tone_way way) override {
    add("tones", leg);
    tones[leg] += digits;
    if (way == media::tone_way::both) tones_both_ways += digits;
  }
  void start_recording(const media::recording_request& r) override {
    add("record", r.left);
    const auto [it, fresh] = recording.try_emplace(r.recording, r);
    if (!fresh) it->second.left = r.left, it->second.right = r.right; // the one file goes on
  }
  void change_recording_right(domain::recording_id, domain::leg_id right) override { add("record_right", right); }
  void stop_recording(domain::recording_id id) override {
    const auto it = recording.find(id);
    if (it == recording.end()) return;
    const auto request = it->second;
    add("seal", request.left);
    recording.erase(it);
    if (never_seal) return;
    const auto sink = sinks.find(request.left);
    if (sink == sinks.end()) return;
    sealing.emplace_back(request, sink->second);
    if (!hold_seal) seal_all();
  }
  /// The recorder comes to an end with what it was told to seal.
  void seal_all() {
    auto all = std::move(sealing);
    sealing.clear();
    for (const auto& [request, sink] : all) {
      media::recording_event e;
      e.recording = request.recording;
      e.ok = !fail_seal;
      e.path = request.path;
      e.error = fail_seal ? "disk full" : "";
      e.sha256 = fail_seal ? "" : "5ea1";
      e.bytes = fail_seal ? 0 : 1044;
      const int copies = fault != nullptr ? fault->next("sealed") : 1;
      for (int i = 0; i < copies; ++i)
        sink->on_recording_event(e);
    }
  }
  /// Endpoints that are being opened come up.
  void open_all() {
    silent_open = false;
    silent_leg = {};
    const auto all = std::move(opening);
    opening.clear();
    for (const auto& leg : all)
      tell_open(leg);
  }
  /// Prompts that are being played come to their end.
  void finish_all() {
    const auto all = std::move(prompting);
    prompting.clear();
    for (const auto& leg : all)
      emit(leg, media::endpoint_event_kind::play_finished);
  }
  void stop() override {}

  void emit(const domain::leg_id& leg, media::endpoint_event_kind kind, const std::string& text = {}) {
    tell({leg, kind, {}, 0, text});
  }
  [[nodiscard]] std::size_t count(const std::string& what) const {
    std::size_t n = 0;
    for (const auto& [name, leg] : log)
      if (name == what) ++n;
    return n;
  }
  [[nodiscard]] std::size_t open_endpoints() const { return ports.size(); }

  std::map<domain::leg_id, std::shared_ptr<media::endpoint_sink>> sinks;
  std::map<domain::leg_id, std::uint16_t> ports;
  std::map<domain::recording_id, media::recording_request> recording;
  std::vector<std::pair<std::string, domain::leg_id>> log;
  std::vector<std::pair<domain::leg_id, std::vector<std::string>>> played; ///< prompts
  std::uint16_t next_port = 20000;
  bool finish_prompts = true;
  bool refuse_ports = false;
  bool silent_open = false;
  bool fail_seal = false;
  bool never_seal = false;
  bool hold_seal = false;    ///< until seal_all()
  domain::leg_id silent_leg; ///< its endpoint does not come up until open_all()
  std::set<domain::leg_id> opening;
  std::set<domain::leg_id> prompting;
  std::map<domain::leg_id, domain::leg_id> bridged;
  std::vector<std::pair<media::recording_request, std::shared_ptr<media::endpoint_sink>>> sealing;
  std::set<domain::leg_id> listening;          ///< for tones in the audio
  std::map<domain::leg_id, std::string> tones; ///< sent to each leg, in order
  std::string tones_both_ways;                 ///< of these, those that also went as events
  event_fault* fault = nullptr;
  command_fault* bomb = nullptr;

private:
  void tell(const media::endpoint_event& e) {
    const auto it = sinks.find(e.leg);
    if (it == sinks.end()) return;
    static constexpr const char* names[] = {"opened", "failed",        "digit",         "silent",
                                            "heard",  "play_finished", "silent_on_hold"};
    const int copies = fault != nullptr ? fault->next(names[static_cast<int>(e.kind)]) : 1;
    const auto sink = it->second;
    for (int i = 0; i < copies; ++i)
      sink->on_endpoint_event(e);
  }
  void tell_open(const domain::leg_id& leg) {
    tell({leg, media::endpoint_event_kind::opened, "127.0.0.1", ports[leg], {}});
  }
  void unbridge_both(const domain::leg_id& leg) {
    const auto it = bridged.find(leg);
    if (it == bridged.end()) return;
    bridged.erase(it->second);
    bridged.erase(leg);
  }
  void add(const char* what, const domain::leg_id& leg) {
    if (bomb != nullptr) bomb->next(what);
    log.emplace_back(what, leg);
  }
};

} // namespace lifeline::testing
