// A phone that can take no call must not be tried for ever: do-not-disturb, no codec in common, an account it does not
// know. A person's refusal and a phone that is busy are none of that.

#include "domain/agents/agent_machine.hpp"
#include "tests/domain/calls/call_scene.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {

agent_model ready_agent() {
  agent_model a;
  a.account = "8001";
  (void)step(a, reachability{true, false}, t0);
  (void)step(a, agent_order{agent_verb::ready, {}, {}, {}}, t0);
  return a;
}

/// One offer, ended so; `max_misses` 2.
void offer(agent_model& a, reservation_outcome outcome, int refused_with, instant at = t0) {
  static std::uint64_t number = 0;
  const reservation_id r{7, ++number};
  (void)step(a, reserve_agent{r, call_id{9, 9}, "q", 1, at + 25s}, at);
  (void)step(a, offer_over{r, outcome, 2, 3s, refused_with}, at);
}

/// A call whose two phones of one agent are being called.
struct two_phones : call_scene {
  two_phones() : call_scene(plan_of("12315")) {
    give(call_begins{});
    call_scene::offer("8001", {{"sip:8001@192.0.2.9", ""}, {"sip:8001@192.0.2.10", ""}});
    legs = {s.offers.at(0).leg, s.offers.at(1).leg};
    for (const auto& leg : legs)
      give(endpoint_opened{leg, {"192.0.2.1", 5000}});
  }
  std::vector<leg_id> legs;
};

} // namespace

TEST_CASE("refusals: which answers say that a phone takes no call at all") {
  for (const int status : {403, 404, 405, 406, 415, 420, 480, 484, 488, 501, 580, 603, 604, 606}) {
    INFO(status);
    CHECK(takes_no_call(status, false));
  }
  for (const int status : {0, 180, 408, 430, 486, 487, 500, 503, 504, 600}) { // busy, unreached, taken back by us
    INFO(status);
    CHECK_FALSE(takes_no_call(status, false));
  }
  for (const int status : {403, 480, 486, 603}) { // a person sits there
    INFO(status);
    CHECK_FALSE(takes_no_call(status, true));
  }
  for (const int status : {415, 488, 606}) { // found out when the call was to be taken
    INFO(status);
    CHECK(takes_no_call(status, true));
  }
}

TEST_CASE("refusals: 480 after ringing is a call that nobody took") {
  CHECK(outcome_of_status(480, true) == reservation_outcome::no_answer);
  CHECK(outcome_of_status(480, false) == reservation_outcome::rejected);
}

TEST_CASE("refusals: as many in a row as misses make the agent not ready, and the reason names the answer") {
  for (const auto& [outcome, status] :
       {std::pair{reservation_outcome::rejected, 480}, {reservation_outcome::unreachable, 488}}) {
    auto a = ready_agent();
    offer(a, outcome, status);
    CHECK(visible_state(a) == agent_state::ready);
    CHECK(a.retry_until == t0 + 3s);
    offer(a, outcome, status, t0 + 3s);
    CHECK(visible_state(a) == agent_state::not_ready);
    CHECK(a.reason == reason_refuses + std::to_string(status));
  }
}

TEST_CASE("refusals: the phone's next REGISTER does not take it back, a person does") {
  auto a = ready_agent();
  offer(a, reservation_outcome::rejected, 480);
  offer(a, reservation_outcome::rejected, 480);
  (void)step(a, reachability{true, true}, t0 + 60s);
  CHECK(visible_state(a) == agent_state::not_ready);
  (void)step(a, agent_order{agent_verb::ready, {}, {}, {}}, t0 + 61s);
  CHECK(visible_state(a) == agent_state::ready);
  CHECK(a.misses == 0);
}

TEST_CASE("refusals: a phone that was gone and comes back signs in again where registering does that") {
  for (const bool signs_in : {true, false}) {
    auto a = ready_agent();
    offer(a, reservation_outcome::unreachable, 488);
    offer(a, reservation_outcome::unreachable, 488);
    (void)step(a, reachability{false, signs_in}, t0 + 60s);
    (void)step(a, reachability{true, signs_in}, t0 + 70s);
    CHECK(visible_state(a) == (signs_in ? agent_state::ready : agent_state::not_ready));
  }
}

TEST_CASE("refusals: busy and a person's refusal never count, and an answer forgives") {
  auto a = ready_agent();
  for (int i = 0; i < 20; ++i) {
    offer(a, reservation_outcome::busy, 0, t0 + i * 10s);
    offer(a, reservation_outcome::rejected, 0, t0 + i * 10s + 5s);
  }
  CHECK(visible_state(a) == agent_state::ready);
  offer(a, reservation_outcome::rejected, 480, t0 + 300s);
  offer(a, reservation_outcome::busy, 0, t0 + 310s); // says nothing about the next one
  offer(a, reservation_outcome::unreachable, 488, t0 + 320s);
  CHECK(visible_state(a) == agent_state::not_ready);
  (void)step(a, agent_order{agent_verb::ready, {}, {}, {}}, t0 + 330s);
  offer(a, reservation_outcome::rejected, 480, t0 + 340s);
  const reservation_id taken{8, 8};
  (void)step(a, reserve_agent{taken, call_id{9, 9}, "q", 1, t0 + 400s}, t0 + 350s);
  (void)step(a, agent_connected{taken, t0 + 4h}, t0 + 351s);
  (void)step(a, agent_released{taken, 5s, 0s}, t0 + 356s);
  offer(a, reservation_outcome::rejected, 480, t0 + 360s);
  CHECK(visible_state(a) == agent_state::ready);
}

TEST_CASE("refusals: the end of an offer names the phone's answer, to the log and to the agent") {
  two_phones c;
  c.give(peer_failed{c.legs[0], 480});
  CHECK(c.told<command::reservation_over>().empty()); // the other phone goes on
  CHECK(c.s.offers.size() == 1);
  c.give(peer_failed{c.legs[1], 488});
  REQUIRE(c.told<command::reservation_over>().size() == 1);
  CHECK(c.told<command::reservation_over>()[0].sip_status == 488);
  CHECK(c.told<command::tell_over>().at(0).refused_with == 488);
}

TEST_CASE("refusals: a person who says no at one phone says it for all of them, and it is no miss") {
  two_phones c;
  c.give(peer_progress{c.legs[0], 180, {}});
  c.give(peer_failed{c.legs[0], 603});
  CHECK(c.s.offers.empty());
  REQUIRE(c.told<command::reservation_over>().size() == 1);
  CHECK(c.told<command::reservation_over>()[0].outcome == reservation_outcome::rejected);
  CHECK(c.told<command::reservation_over>()[0].sip_status == 603);
  CHECK(c.told<command::tell_over>().at(0).refused_with == 0);
}

TEST_CASE("refusals: a phone that answers without a codec of ours takes no call either") {
  two_phones c;
  c.give(peer_failed{c.legs[0], 503});
  auto useless = make_offer({"192.0.2.9", 6000});
  useless.codecs.clear();
  c.give(peer_answered{c.legs[1], useless});
  REQUIRE(c.told<command::tell_over>().size() == 1);
  CHECK(c.told<command::tell_over>()[0].refused_with == 488);
}
