#include "tests/sip/live.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace lifeline::sip;
using namespace lifeline::sip::testing;

namespace {

std::string contact_header(const std::string& uri, int expires) {
  return "Contact: <" + uri + ">;expires=" + std::to_string(expires) + "\r\n";
}

} // namespace

TEST_CASE("a phone registers with SHA-256 and with MD5") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  for (const std::string algorithm : {"SHA-256", "MD5"}) {
    const auto answer = engine.register_phone(phone, "8001", contact_header(phone.uri("8001"), 60), algorithm);
    CHECK(answer.status() == 200);
    CHECK(answer.header("Contact").find(phone.uri("8001")) != std::string::npos);
    CHECK(answer.header("Contact").find("expires=60") != std::string::npos);
    const auto r = engine.next_registration();
    CHECK(r.account == "8001");
    REQUIRE(r.contacts.size() == 1);
    CHECK(r.contacts[0].uri == phone.uri("8001"));
    CHECK(r.contacts[0].route.empty());
    CHECK(r.contacts[0].user_agent == "tester");
  }
  CHECK(engine.gate->statistics().registered_accounts == 1);
  CHECK(engine.gate->statistics().requests_received.at("REGISTER") == 4);
  CHECK(engine.gate->statistics().responses_sent.at(401) == 2);
}

TEST_CASE("the challenge offers SHA-256 before MD5, and MD5 alone to clients that cannot digest more") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  auto d = phone.new_dialog("8001", "8001");
  phone.send(phone.compose("REGISTER", d, "User-Agent: Linphone/5\r\n"));
  const auto both = phone.response(401, "REGISTER").headers("WWW-Authenticate");
  REQUIRE(both.size() == 2);
  CHECK(both[0].find("algorithm=SHA-256") != std::string::npos);
  CHECK(both[1].find("algorithm=MD5") != std::string::npos);
  CHECK(both[0].find("realm=\"lifeline.test\"") != std::string::npos);
  CHECK(both[0].find("qop=\"auth\"") != std::string::npos);
  phone.send(phone.compose("REGISTER", d, "User-Agent: baresip v1.0.0 (x86_64/linux)\r\n"));
  const auto one = phone.response(401, "REGISTER").headers("WWW-Authenticate");
  REQUIRE(one.size() == 1);
  CHECK(one[0].find("algorithm=MD5") != std::string::npos);
}

TEST_CASE("a wrong password and an unknown account get the same 401, and are counted") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  const auto headers = contact_header(phone.uri("8001"), 60);
  const auto wrong = engine.register_phone(phone, "8001", headers, "MD5", "guess");
  const auto unknown = engine.register_phone(phone, "4711", headers, "MD5", "secret");
  CHECK(wrong.status() == 401);
  CHECK(unknown.status() == 401);
  CHECK(wrong.header("WWW-Authenticate").find("stale") == std::string::npos);
  CHECK(unknown.header("WWW-Authenticate").find("stale") == std::string::npos);
  CHECK(engine.sink->registrations.empty());
  CHECK(engine.gate->statistics().refused.at("bad_credentials") == 2);
  CHECK(engine.gate->statistics().registered_accounts == 0);
}

TEST_CASE("the account of a REGISTER must be the one that authenticates") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  auto d = phone.new_dialog("8002", "8002");
  phone.send(phone.compose("REGISTER", d));
  const auto challenge = phone.response(401, "REGISTER").header("WWW-Authenticate");
  phone.send(phone.compose("REGISTER", d,
                           contact_header(phone.uri("8002"), 60) +
                               authorize(challenge, "8001", "secret", "REGISTER", d.target)));
  CHECK(phone.final_response("REGISTER").status() == 401);
  CHECK(engine.sink->registrations.empty());
}

TEST_CASE("an old nonce and a repeated nonce count are stale, not wrong") {
  auto s = test_settings();
  s.nonce_lifetime = 1s;
  live engine{s};
  raw_peer phone{engine.gate->port()};
  auto d = phone.new_dialog("8001", "8001");
  const auto contact = contact_header(phone.uri("8001"), 60);
  phone.send(phone.compose("REGISTER", d));
  const auto challenge = phone.response(401, "REGISTER").header("WWW-Authenticate");
  const auto authorization = authorize(challenge, "8001", "secret", "REGISTER", d.target);
  phone.send(phone.compose("REGISTER", d, contact + authorization));
  CHECK(phone.final_response("REGISTER").status() == 200);
  phone.send(phone.compose("REGISTER", d, contact + authorization)); // nc=1 again
  CHECK(phone.response(401, "REGISTER").header("WWW-Authenticate").find("stale=true") != std::string::npos);
  phone.receive([](const message&) { return false; }, 1200ms); // the nonce grows old
  phone.send(phone.compose("REGISTER", d, contact + authorize(challenge, "8001", "secret", "REGISTER", d.target, 2)));
  const auto fresh = phone.response(401, "REGISTER").header("WWW-Authenticate");
  CHECK(fresh.find("stale=true") != std::string::npos);
  phone.send(phone.compose("REGISTER", d, contact + authorize(fresh, "8001", "secret", "REGISTER", d.target)));
  CHECK(phone.final_response("REGISTER").status() == 200);
  CHECK(engine.gate->statistics().refused.at("bad_credentials") == 0);
}

TEST_CASE("several contacts, refresh, removal of one and of all") {
  live engine{test_settings()};
  raw_peer desk{engine.gate->port()};
  raw_peer mobile{engine.gate->port()};
  engine.register_phone(desk, "8001", contact_header(desk.uri("8001"), 60));
  CHECK(engine.next_registration().contacts.size() == 1);
  const auto two = engine.register_phone(mobile, "8001", contact_header(mobile.uri("8001"), 60));
  CHECK(two.text.find(desk.uri("8001")) != std::string::npos);
  CHECK(two.text.find(mobile.uri("8001")) != std::string::npos);
  CHECK(engine.next_registration().contacts.size() == 2);
  engine.register_phone(mobile, "8001", contact_header(mobile.uri("8001"), 120)); // refresh
  const auto refreshed = engine.next_registration();
  REQUIRE(refreshed.contacts.size() == 2);
  CHECK(refreshed.contacts[1].expires - refreshed.contacts[0].expires > 50s);
  engine.register_phone(desk, "8001", contact_header(desk.uri("8001"), 0));
  const auto left = engine.next_registration();
  REQUIRE(left.contacts.size() == 1);
  CHECK(left.contacts[0].uri == mobile.uri("8001"));
  CHECK(engine.register_phone(desk, "8001", "Contact: *\r\nExpires: 0\r\n").status() == 200);
  CHECK(engine.next_registration().contacts.empty());
  CHECK(engine.eventually([&] { return engine.gate->statistics().registered_accounts == 0; }));
}

TEST_CASE("a query lists the contacts and changes nothing") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  engine.register_phone(phone, "8001", contact_header(phone.uri("8001"), 60));
  engine.next_registration();
  const auto answer = engine.register_phone(phone, "8001", "");
  CHECK(answer.status() == 200);
  CHECK(answer.header("Contact").find(phone.uri("8001")) != std::string::npos);
  CHECK(engine.sink->registrations.empty());
}

TEST_CASE("too brief an interval is refused with Min-Expires and changes nothing") {
  auto s = test_settings();
  s.min_registration = 30s;
  live engine{s};
  raw_peer phone{engine.gate->port()};
  const auto answer = engine.register_phone(phone, "8001", contact_header(phone.uri("8001"), 29));
  CHECK(answer.status() == 423);
  CHECK(answer.header("Min-Expires") == "30");
  CHECK(engine.sink->registrations.empty());
}

TEST_CASE("a registration that is not refreshed lapses") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  engine.register_phone(phone, "8001", contact_header(phone.uri("8001"), 1));
  CHECK(engine.next_registration().contacts.size() == 1);
  const auto lapsed = engine.next_registration();
  CHECK(lapsed.account == "8001");
  CHECK(lapsed.contacts.empty());
}

TEST_CASE("a contact behind NAT is reached where its packets come from") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  engine.register_phone(phone, "8001", contact_header("sip:8001@192.168.7.7:5060", 60));
  const auto r = engine.next_registration();
  REQUIRE(r.contacts.size() == 1);
  CHECK(r.contacts[0].uri == "sip:8001@192.168.7.7:5060");
  CHECK(r.contacts[0].route == "sip:127.0.0.1:" + std::to_string(phone.port()) + ";transport=udp;lr");

  const auto [leg, events] = engine.dial(r.contacts[0].uri, r.contacts[0].route);
  const auto invite = phone.request("INVITE");
  CHECK(invite.request_uri() == "sip:8001@192.168.7.7:5060");
  phone.respond(invite, 200, "OK", offer_sdp(), "Contact: <sip:8001@192.168.7.7:5060>\r\n");
  events->next(leg_event_kind::answered);
  phone.request("ACK"); // in-dialog requests take the same way
  engine.gate->hang_up(leg);
  const auto bye = phone.request("BYE");
  phone.respond(bye, 200, "OK");
}

TEST_CASE("registrations from before a restart are taken up, those expired are reported") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  const auto now = std::chrono::time_point_cast<lifeline::domain::span>(std::chrono::system_clock::now());
  engine.gate->restore(
      {{"8001", {{"sip:8001@127.0.0.1:1", "", now + 1s, ""}}}, {"8002", {{"sip:8002@127.0.0.1:2", "", now - 1s, ""}}}});
  const auto gone = engine.next_registration();
  CHECK(gone.account == "8002");
  CHECK(gone.contacts.empty());
  CHECK(engine.eventually([&] { return engine.gate->statistics().registered_accounts == 1; }));
  CHECK(engine.next_registration().account == "8001"); // its time passes too
}

TEST_CASE("a phone that registers by TCP is called over its own connection") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port(), transport::tcp};
  CHECK(engine.register_phone(phone, "8001", contact_header("sip:8001@10.1.2.3:5060;transport=tcp", 60)).status() ==
        200);
  const auto r = engine.next_registration();
  REQUIRE(r.contacts.size() == 1);
  CHECK(r.contacts[0].route == "sip:127.0.0.1:" + std::to_string(phone.port()) + ";transport=tcp;lr");
  const auto [leg, events] = engine.dial(r.contacts[0].uri, r.contacts[0].route);
  const auto invite = phone.request("INVITE");
  phone.respond(invite, 180, "Ringing");
  CHECK(events->next(leg_event_kind::progress).status == 180);
  phone.respond(invite, 200, "OK", offer_sdp());
  events->next(leg_event_kind::answered);
  phone.request("ACK");
  engine.gate->hang_up(leg);
  phone.respond(phone.request("BYE"), 200, "OK");
  CHECK(events->next(leg_event_kind::ended).cause == leg_end::local);
}

TEST_CASE(
    "a phone that sends from another port than its Contact's is called at its Contact, unless it asks for rport") {
  live engine{test_settings()};
  raw_peer sender{engine.gate->port()};
  raw_peer listener{engine.gate->port()};
  for (const bool rport : {false, true}) {
    INFO((rport ? "with rport" : "without rport"));
    auto d = sender.new_dialog("8001", "8001");
    const auto compose = [&](const std::string& headers) {
      auto text = sender.compose("REGISTER", d, headers);
      if (!rport) text.erase(text.find(";rport"), 6);
      return text;
    };
    sender.send(compose({}));
    const auto challenge = sender.response(401, "REGISTER").header("WWW-Authenticate");
    sender.send(compose(contact_header(listener.uri("8001"), 60) +
                        authorize(challenge, "8001", "secret", "REGISTER", d.target)));
    REQUIRE(sender.final_response("REGISTER").status() == 200);
    const auto r = engine.next_registration();
    REQUIRE(r.contacts.size() == 1);
    CHECK(r.contacts[0].route.empty() == !rport);
    const auto [leg, events] = engine.dial(r.contacts[0].uri, r.contacts[0].route);
    auto& called = rport ? sender : listener;
    called.respond(called.request("INVITE"), 486, "Busy Here");
    called.request("ACK");
    CHECK(events->next(leg_event_kind::failed).status == 486);
  }
}

TEST_CASE("the sixth start of a phone that never unregisters is taken, and what is refused says why") {
  live engine{test_settings()};
  for (int start = 0; start < 6; ++start) {
    raw_peer phone{engine.gate->port()};
    CHECK(engine.register_phone(phone, "8001", contact_header(phone.uri("8001"), 60)).status() == 200);
    const auto r = engine.next_registration();
    CHECK(r.contacts.size() == static_cast<std::size_t>(std::min(start + 1, 5)));
    CHECK(r.contacts.back().uri == phone.uri("8001"));
    CHECK_FALSE(r.contacts.back().call_id.empty());
    CHECK(r.contacts.back().cseq > 0);
  }
  raw_peer phone{engine.gate->port()};
  std::string many;
  for (int i = 0; i < 6; ++i)
    many += contact_header("sip:8001@127.0.0.1:" + std::to_string(6000 + i), 60);
  const auto refused = engine.register_phone(phone, "8001", many);
  CHECK(refused.status() == 403);
  CHECK(refused.header("Warning").find("more than the 5 contacts") != std::string::npos);
}

TEST_CASE("a phone's instance outlives the engine: moved in between, it leaves no dead contact") {
  const auto named = [](const std::string& uri) {
    return "Contact: <" + uri +
           ">;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>\";reg-id=1;expires=60\r\n";
  };
  registration kept;
  std::string old_challenge;
  {
    live engine{test_settings()};
    raw_peer phone{engine.gate->port()};
    REQUIRE(engine.register_phone(phone, "8001", named(phone.uri("8001"))).status() == 200);
    kept = engine.next_registration();
    CHECK(kept.contacts.at(0).instance == "\"<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>\"");
    CHECK(kept.contacts.at(0).reg_id == "1");
    auto d = phone.new_dialog("8001", "8001");
    phone.send(phone.compose("REGISTER", d));
    old_challenge = phone.response(401, "REGISTER").header("WWW-Authenticate");
  }
  live engine{test_settings()};
  engine.gate->restore({kept});
  raw_peer phone{engine.gate->port()};
  auto d = phone.new_dialog("8001", "8001");
  phone.send(phone.compose(
      "REGISTER", d, named(phone.uri("8001")) + authorize(old_challenge, "8001", "secret", "REGISTER", d.target)));
  const auto fresh = phone.response(401, "REGISTER").header("WWW-Authenticate");
  CHECK(fresh.find("stale=true") != std::string::npos); // no phone has to ask its user again
  CHECK(engine.gate->statistics().refused.at("bad_credentials") == 0);
  phone.send(phone.compose("REGISTER", d,
                           named(phone.uri("8001")) + authorize(fresh, "8001", "secret", "REGISTER", d.target)));
  REQUIRE(phone.final_response("REGISTER").status() == 200);
  const auto r = engine.next_registration();
  REQUIRE(r.contacts.size() == 1);
  CHECK(r.contacts[0].uri == phone.uri("8001"));
}
