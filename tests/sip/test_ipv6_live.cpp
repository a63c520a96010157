#include "sip/transport.hpp"
#include "tests/sip/live.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::sip;
using namespace lifeline::sip::testing;

namespace {

std::string offer_sdp6(std::uint16_t port) {
  auto text = offer_sdp(port);
  for (auto at = text.find("IP4 127.0.0.1"); at != std::string::npos; at = text.find("IP4 127.0.0.1"))
    text.replace(at, 13, "IP6 ::1");
  return text;
}

settings bound_to(const std::string& address) {
  auto s = trunk_settings();
  s.bind_address = address;
  return s;
}

session_description media6_at(std::uint16_t port) { return lifeline::domain::make_offer({"::1", port}); }

void call_over(live& engine, std::uint16_t port, transport over, const std::string& host) {
  INFO("from " << host);
  raw_peer caller{port, over, host};
  const bool six = host.find(':') != std::string::npos;
  auto d = caller.invite("13900000000", "12315", six ? offer_sdp6(40000) : offer_sdp());
  auto c = engine.next_call();
  CHECK(c.facts.trunk == "carrier");
  CHECK(c.facts.offer.address == host);
  engine.gate->answer(c.facts.leg, six ? media6_at(30000) : media_at(30000));
  const auto answer = caller.expect_answer(d);
  CHECK(answer.body().find(six ? "c=IN IP6 ::1\r\n" : "c=IN IP4 127.0.0.1\r\n") != std::string::npos);
  c.leg->next(leg_event_kind::acked);
  caller.send(caller.compose("BYE", d));
  caller.response(200, "BYE");
  CHECK(c.leg->next(leg_event_kind::ended).cause == leg_end::remote_bye);
}

} // namespace

TEST_CASE("IPv6: calls in and out, SDP and addresses with brackets") {
  live engine{bound_to("::1")};
  raw_peer caller{engine.gate->port(), transport::udp, "::1"};
  auto d = caller.invite("13900000000", "12315", offer_sdp6(40000));
  auto c = engine.next_call();
  engine.gate->answer(c.facts.leg, media6_at(30000));
  CHECK(caller.expect_answer(d).header("Contact").find("sip:[::1]:" + std::to_string(engine.gate->port())) !=
        std::string::npos);
  c.leg->next(leg_event_kind::acked);
  const auto [leg, events] = engine.dial(caller.uri("8001"));
  const auto invite = caller.request("INVITE");
  CHECK(invite.request_uri() == "sip:8001@[::1]:" + std::to_string(caller.port()));
  CHECK(invite.header("From").find("<sip:13800000000@[::1]>") != std::string::npos);
  CHECK(invite.header("Contact").find("sip:[::1]:") != std::string::npos);
  caller.respond(invite, 200, "OK", offer_sdp6(41000));
  CHECK(events->next(leg_event_kind::answered).sdp.address == "::1");
}

TEST_CASE("IPv6: a phone behind NAT is reached where its packets come from") {
  auto s = bound_to("::1");
  s.trunks.clear();
  live engine{s};
  for (const auto over : {transport::udp, transport::tcp}) {
    raw_peer phone{engine.gate->port(), over, "::1"};
    REQUIRE(engine.register_phone(phone, "8001", "Contact: <sip:8001@[2001:db8::7]:5060>;expires=60\r\n").status() ==
            200);
    const auto r = engine.next_registration();
    const auto& contact = r.contacts.back();
    CHECK(contact.route.rfind("sip:[::1]:" + std::to_string(phone.port()) + ";transport=", 0) == 0);
    const auto [leg, events] = engine.dial(contact.uri, contact.route);
    phone.respond(phone.request("INVITE"), 486, "Busy Here");
    CHECK(events->next(leg_event_kind::failed).status == 486);
  }
}

TEST_CASE("a trunk is known by its IPv6 block") {
  auto s = bound_to("::1");
  s.trunks = {trunk_named("six", {"::1/128"}), trunk_named("elsewhere", {"2001:db8::/32"})};
  live engine{s};
  raw_peer caller{engine.gate->port(), transport::udp, "::1"};
  caller.invite("13900000000", "12315", offer_sdp6(40000));
  CHECK(engine.next_call().facts.trunk == "six");
}

TEST_CASE("every address of both families is bound by *, over UDP, TCP and TLS") {
  test_authority authority;
  const auto files = authority.issue("sip.lifeline.test");
  auto s = bound_to("*");
  s.tls.enabled = true;
  s.tls.port = 0;
  s.tls.certificate = files.certificate;
  s.tls.key = files.key;
  s.tls.authorities = authority.file();
  live engine{s};
  for (const std::string host : {"127.0.0.1", "::1"}) {
    call_over(engine, engine.gate->port(), transport::udp, host);
    call_over(engine, engine.gate->port(), transport::tcp, host);
    call_over(engine, engine.gate->tls_port(), transport::tls, host);
  }
}

TEST_CASE("all IPv6 addresses can be bound alone") {
  live engine{bound_to("::")};
  call_over(engine, engine.gate->port(), transport::udp, "::1");
}

TEST_CASE("bound to all addresses, a phone's TCP connection is used for requests of ours") {
  auto s = bound_to("0.0.0.0");
  s.trunks = {trunk_named("carrier", {"0.0.0.0/0"})};
  live engine{s};
  raw_peer caller{engine.gate->port(), transport::tcp, address_towards("203.0.113.1").value_or("127.0.0.1")};
  auto d = caller.invite("13900000000", "12315", offer_sdp());
  auto c = engine.next_call();
  engine.gate->answer(c.facts.leg, media_at(30000));
  caller.expect_answer(d);
  c.leg->next(leg_event_kind::acked);
  engine.gate->hang_up(c.facts.leg);
  caller.respond(caller.request("BYE"), 200, "OK");
  CHECK(c.leg->next(leg_event_kind::ended).cause == leg_end::local);
}
