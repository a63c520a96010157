// How a waiting call is taken elsewhere: rerouted, refused by a queue without agents, followed to another phone.

#include "tests/domain/calls/call_scene.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {

plan diverting() {
  auto p = plan_of("96333");
  p.hotlines[0].backup_numbers = {"7001", "7002"};
  p.trunks = {trunk_out()};
  return p;
}

struct machine : call_scene {
  explicit machine(plan p = diverting()) : call_scene(std::move(p)) {}
};

} // namespace

TEST_CASE("a rerouted caller is dialled through to the backup numbers at once, and keeps a place for an agent") {
  machine m;
  m.s.rerouted = true;
  m.give(call_begins{});
  REQUIRE(m.told<command::enter_queue>().size() == 1);
  CHECK(m.told<command::enter_queue>().front().patient);
  CHECK(m.told<command::request_line>().size() == 1);
  m.give(line_answer{true});
  REQUIRE(m.s.offers.size() == 1);
  CHECK(m.s.offers.front().external == "7001");
}

TEST_CASE("rerouting reaches the callers who wait already, once") {
  machine m;
  m.give(call_begins{});
  CHECK(m.told<command::request_line>().empty());
  m.give(rerouted{"rerouted: power cut"});
  m.give(rerouted{"rerouted: power cut"});
  CHECK(m.told<command::request_line>().size() == 1);
  CHECK(m.s.patient);
}

TEST_CASE("rerouting does not touch a conversation") {
  auto p = diverting();
  p.hotlines[0].media = media_mode::direct;
  machine m{p};
  m.give(call_begins{});
  m.give(offered{reservation_id{5, 5}, "q", "8001", {{"sip:8001@192.0.2.9", ""}}});
  m.give(peer_answered{m.s.offers[0].leg, sdp()});
  REQUIRE(m.s.phase == call_phase::talking);
  const auto commands = m.all.size();
  m.give(rerouted{"rerouted: drill"});
  CHECK(m.all.size() == commands);
}

TEST_CASE(
    "a queue without any agent sends the caller to the backup numbers, and an agent who comes may still have it") {
  machine m;
  m.give(call_begins{});
  m.give(queue_refused{"q", "no agent is present", true});
  CHECK(m.told<command::request_line>().size() == 1);
  const auto entries = m.told<command::enter_queue>();
  REQUIRE(entries.size() == 2);
  CHECK(entries.back().patient);
  CHECK(m.s.in_queue);
}

TEST_CASE("a caller for whom no agent is present and nowhere else to go waits: nobody hangs up on it") {
  auto p = diverting();
  p.hotlines[0].backup_numbers.clear();
  machine m{p};
  m.give(call_begins{});
  m.give(queue_refused{"q", "no agent is present", true});
  CHECK(m.s.phase == call_phase::waiting);
  CHECK(m.s.in_queue);
  CHECK(m.told<command::refuse>().empty());
}

TEST_CASE("a full queue with nowhere else to go is busy") {
  auto p = diverting();
  p.hotlines[0].backup_numbers.clear();
  machine m{p};
  m.give(call_begins{});
  m.give(queue_refused{"q", "queue full", false});
  REQUIRE(m.told<command::refuse>().size() == 1);
  CHECK(m.told<command::refuse>().front().status == 486);
}

TEST_CASE("a regained place is kept when the caller enters again after a restart of the dispatcher") {
  machine m;
  m.give(call_begins{});
  m.give(queue_accepted{"q", t0 - 3min});
  const auto again = resume(m.s);
  const auto* entry = std::get_if<command::enter_queue>(&again.back());
  REQUIRE(entry != nullptr);
  CHECK(entry->entered == t0 - 3min);
  CHECK(m.s.queued == t0); // the wait of this call is its own
}

TEST_CASE("a phone that registers from another address while it is being called is called there, too") {
  machine m;
  m.give(call_begins{});
  m.give(offered{reservation_id{5, 5}, "q", "8001", {{"sip:8001@192.0.2.9", ""}}});
  m.give(phones_changed{reservation_id{5, 5}, {{"sip:8001@192.0.2.10", ""}}});
  REQUIRE(m.s.offers.size() == 2);
  CHECK(m.s.offers[1].target.uri == "sip:8001@192.0.2.10");
  CHECK(m.s.offers_made == 1); // still one offer
  SECTION("the same address again changes nothing") {
    m.give(phones_changed{reservation_id{5, 5}, {{"sip:8001@192.0.2.10", ""}}});
    CHECK(m.s.offers.size() == 2);
  }
  SECTION("the dead address ends without ending the offer") {
    m.give(peer_failed{m.s.offers[0].leg, 408});
    CHECK(m.s.offers.size() == 1);
    CHECK(m.told<command::reservation_over>().empty());
  }
  SECTION("for another reservation it means nothing") {
    m.give(phones_changed{reservation_id{6, 6}, {{"sip:8001@192.0.2.11", ""}}});
    CHECK(m.s.offers.size() == 2);
  }
}

TEST_CASE("the caller hears a backup number's early media, and the queue's music again when that number fails") {
  auto p = diverting();
  p.queues[0].hold_mode = holding::early_media;
  p.queues[0].music = "music.wav";
  machine m{p};
  m.s.rerouted = true;
  m.give(call_begins{});
  m.give(endpoint_opened{m.s.caller_leg, {"127.0.0.1", 20000}});
  REQUIRE(m.told<command::play>().size() == 1); // music
  m.give(line_answer{true});
  const auto leg = m.s.offers.at(0).leg;
  m.give(endpoint_opened{leg, {"127.0.0.1", 20002}});
  m.give(peer_progress{leg, 183, sdp(4002)});
  CHECK(m.told<command::stop_play>().size() == 1);
  REQUIRE(m.told<command::bridge>().size() == 1);
  m.give(peer_progress{leg, 183, sdp(4002)}); // once is enough
  CHECK(m.told<command::bridge>().size() == 1);
  SECTION("it fails") {
    m.give(peer_failed{leg, 480});
    CHECK(m.told<command::play>().size() == 2);
  }
  SECTION("it answers") {
    m.give(peer_answered{leg, sdp(4002)});
    CHECK(m.s.phase == call_phase::talking);
    CHECK(m.s.outcome == call_outcome::overflowed);
  }
  SECTION("an agent is quicker") {
    m.give(offered{reservation_id{5, 5}, "q", "8001", {{"sip:8001@192.0.2.9", ""}}});
    const auto phone = m.s.offers.back().leg;
    m.give(endpoint_opened{phone, {"127.0.0.1", 20004}});
    m.give(peer_answered{phone, sdp(4004)});
    CHECK(m.s.phase == call_phase::talking);
    CHECK(m.s.outcome == call_outcome::answered);
    CHECK(m.told<command::bridge>().back().b == phone);
  }
}
