#pragma once
// One call under its rules alone: events in, commands out, at a time of the test's choosing.

#include "domain/calls/call_machine.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace lifeline::domain::testing {

inline const instant t0{std::chrono::hours{24 * 365 * 50}};

inline session_description sdp(std::uint16_t port = 4000, direction dir = direction::sendrecv) {
  return make_offer({"192.0.2.1", port}, dir);
}

/// One hotline and its queue, whose callers hear their ringing while they wait.
inline plan plan_of(const std::string& hotline, const std::string& queue = "q") {
  plan p;
  hotline_plan h;
  h.name = hotline;
  h.numbers = {hotline};
  h.queue = queue;
  p.hotlines = {h};
  queue_plan q;
  q.name = queue;
  q.hold_mode = holding::ringing;
  p.queues = {q};
  return p;
}

inline trunk_plan trunk_out() {
  trunk_plan t;
  t.name = "t";
  t.outbound = "127.0.0.1:5070";
  return t;
}

struct call_scene {
  explicit call_scene(plan p) : given(std::move(p)) {
    s.id = call_id{1, 1};
    s.hotline = given.hotlines.front().name;
    s.caller_leg = leg_id{1, 1};
    s.caller_offer = sdp();
  }
  std::vector<call_command> give(const call_event& e) {
    auto out = step(s, e, {given, ids}, now);
    all.insert(all.end(), out.begin(), out.end());
    return out;
  }
  /// To an agent with these phones; the newest offers of the call are theirs.
  void offer(const std::string& agent = "8001", std::vector<phone_address> phones = {}) {
    if (phones.empty()) phones = {{"sip:" + agent + "@192.0.2.9", ""}};
    give(offered{reservation_id{5, 5}, s.queue, agent, std::move(phones)});
  }

  /// All of one kind that were ever told.
  template <class Command> std::vector<Command> told() const { return of<Command>(all); }
  template <class Command> static std::vector<Command> of(const std::vector<call_command>& list) {
    std::vector<Command> found;
    for (const auto& c : list)
      if (const auto* one = std::get_if<Command>(&c)) found.push_back(*one);
    return found;
  }
  /// The only entry of this kind in the log.
  template <class Entry> Entry only() const {
    std::vector<Entry> found;
    for (const auto& l : told<command::log>())
      if (const auto* x = std::get_if<Entry>(&l.body)) found.push_back(*x);
    REQUIRE(found.size() == 1);
    return found.front();
  }

  plan given;
  id_source ids{42};
  call_state s;
  instant now = t0;
  std::vector<call_command> all; ///< in order
};

} // namespace lifeline::domain::testing
