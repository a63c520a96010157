#include "tests/sip/live.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <malloc.h>
#include <openssl/ssl.h>

#ifdef __SANITIZE_ADDRESS__
// The stack forgets some 200 bytes about the names in a certificate that is shown to it.
extern "C" const char* __lsan_default_suppressions() { return "leak:tls_connect\n"; }
#endif

using namespace lifeline::sip;
using namespace lifeline::sip::testing;

namespace {

struct secure {
  test_authority authority;
  settings s = trunk_settings();

  explicit secure(const std::string& host = "sip.lifeline.test") {
    const auto files = authority.issue(host);
    s.tls.enabled = true;
    s.tls.port = 0;
    s.tls.certificate = files.certificate;
    s.tls.key = files.key;
    s.tls.authorities = authority.file();
  }
  void use(const certificate_files& files) {
    s.tls.certificate = files.certificate;
    s.tls.key = files.key;
  }
};

std::string contact_uri(const message& m) {
  const auto contact = m.header("Contact");
  return contact.substr(1, contact.find('>') - 1);
}

void hang_up(live& engine, raw_peer& peer, const live::call& c) {
  engine.gate->hang_up(c.facts.leg);
  peer.respond(peer.request("BYE"), 200, "OK");
  c.leg->next(leg_event_kind::ended);
}

} // namespace

TEST_CASE("a call over TLS works both ways, and its Contact leads back to TLS") {
  secure tls;
  live engine{tls.s};
  REQUIRE(engine.gate->tls_port() != 0);
  REQUIRE(engine.gate->tls_port() != engine.gate->port());
  raw_peer caller{engine.gate->tls_port(), transport::tls};
  CHECK(caller.server_name() == "sip.lifeline.test");
  auto d = caller.invite("13900000000", "12315", offer_sdp());
  auto c = engine.next_call();
  CHECK(c.facts.trunk == "carrier");
  engine.gate->answer(c.facts.leg, media_at(30000));
  const auto answer = caller.expect_answer(d);
  CHECK(contact_uri(answer) == "sip:127.0.0.1:" + std::to_string(engine.gate->tls_port()) + ";transport=tls");
  c.leg->next(leg_event_kind::acked);
  engine.gate->reoffer(c.facts.leg, media_at(30002));
  const auto again = caller.request("INVITE");
  CHECK(contact_uri(again).find(";transport=tls") != std::string::npos);
  caller.respond(again, 200, "OK", offer_sdp(40000, "sendrecv", 2));
  caller.request("ACK");
  c.leg->next(leg_event_kind::reoffer_answered);
  hang_up(engine, caller, c);
}

TEST_CASE("a phone registered over TLS is called through its own connection") {
  secure tls;
  tls.s.trunks.clear();
  live engine{tls.s};
  raw_peer phone{engine.gate->tls_port(), transport::tls};
  const auto contact = "Contact: <sip:8001@192.0.2.7:5061;transport=tls>;expires=60\r\n"; // as seen behind NAT
  REQUIRE(engine.register_phone(phone, "8001", contact).status() == 200);
  const auto r = engine.next_registration();
  REQUIRE(r.contacts.size() == 1);
  CHECK(r.contacts[0].route == "sip:127.0.0.1:" + std::to_string(phone.port()) + ";transport=tls;lr");
  const auto [leg, events] = engine.dial(r.contacts[0].uri, r.contacts[0].route);
  const auto invite = phone.request("INVITE");
  CHECK(invite.header("Via").rfind("SIP/2.0/TLS", 0) == 0);
  CHECK(contact_uri(invite).find(";transport=tls") != std::string::npos);
  phone.respond(invite, 200, "OK", offer_sdp(41000));
  events->next(leg_event_kind::answered);
  phone.request("ACK");
  engine.gate->hang_up(leg);
  phone.respond(phone.request("BYE"), 200, "OK");
  CHECK(events->next(leg_event_kind::ended).cause == leg_end::local);
}

TEST_CASE("TLS before 1.2 is refused") {
  secure tls;
  live engine{tls.s};
  tls_options old;
  old.newest = TLS1_1_VERSION;
  CHECK_THROWS(raw_peer{engine.gate->tls_port(), transport::tls, "127.0.0.1", old});
  old.newest = TLS1_2_VERSION;
  CHECK_NOTHROW(raw_peer{engine.gate->tls_port(), transport::tls, "127.0.0.1", old});
}

TEST_CASE("a renewed certificate is shown to new connections while calls on old ones go on") {
  secure tls{"first.lifeline.test"};
  live engine{tls.s};
  raw_peer caller{engine.gate->tls_port(), transport::tls};
  CHECK(caller.server_name() == "first.lifeline.test");
  dialog d;
  auto c = engine.answered(caller, d);
  const auto first_end = engine.gate->statistics().certificate_expires;
  tls.use(tls.authority.issue("second.lifeline.test", 90));
  const auto renewed = engine.gate->reconfigure(tls.s);
  if (!renewed) FAIL(renewed.error());
  const auto left = engine.gate->statistics().certificate_expires - first_end;
  CHECK(left > std::chrono::hours{24 * 59});
  CHECK(left < std::chrono::hours{24 * 61});
  raw_peer later{engine.gate->tls_port(), transport::tls};
  CHECK(later.server_name() == "second.lifeline.test");
  caller.send(caller.compose("INFO", d, "", "7", "application/dtmf"));
  CHECK(c.leg->next(leg_event_kind::digit).text == "7");
  hang_up(engine, caller, c);
}

TEST_CASE("the same paths with new contents are a renewal too") {
  secure tls{"first.lifeline.test"};
  live engine{tls.s};
  const auto next = tls.authority.issue("second.lifeline.test");
  const auto over = std::filesystem::copy_options::overwrite_existing;
  std::filesystem::copy_file(next.certificate, tls.s.tls.certificate, over);
  std::filesystem::copy_file(next.key, tls.s.tls.key, over);
  REQUIRE(engine.gate->reconfigure(tls.s));
  raw_peer caller{engine.gate->tls_port(), transport::tls};
  CHECK(caller.server_name() == "second.lifeline.test");
}

TEST_CASE("a broken certificate, or a key that does not fit, changes nothing and is told in a sentence") {
  secure tls{"first.lifeline.test"};
  live engine{tls.s};
  const auto other = tls.authority.issue("second.lifeline.test");
  auto wrong = tls.s;
  wrong.tls.key = other.key;
  auto refused = engine.gate->reconfigure(wrong);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().find("does not belong to the certificate") != std::string::npos);
  wrong = tls.s;
  wrong.tls.certificate = tls.authority.directory().file("missing.pem");
  refused = engine.gate->reconfigure(wrong);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().find("missing.pem") != std::string::npos);
  wrong.tls.certificate = tls.authority.directory().file("nonsense.pem");
  std::ofstream{wrong.tls.certificate} << "no certificate\n";
  REQUIRE_FALSE(engine.gate->reconfigure(wrong));
  wrong = tls.s;
  wrong.tls.authorities = tls.authority.directory().file("nobody.pem");
  refused = engine.gate->reconfigure(wrong);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().find("nobody.pem") != std::string::npos);
  wrong = tls.s;
  wrong.tls.enabled = false;
  REQUIRE_FALSE(engine.gate->reconfigure(wrong));
  raw_peer caller{engine.gate->tls_port(), transport::tls};
  CHECK(caller.server_name() == "first.lifeline.test");
}

TEST_CASE("wrong TLS settings fail the start in a sentence") {
  secure tls;
  const auto sink = std::make_shared<recording_sink>();
  auto wrong = tls.s;
  wrong.tls.key = tls.authority.issue("other").key;
  auto started = start_gateway(wrong, sink);
  REQUIRE_FALSE(started);
  CHECK(started.error().find("does not belong to the certificate") != std::string::npos);
  wrong = tls.s;
  wrong.tls.certificate.clear();
  REQUIRE_FALSE(start_gateway(wrong, sink));
  live first{tls.s};
  wrong = tls.s;
  wrong.tls.port = first.gate->tls_port();
  started = start_gateway(wrong, sink);
  REQUIRE_FALSE(started);
  INFO(started.error());
  CHECK(started.error().find("for TLS") != std::string::npos);
}

TEST_CASE("phones must show a certificate of the authorities when that is required") {
  secure tls;
  tls.s.tls.require_client = true;
  live engine{tls.s};
  const auto can_call = [&](const tls_options& options) {
    try { // with TLS 1.3 a client learns only afterwards that its certificate is not welcome
      raw_peer caller{engine.gate->tls_port(), transport::tls, "127.0.0.1", options};
      auto d = caller.new_dialog("13900000000", "12315");
      caller.send(caller.compose("OPTIONS", d));
      return caller.receive([](const message& m) { return m.status() == 200; }, 1500ms).has_value();
    } catch (const std::runtime_error&) {
      return false;
    }
  };
  tls_options mine;
  CHECK_FALSE(can_call(mine));
  test_authority strangers{"Strangers"};
  mine.own = strangers.issue("phone");
  CHECK_FALSE(can_call(mine));
  mine.own = tls.authority.issue("phone");
  CHECK(can_call(mine));
}

TEST_CASE("a trunk is dialled over TLS only when its certificate is valid for its host") {
  secure tls;
  live engine{tls.s};
  test_authority strangers{"Strangers"};
  const auto attempt = [&](const certificate_files& shown) {
    tls_listener trunk;
    tls_options options;
    options.own = shown;
    const auto [leg, events] = engine.dial("sip:10086@127.0.0.1:" + std::to_string(trunk.port()) + ";transport=tls");
    auto connection = trunk.accept(options, 3s);
    if (!connection.stream) {
      events->next(leg_event_kind::failed, 6s);
      return false;
    }
    raw_peer peer{engine.gate->tls_port(), std::move(connection), trunk.port()};
    const auto invite = peer.receive([](const message& m) { return m.method() == "INVITE"; }, 1500ms);
    if (!invite) {
      CHECK(events->next(leg_event_kind::failed, 6s).status >= 400);
      return false;
    }
    peer.respond(*invite, 486, "Busy Here");
    CHECK(events->next(leg_event_kind::failed).status == 486);
    return true;
  };
  CHECK(attempt(tls.authority.issue("127.0.0.1")));
  CHECK_FALSE(attempt(tls.authority.issue("somebody.else")));
  CHECK_FALSE(attempt(strangers.issue("127.0.0.1")));
}

TEST_CASE("TLS connections that come and go, or never shake hands, leave nothing behind") {
  secure tls;
  live engine{tls.s};
  const auto visit = [&](int times) {
    for (int i = 0; i < times; ++i) {
      raw_peer silent{engine.gate->tls_port(), transport::tcp};
      raw_peer caller{engine.gate->tls_port(), transport::tls};
      auto d = caller.new_dialog("13900000000", "12315");
      caller.send(caller.compose("OPTIONS", d));
      caller.response(200, "OPTIONS");
    }
  };
  const auto settled = [&] { // everything is freed within some ticks
    std::size_t used = 0;
    const auto beat = engine.gate->statistics().heartbeat;
    engine.eventually([&] { return engine.gate->statistics().heartbeat >= beat + 2; }, 4s);
    used = mallinfo2().uordblks;
    return used;
  };
  visit(40);
  const auto before = settled();
  visit(200);
  const auto after = settled();
  INFO("used before " << before << ", after " << after);
  CHECK(after < before + 200 * 1500); // a connection of OpenSSL's takes tens of kilobytes
}
