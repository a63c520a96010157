#include "tests/domain/calls/call_scene.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {

plan one_queue() {
  auto p = plan_of("96333");
  p.queues[0].overflow_numbers = {"1001", "1002"};
  p.trunks = {trunk_out()};
  return p;
}

struct machine : call_scene {
  explicit machine(plan p = one_queue()) : call_scene(std::move(p)) {}
  template <class Command> std::size_t count() const { return told<Command>().size(); }
};

} // namespace

TEST_CASE("call: final statuses of an offer say what the agent did") {
  CHECK(outcome_of_status(486, true) == reservation_outcome::busy);
  CHECK(outcome_of_status(600, false) == reservation_outcome::busy);
  CHECK(outcome_of_status(603, true) == reservation_outcome::rejected);
  CHECK(outcome_of_status(480, false) == reservation_outcome::rejected);
  CHECK(outcome_of_status(408, true) == reservation_outcome::no_answer);
  CHECK(outcome_of_status(408, false) == reservation_outcome::unreachable);
  CHECK(outcome_of_status(404, false) == reservation_outcome::unreachable);
  CHECK(outcome_of_status(503, true) == reservation_outcome::unreachable);
}

TEST_CASE("call: the recording lies in the folder of its day") {
  CHECK(recording_path(recording_id{0x0123456789abcdef, 0x1},
                       instant{std::chrono::sys_days{std::chrono::year{2026} / 11 / 3}}) ==
        "2026/11/03/01234567-89ab-cdef-0000-000000000001.wav");
}

TEST_CASE("call: without media ports a caller still waits, ringing") {
  auto p = one_queue();
  p.queues[0].hold_mode = holding::answered;
  machine m{p};
  m.give(call_begins{});
  CHECK(m.s.phase == call_phase::greeting);
  m.give(endpoint_failed{m.s.caller_leg, "no port"});
  CHECK(m.s.phase == call_phase::waiting);
  CHECK(m.count<command::ring>() == 1);
  CHECK(m.count<command::enter_queue>() == 1);
}

TEST_CASE("call: an offer for which there is no media port is given back, and is no miss of the agent's") {
  machine m;
  m.give(call_begins{});
  m.give(offered{reservation_id{5, 5}, "q", "8001", {{"sip:8001@192.0.2.9", ""}}});
  const auto leg = m.s.offers.at(0).leg;
  const auto out = m.give(endpoint_failed{leg, "no port"});
  CHECK(m.s.offers.empty());
  CHECK(m.s.phase == call_phase::waiting);
  CHECK(m.count<command::invite>() == 0);
  REQUIRE(m.count<command::reservation_over>() == 1);
  for (const auto& c : out)
    if (const auto* over = std::get_if<command::reservation_over>(&c))
      CHECK(over->outcome == reservation_outcome::refused);
}

TEST_CASE("call: a media layer that never answers does not hold the caller") {
  auto p = one_queue();
  p.queues[0].hold_mode = holding::answered;
  machine m{p};
  m.give(call_begins{});
  m.now += p.limits.setup_timeout;
  m.give(call_clock{});
  CHECK(m.s.phase == call_phase::waiting);
}

TEST_CASE("call: delayed offer: our answer carries the offer, the ACK brings theirs") {
  machine m;
  m.s.caller_offer = {};
  m.give(call_begins{});
  m.give(offered{reservation_id{5, 5}, "q", "8001", {{"sip:8001@192.0.2.9", ""}}});
  m.give(endpoint_opened{m.s.offers[0].leg, {"127.0.0.1", 20000}});
  m.give(endpoint_opened{m.s.caller_leg, {"127.0.0.1", 20002}});
  m.give(peer_answered{m.s.offers[0].leg, sdp()});
  REQUIRE(m.s.phase == call_phase::talking);
  const auto remotes = m.count<command::set_remote>();
  m.give(leg_acked{m.s.caller_leg, sdp()});
  CHECK(m.count<command::set_remote>() == remotes + 1);
}

namespace {

/// A lift's phone: its leg was answered, and its endpoint opened, before the call begins.
void answered_before(machine& m) {
  m.s.arrives_answered = true;
  m.s.arrived = t0 - 4s;
  m.s.local = {"127.0.0.1", 20002};
  m.s.caller_media = m.s.caller_offer;
  m.s.lift = "320801";
}

} // namespace

TEST_CASE("call: a caller who was answered before the call begins waits with the voice open, and is not rung") {
  machine m;
  answered_before(m);
  m.give(call_begins{});
  CHECK(m.s.phase == call_phase::greeting);
  CHECK(m.count<command::answer>() == 1); // whoever answered it may have died on the way
  CHECK(m.count<command::set_remote>() == 1);
  CHECK(m.s.arrived == t0 - 4s);
  m.give(endpoint_opened{m.s.caller_leg, {"127.0.0.1", 20002}});
  CHECK(m.s.phase == call_phase::waiting);
  m.give(offered{reservation_id{5, 5}, "q", "8001", {{"sip:8001@192.0.2.9", ""}}});
  m.give(endpoint_opened{m.s.offers[0].leg, {"127.0.0.1", 20000}});
  m.give(peer_answered{m.s.offers[0].leg, sdp()});
  CHECK(m.s.phase == call_phase::talking);
  CHECK(m.count<command::bridge>() == 1);
  CHECK(m.count<command::answer>() == 1);
  CHECK(m.count<command::ring>() == 0);
  m.give(release_call{});
  CHECK(m.count<command::refuse>() == 0);
  CHECK(m.count<command::hang_up>() == 2);
}

TEST_CASE("call: an answered caller whose endpoint is lost waits, and gets it when somebody answers") {
  machine m;
  answered_before(m);
  m.give(call_begins{});
  m.give(endpoint_failed{m.s.caller_leg, "no port"});
  CHECK(m.s.phase == call_phase::waiting);
  CHECK(m.s.signal == caller_signal::answered);
  CHECK(m.count<command::ring>() == 0);
}

TEST_CASE("call: an answered caller is anchored, whatever a reload has made of the hotline") {
  auto p = one_queue();
  p.hotlines[0].media = media_mode::direct;
  machine m{p};
  answered_before(m);
  m.give(call_begins{});
  CHECK(m.s.media == media_mode::anchored);
}

TEST_CASE("call: an offer that comes after the caller left is given back") {
  machine m;
  m.give(call_begins{});
  m.give(leg_ended{m.s.caller_leg, leg_over::cancel});
  CHECK(m.s.phase == call_phase::ended);
  CHECK(m.give(offered{reservation_id{5, 5}, "q", "8001", {{"sip:x", ""}}}).empty());
}

TEST_CASE("call: an answer without a codec in common does not end the caller's waiting") {
  machine m;
  m.give(call_begins{});
  m.give(offered{reservation_id{5, 5}, "q", "8001", {{"sip:x", ""}}});
  m.give(endpoint_opened{m.s.offers[0].leg, {"127.0.0.1", 20000}});
  auto bad = sdp();
  bad.codecs = {{9, "G722", 8000}};
  m.give(peer_answered{m.s.offers[0].leg, bad});
  CHECK(m.s.phase == call_phase::waiting);
  CHECK(m.count<command::tell_over>() == 1);
}

TEST_CASE("call: from any sequence of events each offer ends once, the end comes once, and nothing is stuck") {
  for (unsigned round = 0; round < 300; ++round) {
    const auto seed = static_cast<unsigned>(Catch::rngSeed()) * 1000 + round;
    INFO("seed " << seed);
    std::mt19937 random{seed};
    auto p = one_queue();
    p.queues[0].hold_mode = static_cast<holding>(random() % 3);
    p.hotlines[0].media =
        random() % 4 == 0 && p.queues[0].hold_mode == holding::ringing ? media_mode::direct : media_mode::anchored;
    machine m{p};
    if (random() % 4 == 0) answered_before(m);
    m.give(call_begins{});
    std::map<reservation_id, int> offers;
    std::uint64_t next = 10;
    const auto some_leg = [&]() -> leg_id {
      std::vector<leg_id> legs{m.s.caller_leg, leg_id{77, 77}};
      for (const auto& o : m.s.offers)
        legs.push_back(o.leg);
      if (!m.s.peer.leg.is_nil()) legs.push_back(m.s.peer.leg);
      return legs[random() % legs.size()];
    };
    for (int i = 0; i < 60 && m.s.phase != call_phase::ended; ++i) {
      m.now += std::chrono::milliseconds{random() % 3000};
      switch (random() % 17) {
      case 0: m.give(endpoint_opened{some_leg(), {"127.0.0.1", 20000}}); break;
      case 1: m.give(endpoint_opened{m.s.caller_leg, {"127.0.0.1", 20002}}); break;
      case 2: m.give(peer_progress{some_leg(), 180}); break;
      case 3: m.give(peer_answered{some_leg(), sdp()}); break;
      case 4: m.give(peer_failed{some_leg(), random() % 2 == 0 ? 486 : 408}); break;
      case 5: m.give(leg_reoffered{some_leg(), sdp()}); break;
      case 6: m.give(leg_reoffer_answered{some_leg(), 200, sdp()}); break;
      case 7:
        if (random() % 8 == 0) m.give(leg_ended{some_leg(), leg_over::bye});
        break;
      case 8: {
        const reservation_id r{next++, 1};
        offers[r] = 0;
        m.give(offered{r, "q", "8001", {{"sip:a", ""}, {"sip:b", ""}}});
        break;
      }
      case 9: m.give(overflow_due{"q", "max wait"}); break;
      case 10:
        if (m.s.line_requested) m.give(line_answer{random() % 2 == 0});
        break;
      case 11: m.give(prompt_finished{m.s.caller_leg}); break;
      case 12: m.give(endpoint_failed{some_leg(), "x"}); break;
      case 13: m.give(leg_acked{m.s.caller_leg, sdp()}); break;
      case 14: m.give(recording_done{true, {}, {}}); break;
      default: m.give(call_clock{}); break;
      }
    }
    for (int i = 0; i < 50 && m.s.phase != call_phase::ended; ++i) { // only time passes: every state has a way out
      const auto due = next_deadline(m.s);
      REQUIRE(due != never);
      m.now = std::max(m.now, due);
      m.give(call_clock{});
      if (const auto asked = m.s.line_requested; asked) m.give(line_answer{false});
      if (m.now > t0 + 5h) break;
    }
    for (int i = 0; i < 5000 && m.s.phase != call_phase::ended; ++i) {
      m.now = std::max(m.now, next_deadline(m.s));
      m.give(call_clock{});
      if (m.s.line_requested) m.give(line_answer{false});
    }
    REQUIRE(m.s.phase == call_phase::ended);
    REQUIRE(m.count<command::finish>() == 1);
    REQUIRE(std::holds_alternative<command::finish>(m.all.back()));
    std::map<reservation_id, int> over, told;
    std::size_t line_requests = 0, line_releases = 0;
    for (const auto& c : m.all) {
      if (const auto* x = std::get_if<command::reservation_over>(&c)) ++over[x->reservation];
      if (const auto* x = std::get_if<command::tell_over>(&c)) ++told[x->reservation];
      if (const auto* x = std::get_if<command::tell_connected>(&c)) ++told[x->reservation];
      if (std::holds_alternative<command::request_line>(c)) ++line_requests;
      if (std::holds_alternative<command::release_line>(c)) ++line_releases;
    }
    for (const auto& [r, n] : offers) {
      INFO("reservation " << r.hi);
      CHECK(over[r] == 1);
      CHECK(told[r] == 1);
    }
    CHECK(line_releases <= line_requests);
    CHECK_FALSE(m.s.line_held);
  }
}
