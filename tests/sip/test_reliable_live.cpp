// Reliable provisional responses (RFC 3262) and what may happen before an answer.

#include "tests/sip/live.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::sip;
using namespace lifeline::sip::testing;

namespace {

const std::string requires_100rel = "Require: 100rel\r\nAllow: INVITE, ACK, BYE, CANCEL, PRACK, UPDATE\r\n";
const std::string supports_100rel = "Supported: 100rel\r\nAllow: INVITE, ACK, BYE, CANCEL, PRACK, UPDATE\r\n";

/// The PRACK of a reliable response; `d` becomes the early dialog.
void prack(raw_peer& peer, dialog& d, const message& response, const std::string& body = {}) {
  d.remote = response.header("To");
  const auto contact = response.header("Contact");
  d.target = contact.substr(contact.find('<') + 1, contact.find('>') - contact.find('<') - 1);
  const auto cseq = response.header("CSeq");
  peer.send(peer.compose("PRACK", d, "RAck: " + response.header("RSeq") + " " + cseq + "\r\n", body));
}

/// The 200 of an INVITE whose CSeq other requests have passed by.
void acknowledge(raw_peer& peer, dialog& d, const message& answer, int invite_cseq, const std::string& body = {}) {
  const auto cseq = d.cseq;
  d.cseq = invite_cseq;
  peer.ack(d, answer, body);
  d.cseq = cseq;
}

message tagged(message m, const std::string& tag) {
  const auto at = m.text.find("\r\nTo: ") + 2;
  m.text.insert(m.text.find("\r\n", at), ";tag=" + tag);
  return m;
}

settings quick() {
  auto s = trunk_settings();
  s.transaction_timeout = 1s;
  return s;
}

} // namespace

TEST_CASE("early media to a caller who requires 100rel goes reliably, and the answer waits for the PRACK") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  for (const auto& wish : {requires_100rel, supports_100rel}) {
    auto d = caller.invite("13900000000", "12315", offer_sdp(), wish);
    const auto invite_cseq = d.cseq;
    auto c = engine.next_call();
    engine.gate->progress(c.facts.leg, media_at(30000));
    const auto early = caller.response(183, "INVITE");
    CHECK(early.header("Require").find("100rel") != std::string::npos);
    CHECK_FALSE(early.header("RSeq").empty());
    CHECK(early.body().find("m=audio 30000") != std::string::npos);
    engine.gate->answer(c.facts.leg, media_at(30000));
    CHECK_FALSE(caller.receive([](const message& m) { return m.status() == 200; }, 200ms));
    prack(caller, d, early);
    caller.response(200, "PRACK");
    acknowledge(caller, d, caller.response(200, "INVITE"), invite_cseq);
    c.leg->next(leg_event_kind::acked);
    caller.send(caller.compose("BYE", d));
    caller.response(200, "BYE");
    c.leg->next(leg_event_kind::ended);
  }
}

TEST_CASE("a caller who requires 100rel is rung reliably and answered") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  auto d = caller.invite("13900000000", "12315", offer_sdp(), requires_100rel);
  const auto invite_cseq = d.cseq;
  auto c = engine.next_call();
  engine.gate->ring(c.facts.leg);
  const auto ringing = caller.response(180, "INVITE");
  CHECK_FALSE(ringing.header("RSeq").empty());
  prack(caller, d, ringing);
  caller.response(200, "PRACK");
  engine.gate->answer(c.facts.leg, media_at(30000));
  const auto answer = caller.response(200, "INVITE");
  CHECK(answer.body().find("m=audio 30000") != std::string::npos);
  acknowledge(caller, d, answer, invite_cseq);
  c.leg->next(leg_event_kind::acked);
}

TEST_CASE("a caller who requires 100rel can be answered at once") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  dialog d;
  auto c = engine.answered(caller, d, offer_sdp(), requires_100rel);
  CHECK(c.leg->events.empty());
}

TEST_CASE("without 100rel early media goes unreliably") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  caller.invite("13900000000", "12315", offer_sdp());
  auto c = engine.next_call();
  engine.gate->progress(c.facts.leg, media_at(30000));
  const auto early = caller.response(183, "INVITE");
  CHECK(early.header("RSeq").empty());
  CHECK(early.body().find("m=audio 30000") != std::string::npos);
}

TEST_CASE("a delayed offer: a reliable 183 offers, the PRACK answers, the 200 says nothing more") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  auto d = caller.invite("13900000000", "12315", {}, requires_100rel);
  const auto invite_cseq = d.cseq;
  auto c = engine.next_call();
  engine.gate->ring(c.facts.leg); // it would have to carry an offer
  engine.gate->progress(c.facts.leg, media_at(30000));
  const auto early = *caller.receive([](const message& m) { return m.status() > 100; });
  CHECK(early.status() == 183);
  CHECK(early.body().find("m=audio 30000") != std::string::npos);
  prack(caller, d, early, offer_sdp(40004));
  caller.response(200, "PRACK");
  engine.gate->answer(c.facts.leg, media_at(30000));
  const auto answer = caller.response(200, "INVITE");
  CHECK(answer.body().empty());
  acknowledge(caller, d, answer, invite_cseq);
  CHECK(c.leg->next(leg_event_kind::acked).sdp.port == 40004);
}

TEST_CASE("a PRACK that never comes ends the call in bounded time, answered or not") {
  live engine{quick()};
  raw_peer caller{engine.gate->port()};
  for (const bool answered : {false, true}) {
    auto d = caller.invite("13900000000", "12315", offer_sdp(), requires_100rel);
    auto c = engine.next_call();
    engine.gate->progress(c.facts.leg, media_at(30000));
    caller.response(183, "INVITE");
    if (answered) engine.gate->answer(c.facts.leg, media_at(30000));
    CHECK(c.leg->next(leg_event_kind::ended, 8s).cause == leg_end::no_ack);
    const auto refused = caller.final_response("INVITE");
    CHECK(refused.status() >= 500);
    caller.ack(d, refused);
  }
  CHECK(engine.gate->statistics().legs == 0);
}

TEST_CASE("a PRACK may offer anew, and is answered before the call is") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  auto d = caller.invite("13900000000", "12315", offer_sdp(), requires_100rel);
  const auto invite_cseq = d.cseq;
  auto c = engine.next_call();
  engine.gate->progress(c.facts.leg, media_at(30000));
  prack(caller, d, caller.response(183, "INVITE"), offer_sdp(40010, "sendrecv", 2));
  const auto again = c.leg->next(leg_event_kind::reoffer);
  CHECK(again.sdp.port == 40010);
  engine.gate->answer(c.facts.leg, media_at(30000)); // too early: their offer is not answered
  CHECK_FALSE(caller.receive([](const message& m) { return m.status() == 200; }, 200ms));
  engine.gate->answer_reoffer(c.facts.leg, lifeline::domain::make_answer(again.sdp, {"127.0.0.1", 30000}));
  CHECK(caller.response(200, "PRACK").body().find("m=audio 30000") != std::string::npos);
  const auto answer = caller.response(200, "INVITE");
  CHECK(answer.body().empty());
  acknowledge(caller, d, answer, invite_cseq);
  c.leg->next(leg_event_kind::acked);
}

TEST_CASE("a call that is cancelled with a PRACK unanswered does no harm") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  auto d = caller.invite("13900000000", "12315", offer_sdp(), requires_100rel);
  const auto first = d;
  auto c = engine.next_call();
  engine.gate->progress(c.facts.leg, media_at(30000));
  prack(caller, d, caller.response(183, "INVITE"), offer_sdp(40010, "sendrecv", 2));
  const auto again = c.leg->next(leg_event_kind::reoffer);
  caller.cancel(first, "Reason: SIP;cause=200;text=\"Call completed elsewhere\", Q.850;cause=26\r\n");
  caller.response(200, "CANCEL");
  caller.response(487, "INVITE");
  const auto ended = c.leg->next(leg_event_kind::ended);
  CHECK(ended.cause == leg_end::remote_cancel);
  CHECK(ended.text == "SIP;cause=200;text=\"Call completed elsewhere\", Q.850;cause=26");
  engine.gate->answer_reoffer(c.facts.leg, lifeline::domain::make_answer(again.sdp, {"127.0.0.1", 30000}));
  CHECK(engine.eventually([&] { return engine.gate->statistics().legs == 0; }));
}

TEST_CASE("a PRACK that belongs to nothing is refused with 481") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  auto d = caller.invite("13900000000", "12315", offer_sdp(), requires_100rel);
  auto c = engine.next_call();
  engine.gate->progress(c.facts.leg, media_at(30000));
  auto early = caller.response(183, "INVITE");
  auto wrong = early;
  auto& digit = wrong.text[wrong.text.find("RSeq: ") + 6]; // the number is drawn: it may begin with any
  digit = digit == '9' ? '8' : '9';
  prack(caller, d, wrong);
  CHECK(caller.final_response("PRACK").status() == 481);
  prack(caller, d, early);
  caller.response(200, "PRACK");
}

TEST_CASE("UPDATE before the answer: refused while offers are open, asked about afterwards") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  auto d = caller.invite("13900000000", "12315", offer_sdp(), requires_100rel);
  const auto invite_cseq = d.cseq;
  auto c = engine.next_call();
  engine.gate->progress(c.facts.leg, media_at(30000));
  const auto early = caller.response(183, "INVITE");
  d.remote = early.header("To");
  const auto update = [&](const std::string& body) { caller.send(caller.compose("UPDATE", d, {}, body)); };
  update(offer_sdp(40020, "sendrecv", 2));
  const auto refused = caller.final_response("UPDATE");
  CHECK(refused.status() == 500);
  CHECK_FALSE(refused.header("Retry-After").empty());
  prack(caller, d, early);
  caller.response(200, "PRACK");
  update({});
  CHECK(caller.final_response("UPDATE").status() == 200);
  update(offer_sdp(40020, "sendrecv", 2));
  const auto asked = c.leg->next(leg_event_kind::reoffer);
  CHECK(asked.sdp.port == 40020);
  update(offer_sdp(40022, "sendrecv", 3));
  CHECK(caller.final_response("UPDATE").status() == 500);
  engine.gate->answer_reoffer(c.facts.leg, lifeline::domain::make_answer(asked.sdp, {"127.0.0.1", 30000}));
  CHECK(caller.response(200, "UPDATE").body().find("m=audio 30000") != std::string::npos);
  engine.gate->answer(c.facts.leg, media_at(30000));
  acknowledge(caller, d, caller.response(200, "INVITE"), invite_cseq);
  c.leg->next(leg_event_kind::acked);
}

TEST_CASE("reliable responses of a phone are acknowledged by PRACK") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  const auto [leg, events] = engine.dial(phone.uri("8001"));
  const auto invite = phone.request("INVITE");
  CHECK(invite.header("Supported").find("100rel") != std::string::npos);
  phone.respond(invite, 183, "Session Progress", offer_sdp(41000), "Require: 100rel\r\nRSeq: 7\r\n");
  const auto first = phone.request("PRACK");
  CHECK(first.header("RAck") == "7 " + invite.header("CSeq"));
  phone.respond(first, 200, "OK");
  CHECK(events->next(leg_event_kind::progress).sdp.port == 41000);
  phone.respond(invite, 180, "Ringing", {}, "Require: 100rel\r\nRSeq: 8\r\n");
  const auto second = phone.request("PRACK");
  CHECK(second.header("RAck") == "8 " + invite.header("CSeq"));
  phone.respond(second, 200, "OK");
  CHECK(events->next(leg_event_kind::progress).status == 180);
  phone.respond(invite, 200, "OK");
  CHECK(events->next(leg_event_kind::answered).sdp.port == 41000);
  phone.request("ACK");
  CHECK(engine.gate->statistics().requests_sent.at("PRACK") == 2);
  engine.gate->hang_up(leg);
  phone.respond(phone.request("BYE"), 200, "OK");
}

TEST_CASE("a forked call: the last early answer is reported, the 200 replaces it") {
  live engine{test_settings()};
  raw_peer proxy{engine.gate->port()};
  const auto [leg, events] = engine.dial(proxy.uri("8001"));
  const auto invite = proxy.request("INVITE");
  proxy.respond(tagged(invite, "one"), 183, "Session Progress", offer_sdp(41000));
  CHECK(events->next(leg_event_kind::progress).sdp.port == 41000);
  proxy.respond(tagged(invite, "two"), 183, "Session Progress", offer_sdp(42000));
  CHECK(events->next(leg_event_kind::progress).sdp.port == 42000);
  proxy.respond(tagged(invite, "three"), 180, "Ringing");
  CHECK(events->next(leg_event_kind::progress).status == 180);
  SECTION("a third one answers") {
    proxy.respond(tagged(invite, "three"), 200, "OK", offer_sdp(43000));
    CHECK(events->next(leg_event_kind::answered).sdp.port == 43000);
    CHECK(proxy.request("ACK").to_tag() == "three");
  }
  SECTION("the first one answers without repeating its description") {
    proxy.respond(tagged(invite, "one"), 200, "OK");
    CHECK(events->next(leg_event_kind::answered).sdp.port == 41000);
    CHECK(proxy.request("ACK").to_tag() == "one");
  }
}

TEST_CASE("a phone may change its early answer by UPDATE") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  const auto [leg, events] = engine.dial(phone.uri("8001"));
  const auto invite = phone.request("INVITE");
  auto d = phone.dialog_of(invite);
  phone.respond(invite, 183, "Session Progress", offer_sdp(41000), "Require: 100rel\r\nRSeq: 1\r\n");
  phone.respond(phone.request("PRACK"), 200, "OK");
  events->next(leg_event_kind::progress);
  phone.send(phone.compose("UPDATE", d, {}, offer_sdp(41010, "sendrecv", 2)));
  const auto changed = events->next(leg_event_kind::reoffer);
  CHECK(changed.sdp.port == 41010);
  engine.gate->answer_reoffer(leg, lifeline::domain::make_answer(changed.sdp, {"127.0.0.1", 30000}));
  CHECK(phone.response(200, "UPDATE").body().find("m=audio 30000") != std::string::npos);
  phone.respond(invite, 200, "OK");
  CHECK(events->next(leg_event_kind::answered).sdp.port == 41010);
  phone.request("ACK");
}

TEST_CASE("a reliable response that is repeated is acknowledged once") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  const auto [leg, events] = engine.dial(phone.uri("8001"));
  const auto invite = phone.request("INVITE");
  const auto early = [&] {
    phone.respond(invite, 183, "Session Progress", offer_sdp(41000), "Require: 100rel\r\nRSeq: 1\r\n");
  };
  early();
  const auto first = phone.request("PRACK");
  early();
  early();
  phone.respond(first, 200, "OK");
  events->next(leg_event_kind::progress);
  const auto other = phone.receive(
      [&](const message& m) { return m.method() == "PRACK" && m.header("CSeq") != first.header("CSeq"); }, 300ms);
  CHECK_FALSE(other);
  CHECK(events->events.empty());
}
