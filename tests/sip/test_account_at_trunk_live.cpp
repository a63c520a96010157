// Phones at an address that is also a trunk's, as all are on the engine's own machine.

#include "tests/sip/live.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::sip;
using namespace lifeline::sip::testing;

namespace {

std::string contact_of(const raw_peer& phone) { return "Contact: <" + phone.uri("8001") + ">;expires=60\r\n"; }

message call_as(raw_peer& phone, dialog& d, const std::string& headers = {}) {
  phone.send(phone.compose("INVITE", d, headers, offer_sdp()));
  const auto answer = phone.response(401, "INVITE");
  phone.ack(d, answer);
  d.remote = d.remote.substr(0, d.remote.find(";tag="));
  return answer;
}

void authorized(live& engine, raw_peer& phone, dialog& d, const message& challenge) {
  const auto answer = authorize(challenge.header("WWW-Authenticate"), "8001", "secret", "INVITE", d.target);
  phone.send(phone.compose("INVITE", d, answer, offer_sdp()));
  const auto call = engine.next_call();
  CHECK(call.facts.agent == "8001");
  CHECK(call.facts.trunk.empty());
  CHECK(call.facts.called == d.target.substr(4, d.target.find('@') - 4));
  engine.gate->refuse(call.facts.leg, 486, "");
  phone.ack(d, phone.response(486, "INVITE"));
}

} // namespace

TEST_CASE("a phone registered from a trunk's address is challenged, and is the account") {
  for (const auto over : {transport::udp, transport::tcp})
    for (const std::string called : {"*52", "12315", "8002"}) {
      live engine{trunk_settings()};
      raw_peer phone{engine.gate->port(), over};
      REQUIRE(engine.register_phone(phone, "8001", contact_of(phone)).status() == 200);
      auto d = phone.new_dialog("8001", called);
      authorized(engine, phone, d, call_as(phone, d));
    }
}

TEST_CASE("a phone that has connected anew is known at a trunk's address by its Contact") {
  live engine{trunk_settings()};
  raw_peer phone{engine.gate->port(), transport::tcp};
  REQUIRE(engine.register_phone(phone, "8001", contact_of(phone)).status() == 200);
  raw_peer again{engine.gate->port(), transport::tcp};
  auto d = again.new_dialog("8001", "12315");
  auto text = again.compose("INVITE", d, {}, offer_sdp());
  const auto own = again.uri("peer");
  again.send(text.replace(text.find(own), own.size(), phone.uri("8001")));
  again.response(401, "INVITE");
}

TEST_CASE("at a trunk's address a feature code and an answer to our challenge are an account's, registered or not") {
  live engine{trunk_settings()};
  raw_peer phone{engine.gate->port()};
  auto code = phone.new_dialog("8001", "*52");
  const auto challenge = call_as(phone, code);
  authorized(engine, phone, code, challenge);
  auto d = phone.new_dialog("8001", "12315");
  phone.send(phone.compose(
      "INVITE", d, authorize(challenge.header("WWW-Authenticate"), "8001", "guess", "INVITE", d.target), offer_sdp()));
  const auto refused = phone.response(401, "INVITE");
  phone.ack(d, refused);
  CHECK(engine.sink->calls.empty());
  auto again = phone.new_dialog("8001", "12315");
  const auto fresh = refused.header("WWW-Authenticate");
  phone.send(phone.compose("INVITE", again, authorize(fresh, "8001", "secret", "INVITE", again.target), offer_sdp()));
  CHECK(engine.next_call().facts.agent == "8001");
}

TEST_CASE("a trunk's call whose caller looks like an account is the trunk's") {
  live engine{trunk_settings()};
  raw_peer phone{engine.gate->port()};
  REQUIRE(engine.register_phone(phone, "8001", contact_of(phone)).status() == 200);
  raw_peer carrier{engine.gate->port()};
  dialog d;
  d = carrier.invite("8001", "12315", offer_sdp());
  auto call = engine.next_call();
  CHECK(call.facts.trunk == "carrier");
  CHECK(call.facts.agent.empty());
  CHECK(call.facts.caller.number == "8001");
  // An answer to somebody else's challenge, as carriers that pass everything on send it, says nothing.
  auto e = carrier.new_dialog("8002", "12315");
  carrier.send(carrier.compose("INVITE", e,
                               "Authorization: Digest username=\"8002\", realm=\"pbx.example\", nonce=\"n\", "
                               "uri=\"sip:x\", response=\"00000000000000000000000000000000\"\r\n",
                               offer_sdp()));
  CHECK(engine.next_call().facts.trunk == "carrier");
  auto unknown = carrier.new_dialog("4711", "*52");
  carrier.send(carrier.compose("INVITE", unknown, {}, offer_sdp()));
  CHECK(engine.next_call().facts.trunk == "carrier");
}
