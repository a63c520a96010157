// Nothing is sent to a target that cannot be one, whoever named it and wherever: INVITE, its answers, re-INVITE,
// UPDATE, Record-Route, REGISTER, redirections.

#include "sip/redirect.hpp"
#include "tests/sip/edge_support.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::sip;
using namespace lifeline::sip::testing;

namespace {

constexpr const char* no_contact = "X-No-Contact: 1\r\n"; // keeps the peer from adding its own

/// The text with these lines in the place of its Contact.
std::string instead_of_contact(std::string text, const std::string& lines) {
  const auto at = text.find("Contact: ");
  return text.replace(at, text.find("\r\n", at) + 2 - at, lines);
}

message call_with(raw_peer& caller, const std::string& lines) {
  auto d = caller.new_dialog("13900000000", "12315");
  caller.send(instead_of_contact(caller.compose("INVITE", d, "", offer_sdp()), lines));
  const auto answer = caller.receive([](const message& m) { return m.status() >= 180; });
  REQUIRE(answer);
  if (answer->status() >= 300) caller.ack(d, *answer);
  return *answer;
}

/// All that makes a target unusable in whatever header.
const std::vector<std::string> unusable = {"garbage",
                                           "<tel:+8613800000001>",
                                           "<mailto:somebody@example.com>",
                                           "<urn:service:sos>",
                                           "<sip:peer@127.0.0.1:0>",
                                           "<sip:peer@127.0.0.1:99999>",
                                           "<sip:peer@127.0.0.1;maddr=>",
                                           "<sip:peer@" + std::string(2000, 'a') + ">"};

void works_as_ever(live& engine) {
  raw_peer caller{engine.gate->port()};
  dialog d;
  const auto c = engine.answered(caller, d);
  caller.send(caller.compose("BYE", d));
  caller.response(200, "BYE");
  CHECK(c.leg->next(leg_event_kind::ended).cause == leg_end::remote_bye);
}

} // namespace

TEST_CASE("an INVITE has exactly one Contact, a SIP or SIPS URI, or it is refused with 400") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  std::vector<std::string> wrong{"",
                                 "Contact: *\r\n",
                                 "Contact: <" + caller.uri("one") + ">, <" + caller.uri("two") + ">\r\n",
                                 "Contact: <" + caller.uri("one") + ">\r\nContact: <" + caller.uri("two") + ">\r\n",
                                 "Contact: <sips:peer@127.0.0.1>\r\n", // TLS is off
                                 "Contact: <sip:peer@127.0.0.1;transport=ws>\r\n",
                                 "Contact: <sip:peer@[::1]>\r\n",
                                 "Contact: <sip:peer@0.0.0.0>\r\n",
                                 "Contact: <sip:peer@127.0.0.1;maddr=224.0.1.75>\r\n"};
  for (const auto& target : unusable) {
    wrong.push_back("Contact: " + target + "\r\n");
    wrong.push_back("Contact: <" + caller.uri("peer") + ">\r\nRecord-Route: " + target + "\r\n");
    wrong.push_back("Contact: <" + caller.uri("peer") +
                    ">\r\nRecord-Route: <sip:127.0.0.1;lr>\r\nRecord-Route: " + target + "\r\n");
  }
  for (const auto& lines : wrong) {
    INFO(lines.substr(0, 100));
    const auto answer = call_with(caller, lines);
    CHECK(answer.status() == 400);
    CHECK(answer.header("Warning").find("399 ") == 0);
  }
  CHECK(engine.sink->calls.empty());
  CHECK(engine.gate->statistics().refused.at("bad_request") == wrong.size());
  CHECK(engine.gate->statistics().legs == 0);
  works_as_ever(engine);
}

TEST_CASE("unusual Contacts that can be reached are taken, and the BYE arrives") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  const auto here = "127.0.0.1:" + std::to_string(caller.port());
  for (const auto& uri : {"sip:" + here, "sip:a%20b;x=y@" + here + ";transport=UDP",
                          "sip:x@192.0.2.77:" + std::to_string(caller.port()) + ";maddr=127.0.0.1",
                          "sip:" + std::string(700, 'x') + "@" + here}) {
    INFO(uri);
    auto d = caller.new_dialog("13900000000", "12315");
    caller.send(instead_of_contact(caller.compose("INVITE", d, "", offer_sdp()), "Contact: <" + uri + ">\r\n"));
    auto c = engine.next_call();
    engine.gate->answer(c.facts.leg, media_at(30000));
    caller.expect_answer(d);
    c.leg->next(leg_event_kind::acked);
    engine.gate->hang_up(c.facts.leg);
    const auto bye = caller.request("BYE");
    CHECK(bye.request_uri() == uri);
    caller.respond(bye, 200, "OK");
    CHECK(c.leg->next(leg_event_kind::ended).cause == leg_end::local);
  }
}

TEST_CASE("behind a proxy that stays in the way a Contact need not be within our reach") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  auto d = caller.new_dialog("13900000000", "12315");
  caller.send(instead_of_contact(caller.compose("INVITE", d, "", offer_sdp()),
                                 "Contact: <sip:x@df7jal23ls0d.invalid;transport=ws>\r\nRecord-Route: <sip:127.0.0.1:" +
                                     std::to_string(caller.port()) + ";lr>\r\n"));
  auto c = engine.next_call();
  engine.gate->answer(c.facts.leg, media_at(30000));
  caller.expect_answer(d);
  c.leg->next(leg_event_kind::acked);
  engine.gate->hang_up(c.facts.leg);
  CHECK(caller.request("BYE").request_uri() == "sip:x@df7jal23ls0d.invalid;transport=ws");
}

TEST_CASE("a re-INVITE or UPDATE with an unusable target leaves the old one in place") {
  live engine{trunk_settings()};
  for (const std::string method : {"INVITE", "UPDATE"})
    for (const auto& target : unusable) {
      INFO(method << " " << target.substr(0, 60));
      raw_peer caller{engine.gate->port()};
      dialog d;
      auto c = engine.answered(caller, d);
      caller.send(instead_of_contact(caller.compose(method, d, "", offer_sdp()),
                                     "Contact: " + target + "\r\nRecord-Route: " + target + "\r\n"));
      const auto answer = caller.response(200, method);
      if (method == "INVITE") caller.ack(d, answer);
      engine.gate->hang_up(c.facts.leg);
      const auto bye = caller.request("BYE");
      CHECK(bye.request_uri() == caller.uri("peer"));
      CHECK(bye.header("Route").empty());
      caller.respond(bye, 200, "OK");
      CHECK(c.leg->next(leg_event_kind::ended).cause == leg_end::local);
      CHECK(c.leg->events.empty());
    }
}

TEST_CASE("an answer without a usable Contact ends the leg: ACK and BYE go where the INVITE went") {
  live engine{trunk_settings()};
  raw_peer phone{engine.gate->port()};
  std::vector<std::string> wrong{no_contact, "Contact: *\r\n", "Contact: <sip:>\r\n", "Contact: <>\r\n"};
  for (const auto& target : unusable) {
    wrong.push_back("Contact: " + target + "\r\n");
    wrong.push_back("Contact: <" + phone.uri("peer") + ">\r\nRecord-Route: " + target + "\r\n");
  }
  for (const bool with_offer : {true, false})
    for (const auto& lines : wrong) {
      INFO(lines.substr(0, 100) << (with_offer ? "" : " to an INVITE without an offer"));
      const auto [leg, events] = engine.dial(phone.uri("8001"), {}, 10s, with_offer);
      phone.respond(phone.request("INVITE"), 200, "OK", offer_sdp(), lines);
      CHECK(events->next(leg_event_kind::failed).status == 502);
      CHECK(phone.request("ACK").request_uri() == phone.uri("8001"));
      const auto bye = phone.request("BYE");
      CHECK(bye.request_uri() == phone.uri("8001"));
      phone.respond(bye, 200, "OK");
      CHECK(events->events.empty());
    }
  CHECK(engine.gate->statistics().legs == 0);
  works_as_ever(engine);
}

TEST_CASE("an answer without a usable Contact through a trunk rings no second trunk") {
  raw_peer first{0};
  raw_peer second{0};
  auto s = trunk_settings();
  s.trunks = {trunk_at("first", first), trunk_at("second", second)};
  live engine{s};
  first.talk_to(engine.gate->port());
  second.talk_to(engine.gate->port());
  const auto [leg, events] = dial_trunks(engine, {"first", "second"}, 1);
  first.respond(first.request("INVITE"), 200, "OK", offer_sdp(), "Contact: <tel:13800138000>\r\n");
  CHECK(events->next(leg_event_kind::failed).status == 502);
  first.request("ACK");
  first.respond(first.request("BYE"), 200, "OK");
  CHECK_FALSE(second.receive([](const message& m) { return m.method() == "INVITE"; }, 300ms));
}

TEST_CASE("a 200 that crosses our CANCEL is ended although its Contact is unusable") {
  live engine{trunk_settings()};
  raw_peer phone{engine.gate->port()};
  const auto [leg, events] = engine.dial(phone.uri("8001"));
  const auto invite = phone.request("INVITE");
  phone.respond(invite, 180, "Ringing");
  events->next(leg_event_kind::progress);
  engine.gate->hang_up(leg);
  phone.request("CANCEL");
  phone.respond(invite, 200, "OK", offer_sdp(), "Contact: <tel:1>\r\n");
  phone.request("ACK");
  phone.respond(phone.request("BYE"), 200, "OK");
  CHECK(events->next(leg_event_kind::ended).cause == leg_end::local);
}

TEST_CASE("a reliable response whose PRACK could not be sent is an ordinary one") {
  live engine{trunk_settings()};
  raw_peer phone{engine.gate->port()};
  const auto [leg, events] = engine.dial(phone.uri("8001"));
  const auto invite = phone.request("INVITE");
  phone.respond(invite, 183, "Session Progress", offer_sdp(), "Contact: <tel:1>\r\nRequire: 100rel\r\nRSeq: 1\r\n");
  CHECK(events->next(leg_event_kind::progress).status == 183);
  CHECK_FALSE(phone.receive([](const message& m) { return m.method() == "PRACK"; }, 300ms));
  phone.respond(invite, 200, "OK", offer_sdp());
  events->next(leg_event_kind::answered);
  engine.gate->hang_up(leg);
  phone.respond(phone.request("BYE"), 200, "OK");
  CHECK(events->next(leg_event_kind::ended).cause == leg_end::local);
}

TEST_CASE("a re-INVITE of ours that is answered with an unusable Contact leaves the old target in place") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  dialog d;
  auto c = engine.answered(caller, d);
  engine.gate->reoffer(c.facts.leg, media_at(30002));
  caller.respond(caller.request("INVITE"), 200, "OK", offer_sdp(40000, "sendrecv", 2), "Contact: <tel:1>\r\n");
  CHECK(caller.request("ACK").request_uri() == caller.uri("peer"));
  c.leg->next(leg_event_kind::reoffer_answered);
  engine.gate->hang_up(c.facts.leg);
  CHECK(caller.request("BYE").request_uri() == caller.uri("peer"));
}

TEST_CASE("a BYE that cannot be sent ends the leg here, once") {
  auto s = trunk_settings();
  s.transaction_timeout = 1s;
  live engine{s};
  for (const bool acknowledged : {true, false}) {
    INFO((acknowledged ? "acknowledged" : "not acknowledged"));
    raw_peer caller{engine.gate->port()};
    auto d = caller.new_dialog("13900000000", "12315");
    caller.send(
        instead_of_contact(caller.compose("INVITE", d, "", offer_sdp()), "Contact: <sip:peer@nobody.invalid>\r\n"));
    auto c = engine.next_call();
    engine.gate->answer(c.facts.leg, media_at(30000));
    const auto answer = caller.response(200, "INVITE");
    if (acknowledged) {
      caller.ack(d, answer);
      c.leg->next(leg_event_kind::acked);
      engine.gate->hang_up(c.facts.leg);
    }
    CHECK(c.leg->next(leg_event_kind::ended, 5s).cause == (acknowledged ? leg_end::local : leg_end::no_ack));
    CHECK_FALSE(c.leg->events.take(1500ms));
  }
  CHECK(engine.gate->statistics().legs == 0);
  CHECK(engine.gate->statistics().faults == 0);
  works_as_ever(engine);
}

TEST_CASE("a REGISTER with a target that cannot be one is refused and changes nothing") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  for (const auto& target : unusable) {
    INFO(target.substr(0, 60));
    CHECK(engine.register_phone(phone, "8001", "Contact: " + target + ";expires=60\r\n").status() == 400);
  }
  CHECK(engine.sink->registrations.empty());
}

TEST_CASE("with TLS on a SIPS Contact is taken whatever the INVITE came over") {
  test_authority authority;
  const auto files = authority.issue("sip.lifeline.test");
  auto s = trunk_settings();
  s.tls.enabled = true;
  s.tls.port = 0;
  s.tls.certificate = files.certificate;
  s.tls.key = files.key;
  s.tls.authorities = authority.file();
  live engine{s};
  raw_peer caller{engine.gate->port()};
  auto d = caller.new_dialog("13900000000", "12315");
  caller.send(instead_of_contact(caller.compose("INVITE", d, "", offer_sdp()), "Contact: <sips:peer@127.0.0.1>\r\n"));
  auto c = engine.next_call();
  engine.gate->answer(c.facts.leg, media_at(30000));
  caller.expect_answer(d);
  c.leg->next(leg_event_kind::acked);
  engine.gate->hang_up(c.facts.leg); // nobody listens there: it ends here all the same
  CHECK(c.leg->next(leg_event_kind::ended).cause == leg_end::local);
}

TEST_CASE("a number that is no SIP URI is no phone: the leg fails and nothing else does") {
  live engine{trunk_settings()};
  for (const std::string uri : {"tel:13800138000", "sip:", "nonsense", "sip:8001@127.0.0.1:5060;transport=ws"}) {
    INFO(uri);
    const auto [leg, events] = engine.dial(uri);
    CHECK(events->next(leg_event_kind::failed).status >= 400);
  }
  works_as_ever(engine);
}

TEST_CASE("a redirection leads nowhere by a maddr of its own") {
  lifeline::domain::trunk_plan trunk;
  trunk.outbound = "trunk.example.com:5060";
  trunk.cidrs = {"192.0.2.0/24"};
  redirect_trail trail;
  CHECK_FALSE(trail.follow(trunk, {{"sip:1@192.0.2.5;maddr=203.0.113.9", 1.0}}));
  CHECK_FALSE(trail.follow(trunk, {{"sip:1@192.0.2.5:0", 1.0}, {"tel:1", 1.0}, {"sip:1@203.0.113.9", 1.0}}));
  CHECK(trail.follow(trunk, {{"sip:1@far.example.com;maddr=192.0.2.6", 1.0}}));
}
