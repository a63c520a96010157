#include "tests/sip/live.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::sip;
using namespace lifeline::sip::testing;
using lifeline::domain::direction;

TEST_CASE("a trunk's call: rung, answered, acknowledged, ended by the caller") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  auto d = caller.invite("13900000000", "12315", offer_sdp(41000));
  caller.response(100, "INVITE");
  auto c = engine.next_call();
  CHECK(c.facts.trunk == "carrier");
  CHECK(c.facts.agent.empty());
  CHECK(c.facts.caller.number == "13900000000");
  CHECK(c.facts.called == "12315");
  CHECK(c.facts.sip_call_id == d.call_id);
  CHECK(c.facts.offer.port == 41000);
  REQUIRE(c.facts.offer.codecs.size() == 2);
  CHECK(c.facts.offer.dtmf_payload == 101);
  engine.gate->ring(c.facts.leg);
  caller.response(180, "INVITE");
  engine.gate->ring(c.facts.leg);
  caller.response(180, "INVITE");
  engine.gate->answer(c.facts.leg, media_at(30002));
  const auto answer = caller.expect_answer(d);
  CHECK(answer.body().find("m=audio 30002 RTP/AVP 8 0 101") != std::string::npos);
  CHECK_FALSE(c.leg->next(leg_event_kind::acked).sdp.present);
  CHECK(engine.gate->statistics().legs == 1);
  caller.send(caller.compose("BYE", d, "Reason: Q.850;cause=16;text=\"Normal\"\r\n"));
  caller.response(200, "BYE");
  const auto ended = c.leg->next(leg_event_kind::ended);
  CHECK(ended.cause == leg_end::remote_bye);
  CHECK(ended.text.find("cause=16") != std::string::npos);
  CHECK(engine.gate->statistics().legs == 0);
}

TEST_CASE("a caller who waits unanswered hears of us again and again") {
  auto s = trunk_settings();
  s.provisional_interval = 150ms;
  live engine{s};
  raw_peer ringing{engine.gate->port()};
  raw_peer early{engine.gate->port()};
  auto first = ringing.invite("13900000000", "12315", offer_sdp(41000));
  auto a = engine.next_call();
  engine.gate->ring(a.facts.leg);
  auto second = early.invite("13900000001", "12315", offer_sdp(41002));
  auto b = engine.next_call();
  engine.gate->progress(b.facts.leg, media_at(30002));
  CHECK_FALSE(early.response(183, "INVITE").body().empty());
  for (int i = 0; i < 3; ++i) {
    ringing.response(180, "INVITE");
    early.response(183, "INVITE");
  }
  engine.gate->answer(a.facts.leg, media_at(30000));
  ringing.expect_answer(first);
  engine.gate->refuse(b.facts.leg, 486, "Busy", {});
  early.ack(second, early.response(486, "INVITE"));
  // What was on its way may still come, then no more.
  const auto provisional = [](const message& m) { return m.status() > 100 && m.status() < 200; };
  while (ringing.receive(provisional, 0ms) || early.receive(provisional, 0ms)) {
  }
  CHECK_FALSE(ringing.receive(provisional, 400ms));
  CHECK_FALSE(early.receive(provisional, 0ms));
}

TEST_CASE("a trunk's call in early media, ended by us with a reason") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  auto d = caller.invite("13900000000", "12315", offer_sdp());
  auto c = engine.next_call();
  engine.gate->progress(c.facts.leg, media_at(30000));
  const auto early = caller.response(183, "INVITE");
  engine.gate->answer(c.facts.leg, media_at(30000));
  const auto answer = caller.expect_answer(d);
  CHECK(early.body() == answer.body()); // unchanged, so the same version
  c.leg->next(leg_event_kind::acked);
  engine.gate->hang_up(c.facts.leg, "SIP;cause=200;text=\"Call completed elsewhere\"");
  const auto bye = caller.request("BYE");
  CHECK(bye.header("Reason") == "SIP;cause=200;text=\"Call completed elsewhere\"");
  caller.respond(bye, 200, "OK");
  CHECK(c.leg->next(leg_event_kind::ended).cause == leg_end::local);
  engine.gate->hang_up(c.facts.leg); // gone: ignored
  CHECK(c.leg->events.empty());
}

TEST_CASE("a delayed offer: our 200 offers, their ACK answers") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  auto d = caller.invite("13900000000", "12315", "");
  auto c = engine.next_call();
  CHECK_FALSE(c.facts.offer.present);
  engine.gate->answer(c.facts.leg, media_at(30004));
  const auto answer = caller.expect_answer(d, offer_sdp(41004));
  CHECK(answer.body().find("m=audio 30004") != std::string::npos);
  const auto acked = c.leg->next(leg_event_kind::acked);
  CHECK(acked.sdp.present);
  CHECK(acked.sdp.port == 41004);
}

TEST_CASE("identity: the trunk's assertion counts more than From, and privacy is kept") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  caller.invite("anonymous", "12315", offer_sdp(), "P-Asserted-Identity: \"Zhang\" <sip:+8613911112222@carrier>\r\n");
  const auto asserted = engine.next_call();
  CHECK(asserted.facts.caller.number == "+8613911112222");
  CHECK(asserted.facts.caller.display == "Zhang");
  CHECK_FALSE(asserted.facts.caller.withheld);
  caller.invite("13900000000", "12315", offer_sdp(),
                "P-Asserted-Identity: <sip:+8613911112222@carrier>\r\nPrivacy: id\r\n");
  const auto withheld = engine.next_call();
  CHECK(withheld.facts.caller.withheld);
  CHECK(withheld.facts.caller.number == "anonymous");
}

TEST_CASE("the caller gives up while it rings") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  auto d = caller.invite("13900000000", "12315", offer_sdp());
  auto c = engine.next_call();
  engine.gate->ring(c.facts.leg);
  caller.response(180, "INVITE");
  caller.cancel(d);
  caller.response(200, "CANCEL");
  caller.ack(d, caller.response(487, "INVITE"));
  CHECK(c.leg->next(leg_event_kind::ended).cause == leg_end::remote_cancel);
  engine.gate->answer(c.facts.leg, media_at(30000)); // too late: ignored
  CHECK_FALSE(caller.receive([](const message& m) { return m.status() == 200; }, 200ms));
  CHECK(c.leg->events.empty());
}

TEST_CASE("CANCEL and our 200 cross: either way the leg ends exactly once") {
  live engine{trunk_settings()};
  for (int round = 0; round < 20; ++round) {
    raw_peer caller{engine.gate->port()};
    auto d = caller.invite("13900000000", "12315", offer_sdp());
    auto c = engine.next_call();
    if (round % 2 == 0) {
      caller.cancel(d);
      engine.gate->answer(c.facts.leg, media_at(30000));
    } else {
      engine.gate->answer(c.facts.leg, media_at(30000));
      caller.cancel(d);
    }
    const auto last = caller.final_response("INVITE");
    caller.ack(d, last);
    if (last.status() == 200) {
      c.leg->next(leg_event_kind::acked);
      caller.send(caller.compose("BYE", d));
      caller.response(200, "BYE");
      CHECK(c.leg->next(leg_event_kind::ended).cause == leg_end::remote_bye);
    } else {
      CHECK(last.status() == 487);
      CHECK(c.leg->next(leg_event_kind::ended).cause == leg_end::remote_cancel);
    }
    CHECK(c.leg->events.empty());
  }
  CHECK(engine.gate->statistics().legs == 0);
}

TEST_CASE("a CANCEL that comes after our 200 has no effect") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  auto d = caller.invite("13900000000", "12315", offer_sdp());
  auto c = engine.next_call();
  engine.gate->answer(c.facts.leg, media_at(30000));
  const auto answer = caller.response(200, "INVITE");
  caller.cancel(d);
  caller.final_response("CANCEL"); // 200 in RFC 3261, 481 of this stack; the caller goes on with its ACK and BYE
  CHECK(c.leg->events.empty());
  caller.ack(d, answer);
  c.leg->next(leg_event_kind::acked);
  caller.send(caller.compose("BYE", d));
  caller.response(200, "BYE");
  CHECK(c.leg->next(leg_event_kind::ended).cause == leg_end::remote_bye);
}

TEST_CASE("a call is refused with a status, a phrase and Retry-After") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  auto d = caller.invite("13900000000", "12315", offer_sdp());
  auto c = engine.next_call();
  engine.gate->refuse(c.facts.leg, 486, "All lines busy", 7s);
  const auto refused = caller.response(486, "INVITE");
  CHECK(refused.start_line() == "SIP/2.0 486 All lines busy");
  CHECK(refused.header("Retry-After") == "7");
  caller.ack(d, refused);
  const auto ended = c.leg->next(leg_event_kind::ended);
  CHECK(ended.cause == leg_end::refused);
  CHECK(ended.status == 486);
}

TEST_CASE("hanging up an unanswered call refuses it, and one without its ACK waits for it") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  auto first = caller.invite("13900000000", "12315", offer_sdp());
  auto c = engine.next_call();
  engine.gate->hang_up(c.facts.leg);
  caller.ack(first, caller.response(480, "INVITE"));
  CHECK(c.leg->next(leg_event_kind::ended).cause == leg_end::local);

  auto second = caller.invite("13900000000", "12315", offer_sdp());
  c = engine.next_call();
  engine.gate->answer(c.facts.leg, media_at(30000));
  const auto answer = caller.response(200, "INVITE");
  engine.gate->hang_up(c.facts.leg);
  CHECK(c.leg->next(leg_event_kind::ended).cause == leg_end::local);
  CHECK_FALSE(caller.receive([](const message& m) { return m.method() == "BYE"; }, 200ms));
  caller.ack(second, answer);
  caller.respond(caller.request("BYE"), 200, "OK");
  CHECK(c.leg->events.empty());
}

TEST_CASE("a 200 that is never acknowledged ends the leg") {
  auto s = trunk_settings();
  s.transaction_timeout = 1s;
  live engine{s};
  raw_peer caller{engine.gate->port()};
  caller.invite("13900000000", "12315", offer_sdp());
  auto c = engine.next_call();
  engine.gate->answer(c.facts.leg, media_at(30000));
  CHECK(c.leg->next(leg_event_kind::ended, 6s).cause == leg_end::no_ack);
  CHECK(engine.gate->statistics().legs == 0);
}

TEST_CASE("nobody attaches in time: 503, counted - the events wait for whoever comes late") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  auto d = caller.invite("13900000000", "12315", offer_sdp());
  const auto call = engine.sink->calls.take();
  REQUIRE(call);
  const auto refused = caller.response(503, "INVITE", 7s);
  CHECK(refused.header("Retry-After") == "5");
  caller.ack(d, refused);
  CHECK(engine.gate->statistics().refused.at("unattended") == 1);
  auto late = std::make_shared<recording_leg>();
  engine.gate->attach(call->leg, late);
  CHECK(late->next(leg_event_kind::ended).cause == leg_end::refused);
}

TEST_CASE("strangers are refused without a challenge and counted") {
  live engine{test_settings()};
  raw_peer stranger{engine.gate->port()};
  auto d = stranger.invite("13900000000", "12315", offer_sdp());
  const auto refused = stranger.final_response("INVITE");
  CHECK(refused.status() == 403);
  CHECK(refused.header("WWW-Authenticate").empty());
  stranger.ack(d, refused);
  CHECK(engine.gate->statistics().refused.at("unknown_source") == 1);
  CHECK(engine.sink->calls.empty());
}

TEST_CASE("an agent's phone calls after it has authenticated, and is told apart from a trunk") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  auto d = phone.invite("8001", "12315", offer_sdp());
  const auto challenged = phone.response(401, "INVITE");
  phone.ack(d, challenged);
  d.remote = d.remote.substr(0, d.remote.find(";tag"));
  phone.send(phone.compose("INVITE", d,
                           authorize(challenged.header("WWW-Authenticate"), "8001", "secret", "INVITE", d.target),
                           offer_sdp()));
  auto c = engine.next_call();
  CHECK(c.facts.agent == "8001");
  CHECK(c.facts.trunk.empty());
  CHECK(c.facts.caller.number == "8001");
  engine.gate->answer(c.facts.leg, media_at(30000));
  phone.expect_answer(d);
  c.leg->next(leg_event_kind::acked);
  auto wrong = phone.invite("8001", "12315", offer_sdp());
  const auto again = phone.response(401, "INVITE");
  phone.ack(wrong, again);
  wrong.remote = wrong.remote.substr(0, wrong.remote.find(";tag"));
  phone.send(phone.compose("INVITE", wrong,
                           authorize(again.header("WWW-Authenticate"), "8001", "guess", "INVITE", wrong.target),
                           offer_sdp()));
  phone.ack(wrong, phone.response(401, "INVITE"));
  CHECK(engine.sink->calls.empty());
  CHECK(engine.gate->statistics().refused.at("bad_credentials") == 1);
}

TEST_CASE("past max_legs and after drain: 503 with Retry-After, counted") {
  auto s = trunk_settings();
  s.max_legs = 1;
  live engine{s};
  raw_peer caller{engine.gate->port()};
  dialog d;
  const auto c = engine.answered(caller, d);
  auto second = caller.invite("13900000000", "12315", offer_sdp());
  const auto full = caller.response(503, "INVITE");
  CHECK(full.header("Retry-After") == "5");
  caller.ack(second, full);
  CHECK(engine.gate->statistics().refused.at("overload") == 1);
  engine.gate->drain();
  auto third = caller.invite("13900000000", "12315", offer_sdp());
  caller.ack(third, caller.response(503, "INVITE"));
  CHECK(engine.gate->statistics().refused.at("draining") == 1);
  caller.send(caller.compose("BYE", d)); // the call that is there goes on
  caller.response(200, "BYE");
}

TEST_CASE("a draining gateway lets calls to emergency numbers through, and counts those it refuses for overload") {
  auto s = trunk_settings();
  s.max_legs = 1;
  s.emergency_numbers = {"96333"};
  live engine{s};
  raw_peer caller{engine.gate->port()};
  engine.gate->drain();
  auto other = caller.invite("13900000000", "12315", offer_sdp());
  caller.ack(other, caller.response(503, "INVITE"));
  CHECK(engine.gate->statistics().refused.at("draining") == 1);
  CHECK(engine.gate->statistics().emergency_refused == 0);
  raw_peer trapped{engine.gate->port()};
  trapped.invite("13900000001", "96333", offer_sdp());
  CHECK(engine.next_call().facts.called == "96333");
  raw_peer one_more{engine.gate->port()};
  auto second = one_more.invite("13900000002", "96333", offer_sdp());
  one_more.ack(second, one_more.response(503, "INVITE"));
  CHECK(engine.gate->statistics().refused.at("overload") == 1);
  CHECK(engine.gate->statistics().emergency_refused == 1);
}

TEST_CASE("an offer that cannot be read is refused with a warning, further streams get port 0") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  auto bad = caller.invite("13900000000", "12315", "v=0\r\nthis is no session description\r\n");
  const auto refused = caller.response(488, "INVITE");
  CHECK(refused.header("Warning").rfind("399 ", 0) == 0);
  caller.ack(bad, refused);
  CHECK(engine.gate->statistics().refused.at("bad_sdp") == 1);
  CHECK(engine.sink->calls.empty());

  auto d =
      caller.invite("13900000000", "12315", offer_sdp() + "m=video 42000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n");
  auto c = engine.next_call();
  engine.gate->answer(c.facts.leg, lifeline::domain::make_answer(c.facts.offer, {"127.0.0.1", 30000}));
  const auto answer = caller.expect_answer(d);
  const auto audio = answer.body().find("m=audio 30000 RTP/AVP 8 0 101\r\n");
  const auto video = answer.body().find("m=video 0 RTP/AVP 96\r\n");
  CHECK(audio != std::string::npos);
  CHECK(video != std::string::npos);
  CHECK(audio < video);
}

TEST_CASE("the gateway stops with a call in progress and frees its port") {
  std::uint16_t port = 0;
  {
    live engine{trunk_settings()};
    port = engine.gate->port();
    raw_peer caller{port};
    dialog d;
    auto c = engine.answered(caller, d);
    engine.gate->stop(); // the peer never answers the BYE
    caller.request("BYE");
    CHECK(c.leg->next(leg_event_kind::ended).cause == leg_end::local);
    engine.gate->stop();
    engine.gate->hang_up(c.facts.leg); // ignored
  }
  auto s = trunk_settings();
  s.port = port;
  live again{s};
  CHECK(again.gate->port() == port);
}

TEST_CASE("a port in use and wrong settings are told apart in a sentence") {
  live engine{test_settings()};
  auto s = test_settings();
  s.port = engine.gate->port();
  const auto taken = start_gateway(s, engine.sink);
  REQUIRE_FALSE(taken);
  CHECK(taken.error().find("127.0.0.1 port " + std::to_string(s.port)) != std::string::npos);
  CHECK(taken.error().find("in use") != std::string::npos);
  s.trunks = {trunk_named("carrier", {"10.0.0.0/33"})};
  const auto wrong = start_gateway(s, engine.sink);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().find("carrier") != std::string::npos);
  CHECK(wrong.error().find("10.0.0.0/33") != std::string::npos);
}
