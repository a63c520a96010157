#include "tests/sip/live.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace lifeline::sip;
using namespace lifeline::sip::testing;

TEST_CASE("methods that are not served are refused inside and outside of dialogs") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  dialog d;
  const auto c = engine.answered(caller, d);
  for (const std::string method : {"MESSAGE", "NOTIFY", "REFER", "SUBSCRIBE", "PUBLISH", "NONSENSE"}) {
    const std::string headers = "Event: presence\r\nSubscription-State: active\r\nRefer-To: <sip:x@127.0.0.1>\r\n";
    caller.send(caller.compose(method, d, headers));
    CHECK(caller.final_response(method).status() >= 400);
    auto outside = caller.new_dialog("13900000000", "12315");
    caller.send(caller.compose(method, outside, headers));
    CHECK(caller.final_response(method).status() >= 400);
  }
  auto outside = caller.new_dialog("13900000000", "12315");
  for (const std::string method : {"BYE", "INFO", "UPDATE", "PRACK"}) {
    caller.send(caller.compose(method, outside));
    CHECK(caller.final_response(method).status() == 481);
  }
  caller.send(caller.compose("OPTIONS", outside));
  CHECK(caller.final_response("OPTIONS").status() == 200);
  CHECK(c.leg->events.empty());
}

TEST_CASE("malformed datagrams do no harm: a call works after them") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  auto d = caller.new_dialog("13900000000", "12315");
  const auto sound = caller.compose("INVITE", d, "Supported: 100rel, timer\r\nPrivacy: id\r\n", offer_sdp());
  std::mt19937 random{4711};
  for (int i = 0; i < 3000; ++i) { // deterministic damage: bytes changed, cut out or repeated
    auto text = sound;
    for (int hits = 0; hits < 4 && !text.empty(); ++hits) {
      const auto at = random() % text.size();
      switch (random() % 4) {
      case 0: text[at] = static_cast<char>(random() % 256); break;
      case 1: text.erase(at, random() % 40); break;
      case 2: text.insert(at, text.substr(random() % text.size(), random() % 60)); break;
      default: text.resize(at + 1);
      }
    }
    caller.send(text);
    if (i % 50 == 0) caller.receive([](const message&) { return false; }, 1ms);
  }
  for (const std::string nonsense : {"", "\r\n\r\n", "SIP/2.0 200\r\n\r\n", "INVITE\r\n\r\n", "\0\0\0\0"})
    caller.send(nonsense);
  while (engine.sink->calls.take(300ms)) {
  } // some of them were calls
  raw_peer healthy{engine.gate->port()};
  auto fine = healthy.new_dialog("13911111111", "96333");
  healthy.send(healthy.compose("INVITE", fine, "", offer_sdp()));
  const auto call = engine.sink->calls.take();
  REQUIRE(call);
  CHECK(call->called == "96333");
  engine.gate->answer(call->leg, media_at(30000));
  healthy.expect_answer(fine);
}

TEST_CASE("a REGISTER with damaged credentials or contacts changes nothing") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  auto d = phone.new_dialog("8001", "8001");
  for (const std::string authorization : {"Authorization: Digest\r\n", "Authorization: Digest username=\"8001\"\r\n",
                                          "Authorization: Basic Zm9vOmJhcg==\r\n",
                                          "Authorization: Digest username=\"8001\", realm=\"lifeline.test\", "
                                          "nonce=\"zz\", uri=\"sip:x\", response=\"0\"\r\n",
                                          "Authorization: Digest username=\"8001\", algorithm=SHA-512, nonce=\"zz\", "
                                          "uri=\"sip:x\", response=\"0\"\r\n"}) {
    phone.send(phone.compose("REGISTER", d, authorization));
    CHECK(phone.final_response("REGISTER").status() == 401);
  }
  const std::string huge = "Contact: <sip:8001@" + std::string(3000, 'a') + ">;expires=60\r\n";
  CHECK(engine.register_phone(phone, "8001", huge).status() == 400);
  CHECK(engine.register_phone(phone, "8001", "Contact: <tel:8001>;expires=60\r\n").status() == 400);
  CHECK(engine.register_phone(phone, "8001", "Contact: *\r\nExpires: 60\r\n").status() == 400);
  CHECK(engine.sink->registrations.empty());
  CHECK(engine.gate->statistics().refused.at("bad_request") == 3);
}

TEST_CASE("the gateway's heart beats") {
  live engine{test_settings()};
  CHECK(engine.eventually([&] { return engine.gate->statistics().heartbeat >= 2; }, 4s));
}

TEST_CASE("a call over TCP works both ways") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port(), transport::tcp};
  dialog d;
  auto c = engine.answered(caller, d);
  engine.gate->hang_up(c.facts.leg);
  caller.respond(caller.request("BYE"), 200, "OK");
  CHECK(c.leg->next(leg_event_kind::ended).cause == leg_end::local);
}

TEST_CASE("all addresses can be bound, and another address than the bound one advertised") {
  auto s = trunk_settings();
  s.bind_address = "0.0.0.0";
  {
    live engine{s};
    raw_peer caller{engine.gate->port()};
    dialog d = caller.invite("13900000000", "12315", offer_sdp());
    auto c = engine.next_call();
    engine.gate->answer(c.facts.leg, media_at(30000));
    const auto contact = caller.response(200, "INVITE").header("Contact");
    INFO(contact);
    CHECK(contact.find("0.0.0.0") == std::string::npos);
    CHECK(contact.find(":" + std::to_string(engine.gate->port())) != std::string::npos);
  }
  s.bind_address = "127.0.0.1";
  s.advertised = "203.0.113.5";
  live engine{s};
  raw_peer caller{engine.gate->port()};
  dialog d = caller.invite("13900000000", "12315", offer_sdp());
  auto c = engine.next_call();
  engine.gate->answer(c.facts.leg, media_at(30000));
  const auto contact = caller.response(200, "INVITE").header("Contact");
  INFO(contact);
  CHECK(contact.find("203.0.113.5:" + std::to_string(engine.gate->port())) != std::string::npos);
  CHECK(contact.find("127.0.0.1") == std::string::npos);
}

TEST_CASE("IPv6 can be bound") {
  auto s = trunk_settings();
  s.bind_address = "::1";
  live engine{s};
  CHECK(engine.gate->port() != 0);
}

TEST_CASE("who attaches to a leg that has ended long ago is told that it has ended") {
  live engine{trunk_settings()};
  const auto sink = std::make_shared<recording_leg>();
  engine.gate->attach(leg_id{4711, 1}, sink);
  const auto e = sink->next(leg_event_kind::ended, 10s);
  CHECK(e.cause == leg_end::transport);
  CHECK(e.leg == leg_id{4711, 1});
}
