#include "tests/sip/live.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::sip;
using namespace lifeline::sip::testing;

TEST_CASE("we call a phone: it rings, answers, hangs up") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  const auto [leg, events] = engine.dial(phone.uri("8001"));
  const auto invite = phone.request("INVITE");
  CHECK(invite.request_uri() == phone.uri("8001"));
  CHECK(invite.header("From").rfind("\"Caller \\\"X\\\"\" <sip:13800000000@127.0.0.1>", 0) == 0);
  CHECK(invite.header("P-Asserted-Identity") == "\"Caller \\\"X\\\"\" <sip:13800000000@127.0.0.1>");
  CHECK(invite.header("X-Lifeline-Call") == "42");
  CHECK(invite.body().find("m=audio 30000 RTP/AVP 8 0 101") != std::string::npos);
  phone.respond(invite, 180, "Ringing");
  CHECK(events->next(leg_event_kind::progress).status == 180);
  phone.respond(invite, 183, "Session Progress", offer_sdp(41000));
  const auto early = events->next(leg_event_kind::progress);
  CHECK(early.status == 183);
  CHECK(early.sdp.port == 41000);
  phone.respond(invite, 200, "OK", offer_sdp(41002));
  const auto answered = events->next(leg_event_kind::answered);
  CHECK(answered.status == 200);
  CHECK(answered.sdp.port == 41002);
  phone.request("ACK");
  auto d = phone.dialog_of(invite);
  phone.send(phone.compose("BYE", d));
  phone.response(200, "BYE");
  CHECK(events->next(leg_event_kind::ended).cause == leg_end::remote_bye);
  CHECK(engine.gate->statistics().legs == 0);
  CHECK(engine.gate->statistics().requests_sent.at("INVITE") == 1);
}

TEST_CASE("a 200 without SDP takes the answer of the 183 before it") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  const auto [leg, events] = engine.dial(phone.uri("8001"));
  const auto invite = phone.request("INVITE");
  phone.respond(invite, 183, "Session Progress", offer_sdp(41000));
  events->next(leg_event_kind::progress);
  phone.respond(invite, 200, "OK");
  CHECK(events->next(leg_event_kind::answered).sdp.port == 41000);
  phone.request("ACK");
}

TEST_CASE("refusals are failures with their status - challenges and redirections are not followed") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  const std::pair<int, std::string> answers[] = {
      {486, ""},
      {603, ""},
      {401, "WWW-Authenticate: Digest realm=\"x\", nonce=\"y\"\r\n"},
      {407, "Proxy-Authenticate: Digest realm=\"x\", nonce=\"y\"\r\n"},
      {302, "Contact: <sip:elsewhere@127.0.0.1:9>\r\n"},
      {503, "Retry-After: 1\r\n"},
  };
  for (const auto& [status, headers] : answers) {
    const auto [leg, events] = engine.dial(phone.uri("8001"));
    phone.respond(phone.request("INVITE"), status, "No", "", headers);
    phone.request("ACK");
    const auto failed = events->next(leg_event_kind::failed);
    CHECK(failed.status == status);
    CHECK(events->events.empty());
  }
  CHECK(engine.gate->statistics().legs == 0);
}

TEST_CASE("nobody answers: CANCEL and one failure with 408") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  const auto [leg, events] = engine.dial(phone.uri("8001"), {}, 300ms);
  const auto invite = phone.request("INVITE");
  phone.respond(invite, 180, "Ringing");
  events->next(leg_event_kind::progress);
  const auto cancel = phone.request("CANCEL");
  CHECK(events->next(leg_event_kind::failed).status == 408);
  phone.respond(cancel, 200, "OK");
  phone.respond(invite, 487, "Request Terminated");
  phone.request("ACK");
  CHECK(events->events.empty());
}

TEST_CASE("a 200 that crosses our CANCEL is acknowledged and ended, and stays a failure") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  const auto [leg, events] = engine.dial(phone.uri("8001"), {}, 300ms);
  const auto invite = phone.request("INVITE");
  phone.respond(invite, 180, "Ringing");
  events->next(leg_event_kind::progress);
  const auto cancel = phone.request("CANCEL");
  phone.respond(invite, 200, "OK", offer_sdp());
  phone.respond(cancel, 200, "OK");
  phone.request("ACK");
  phone.respond(phone.request("BYE"), 200, "OK");
  CHECK(events->next(leg_event_kind::failed).status == 408);
  CHECK(events->events.empty());
}

TEST_CASE("hanging up before any response: the CANCEL waits for a provisional one") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  const auto [leg, events] = engine.dial(phone.uri("8001"));
  const auto invite = phone.request("INVITE");
  engine.gate->hang_up(leg, "SIP;cause=200;text=\"Call completed elsewhere\"");
  CHECK(events->next(leg_event_kind::ended).cause == leg_end::local);
  CHECK_FALSE(phone.receive([](const message& m) { return m.method() == "CANCEL"; }, 300ms)); // RFC 3261, 9.1
  phone.respond(invite, 180, "Ringing");
  const auto cancel = phone.request("CANCEL");
  CHECK(cancel.header("Reason") == "SIP;cause=200;text=\"Call completed elsewhere\"");
  phone.respond(cancel, 200, "OK");
  phone.respond(invite, 487, "Request Terminated");
  phone.request("ACK");
  CHECK(events->events.empty());
}

TEST_CASE("an INVITE without offer: their 200 offers, our ACK answers") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  const auto [leg, events] = engine.dial(phone.uri("8001"), {}, 10s, false);
  const auto invite = phone.request("INVITE");
  CHECK(invite.body().empty());
  phone.respond(invite, 200, "OK", offer_sdp(41006));
  const auto answered = events->next(leg_event_kind::answered);
  CHECK(answered.sdp.port == 41006);
  CHECK_FALSE(phone.receive([](const message& m) { return m.method() == "ACK"; }, 200ms));
  engine.gate->ack(leg, lifeline::domain::make_answer(answered.sdp, {"127.0.0.1", 30006}));
  CHECK(phone.request("ACK").body().find("m=audio 30006 RTP/AVP 8 0 101") != std::string::npos);
  engine.gate->hang_up(leg);
  phone.respond(phone.request("BYE"), 200, "OK");
  CHECK(events->next(leg_event_kind::ended).cause == leg_end::local);
}

TEST_CASE("hanging up between a 200 with an offer and our ACK sends both ACK and BYE") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  const auto [leg, events] = engine.dial(phone.uri("8001"), {}, 10s, false);
  phone.respond(phone.request("INVITE"), 200, "OK", offer_sdp());
  events->next(leg_event_kind::answered);
  engine.gate->hang_up(leg);
  phone.request("ACK");
  phone.respond(phone.request("BYE"), 200, "OK");
  CHECK(events->next(leg_event_kind::ended).cause == leg_end::local);
}

TEST_CASE("a phone that does not answer at all fails with 408, one that is not there with 503 or 408") {
  auto s = test_settings();
  s.transaction_timeout = 1s;
  live engine{s};
  raw_peer silent{engine.gate->port()};
  const auto [leg, events] = engine.dial(silent.uri("8001"));
  CHECK(events->next(leg_event_kind::failed, 5s).status == 408);
  const auto [other, gone] = engine.dial("sip:8001@127.0.0.1:1;transport=tcp");
  const auto status = gone->next(leg_event_kind::failed, 5s).status;
  CHECK((status == 503 || status == 408));
  const auto [third, nonsense] = engine.dial("not a uri");
  CHECK(nonsense->next(leg_event_kind::failed, 5s).status >= 400);
  CHECK(engine.gate->statistics().legs == 0);
}

TEST_CASE("the events of a leg nobody has attached to yet are kept, a later sink replaces the first") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  invite_request request;
  request.leg = {7, 7};
  request.target_uri = phone.uri("8001");
  request.offer = media_at(30000);
  engine.gate->invite(request);
  const auto invite = phone.request("INVITE");
  CHECK(invite.header("From").find("sip:anonymous@anonymous.invalid") != std::string::npos);
  CHECK(invite.header("P-Asserted-Identity").empty());
  phone.respond(invite, 180, "Ringing");
  CHECK(engine.eventually([&] {
    const auto seen = engine.gate->statistics().responses_received;
    return seen.count(180) != 0;
  }));
  auto first = std::make_shared<recording_leg>();
  engine.gate->attach(request.leg, first);
  CHECK(first->next(leg_event_kind::progress).status == 180);
  auto second = std::make_shared<recording_leg>();
  engine.gate->attach(request.leg, second);
  phone.respond(invite, 200, "OK", offer_sdp());
  second->next(leg_event_kind::answered);
  CHECK(first->events.empty());
  auto third = std::make_shared<recording_leg>(); // the second may have crashed before it came to act on the answer
  engine.gate->attach(request.leg, third);
  const auto again = third->next(leg_event_kind::answered);
  CHECK(again.leg == request.leg);
  CHECK(again.sdp.port == 40000);
  engine.gate->hang_up(request.leg);
  third->next(leg_event_kind::ended);
  CHECK(second->events.empty());
  CHECK(third->events.empty());
}
