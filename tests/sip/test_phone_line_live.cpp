// One call at a phone at a time: the next INVITE waits until the phone has let go of the last call.

#include "tests/sip/live.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::sip;
using namespace lifeline::sip::testing;

namespace {

constexpr auto no_invite_for = 300ms;

bool is_invite(const message& m) { return m.method() == "INVITE" && m.status() == 0; }

struct talking_phone {
  talking_phone() {
    const auto [id, leg_events] = engine.dial(phone.uri("8001"));
    leg = id;
    events = leg_events;
    phone.respond(phone.request("INVITE"), 200, "OK", offer_sdp());
    events->next(leg_event_kind::answered);
    phone.request("ACK");
  }

  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  leg_id leg;
  std::shared_ptr<recording_leg> events;
};

} // namespace

TEST_CASE("the next call waits until the phone has answered the BYE of the last one") {
  talking_phone t;
  t.engine.gate->hang_up(t.leg);
  CHECK(t.events->next(leg_event_kind::ended).cause == leg_end::local); // its agent is free: the next may come
  const auto [leg, events] = t.engine.dial(t.phone.uri("8001"));
  const auto bye = t.phone.request("BYE");
  CHECK_FALSE(t.phone.receive(is_invite, no_invite_for));
  t.phone.respond(bye, 200, "OK");
  const auto invite = t.phone.request("INVITE");
  t.phone.respond(invite, 180, "Ringing");
  CHECK(events->next(leg_event_kind::progress).status == 180);
}

TEST_CASE("the next call waits until a cancelled one is over, and is not held by another phone's") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  raw_peer other{engine.gate->port()};
  const auto [first, first_events] = engine.dial(phone.uri("8001"));
  const auto cancelled = phone.request("INVITE");
  phone.respond(cancelled, 180, "Ringing");
  first_events->next(leg_event_kind::progress);
  engine.gate->hang_up(first);
  const auto cancel = phone.request("CANCEL");
  const auto [second, second_events] = engine.dial(phone.uri("8001"));
  engine.dial(other.uri("8001"));
  CHECK(other.receive(is_invite)); // the same account, at another phone
  phone.respond(cancel, 200, "OK");
  CHECK_FALSE(phone.receive(is_invite, no_invite_for));
  phone.respond(cancelled, 487, "Request Terminated");
  phone.request("ACK");
  phone.respond(phone.request("INVITE"), 486, "Busy Here");
  CHECK(second_events->next(leg_event_kind::failed).status == 486);
}

TEST_CASE("a phone that does not answer a BYE is called all the same, a little later") {
  talking_phone t;
  t.engine.gate->hang_up(t.leg);
  const auto [leg, events] = t.engine.dial(t.phone.uri("8001"));
  t.phone.request("BYE");
  t.phone.respond(t.phone.request("INVITE", 5s), 180, "Ringing");
  CHECK(events->next(leg_event_kind::progress).status == 180);
}

TEST_CASE("a call that is given up while it waits for the phone's line never reaches the phone") {
  talking_phone t;
  t.engine.gate->hang_up(t.leg);
  const auto [leg, events] = t.engine.dial(t.phone.uri("8001"));
  const auto bye = t.phone.request("BYE");
  t.engine.gate->hang_up(leg);
  CHECK(events->next(leg_event_kind::ended).cause == leg_end::local);
  t.phone.respond(bye, 200, "OK");
  CHECK_FALSE(t.phone.receive(is_invite, no_invite_for));
  CHECK(events->events.empty());
  CHECK(t.engine.gate->statistics().legs == 0);
  // And the line is free again.
  t.engine.dial(t.phone.uri("8001"));
  CHECK(t.phone.receive(is_invite));
}

TEST_CASE("several calls that wait for one phone's line are sent when it is free") {
  talking_phone t;
  t.engine.gate->hang_up(t.leg);
  const auto [second, second_events] = t.engine.dial(t.phone.uri("8001"));
  const auto [third, third_events] = t.engine.dial(t.phone.uri("8001"));
  t.phone.respond(t.phone.request("BYE"), 200, "OK");
  CHECK(t.phone.receive(is_invite));
  CHECK(t.phone.receive(is_invite)); // to have one at a time is the caller's affair: agents are reserved once
}
