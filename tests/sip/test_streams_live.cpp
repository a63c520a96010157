// Offers with several streams, answers that are missing, and signs of life, over a real socket.

#include "tests/sip/live.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::sip;
using namespace lifeline::sip::testing;
using lifeline::domain::direction;
using lifeline::domain::make_answer;

namespace {

const std::string head = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n";
const std::string unknown = "m=audio 34052 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n";
const std::string good = "m=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

std::string media_lines(const message& m) {
  std::string lines;
  const auto body = m.body();
  for (auto at = body.find("m="); at != std::string::npos; at = body.find("\nm=", at) + 1) {
    lines += body.substr(at, body.find('\r', at) - at) + "|";
    if (body.find("\nm=", at) == std::string::npos) break;
  }
  return lines;
}

} // namespace

TEST_CASE("the second audio stream is answered when it is the one that both speak, at the first and at later offers") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  auto d = caller.invite("13900000000", "12315", head + unknown + good);
  auto c = engine.next_call();
  CHECK(c.facts.offer.port == 40000);
  CHECK(c.facts.offer.signalled_from == "127.0.0.1");
  engine.gate->answer(c.facts.leg, make_answer(c.facts.offer, {"127.0.0.1", 30000}));
  CHECK(media_lines(caller.expect_answer(d)) == "m=audio 0 RTP/AVP 18|m=audio 30000 RTP/AVP 0|");
  c.leg->next(leg_event_kind::acked);

  caller.send(caller.compose("INVITE", d, "", head + "m=audio 0 RTP/AVP 18\r\n" + good + "a=sendonly\r\n"));
  const auto hold = c.leg->next(leg_event_kind::reoffer);
  CHECK(hold.sdp.dir == direction::sendonly);
  CHECK(hold.sdp.signalled_from == "127.0.0.1");
  engine.gate->answer_reoffer(c.facts.leg, make_answer(hold.sdp, {"127.0.0.1", 30000}));
  CHECK(media_lines(caller.expect_answer(d)) == "m=audio 0 RTP/AVP 18|m=audio 30000 RTP/AVP 0|");

  // Offers of ours keep the places, too (RFC 3264, 8).
  caller.send(caller.compose("INVITE", d));
  c.leg->next(leg_event_kind::reoffer);
  engine.gate->answer_reoffer(c.facts.leg, media_at(30000));
  const auto ours = caller.expect_answer(d, head + "m=audio 0 RTP/AVP 18\r\n" + good);
  CHECK(media_lines(ours) == "m=audio 0 RTP/AVP 18|m=audio 30000 RTP/AVP 8 0 101|");
  CHECK(c.leg->next(leg_event_kind::acked).sdp.port == 40000);
  engine.gate->reoffer(c.facts.leg, media_at(30000));
  const auto invite = caller.request("INVITE");
  CHECK(media_lines(invite) == "m=audio 0 RTP/AVP 18|m=audio 30000 RTP/AVP 8 0 101|");
  caller.respond(invite, 200, "OK", head + "m=audio 0 RTP/AVP 18\r\n" + good);
  CHECK(c.leg->next(leg_event_kind::reoffer_answered).sdp.port == 40000);
}

TEST_CASE("the streams of an offer that was refused are forgotten") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  dialog d;
  auto c = engine.answered(caller, d);
  caller.send(caller.compose("INVITE", d, "", head + good + "m=video 5000 RTP/AVP 96\r\n"));
  c.leg->next(leg_event_kind::reoffer);
  engine.gate->refuse_reoffer(c.facts.leg, 488, "");
  caller.ack(d, caller.response(488, "INVITE"));
  engine.gate->reoffer(c.facts.leg, media_at(30000));
  CHECK(media_lines(caller.request("INVITE")) == "m=audio 30000 RTP/AVP 8 0 101|");
}

TEST_CASE("an answer to our offer whose first stream is refused is taken by its good one") {
  raw_peer phone{0};
  live engine{test_settings()};
  phone.talk_to(engine.gate->port());
  const auto [leg, sink] = engine.dial(phone.uri("8001"));
  phone.respond(phone.request("INVITE"), 200, "OK", head + "m=audio 0 RTP/AVP 8\r\n" + good);
  phone.request("ACK");
  const auto answered = sink->next(leg_event_kind::answered);
  CHECK(answered.sdp.port == 40000);
  CHECK(answered.sdp.signalled_from == "127.0.0.1");
}

TEST_CASE("an ACK without an answer to our offer is told as such, a broken one too") {
  const std::string body = GENERATE(std::string{}, std::string{"v=0\r\nrubbish\r\n"});
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  auto d = caller.invite("13900000000", "12315", "");
  auto c = engine.next_call();
  engine.gate->answer(c.facts.leg, media_at(30004));
  caller.expect_answer(d, body);
  CHECK_FALSE(c.leg->next(leg_event_kind::acked).sdp.present);
  engine.gate->hang_up(c.facts.leg, "");
  caller.respond(caller.request("BYE"), 200, "OK");
}

TEST_CASE("whatever a peer asks in its dialog, or answers there, is a sign of life") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  dialog d;
  auto c = engine.answered(caller, d);
  const auto alive = [&] { return c.leg->signs_of_life.take().has_value(); };
  caller.send(caller.compose("UPDATE", d)); // a session refresh
  caller.response(200, "UPDATE");
  CHECK(alive());
  caller.send(caller.compose("OPTIONS", d));
  caller.final_response("OPTIONS");
  CHECK(alive());
  caller.send(caller.compose("INFO", d, "", "Signal=5\r\n", "application/dtmf-relay"));
  caller.response(200, "INFO");
  CHECK(alive());
  c.leg->next(leg_event_kind::digit);
  caller.send(caller.compose("INVITE", d, "", offer_sdp())); // nothing new
  caller.expect_answer(d);
  CHECK(alive());
  engine.gate->reoffer(c.facts.leg, media_at(30000));
  caller.respond(caller.request("INVITE"), 200, "OK", offer_sdp());
  caller.request("ACK");
  CHECK(alive());
  c.leg->next(leg_event_kind::reoffer_answered);
  CHECK(c.leg->events.empty());
}
