// What an emergency's caller is spared: greetings before the ring, and every kind of "busy".

#include "tests/domain/calls/call_scene.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {

plan emergency() {
  auto p = plan_of("96333", "96333");
  p.hotlines[0].greeting = "greeting.wav";
  p.hotlines[0].emergency = true;
  p.hotlines[0].record = false;
  p.queues[0].hold_mode = queue_plan{}.hold_mode;
  p.queues[0].music = "music.wav";
  return p;
}

struct machine : call_scene {
  explicit machine(plan p = emergency()) : call_scene(std::move(p)) {}
  void arrive() {
    give(call_begins{});
    give(endpoint_opened{s.caller_leg, {"127.0.0.1", 20000}});
  }
  void answer() {
    offer("9001");
    give(endpoint_opened{s.offers.back().leg, {"127.0.0.1", 20002}});
    give(peer_answered{s.offers.back().leg, sdp(4002)});
  }
};

} // namespace

TEST_CASE("an emergency's caller hears the greeting while the agents' phones ring, then the music") {
  machine m;
  m.arrive();
  CHECK(m.s.phase == call_phase::waiting);
  CHECK(m.told<command::enter_queue>().size() == 1);
  REQUIRE(m.told<command::play>().size() == 1);
  CHECK(m.told<command::play>().front().files == std::vector<std::string>{"greeting.wav"});
  m.give(offered{reservation_id{5, 5}, "96333", "9001", {{"sip:9001@192.0.2.9", ""}}});
  m.give(endpoint_opened{m.s.offers.back().leg, {"127.0.0.1", 20002}});
  CHECK(m.told<command::invite>().size() == 1);
  m.now += 3s;
  m.give(prompt_finished{m.s.caller_leg});
  REQUIRE(m.told<command::play>().size() == 2);
  CHECK(m.told<command::play>().back().files == std::vector<std::string>{"music.wav"});
  CHECK(m.s.queued == t0);                 // its wait began with the ring
  m.give(prompt_finished{m.s.caller_leg}); // said twice
  CHECK(m.told<command::play>().size() == 2);
}

TEST_CASE("an agent who answers during an emergency's greeting stops it") {
  machine m;
  m.arrive();
  m.answer();
  CHECK(m.s.phase == call_phase::talking);
  CHECK(m.told<command::stop_play>().size() == 1);
  m.give(prompt_finished{m.s.caller_leg}); // its end was on the way
  CHECK(m.told<command::play>().size() == 1);
  CHECK_FALSE(m.s.greeting);
}

TEST_CASE("another queue's music does not cut an emergency's greeting short") {
  auto p = emergency();
  p.queues[0].overflow_queue = "support";
  auto support = p.queues[0];
  support.name = "support";
  support.overflow_queue.clear();
  p.queues.push_back(support);
  machine m{p};
  m.arrive();
  m.give(queue_refused{"96333", "no agent is present", true});
  CHECK(m.s.queue == "support");
  CHECK(m.told<command::play>().size() == 1);
  m.give(prompt_finished{m.s.caller_leg});
  CHECK(m.told<command::play>().size() == 2);
}

TEST_CASE("a caller of any other hotline is greeted before it enters the queue") {
  auto p = emergency();
  p.hotlines[0].emergency = false;
  machine m{p};
  m.arrive();
  CHECK(m.s.phase == call_phase::greeting);
  CHECK(m.told<command::enter_queue>().empty());
}

TEST_CASE("a full queue tells no emergency that it is busy: the caller waits there without a limit") {
  machine m;
  m.arrive();
  m.give(queue_refused{"96333", "queue full", true});
  CHECK(m.s.phase == call_phase::waiting);
  CHECK(m.s.in_queue);
  REQUIRE(m.told<command::enter_queue>().size() == 2);
  CHECK(m.told<command::enter_queue>().back().patient);
  CHECK(m.told<command::refuse>().empty());
}

TEST_CASE("an emergency that has waited too long and has nowhere else to go waits on at its place") {
  machine m;
  m.arrive();
  m.now += 20s;
  m.give(overflow_due{"96333", "max wait"});
  CHECK(m.s.phase == call_phase::waiting);
  const auto entries = m.told<command::enter_queue>();
  REQUIRE(entries.size() == 2);
  CHECK(entries.back().patient);
  CHECK(entries.back().entered == t0);
  CHECK(m.told<command::hang_up>().empty());
}

TEST_CASE("an emergency for whose sound there is no port when an agent answers waits again, and is no miss") {
  machine m;
  m.give(call_begins{});
  m.give(endpoint_failed{m.s.caller_leg, "no port"});
  m.give(offered{reservation_id{5, 5}, "96333", "9001", {{"sip:9001@192.0.2.9", ""}}});
  m.give(endpoint_opened{m.s.offers.back().leg, {"127.0.0.1", 20002}});
  const auto phone = m.s.offers.back().leg;
  m.give(peer_answered{phone, sdp(4002)});
  REQUIRE(m.s.phase == call_phase::connecting);
  SECTION("refused again") { m.give(endpoint_failed{m.s.caller_leg, "no port"}); }
  SECTION("no word of it") {
    m.now += 10s;
    m.give(call_clock{});
  }
  CHECK(m.s.phase == call_phase::waiting);
  CHECK(m.s.in_queue);
  CHECK(m.told<command::refuse>().empty());
  REQUIRE(m.told<command::hang_up>().size() == 1);
  CHECK(m.told<command::hang_up>().front().leg == phone);
  REQUIRE(m.told<command::reservation_over>().size() == 1);
  CHECK(m.told<command::reservation_over>().front().outcome == reservation_outcome::refused);
}
