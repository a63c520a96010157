// How long a caller waited: since the arrival, over all queues, and in each of them.

#include "tests/domain/calls/call_scene.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {

plan two_queues() {
  auto p = plan_of("96333", "first");
  p.queues.push_back(p.queues[0]);
  p.queues[0].overflow_queue = "second";
  p.queues[1].name = "second";
  return p;
}

/// Two queues, the first overflows into the second.
struct passed_on : call_scene {
  passed_on() : call_scene(two_queues()) {}
  void is_answered() {
    offer();
    const auto leg = s.offers.at(0).leg;
    give(endpoint_opened{s.caller_leg, {"192.0.2.1", 5000}});
    give(endpoint_opened{leg, {"192.0.2.1", 5002}});
    give(peer_answered{leg, make_offer({"192.0.2.9", 6000})});
  }
};

} // namespace

TEST_CASE("waits: an overflow does not make what was waited before it forgotten") {
  passed_on c;
  c.give(call_begins{});
  c.now += 30s;
  c.give(overflow_due{"first", "max wait"});
  c.now += 17s;
  c.is_answered();
  const auto connected = c.only<call_connected>();
  CHECK(connected.queue == "second");
  CHECK(connected.waited == 17s); // the queue's own figure, which its service level counts
  CHECK(connected.since_arrival == 47s);
  c.now += 60s;
  c.give(leg_ended{c.s.caller_leg, leg_over::bye});
  c.give(recording_done{true, {}, {}});
  const auto r = c.only<call_ended>().record;
  CHECK(r.waited == 17s);
  CHECK(waited_in_all(r) == 47s);
  CHECK(waited_since_arrival(r) == 47s);
  CHECK(r.stays == std::vector<queue_stay>{{"first", 30s}, {"second", 17s}});
}

TEST_CASE("waits: a caller who gives up after an overflow has waited all the time") {
  passed_on c;
  c.give(call_begins{});
  c.now += 30s;
  c.give(overflow_due{"first", "max wait"});
  c.now += 5s;
  c.give(leg_ended{c.s.caller_leg, leg_over::cancel});
  const auto r = c.only<call_ended>().record;
  CHECK(waited_in_all(r) == 35s);
  CHECK(r.stays == std::vector<queue_stay>{{"first", 30s}, {"second", 5s}});
}

TEST_CASE("waits: what is heard before the queue counts since the arrival only") {
  passed_on c;
  c.given.hotlines[0].greeting = "hello.wav";
  c.give(call_begins{});
  c.give(endpoint_opened{c.s.caller_leg, {"192.0.2.1", 5000}});
  c.now += 4s;
  c.give(prompt_finished{c.s.caller_leg});
  c.now += 6s;
  c.give(leg_ended{c.s.caller_leg, leg_over::cancel});
  const auto r = c.only<call_ended>().record;
  CHECK(waited_in_all(r) == 6s);
  CHECK(waited_since_arrival(r) == 10s);
}

TEST_CASE("waits: a record of before has what was kept then") {
  call_record r;
  r.arrived = t0;
  r.queued = t0 + 2s;
  r.answered = t0 + 9s;
  r.ended = t0 + 60s;
  CHECK(waited_in_all(r) == 7s);
  CHECK(waited_since_arrival(r) == 9s);
  CHECK(waited_in_all(call_record{}) == 0s);
  CHECK(waited_since_arrival(call_record{}) == 0s);
}
