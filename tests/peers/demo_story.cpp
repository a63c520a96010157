#include "tests/peers/demo_story.hpp"

#include "tests/peers/demo_rescue.hpp"
#include "tests/peers/harness/baresip.hpp"
#include "tests/peers/harness/engine.hpp"
#include "tests/peers/harness/tone.hpp"
#include "tests/peers/harness/wait.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>

namespace lifeline::demo {

using namespace peers;

namespace {

constexpr auto talk_time = 4s;
constexpr auto listen_time = 3s; ///< how long the third caller at least hears the music

struct person {
  std::string number; ///< the caller's telephone number, or the agent's account
  double tone = 0;    ///< its voice, Hz
  std::unique_ptr<baresip> phone = {};
};

std::string fixed(double x) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", x);
  return text.data();
}

class story {
public:
  explicit story(const options& o)
      : place_("demo"), data_(o.data), exchange_(place_, town_exchange()),
        engine_(write_config(o, exchange_.port()), o.data, o.data / "engine") {}

  bool play();

private:
  void say(const std::string& text) const { std::cout << text << std::endl; }
  void check(bool ok, const std::string& what) {
    say(std::string{ok ? "    ok    " : "    WRONG "} + what);
    wrong_ += ok ? 0 : 1;
  }
  void sign_in(person& agent);
  void dial(person& caller, const std::string& number);
  std::string wait_answered(const person& caller);
  std::optional<json> live(const person& caller) const;
  void hang_up(person& caller);
  json record_of(const person& caller) const;
  void busy_hotline();
  void emergency();
  void rescue();
  void judge(person& caller, const std::string& hotline, double queue_sound);
  void judge_recording(const json& record, const person& caller, const person& agent);

  workspace place_;
  std::filesystem::path data_;
  baresip exchange_; ///< the telephones of those who come to the rescue
  engine engine_;
  std::vector<person> agents_;
  std::vector<person> callers_;
  int wrong_ = 0;
};

void story::sign_in(person& agent) {
  agent.phone = std::make_unique<baresip>(place_, baresip_options{.name = agent.number,
                                                                  .tone = agent.tone,
                                                                  .registrar = engine_.sip_address(),
                                                                  .password = engine_.password(agent.number),
                                                                  .answers = true});
  wait_until("agent " + agent.number + " is ready", 15s, [&] { return engine_.agent_state(agent.number) == "ready"; });
  say("  agent " + agent.number + " has registered and is ready; its voice is a tone of " + fixed(agent.tone) + " Hz");
}

void story::dial(person& caller, const std::string& number) {
  if (!caller.phone) {
    caller.phone = std::make_unique<baresip>(place_, baresip_options{.name = caller.number, .tone = caller.tone});
  }
  caller.phone->dial("sip:" + number + '@' + engine_.sip_address());
  caller.phone->wait_for("CALL_ESTABLISHED");
  say("  " + caller.number + " (voice " + fixed(caller.tone) + " Hz) calls " + number + " and hears the greeting");
}

std::optional<json> story::live(const person& caller) const {
  for (const auto& call : engine_.live_calls()) {
    if (call.at("caller") == caller.number) return call;
  }
  return std::nullopt;
}

std::string story::wait_answered(const person& caller) {
  std::string agent;
  wait_until(caller.number + " is answered", 30s, [&] {
    const auto call = live(caller);
    if (call && call->at("phase") == "talking") agent = call->at("agent");
    return !agent.empty();
  });
  say("  " + caller.number + " is answered by agent " + agent);
  return agent;
}

void story::hang_up(person& caller) {
  caller.phone->hang_up();
  caller.phone->wait_for("CALL_CLOSED");
  say("  " + caller.number + " hangs up");
}

/// Three callers, two agents: the third hears the music until an agent is free.
void story::busy_hotline() {
  for (auto& caller : callers_) {
    if (&caller != &callers_.back()) dial(caller, "12315");
  }
  std::map<std::string, std::string> agent_of;
  std::vector<person*> waiting;
  wait_until("two callers talk and one waits", 30s, [&] {
    agent_of.clear();
    waiting.clear();
    for (auto& caller : callers_) {
      const auto call = live(caller);
      if (!call) continue;
      if (call->at("phase") == "talking") agent_of[caller.number] = call->at("agent");
      if (call->at("phase") == "waiting") waiting.push_back(&caller);
    }
    return agent_of.size() == 2 && waiting.size() == 1;
  });
  for (const auto& [number, agent] : agent_of)
    say("  " + number + " is answered by agent " + agent);
  say("  " + waiting[0]->number + " waits: both agents are talking; it hears the music");
  std::this_thread::sleep_for(std::max<std::chrono::seconds>(talk_time, listen_time));
  for (auto& caller : callers_) {
    if (agent_of.count(caller.number) != 0) hang_up(caller);
  }
  const auto first = agent_of.begin()->second;
  wait_until("agent " + first + " wraps up", 10s, [&] { return engine_.agent_state(first) == "wrap_up"; });
  engine_.control({"agents", "wrap-up-end", first});
  say("  agent " + first + " ends its wrap-up early and is ready");
  wait_answered(*waiting[0]);
  std::this_thread::sleep_for(talk_time);
  hang_up(*waiting[0]);
}

void story::emergency() {
  auto& caller = callers_.back();
  dial(caller, "96333");
  wait_answered(caller);
  std::this_thread::sleep_for(talk_time);
  hang_up(caller);
}

void story::rescue() {
  auto& caller = callers_.back();
  dial(caller, "96333");
  wait_answered(caller);
  const auto call = live(caller);
  rescue_story act{engine_, exchange_, [this](const std::string& text) { say(text); },
                   [this](bool ok, const std::string& what) { check(ok, what); }};
  act.prepare();
  const auto order = act.create(caller.number, call ? call->at("call").get<std::string>() : std::string{});
  act.find_rescuers(order);
  hang_up(caller);
  act.report_from_site(order);
  act.close(order);
}

json story::record_of(const person& caller) const {
  json found;
  wait_until("the call of " + caller.number + " is on record", 15s, [&] {
    for (const auto& r : engine_.records()) {
      if (r.at("caller") == caller.number) found = r;
    }
    return !found.is_null();
  });
  return found;
}

void story::judge_recording(const json& record, const person& caller, const person& agent) {
  const auto& recording = record.at("recording");
  if (!recording.is_object()) return check(false, "the call is recorded");
  const auto file = engine_.recordings() / recording.at("path").get<std::string>();
  say("    recording: " + file.string());
  const auto sound = read_wav(file);
  const double talked = record.at("talk_seconds");
  check(sound.channels.size() == 2 && std::abs(sound.seconds() - talked) < 0.5,
        "stereo, " + fixed(sound.seconds()) + " s long; they talked for " + fixed(talked) + " s");
  if (sound.channels.size() != 2) return;
  const std::vector<double> voices{caller.tone, agent.tone, 700};
  const auto left = dominant(sound, 0, 0.5, sound.seconds() - 0.5, voices);
  const auto right = dominant(sound, 1, 0.5, sound.seconds() - 0.5, voices);
  check(left.frequency == caller.tone && left.share > 0.8,
        "left is the caller's voice, " + fixed(caller.tone) + " Hz (" + fixed(100 * left.share) + " % of the energy)");
  check(right.frequency == agent.tone && right.share > 0.8,
        "right is the agent's voice, " + fixed(agent.tone) + " Hz (" + fixed(100 * right.share) + " % of the energy)");
  check(recording.at("sha256") == sha256_of(file), "its SHA-256 is that of the record");
}

void story::judge(person& caller, const std::string& hotline, double queue_sound) {
  const auto record = record_of(caller);
  const std::string id = record.at("call");
  say("\nThe call of " + caller.number + " to " + hotline + ", as `lifelinectl calls show " + id + "` tells it:\n");
  const auto shown = engine_.try_control({"calls", "show", id}, false);
  std::istringstream lines(shown.out);
  for (std::string line; std::getline(lines, line);)
    say("    | " + line);
  say("");
  check(shown.code == 0, "lifelinectl shows the call");
  check(record.at("hotline") == hotline, "it came to hotline " + hotline);
  check(record.at("outcome") == "answered" && record.at("cause") == "caller_hung_up",
        "answered, and ended by the caller (on record: " + record.at("outcome").get<std::string>() + ", " +
            record.at("cause").get<std::string>() + ")");
  const std::string account = record.at("agent");
  const person* agent = nullptr;
  for (const auto& a : agents_)
    agent = a.number == account ? &a : agent;
  check(agent != nullptr, "answered by one of our agents (" + account + ")");
  if (agent == nullptr) return;

  const auto heard = caller.phone->heard();
  check(heard.size() == 1, "the caller's phone has heard one call");
  if (heard.size() != 1) return;
  const auto sound = read_wav(heard[0]);
  const auto voice = when_heard(sound, 0, agent->tone);
  double before = 0;
  for (double t = 0; t + 0.1 <= voice.first; t += 0.1)
    before += loudness(sound, 0, t, t + 0.1) > 0.005 ? 0.1 : 0;
  // An emergency's greeting plays while the phone rings, and keeps nobody waiting who could talk already.
  if (hotline == "96333")
    check(voice.first <= 1, "the agent was heard after " + fixed(voice.first) + " s: no greeting stood in the way");
  else
    check(before >= queue_sound, "the caller heard " + fixed(before) + " s of greeting and music before the agent");
  check(voice.total >= 3, "the caller heard the agent for " + fixed(voice.total) + " s");
  double agent_heard = 0;
  for (const auto& file : agent->phone->heard())
    agent_heard += when_heard(read_wav(file), 0, caller.tone).total;
  check(agent_heard >= 3, "the agent heard the caller for " + fixed(agent_heard) + " s");
  judge_recording(record, caller, *agent);
}

bool story::play() {
  say("\nThe engine takes calls: SIP at " + engine_.sip_address() + ", HTTP at 127.0.0.1:" +
      std::to_string(engine_.http_port()) + "\n  its files are in " + data_.string() + "\n\nAgents sign in.");
  agents_.push_back({"8001", 1000});
  agents_.push_back({"8002", 1500});
  agents_.push_back({"9001", 1240});
  for (auto& agent : agents_)
    sign_in(agent);
  callers_.push_back({"13800000001", 350});
  callers_.push_back({"13800000002", 440});
  callers_.push_back({"13800000003", 520});
  callers_.push_back({"13800000004", 610});
  say("\nThree callers and two agents on 12315.");
  busy_hotline();
  say("\nSomebody is trapped in a lift and calls 96333.");
  emergency();
  callers_.push_back({"13800000005", 700});
  say("\nAnother passenger is trapped: the alarm becomes an order, and rescuers are called until one comes.");
  rescue();
  // The files of what was heard are whole once the phones have ended.
  std::vector<json> records;
  for (const auto& caller : callers_)
    records.push_back(record_of(caller));
  for (auto& person : callers_)
    person.phone->quit();
  for (auto& person : agents_)
    person.phone->quit();
  exchange_.quit();
  const double third_waits = static_cast<double>(listen_time.count());
  std::string last;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto ended = records[i].at("ended").get<std::string>();
    last = std::max(last, ended); // RFC 3339 in UTC: alphabetical is chronological
  }
  for (std::size_t i = 0; i < 3; ++i)
    judge(callers_[i], "12315", records[i].at("ended") == last ? third_waits : 1);
  judge(callers_[3], "96333", 0.5);
  say("\nThe engine is stopped.");
  const int code = engine_.stop();
  check(code == 0, "it ended in order (exit code " + std::to_string(code) + ")");
  return wrong_ == 0;
}

} // namespace

bool play(const options& o) { return story(o).play(); }

} // namespace lifeline::demo
