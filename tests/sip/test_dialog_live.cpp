#include "tests/sip/live.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::sip;
using namespace lifeline::sip::testing;
using lifeline::domain::direction;

namespace {

settings timed(std::chrono::seconds interval) {
  auto s = trunk_settings();
  s.session_expires = interval;
  s.min_se = 1s;
  s.transaction_timeout = 1s;
  return s;
}

} // namespace

TEST_CASE("the caller holds and resumes by re-INVITE") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  dialog d;
  auto c = engine.answered(caller, d);
  caller.send(caller.compose("INVITE", d, "", offer_sdp(40000, "sendonly", 2)));
  const auto hold = c.leg->next(leg_event_kind::reoffer);
  CHECK(lifeline::domain::is_hold(hold.sdp));
  engine.gate->answer_reoffer(c.facts.leg,
                              lifeline::domain::make_answer(hold.sdp, {"127.0.0.1", 30000}, direction::sendrecv));
  const auto held = caller.expect_answer(d);
  CHECK(held.body().find("a=recvonly") != std::string::npos);
  CHECK(held.body().find(" 2 IN IP4") != std::string::npos); // our version grew with the change
  caller.send(caller.compose("INVITE", d, "", offer_sdp(40000, "sendrecv", 3)));
  const auto resume = c.leg->next(leg_event_kind::reoffer);
  CHECK(resume.sdp.dir == direction::sendrecv);
  engine.gate->answer_reoffer(c.facts.leg, lifeline::domain::make_answer(resume.sdp, {"127.0.0.1", 30000}));
  CHECK(caller.expect_answer(d).body().find("a=sendrecv") != std::string::npos);
  CHECK(c.leg->events.empty());
}

TEST_CASE("a re-INVITE that changes nothing is answered without asking, one without SDP asks for our offer") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  dialog d;
  auto c = engine.answered(caller, d);
  caller.send(caller.compose("INVITE", d, "", offer_sdp()));
  CHECK(caller.expect_answer(d).body().find("m=audio 30000") != std::string::npos);
  CHECK(c.leg->events.empty());
  caller.send(caller.compose("INVITE", d));
  CHECK_FALSE(c.leg->next(leg_event_kind::reoffer).sdp.present);
  engine.gate->answer_reoffer(c.facts.leg, media_at(30008));
  CHECK(caller.expect_answer(d, offer_sdp(40008)).body().find("m=audio 30008") != std::string::npos);
  CHECK(c.leg->next(leg_event_kind::acked).sdp.port == 40008);
}

TEST_CASE("UPDATE: with an offer it is asked about, without one it only refreshes") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  dialog d;
  auto c = engine.answered(caller, d);
  caller.send(caller.compose("UPDATE", d));
  CHECK(caller.response(200, "UPDATE").body().empty());
  CHECK(c.leg->events.empty());
  caller.send(caller.compose("UPDATE", d, "", offer_sdp(40000, "inactive", 2)));
  CHECK(c.leg->next(leg_event_kind::reoffer).sdp.dir == direction::inactive);
  engine.gate->refuse_reoffer(c.facts.leg, 488, "");
  caller.response(488, "UPDATE");
  caller.send(caller.compose("UPDATE", d, "", offer_sdp(40000, "inactive", 2)));
  const auto again = c.leg->next(leg_event_kind::reoffer);
  engine.gate->answer_reoffer(c.facts.leg, lifeline::domain::make_answer(again.sdp, {"127.0.0.1", 30000}));
  CHECK(caller.response(200, "UPDATE").body().find("a=inactive") != std::string::npos);
}

TEST_CASE("a re-INVITE with broken SDP is refused and the call goes on") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  dialog d;
  auto c = engine.answered(caller, d);
  caller.send(caller.compose("INVITE", d, "", "v=0\r\nrubbish\r\n"));
  caller.ack(d, caller.response(488, "INVITE"));
  CHECK(engine.gate->statistics().refused.at("bad_sdp") == 1);
  caller.send(caller.compose("BYE", d));
  caller.response(200, "BYE");
  CHECK(c.leg->next(leg_event_kind::ended).cause == leg_end::remote_bye);
}

TEST_CASE("our re-INVITE is answered, refused, or meets theirs") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  dialog d;
  auto c = engine.answered(caller, d);
  auto hold = media_at(30000);
  hold.dir = direction::sendonly;
  engine.gate->reoffer(c.facts.leg, hold);
  auto invite = caller.request("INVITE");
  CHECK(invite.body().find("a=sendonly") != std::string::npos);
  engine.gate->reoffer(c.facts.leg, hold); // one at a time
  CHECK(c.leg->next(leg_event_kind::reoffer_answered).status == 491);
  caller.respond(invite, 200, "OK", offer_sdp(40000, "recvonly", 2));
  caller.request("ACK");
  const auto answered = c.leg->next(leg_event_kind::reoffer_answered);
  CHECK(answered.status == 200);
  CHECK(answered.sdp.dir == direction::recvonly);
  engine.gate->reoffer(c.facts.leg, media_at(30000));
  caller.respond(caller.request("INVITE"), 488, "Not Acceptable Here");
  caller.request("ACK");
  CHECK(c.leg->next(leg_event_kind::reoffer_answered).status == 488);
  engine.gate->reoffer(c.facts.leg, media_at(30000));
  invite = caller.request("INVITE");
  caller.send(caller.compose("INVITE", d, "", offer_sdp(40000, "sendonly", 3))); // glare: both are refused
  const auto refused = caller.final_response("INVITE");
  CHECK(refused.status() == 491);
  caller.ack(d, refused);
  caller.respond(invite, 491, "Request Pending");
  caller.request("ACK");
  CHECK(c.leg->events.empty()); // the Call-ID is theirs: ours comes again within 2 s
  invite = caller.request("INVITE");
  caller.respond(invite, 200, "OK", offer_sdp(40000, "sendrecv", 4));
  caller.request("ACK");
  CHECK(c.leg->next(leg_event_kind::reoffer_answered).status == 200);
  engine.gate->hang_up(c.facts.leg);
  caller.respond(caller.request("BYE"), 200, "OK");
}

TEST_CASE("INFO digits of both kinds are delivered and answered") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  dialog d;
  auto c = engine.answered(caller, d);
  const std::pair<std::string, std::string> infos[] = {
      {"Signal=5\r\nDuration=160\r\n", "5"}, {"Signal= *\r\nDuration=160\r\n", "*"}, {"Signal=11\r\n", "#"}};
  for (const auto& [body, digit] : infos) {
    caller.send(caller.compose("INFO", d, "", body, "application/dtmf-relay"));
    caller.response(200, "INFO");
    CHECK(c.leg->next(leg_event_kind::digit).text == digit);
  }
  caller.send(caller.compose("INFO", d, "", "7", "application/dtmf"));
  caller.response(200, "INFO");
  CHECK(c.leg->next(leg_event_kind::digit).text == "7");
  caller.send(caller.compose("INFO", d, "", "<xml/>", "application/media_control+xml"));
  caller.response(415, "INFO");
  CHECK(c.leg->events.empty());
}

TEST_CASE("a lost BYE: our refresh is answered 481 and ends the leg") {
  live engine{timed(4s)};
  raw_peer caller{engine.gate->port()};
  dialog d;
  auto c = engine.answered(caller, d); // a caller without timers: refreshing is ours
  const auto refresh = caller.request("INVITE");
  CHECK(refresh.body().find("m=audio 30000") != std::string::npos);
  CHECK(refresh.header("Session-Expires").rfind("4", 0) == 0);
  caller.respond(refresh, 481, "Call Does Not Exist");
  const auto ended = c.leg->next(leg_event_kind::ended);
  CHECK(ended.cause == leg_end::session_expired);
  CHECK(engine.gate->statistics().legs == 0);
}

TEST_CASE("a lost BYE: our refresh is not answered at all and ends the leg") {
  live engine{timed(4s)};
  raw_peer caller{engine.gate->port()};
  dialog d;
  auto c = engine.answered(caller, d);
  caller.request("INVITE");
  CHECK(c.leg->next(leg_event_kind::ended, 6s).cause == leg_end::session_expired);
}

TEST_CASE("our refreshes keep a call alive past its interval") {
  live engine{timed(4s)};
  raw_peer caller{engine.gate->port()};
  dialog d;
  auto c = engine.answered(caller, d);
  for (int refreshes = 0; refreshes < 5; ++refreshes) {
    const auto refresh = caller.request("INVITE", 3s);
    caller.respond(refresh, 200, "OK", offer_sdp());
    caller.request("ACK");
  }
  CHECK(c.leg->events.empty());
}

TEST_CASE("a refresher that falls silent is given up before the session expires") {
  live engine{timed(4s)};
  raw_peer caller{engine.gate->port()};
  dialog d;
  auto c = engine.answered(caller, d, offer_sdp(), "Supported: timer\r\nSession-Expires: 4;refresher=uac\r\n");
  caller.send(caller.compose("UPDATE", d, "Supported: timer\r\nSession-Expires: 4;refresher=uac\r\n"));
  CHECK(caller.response(200, "UPDATE").header("Session-Expires") == "4;refresher=uac");
  const auto bye = caller.request("BYE", 5s);
  CHECK(bye.header("Reason").find("408") != std::string::npos);
  CHECK(c.leg->next(leg_event_kind::ended).cause == leg_end::session_expired);
}

TEST_CASE("too small a session interval is refused with Min-SE") {
  auto s = trunk_settings();
  s.session_expires = 1800s;
  live engine{s};
  raw_peer caller{engine.gate->port()};
  auto d = caller.invite("13900000000", "12315", offer_sdp(), "Supported: timer\r\nSession-Expires: 60\r\n");
  const auto refused = caller.response(422, "INVITE");
  CHECK(refused.header("Min-SE") == "90");
  caller.ack(d, refused);
  CHECK(engine.sink->calls.empty());
}

TEST_CASE("a peer that takes UPDATE is refreshed by UPDATE, without touching the session") {
  live engine{timed(4s)};
  raw_peer caller{engine.gate->port()};
  dialog d;
  auto c = engine.answered(caller, d, offer_sdp(), "Allow: INVITE, ACK, BYE, CANCEL, UPDATE\r\n");
  for (int refreshes = 0; refreshes < 4; ++refreshes) {
    const auto refresh = caller.request("UPDATE", 3s);
    CHECK(refresh.body().empty());
    CHECK(refresh.header("Session-Expires").rfind("4", 0) == 0);
    caller.respond(refresh, 200, "OK", {}, "Session-Expires: 4;refresher=uac\r\n");
  }
  CHECK(c.leg->events.empty());
  caller.respond(caller.request("UPDATE", 3s), 405, "Method Not Allowed"); // it promised too much
  const auto refresh = caller.request("INVITE", 3s);
  CHECK(refresh.body().find("m=audio 30000") != std::string::npos);
  caller.respond(refresh, 481, "Call Does Not Exist");
  CHECK(c.leg->next(leg_event_kind::ended).cause == leg_end::session_expired);
}

TEST_CASE("a lost BYE is found by UPDATE too") {
  live engine{timed(4s)};
  raw_peer caller{engine.gate->port()};
  dialog d;
  auto c = engine.answered(caller, d, offer_sdp(), "Allow: INVITE, ACK, BYE, CANCEL, UPDATE\r\n");
  caller.request("UPDATE", 3s);
  CHECK(c.leg->next(leg_event_kind::ended, 6s).cause == leg_end::session_expired);
}

TEST_CASE("glare on a call of ours: we wait longer than the other side, and give up in the end") {
  live engine{test_settings()};
  raw_peer phone{engine.gate->port()};
  const auto [leg, events] = engine.dial(phone.uri("8001"));
  phone.respond(phone.request("INVITE"), 200, "OK", offer_sdp());
  events->next(leg_event_kind::answered);
  phone.request("ACK");
  engine.gate->reoffer(leg, media_at(30000));
  const auto refuse = [&](std::chrono::milliseconds timeout) {
    phone.respond(phone.request("INVITE", timeout), 491, "Request Pending");
    phone.request("ACK");
    return std::chrono::steady_clock::now();
  };
  const auto first = refuse(1s);
  const auto second = refuse(5s);
  CHECK(second - first >= 2000ms);
  engine.gate->reoffer(leg, media_at(30000)); // one at a time
  CHECK(events->next(leg_event_kind::reoffer_answered).status == 491);
  engine.gate->hang_up(leg); // nothing is repeated in a dialog that has ended
  phone.respond(phone.request("BYE"), 200, "OK");
  events->next(leg_event_kind::ended);
  CHECK_FALSE(phone.receive([](const message& m) { return m.method() == "INVITE"; }, 4500ms));
}

TEST_CASE("glare: an offer that is always refused is given up after some attempts") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  dialog d;
  auto c = engine.answered(caller, d);
  engine.gate->reoffer(c.facts.leg, media_at(30000));
  int attempts = 0;
  while (const auto invite = caller.receive([](const message& m) { return m.method() == "INVITE"; }, 2500ms)) {
    ++attempts;
    caller.respond(*invite, 491, "Request Pending");
    caller.request("ACK");
  }
  CHECK(attempts == 5);
  CHECK(c.leg->next(leg_event_kind::reoffer_answered).status == 491);
}

TEST_CASE("overlapping offers of the peer's are refused with 500 and a time to come back") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  dialog d;
  auto c = engine.answered(caller, d);
  caller.send(caller.compose("INVITE", d, "", offer_sdp(40000, "sendonly", 2)));
  const auto first = c.leg->next(leg_event_kind::reoffer);
  auto overlapping = d;
  caller.send(caller.compose("UPDATE", overlapping, "", offer_sdp(40000, "inactive", 3)));
  const auto update = caller.response(500, "UPDATE");
  CHECK_FALSE(update.header("Retry-After").empty());
  caller.send(caller.compose("INVITE", overlapping, "", offer_sdp(40000, "inactive", 3)));
  const auto invite = caller.response(500, "INVITE");
  CHECK_FALSE(invite.header("Retry-After").empty());
  caller.ack(overlapping, invite);
  engine.gate->answer_reoffer(c.facts.leg, lifeline::domain::make_answer(first.sdp, {"127.0.0.1", 30000}));
  caller.expect_answer(d);
  CHECK(c.leg->events.empty());
}

TEST_CASE("the reason of a BYE is told both ways") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  dialog d;
  auto c = engine.answered(caller, d);
  caller.send(
      caller.compose("BYE", d, "Reason: Q.850;cause=41;text=\"Temporary failure\"\r\nReason: SIP;cause=503\r\n"));
  caller.response(200, "BYE");
  CHECK(c.leg->next(leg_event_kind::ended).text == "Q.850;cause=41;text=\"Temporary failure\", SIP;cause=503");
}
