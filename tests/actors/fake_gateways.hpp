#pragma once
// SIP and media gateways that do nothing but remember what they were told and let a test play the other side.

#include "media/gateway.hpp"
#include "sip/gateway.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lifeline::testing {

class fake_sip final : public sip::gateway {
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
  void attach(domain::leg_id leg, std::shared_ptr<sip::leg_sink> sink) override { sinks[leg] = std::move(sink); }
  void restore(const std::vector<sip::registration>&) override {}
  void ring(domain::leg_id leg) override { add({"ring", leg, 180, {}, {}, {}}); }
  void progress(domain::leg_id leg, const domain::session_description& d) override {
    add({"progress", leg, 183, {}, d, {}});
  }
  void answer(domain::leg_id leg, const domain::session_description& d) override {
    add({"answer", leg, 200, {}, d, {}});
  }
  void refuse(domain::leg_id leg, int status, const std::string& reason, std::chrono::seconds) override {
    add({"refuse", leg, status, reason, {}, {}});
  }
  void invite(const sip::invite_request& r) override { add({"invite", r.leg, 0, r.target_uri, r.offer, r}); }
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
  void hang_up(domain::leg_id leg, const std::string& reason) override { add({"hang_up", leg, 0, reason, {}, {}}); }
  void drain() override {}
  sip::sip_statistics statistics() const override { return {}; }
  void stop() override {}

  /// The peer does something.
  void emit(const sip::leg_event& e) {
    const auto it = sinks.find(e.leg);
    if (it != sinks.end()) it->second->on_leg_event(e);
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

private:
  void add(told t) { log.push_back(std::move(t)); }
};

/// Opens every endpoint at once; seals every recording at once.
class fake_media final : public media::gateway {
public:
  void open(domain::leg_id leg, std::shared_ptr<media::endpoint_sink> sink) override {
    add("open", leg);
    if (refuse_ports) {
      sink->on_endpoint_event({leg, media::endpoint_event_kind::failed, {}, 0, "no port left"});
      return;
    }
    sinks[leg] = sink;
    auto& port = ports[leg];
    if (port == 0) port = next_port += 2;
    if (!silent_open) sink->on_endpoint_event({leg, media::endpoint_event_kind::opened, "127.0.0.1", port, {}});
  }
  void close(domain::leg_id leg) override {
    add("close", leg);
    ports.erase(leg);
  }
  void set_remote(domain::leg_id leg, const domain::session_description&) override { add("set_remote", leg); }
  void play(domain::leg_id leg, const media::play_request& r) override {
    add(r.loop ? "music" : "prompt", leg);
    if (!r.loop && finish_prompts) emit(leg, media::endpoint_event_kind::play_finished);
  }
  void stop_play(domain::leg_id leg) override { add("stop_play", leg); }
  void bridge(domain::leg_id a, domain::leg_id) override { add("bridge", a); }
  void unbridge(domain::leg_id leg) override { add("unbridge", leg); }
  void send_digit(domain::leg_id leg, char) override { add("digit", leg); }
  void start_recording(const media::recording_request& r) override {
    add("record", r.left);
    recording[r.call] = r;
  }
  void change_recording_right(domain::call_id, domain::leg_id right) override { add("record_right", right); }
  void stop_recording(domain::call_id call) override {
    const auto it = recording.find(call);
    if (it == recording.end()) return;
    const auto request = it->second;
    recording.erase(it);
    add("seal", request.left);
    if (never_seal) return;
    const auto sink = sinks.find(request.left);
    if (sink == sinks.end()) return;
    media::recording_event e;
    e.call = call;
    e.ok = !fail_seal;
    e.path = request.path;
    e.error = fail_seal ? "disk full" : "";
    e.sha256 = fail_seal ? "" : "5ea1";
    e.bytes = fail_seal ? 0 : 1044;
    sink->second->on_recording_event(e);
  }
  media::media_statistics statistics() const override { return {}; }
  void stop() override {}

  void emit(const domain::leg_id& leg, media::endpoint_event_kind kind, const std::string& text = {}) {
    const auto it = sinks.find(leg);
    if (it != sinks.end()) it->second->on_endpoint_event({leg, kind, {}, 0, text});
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
  std::map<domain::call_id, media::recording_request> recording;
  std::vector<std::pair<std::string, domain::leg_id>> log;
  std::uint16_t next_port = 20000;
  bool finish_prompts = true;
  bool refuse_ports = false;
  bool silent_open = false;
  bool fail_seal = false;
  bool never_seal = false;

private:
  void add(const char* what, const domain::leg_id& leg) { log.emplace_back(what, leg); }
};

} // namespace lifeline::testing
