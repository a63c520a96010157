// Every peer is told a Contact that leads back by its own transport to an address of ours that it can reach, and our
// requests leave from there.

#include "sip/transport.hpp"
#include "sip/way_out.hpp"
#include "tests/sip/edge_support.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::sip;
using namespace lifeline::sip::testing;

namespace {

struct with_tls {
  test_authority authority;
  settings s = trunk_settings();
  with_tls() {
    const auto files = authority.issue("sip.lifeline.test");
    s.tls.enabled = true;
    s.tls.port = 0;
    s.tls.certificate = files.certificate;
    s.tls.key = files.key;
    s.tls.authorities = authority.file();
  }
};

std::string contact_uri(const message& m) {
  const auto contact = m.header("Contact");
  return contact.substr(contact.find('<') + 1, contact.find('>') - contact.find('<') - 1);
}

std::uint16_t port_for(const live& engine, transport over) {
  return over == transport::tls ? engine.gate->tls_port() : engine.gate->port();
}

std::string own_uri(const live& engine, transport over, const std::string& host) {
  const auto* param = over == transport::udp ? "" : over == transport::tcp ? ";transport=tcp" : ";transport=tls";
  return "sip:" + host + ":" + std::to_string(port_for(engine, over)) + param;
}

/// A call in, with a re-INVITE each way, and the peer's hang-up sent to where our Contact leads.
void call_in(live& engine, transport over, const std::string& peer_host, const std::string& expected) {
  INFO("a call in from " << peer_host);
  raw_peer caller{port_for(engine, over), over, peer_host};
  auto d = caller.invite("13900000000", "12315", offer_sdp());
  auto c = engine.next_call();
  engine.gate->ring(c.facts.leg);
  CHECK(contact_uri(caller.response(180, "INVITE")) == expected);
  engine.gate->answer(c.facts.leg, media_at(30000));
  CHECK(contact_uri(caller.expect_answer(d)) == expected);
  c.leg->next(leg_event_kind::acked);
  caller.send(caller.compose("INVITE", d, "", offer_sdp()));
  CHECK(contact_uri(caller.expect_answer(d)) == expected);
  caller.send(caller.compose("UPDATE", d));
  CHECK(contact_uri(caller.response(200, "UPDATE")) == expected);
  engine.gate->reoffer(c.facts.leg, media_at(30002));
  const auto ours = caller.request("INVITE");
  CHECK(contact_uri(ours) == expected);
  caller.respond(ours, 200, "OK", offer_sdp(40000, "sendrecv", 2));
  caller.request("ACK");
  c.leg->next(leg_event_kind::reoffer_answered);
  caller.send(caller.compose("BYE", d));
  caller.response(200, "BYE");
  CHECK(c.leg->next(leg_event_kind::ended).cause == leg_end::remote_bye);
}

/// A phone registers, is called, is sent a re-INVITE, and hung up.
void call_phone(live& engine, transport over, const std::string& host, const std::string& expected) {
  INFO("a call to a phone at " << host);
  raw_peer phone{port_for(engine, over), over, host};
  REQUIRE(engine.register_phone(phone, "8001", "Contact: <" + phone.uri("8001") + ">;expires=60\r\n").status() == 200);
  const auto r = engine.next_registration();
  const auto& contact = r.contacts.back();
  const auto [leg, events] = engine.dial(contact.uri, contact.route);
  const auto invite = phone.request("INVITE");
  CHECK(contact_uri(invite) == expected);
  CHECK(invite.header("Via").find(bracketed(host)) != std::string::npos);
  phone.respond(invite, 200, "OK", offer_sdp(41000));
  events->next(leg_event_kind::answered);
  phone.request("ACK");
  engine.gate->reoffer(leg, media_at(30002));
  const auto again = phone.request("INVITE");
  CHECK(contact_uri(again) == expected);
  phone.respond(again, 200, "OK", offer_sdp(41000, "sendrecv", 2));
  phone.request("ACK");
  events->next(leg_event_kind::reoffer_answered);
  engine.gate->hang_up(leg);
  phone.respond(phone.request("BYE"), 200, "OK");
  CHECK(events->next(leg_event_kind::ended).cause == leg_end::local);
  CHECK(engine.register_phone(phone, "8001", "Contact: *\r\nExpires: 0\r\n").status() == 200);
  engine.next_registration();
}

} // namespace

TEST_CASE("with TLS on, each peer is told a Contact of its own transport") {
  with_tls t;
  live engine{t.s};
  for (const auto over : {transport::udp, transport::tcp, transport::tls}) {
    const auto expected = own_uri(engine, over, "127.0.0.1");
    call_in(engine, over, "127.0.0.1", expected);
    call_phone(engine, over, "127.0.0.1", expected);
  }
}

TEST_CASE("with TLS on and an address advertised, each peer is told that address by its own transport") {
  with_tls t;
  t.s.advertised = "203.0.113.5";
  live engine{t.s};
  for (const auto over : {transport::udp, transport::tcp, transport::tls})
    call_in(engine, over, "127.0.0.1", own_uri(engine, over, "203.0.113.5"));
}

TEST_CASE("without TLS a phone over TCP is told a Contact by TCP") {
  live engine{trunk_settings()};
  call_in(engine, transport::tcp, "127.0.0.1", own_uri(engine, transport::tcp, "127.0.0.1"));
  call_phone(engine, transport::tcp, "127.0.0.1", own_uri(engine, transport::tcp, "127.0.0.1"));
}

TEST_CASE("with every address bound, phones of both families are called over all transports") {
  for (const std::string bound : {"*", "0.0.0.0", "::"}) {
    with_tls t;
    t.s.bind_address = bound;
    live engine{t.s};
    for (const auto over : {transport::udp, transport::tcp, transport::tls})
      for (const std::string host : {"127.0.0.1", "::1"}) {
        if ((bound == "::" && host != "::1") || (bound == "0.0.0.0" && host == "::1")) continue;
        INFO("bound to " << bound << ", transport " << static_cast<int>(over));
        call_in(engine, over, host, own_uri(engine, over, bracketed(host)));
        call_phone(engine, over, host, own_uri(engine, over, bracketed(host)));
      }
  }
  CHECK(chooses_way_out());
}

TEST_CASE("a trunk is registered at with a Contact of its own transport") {
  raw_peer registrar{0};
  with_tls t;
  t.s.trunks = {trunk_at("carrier", registrar)};
  t.s.trunks[0].registers = true;
  live engine{t.s};
  registrar.talk_to(engine.gate->port());
  const auto request = registrar.request("REGISTER");
  CHECK(contact_uri(request) == "sip:hotline@127.0.0.1:" + std::to_string(engine.gate->port()));
  registrar.respond(request, 200, "OK", {}, "Contact: " + request.header("Contact") + ";expires=300\r\n");
  CHECK(engine.eventually([&] { return state_of(engine, "carrier").registered; }));
  engine.gate->stop();
  const auto leaving = registrar.request("REGISTER");
  CHECK(contact_uri(leaving) == contact_uri(request));
  CHECK((leaving.header("Expires") == "0" || leaving.header("Contact").find("expires=0") != std::string::npos));
}

TEST_CASE("the host that a peer is told: advertised, bound, called at, or on the way to it") {
  settings s;
  s.bind_address = "*";
  CHECK(own_host_for(s, "127.0.0.1", {}) == "127.0.0.1");
  CHECK(own_host_for(s, "::1", {}) == "::1");
  CHECK(own_host_for(s, "127.0.0.1", "127.0.0.2") == "127.0.0.2");    // it has called us there
  CHECK(own_host_for(s, "127.0.0.1", "203.0.113.77") == "127.0.0.1"); // a NAT's, or nobody's
  CHECK(own_host_for(s, "127.0.0.1", "0.0.0.0") == "127.0.0.1");
  CHECK(own_host_for(s, "127.0.0.1", "hotline.example.com") == "127.0.0.1");
  s.bind_address = "127.0.0.2";
  CHECK(own_host_for(s, "127.0.0.1", "127.0.0.1") == "127.0.0.2");
  s.advertised = "203.0.113.5";
  CHECK(own_host_for(s, "127.0.0.1", {}) == "203.0.113.5");
  CHECK(own_host_for(s, "trunk.example.com", {}) == "203.0.113.5");
  s.bind_address = "*";
  CHECK(own_host_for(s, "::1", {}) == "::1"); // who comes by IPv6 cannot come back to an IPv4 address
  s.advertised = "hotline.example.com";
  CHECK(own_host_for(s, "::1", {}) == "hotline.example.com");
}
