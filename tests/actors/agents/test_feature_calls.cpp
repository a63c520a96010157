// The telephone's side of feature codes; what they order is in tests/actors/engine/test_administration.cpp.

#include "tests/actors/hotline_bench.hpp"

using namespace lifeline;
using namespace lifeline::testing;
using domain::agent_state;

namespace {

struct code_bench : hotline_bench {
  code_bench() {
    media.finish_prompts = false;
    register_phone("8001");
  }
  domain::leg_id dial(const std::string& code) {
    sip::incoming_call in;
    in.leg = domain::leg_id{++next_leg, 1};
    in.agent = in.caller.number = "8001";
    in.called = code;
    in.offer = phone_sdp();
    call_in(in);
    run();
    return in.leg;
  }
  void check_nothing_left() const {
    CHECK(sip.alive.empty());
    CHECK(media.open_endpoints() == 0);
  }
};

} // namespace

TEST_CASE("feature call: a phone that describes itself anew while it hears the confirmation is answered") {
  code_bench b;
  const auto leg = b.dial("*51");
  b.sip.emit(leg, sip::leg_event_kind::reoffer, 0, sip::leg_end::none, phone_sdp(43000));
  b.run();
  CHECK(b.sip.count("answer_reoffer", leg) == 1);
  CHECK(b.media.count("set_remote") == 2);
  b.media.finish_all();
  b.run();
  CHECK(b.sip.count("hang_up", leg) == 1);
  b.check_nothing_left();
}

TEST_CASE("feature call: one whose confirmation never ends, or whose phone hangs up, keeps nothing") {
  code_bench b;
  const auto leg = b.dial("*51");
  SECTION("never ends") { b.advance(10s); }
  SECTION("hangs up") { b.hangs_up(leg); }
  CHECK(b.sip.count("hang_up", leg) + b.sip.gone.count(leg) >= 1);
  b.check_nothing_left();
}

TEST_CASE("feature call: a crash at any command leaves nothing behind, and what was ordered is done") {
  std::size_t commands = 0;
  for (std::size_t nth = 1; nth <= 20; ++nth) {
    code_bench b;
    command_fault bomb{nth, 0, {}};
    b.sip.bomb = b.media.bomb = &bomb;
    b.dial("*51");
    b.media.finish_all();
    b.run();
    b.sip.bomb = b.media.bomb = nullptr;
    CAPTURE(nth, bomb.hit);
    CHECK(b.state("8001") == agent_state::ready);
    b.check_nothing_left();
    if (bomb.hit.empty()) break;
    ++commands;
  }
  CHECK(commands >= 5);
  CHECK(commands < 20);
}
