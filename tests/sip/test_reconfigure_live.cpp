#include "tests/sip/edge_support.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::sip;
using namespace lifeline::sip::testing;

TEST_CASE("accounts come and go while the engine runs") {
  auto s = test_settings();
  live engine{s};
  raw_peer phone{engine.gate->port()};
  REQUIRE(engine.register_phone(phone, "8001", "Contact: <" + phone.uri("8001") + ">\r\n").status() == 200);
  engine.next_registration();
  s.credentials = {make_credential("8002", s.realm, "changed"), make_credential("8003", s.realm, "secret")};
  take_over(engine, s);
  const auto gone = engine.next_registration();
  CHECK(gone.account == "8001");
  CHECK(gone.contacts.empty());
  CHECK(engine.gate->statistics().registered_accounts == 0);
  const auto contact = "Contact: <" + phone.uri("x") + ">\r\n";
  CHECK(engine.register_phone(phone, "8001", contact).status() == 401);
  CHECK(engine.register_phone(phone, "8002", contact).status() == 401);
  CHECK(engine.register_phone(phone, "8002", contact, "MD5", "changed").status() == 200);
  CHECK(engine.register_phone(phone, "8003", contact).status() == 200);
}

TEST_CASE("a call in progress goes on through a change of everything that may change") {
  auto s = trunk_settings();
  live engine{s};
  raw_peer caller{engine.gate->port()};
  dialog d;
  auto c = engine.answered(caller, d);
  s.trunks = {trunk_named("other", {"192.0.2.0/24"})};
  s.credentials.clear();
  s.guard.max_offences = 1000;
  s.guard.never_banned = {"127.0.0.0/8"};
  s.session_expires = 600s;
  s.emergency_numbers = {"96333"};
  s.max_legs = 1;
  s.max_message = 8192;
  s.keepalive = 0s;
  take_over(engine, s);
  CHECK(engine.sink->registrations.empty());
  caller.invite("13900000000", "12315", offer_sdp());
  CHECK(caller.final_response("INVITE").status() == 403); // no trunk any more
  caller.send(caller.compose("BYE", d));
  caller.response(200, "BYE");
  CHECK(c.leg->next(leg_event_kind::ended).cause == leg_end::remote_bye);
}

TEST_CASE("what cannot change, or makes no sense, is refused with a sentence and changes nothing") {
  const auto s = trunk_settings();
  live engine{s};
  const auto why = [&](const std::function<void(settings&)>& change) {
    auto changed = s;
    changed.trunks.clear(); // would be noticed if anything was taken over
    change(changed);
    const auto taken = engine.gate->reconfigure(changed);
    REQUIRE_FALSE(taken);
    return taken.error();
  };
  CHECK(why([](settings& c) { c.port = 5099; }).find("port") != std::string::npos);
  CHECK(why([](settings& c) { c.bind_address = "127.0.0.2"; }).find("address") != std::string::npos);
  CHECK(why([](settings& c) { c.realm = "other"; }).find("realm") != std::string::npos);
  CHECK(why([](settings& c) { c.tls.enabled = true; }).find("TLS") != std::string::npos);
  CHECK(why([](settings& c) { c.trunks = {trunk_named("x", {"10.0.0.0/99"})}; }).find("10.0.0.0/99") !=
        std::string::npos);
  CHECK(why([](settings& c) {
          auto t = trunk_named("x", {});
          t.outbound = "nonsense here";
          c.trunks = {t};
        }).find("outbound") != std::string::npos);
  CHECK(why([](settings& c) { c.trunk_secrets = {{"nobody", "x"}}; }).find("nobody") != std::string::npos);
  CHECK(why([](settings& c) { c.guard.max_offences = 0; }).find("max_offences") != std::string::npos);
  CHECK(why([](settings& c) { c.max_message = 10; }).find("max_message") != std::string::npos);
  raw_peer caller{engine.gate->port()};
  caller.invite("13900000000", "12315", offer_sdp());
  CHECK(engine.next_call().facts.trunk == "carrier");
  engine.gate->stop();
  CHECK_FALSE(engine.gate->reconfigure(s));
}

TEST_CASE("trunks come and go while the engine runs: one that is gone is unregistered") {
  auto s = test_settings();
  live engine{s};
  raw_peer carrier{engine.gate->port()};
  auto trunk = trunk_at("carrier", carrier);
  trunk.registers = true;
  s.trunks = {trunk};
  take_over(engine, s);
  carrier.respond(carrier.request("REGISTER"), 200, "OK", "", "Expires: 300\r\n");
  REQUIRE(engine.eventually([&] { return state_of(engine, "carrier").registered; }));
  take_over(engine, s); // the same again: nothing happens
  CHECK_FALSE(carrier.receive([](const message& m) { return m.method() == "REGISTER"; }, 300ms));
  s.trunks.clear();
  take_over(engine, s);
  const auto leaving = carrier.request("REGISTER");
  CHECK(leaving.header("Expires") == "0");
  carrier.respond(leaving, 200, "OK");
  CHECK(engine.gate->trunks().empty());
}
