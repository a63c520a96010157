#include "tests/sip/edge_support.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::sip;
using namespace lifeline::sip::testing;

namespace {

const auto any = [](const message&) { return true; };

int refused(const live& engine, const std::string& why) {
  return static_cast<int>(engine.gate->statistics().refused.at(why));
}

} // namespace

TEST_CASE("a scanner is banned, not answered any more, seen and released by hand") {
  auto s = test_settings();
  s.guard.max_offences = 4;
  live engine{s};
  raw_peer scanner{engine.gate->port()};
  for (int i = 0; i < 4; ++i) {
    scanner.invite("100" + std::to_string(i), "900441234", offer_sdp());
    CHECK(scanner.final_response("INVITE").status() == 403);
  }
  const auto begun = engine.sink->bans.take();
  REQUIRE(begun);
  CHECK(begun->address == "127.0.0.1");
  CHECK(begun->reason == "unknown source");
  CHECK(begun->until != lifeline::domain::never);
  raw_peer fresh{engine.gate->port()};
  auto d = fresh.new_dialog("x", "y");
  for (const std::string method : {"INVITE", "REGISTER", "OPTIONS", "MESSAGE"})
    fresh.send(fresh.compose(method, d));
  CHECK_FALSE(fresh.receive(any, 500ms));
  CHECK(engine.eventually([&] { return engine.gate->statistics().dropped == 4; }));
  CHECK(engine.gate->statistics().bans == 1);
  REQUIRE(engine.eventually([&] { return !engine.gate->bans().empty() && engine.gate->bans().front().dropped == 4; }));
  CHECK_FALSE(engine.gate->unban("192.0.2.1"));
  CHECK(engine.gate->unban("127.0.0.1"));
  const auto lifted = engine.sink->bans.take();
  REQUIRE(lifted);
  CHECK(lifted->until == lifeline::domain::never);
  fresh.send(fresh.compose("OPTIONS", d));
  CHECK(fresh.final_response("OPTIONS").status() == 200);
  CHECK(engine.gate->bans().empty());
}

TEST_CASE("a password guesser is banned, and so is who looks for accounts") {
  auto s = test_settings();
  s.guard.max_offences = 3;
  live engine{s};
  raw_peer guesser{engine.gate->port()};
  SECTION("passwords") {
    for (int i = 0; i < 3; ++i)
      engine.register_phone(guesser, "8001", "Contact: <sip:8001@127.0.0.1>\r\n", "MD5", "guess" + std::to_string(i));
    const auto begun = engine.sink->bans.take();
    REQUIRE(begun);
    CHECK(begun->reason == "wrong passwords");
  }
  SECTION("accounts") {
    for (int i = 0; i < 3; ++i) {
      auto d = guesser.new_dialog("10" + std::to_string(i), "10" + std::to_string(i));
      guesser.send(guesser.compose("REGISTER", d));
      CHECK(guesser.final_response("REGISTER").status() == 401);
    }
    const auto begun = engine.sink->bans.take();
    REQUIRE(begun);
    CHECK(begun->reason == "unknown accounts");
  }
  auto d = guesser.new_dialog("8001", "8001");
  guesser.send(guesser.compose("REGISTER", d));
  CHECK_FALSE(guesser.receive(any, 300ms));
}

TEST_CASE("neither trunks nor addresses with a registered phone can be banned by what others send in their name") {
  auto s = test_settings();
  s.guard.max_offences = 2;
  live engine{s};
  raw_peer phone{engine.gate->port()};
  REQUIRE(engine.register_phone(phone, "8001", "Contact: <" + phone.uri("8001") + ">\r\n").status() == 200);
  raw_peer forger{engine.gate->port()};
  for (int i = 0; i < 10; ++i) {
    forger.invite("nobody", "12315", offer_sdp());
    CHECK(forger.final_response("INVITE").status() == 403);
  }
  CHECK(engine.gate->bans().empty());
  engine.gate->ban_source("127.0.0.1", 60s); // by hand it is the operator's word
  CHECK(engine.eventually([&] { return engine.gate->bans().size() == 1; }));
  s.trunks = {trunk_named("carrier", {"127.0.0.0/8"})};
  take_over(engine, s);
  CHECK(engine.gate->bans().empty()); // a trunk's address now
  engine.gate->ban_source("127.0.0.1", 60s);
  forger.invite("13900000000", "12315", offer_sdp());
  CHECK(engine.next_call().facts.trunk == "carrier");
  CHECK(engine.gate->bans().empty());
}

TEST_CASE("a source that is too fast is told to come back later, then ignored - trunks are not concerned") {
  auto s = test_settings();
  s.guard.requests_per_second = 1;
  s.guard.burst = 5;
  live engine{s};
  raw_peer fast{engine.gate->port()};
  int told = 0;
  for (int i = 0; i < 40; ++i) {
    auto d = fast.new_dialog("8001", "8001");
    fast.send(fast.compose("REGISTER", d));
    if (const auto answer = fast.receive(any, 50ms); answer && answer->status() == 503) {
      ++told;
      CHECK(answer->header("Retry-After") == "5");
    }
  }
  CHECK(told >= 5);
  CHECK(told <= 12);
  CHECK(refused(engine, "rate_limited") >= 25);
  CHECK(engine.gate->bans().empty()); // fast is not hostile
  s.trunks = {trunk_named("carrier", {"127.0.0.0/8"})};
  take_over(engine, s);
  for (int i = 0; i < 20; ++i) {
    fast.invite("13900000000", "12315", offer_sdp());
    engine.next_call();
  }
}

TEST_CASE("a flood of calls to one hotline leaves the emergency hotline its calls") {
  auto s = trunk_settings();
  s.emergency_numbers = {"96333"};
  s.guard.invites_per_second = 1;
  s.guard.invite_burst = 3;
  live engine{s};
  raw_peer carrier{engine.gate->port()};
  for (int i = 0; i < 20; ++i)
    carrier.invite("13900000000", "12315", offer_sdp());
  for (int i = 0; i < 17; ++i)
    CHECK(carrier.final_response("INVITE").header("Retry-After") == "5");
  for (int i = 0; i < 3; ++i)
    CHECK(engine.next_call().facts.called == "12315");
  for (int i = 0; i < 12; ++i) {
    carrier.invite("13900000000", "96333", offer_sdp());
    CHECK(engine.next_call().facts.called == "96333");
  }
  carrier.invite("13900000000", "96333", offer_sdp());
  CHECK(carrier.final_response("INVITE").status() == 503); // four times as many, then they are too many as well
  CHECK(refused(engine, "rate_limited") >= 17);
}

TEST_CASE("one trunk that sends too many calls is told so, and its emergency calls still come in") {
  auto s = trunk_settings();
  s.emergency_numbers = {"96333"};
  s.trunks.front().max_invites_per_second = 2;
  live engine{s};
  raw_peer carrier{engine.gate->port()};
  int let_in = 0;
  for (int i = 0; i < 6; ++i) {
    carrier.invite("13900000000", "12315", offer_sdp());
    if (engine.sink->calls.take(150ms)) ++let_in;
  }
  CHECK(let_in >= 2);
  CHECK(let_in <= 4);
  CHECK(carrier.final_response("INVITE").header("Retry-After") == "5");
  carrier.invite("13900000000", "96333", offer_sdp());
  CHECK(engine.next_call().facts.called == "96333");
}

TEST_CASE("when the engine sheds, other hotlines' calls are refused at once and the emergency hotline's last") {
  auto s = trunk_settings();
  s.emergency_numbers = {"96333"};
  live engine{s};
  raw_peer carrier{engine.gate->port()};
  engine.gate->shed(shedding::all_but_emergency);
  carrier.invite("13900000000", "12315", offer_sdp());
  const auto refusal = carrier.final_response("INVITE");
  CHECK(refusal.status() == 503);
  CHECK_FALSE(refusal.header("Retry-After").empty());
  carrier.invite("13900000000", "96333", offer_sdp());
  CHECK(engine.next_call().facts.called == "96333");
  engine.gate->shed(shedding::all);
  carrier.invite("13900000000", "96333", offer_sdp());
  CHECK(carrier.final_response("INVITE").status() == 503);
  engine.gate->shed(shedding::none);
  carrier.invite("13900000000", "12315", offer_sdp());
  CHECK(engine.next_call().facts.called == "12315");
  CHECK(refused(engine, "overload") == 2);
}

TEST_CASE("a tenth of all legs is kept for the emergency hotline") {
  auto s = trunk_settings();
  s.emergency_numbers = {"96333"};
  s.max_legs = 20;
  live engine{s};
  raw_peer carrier{engine.gate->port()};
  for (int i = 0; i < 18; ++i) {
    carrier.invite("13900000000", "12315", offer_sdp());
    engine.next_call();
  }
  carrier.invite("13900000000", "12315", offer_sdp());
  CHECK(carrier.final_response("INVITE").status() == 503);
  for (int i = 0; i < 2; ++i) {
    carrier.invite("13900000000", "96333", offer_sdp());
    engine.next_call();
  }
  carrier.invite("13900000000", "96333", offer_sdp());
  CHECK(carrier.final_response("INVITE").status() == 503);
}
