// Privacy and asserted identities (RFC 3323, RFC 3325), redirections.

#include "sip/redirect.hpp"
#include "tests/sip/live.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::sip;
using namespace lifeline::sip::testing;

namespace {

/// A gateway with a trunk that dials out to `peer`.
struct dialling {
  raw_peer peer{1};
  std::unique_ptr<live> engine;
  std::uint64_t next_leg = 0;

  explicit dialling(bool trusted = true) {
    auto s = trunk_settings();
    s.trunks.front().outbound = "127.0.0.1:" + std::to_string(peer.port());
    s.trunks.front().asserts_identity = trusted;
    engine = std::make_unique<live>(s);
    peer.talk_to(engine->gate->port());
  }

  std::shared_ptr<recording_leg> dial(bool withheld = false) {
    invite_request request;
    request.leg = {2, ++next_leg};
    request.target_uri = "10086";
    request.trunks = {"carrier"};
    request.withheld = withheld;
    request.from_number = "12315";
    request.from_display = "Consumers";
    request.offer = media_at(30000);
    auto sink = std::make_shared<recording_leg>();
    engine->gate->attach(request.leg, sink);
    engine->gate->invite(request);
    return sink;
  }
  message redirected(const message& invite, const std::string& contacts, int status = 302) {
    peer.respond(invite, status, "Moved", {}, contacts);
    peer.request("ACK");
    return {};
  }
  [[nodiscard]] std::string here(const std::string& user) const { return peer.uri(user); }
};

caller_identity identity_of(const settings& s, const std::string& from, const std::string& headers) {
  live engine{s};
  raw_peer caller{engine.gate->port()};
  caller.invite(from, "12315", offer_sdp(), headers);
  return engine.next_call().facts.caller;
}

} // namespace

TEST_CASE("a withheld number is told to a trusted trunk only") {
  for (const bool trusted : {true, false}) {
    dialling d{trusted};
    auto events = d.dial(true);
    const auto invite = d.peer.request("INVITE");
    CHECK(invite.request_uri() == "sip:10086@127.0.0.1:" + std::to_string(d.peer.port()));
    CHECK(invite.header("From").rfind("\"Anonymous\" <sip:anonymous@anonymous.invalid>", 0) == 0);
    CHECK(invite.header("Privacy") == "id");
    CHECK(invite.header("P-Asserted-Identity") == (trusted ? "<sip:12315@127.0.0.1>" : ""));
    CHECK((invite.text.find("12315") != std::string::npos) == trusted);
    d.peer.respond(invite, 486, "Busy Here");
    CHECK(events->next(leg_event_kind::failed).status == 486);
  }
}

TEST_CASE("an identity is asserted to trusted trunks, and a number that is not withheld is shown to all") {
  for (const bool trusted : {true, false}) {
    dialling d{trusted};
    auto events = d.dial(false);
    const auto invite = d.peer.request("INVITE");
    CHECK(invite.header("From").rfind("\"Consumers\" <sip:12315@127.0.0.1>", 0) == 0);
    CHECK(invite.header("Privacy").empty());
    CHECK(invite.header("P-Asserted-Identity").empty() != trusted);
    d.peer.respond(invite, 486, "Busy Here");
    events->next(leg_event_kind::failed);
  }
}

TEST_CASE("what an untrusted trunk asserts is not believed") {
  auto s = trunk_settings();
  const std::string asserted = "P-Asserted-Identity: <sip:110@carrier>\r\n";
  CHECK(identity_of(s, "13900000000", asserted).number == "110");
  CHECK(identity_of(s, "13900000000", asserted + "Privacy: id\r\n").asserted == "110");
  s.trunks.front().asserts_identity = false;
  CHECK(identity_of(s, "13900000000", asserted).number == "13900000000");
  const auto hidden = identity_of(s, "13900000000", asserted + "Privacy: id\r\n");
  CHECK(hidden.withheld);
  CHECK(hidden.asserted.empty());
}

TEST_CASE("Privacy: none is honoured") {
  const auto s = trunk_settings();
  const auto caller =
      identity_of(s, "13900000000", "P-Asserted-Identity: <sip:13900000000@carrier>\r\nPrivacy: none\r\n");
  CHECK_FALSE(caller.withheld);
  CHECK(caller.number == "13900000000");
}

TEST_CASE("phones cannot say who they are by P-Preferred-Identity, Remote-Party-ID or P-Asserted-Identity") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  const std::string lies = "P-Preferred-Identity: <sip:110@lifeline>\r\nP-Asserted-Identity: <sip:110@lifeline>\r\n"
                           "Remote-Party-ID: <sip:110@lifeline>;party=calling\r\n";
  auto d = phone.invite("8001", "12315", offer_sdp(), lies);
  const auto challenged = phone.response(401, "INVITE");
  phone.ack(d, challenged);
  d.remote = d.remote.substr(0, d.remote.find(";tag="));
  const auto answer = authorize(challenged.headers("WWW-Authenticate").front(), "8001", "secret", "INVITE", d.target);
  phone.send(phone.compose("INVITE", d, lies + answer, offer_sdp()));
  CHECK(engine.next_call().facts.caller.number == "8001");
}

TEST_CASE("a trunk's redirection is followed to its own hosts only") {
  dialling d;
  auto events = d.dial();
  d.redirected(d.peer.request("INVITE"), "Contact: <sip:1@203.0.113.9>;q=0.9, <" + d.here("moved") + ">;q=0.5\r\n");
  const auto again = d.peer.request("INVITE");
  CHECK(again.request_uri() == d.here("moved"));
  d.peer.respond(again, 180, "Ringing");
  events->next(leg_event_kind::progress);
  d.redirected(again, "Contact: <sip:1@203.0.113.9>\r\n");
  CHECK(events->next(leg_event_kind::failed).status == 302);
  CHECK(events->events.empty());
}

TEST_CASE("redirections neither turn in circles nor go on for ever") {
  dialling d;
  auto events = d.dial();
  SECTION("a circle") {
    d.redirected(d.peer.request("INVITE"), "Contact: <" + d.here("a") + ">\r\n");
    d.redirected(d.peer.request("INVITE"), "Contact: <" + d.here("b") + ">\r\n");
    d.redirected(d.peer.request("INVITE"), "Contact: <" + d.here("a") + ">\r\n");
  }
  SECTION("a chain") {
    for (int i = 0; i < redirect_trail::longest; ++i)
      d.redirected(d.peer.request("INVITE"), "Contact: <" + d.here("step" + std::to_string(i)) + ">\r\n");
    d.redirected(d.peer.request("INVITE"), "Contact: <" + d.here("last") + ">\r\n");
  }
  CHECK(events->next(leg_event_kind::failed).status == 302);
  CHECK_FALSE(d.peer.receive([](const message& m) { return m.method() == "INVITE"; }, 200ms));
}

TEST_CASE("a redirected call can be hung up and answered like any other") {
  dialling d;
  auto events = d.dial();
  d.redirected(d.peer.request("INVITE"), "Contact: <" + d.here("moved") + ">\r\n");
  const auto invite = d.peer.request("INVITE");
  d.peer.respond(invite, 200, "OK", offer_sdp(41000));
  CHECK(events->next(leg_event_kind::answered).sdp.port == 41000);
  d.peer.request("ACK");
  d.engine->gate->hang_up({2, 1}, "Q.850;cause=16");
  const auto bye = d.peer.request("BYE");
  CHECK(bye.header("Reason") == "Q.850;cause=16");
  d.peer.respond(bye, 200, "OK");
  CHECK(events->next(leg_event_kind::ended).cause == leg_end::local);
}

TEST_CASE("a trunk, behind which calls may fork, is not offered 100rel unless it insists") {
  dialling d;
  auto events = d.dial();
  const auto first = d.peer.request("INVITE");
  CHECK(first.header("Supported").find("100rel") == std::string::npos);
  d.peer.respond(first, 421, "Extension Required", {}, "Require: 100rel\r\n");
  d.peer.request("ACK");
  const auto second = d.peer.request("INVITE");
  CHECK(second.header("Supported").find("100rel") != std::string::npos);
  CHECK(second.request_uri() == first.request_uri());
  d.peer.respond(second, 183, "Session Progress", offer_sdp(41000), "Require: 100rel\r\nRSeq: 1\r\n");
  d.peer.respond(d.peer.request("PRACK"), 200, "OK");
  CHECK(events->next(leg_event_kind::progress).sdp.port == 41000);
  d.peer.respond(second, 421, "Extension Required", {}, "Require: 100rel\r\n");
  CHECK(events->next(leg_event_kind::failed).status == 421);
}

TEST_CASE("which hosts belong to a trunk") {
  auto trunk = trunk_named("carrier", {"203.0.113.0/24", "2001:db8::/32"});
  trunk.outbound = "SIP.carrier.example:5061;transport=tls";
  CHECK(belongs_to(trunk, "sip.carrier.example"));
  CHECK(belongs_to(trunk, "203.0.113.77"));
  CHECK(belongs_to(trunk, "2001:db8::1"));
  CHECK_FALSE(belongs_to(trunk, "carrier.example"));
  CHECK_FALSE(belongs_to(trunk, "198.51.100.1"));
}
