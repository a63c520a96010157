// An actor crashes at every boundary between two messages of an ordinary call, and every message of the gateways is
// lost or repeated once: the call still ends, once, and nothing is left over.

#include "tests/actors/calls/standard_call.hpp"

using namespace lifeline;
using namespace lifeline::testing;

namespace {

enum class target { call, agent, second_agent, dispatcher, calls };

caf::actor actor_of(standard_call& c, target t) {
  auto& who = c.b.around->who;
  switch (t) {
  case target::call: {
    const auto live = who.live_calls.entries();
    return live.empty() ? caf::actor{} : caf::actor_cast<caf::actor>(live.front().second);
  }
  case target::agent: return caf::actor_cast<caf::actor>(who.agents.find("8001"));
  case target::second_agent: return caf::actor_cast<caf::actor>(who.agents.find("8002"));
  case target::dispatcher: return caf::actor_cast<caf::actor>(who.dispatcher());
  case target::calls: return caf::actor_cast<caf::actor>(who.calls.get());
  }
  return {};
}

/// The target crashes once: after its n-th message, losing what waits in its mailbox (`loses`: and the message that it
/// would handle next). False: it never handled so many.
bool crash_after(standard_call& c, target t, std::size_t n, bool loses) {
  std::size_t handled = 0;
  bool crashed = false;
  const auto count = [&](caf::actor_id id) {
    if (crashed || id == 0) return;
    const auto actor = actor_of(c, t);
    if (!actor || actor.id() != id || ++handled != n) return;
    crashed = true;
    caf::anon_send<caf::message_priority::high>(actor, actors::crash_order{"injected"});
  };
  (loses ? c.b.before_step : c.b.after_step) = count;
  REQUIRE(c.play());
  c.b.before_step = nullptr;
  c.b.after_step = nullptr;
  return crashed;
}

void crash_everywhere(target t, std::size_t expected) {
  for (const bool loses : {false, true}) {
    std::size_t n = 1;
    for (bool crashed = true; crashed; ++n) {
      INFO("crash " << (loses ? "instead of" : "after") << " message " << n);
      standard_call c;
      crashed = crash_after(c, t, n, loses);
      c.check_clean();
      // The actor that a caller's arrival was lost with never made a call: then, and only then, there is no talk.
      if (!c.b.logged<domain::call_ended>().empty())
        CHECK(c.b.logged<domain::call_ended>().front().record.outcome == domain::call_outcome::answered);
      c.check_next_call();
    }
    CHECK(n > expected); // else the test has crashed nothing
  }
}

} // namespace

TEST_CASE("a call may crash between any two of its messages", "[crash]") { crash_everywhere(target::call, 15); }
TEST_CASE("the agent who declines may crash between any two messages", "[crash]") {
  crash_everywhere(target::agent, 5);
}
TEST_CASE("the agent who answers may crash between any two messages", "[crash]") {
  crash_everywhere(target::second_agent, 7);
}
TEST_CASE("the dispatcher may crash between any two messages", "[crash]") { crash_everywhere(target::dispatcher, 10); }

TEST_CASE("an ordinary call without a fault is answered at the second phone", "[crash]") {
  standard_call c;
  REQUIRE(c.play());
  c.check_clean();
  const auto r = c.b.only_record();
  CHECK(r.agent == "8002");
  CHECK(r.offers == 2);
  CHECK(r.hold == 2s);
  CHECK(r.recording.sha256 == "5ea1");
  c.check_next_call();
}

TEST_CASE("every message of the gateways may be lost or come twice", "[crash]") {
  for (const int copies : {0, 2}) {
    std::size_t nth = 1;
    for (bool hit = true; hit; ++nth) {
      standard_call c;
      c.fault.nth = nth;
      c.fault.copies = copies;
      // A caller whose leaving was lost while it waited is found by the longest call of all.
      const bool ended = c.play(std::chrono::hours{5});
      hit = !c.fault.hit.empty();
      INFO((copies == 0 ? "lost: " : "repeated: ") << c.fault.hit << ", event " << nth);
      c.fault.nth = 0;
      REQUIRE(ended);
      c.check_clean();
      c.check_next_call();
    }
    CHECK(nth > 12);
  }
}

TEST_CASE("a call may crash in the middle of a step, at any command to the gateways", "[crash]") {
  std::size_t nth = 1;
  for (bool hit = true; hit; ++nth) {
    standard_call c;
    c.bomb.nth = nth;
    const bool ended = c.play();
    hit = !c.bomb.hit.empty();
    INFO("thrown at " << c.bomb.hit << ", command " << nth);
    c.bomb.nth = 0;
    REQUIRE(ended);
    c.check_clean();
    c.check_next_call();
  }
  CHECK(nth > 25);
}
