// What an engine leaves standing when it dies is ended by the next one. The dying is played by an engine that goes on
// to exist and is not asked any more: the peers are told by another one, from another port.

#include "sip/farewell_path.hpp"
#include "tests/sip/edge_support.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::sip;
using namespace lifeline::sip::testing;

namespace {

/// The last that was told of a dialog.
standing_dialog standing(live& engine, std::size_t at_least = 1) {
  standing_dialog last;
  for (std::size_t i = 0; i < at_least; ++i) {
    const auto told = engine.sink->dialogs.take();
    INFO("waited for a dialog to be told of");
    REQUIRE(told);
    last = *told;
  }
  while (const auto more = engine.sink->dialogs.take(50ms))
    last = *more;
  return last;
}

leg_id over(live& engine, std::chrono::milliseconds timeout = 3000ms) {
  const auto leg = engine.sink->over.take(timeout);
  INFO("waited for a dialog to be over");
  REQUIRE(leg);
  return *leg;
}

} // namespace

TEST_CASE("a caller whose engine died is told with BYE by the next one") {
  live dead{trunk_settings()};
  live next{trunk_settings()};
  raw_peer caller{dead.gate->port()};
  testing::dialog d;
  const auto call = dead.answered(caller, d);
  const auto left = standing(dead);
  CHECK(left.leg == call.facts.leg);
  CHECK(left.account.empty());
  CHECK(left.trunk == "carrier");
  next.gate->end_dialogs({left});
  caller.talk_to(next.gate->port());
  const auto bye = caller.request("BYE");
  CHECK(bye.header("Call-ID") == d.call_id);
  CHECK(bye.header("From") == d.remote);
  CHECK(bye.header("To") == d.local);
  CHECK(bye.request_uri() == caller.uri("peer"));
  CHECK(bye.header("CSeq") == std::to_string(farewell_cseq) + " BYE");
  CHECK(bye.header("Reason").find("Engine was restarted") != std::string::npos);
  CHECK(bye.header("Contact").empty());
  CHECK(next.sink->over.empty()); // nobody may be called there before it has answered
  const int answer = GENERATE(200, 481);
  caller.respond(bye, answer, "So");
  CHECK(over(next) == left.leg);
  CHECK_FALSE(caller.receive([](const message& m) { return m.method() == "BYE"; }, 300ms));
}

TEST_CASE("a phone whose engine died is told with BYE by the next one, above all numbers that were used") {
  live dead{test_settings()};
  live next{test_settings()};
  raw_peer phone{dead.gate->port()};
  const auto [leg, events] = dead.dial(phone.uri("8001"));
  const auto invite = phone.request("INVITE");
  phone.respond(invite, 200, "OK", offer_sdp(41000));
  phone.request("ACK");
  const auto left = standing(dead);
  dead.gate->reoffer(leg, media_at(30000)); // a number more
  const auto again = phone.request("INVITE");
  const auto used = std::stoul(again.header("CSeq"));
  CHECK(used < farewell_cseq);
  phone.respond(again, 200, "OK", offer_sdp(41000));
  next.gate->end_dialogs({left});
  const auto bye = phone.request("BYE");
  CHECK(bye.header("From") == invite.header("From"));
  CHECK(bye.to_tag() == "peer" + std::to_string(phone.port()));
  CHECK(bye.header("Call-ID") == invite.header("Call-ID"));
  CHECK(std::stoul(bye.header("CSeq")) > used);
  phone.talk_to(next.gate->port());
  phone.respond(bye, 200, "OK");
  CHECK(over(next) == leg);
}

TEST_CASE("a phone that rings when the engine dies stops ringing, for a dialog may be early") {
  live dead{test_settings()};
  live next{test_settings()};
  raw_peer phone{dead.gate->port()};
  const auto [leg, events] = dead.dial(phone.uri("8001"));
  const auto invite = phone.request("INVITE");
  phone.respond(invite, 180, "Ringing");
  const auto left = standing(dead);
  next.gate->end_dialogs({left});
  const auto bye = phone.request("BYE");
  CHECK(bye.header("Call-ID") == invite.header("Call-ID"));
  CHECK_FALSE(bye.to_tag().empty());
  phone.talk_to(next.gate->port());
  phone.respond(bye, 200, "OK");
  CHECK(over(next) == leg);
}

TEST_CASE("a peer that does not answer is given up in time") {
  auto s = trunk_settings();
  s.transaction_timeout = 600ms;
  live dead{trunk_settings()};
  live next{s};
  raw_peer caller{dead.gate->port()};
  testing::dialog d;
  const auto call = dead.answered(caller, d);
  next.gate->end_dialogs({standing(dead)});
  caller.request("BYE");
  CHECK(over(next, 4000ms) == call.facts.leg);
}

TEST_CASE("the route and the target are those of the dialog, in the order that each side must use") {
  live dead{trunk_settings()};
  live next{trunk_settings()};
  raw_peer peer{dead.gate->port()};
  raw_peer proxy{dead.gate->port()};
  const auto through = "<" + proxy.uri("proxy") + ";lr>";
  const std::string beyond = "<sip:beyond.example;lr>";
  SECTION("called") {
    testing::dialog d;
    dead.answered(peer, d, offer_sdp(), "Record-Route: " + through + "\r\nRecord-Route: " + beyond + "\r\n");
  }
  SECTION("calling") {
    dead.dial(peer.uri("8001"));
    const auto invite = peer.request("INVITE");
    peer.respond(invite, 200, "OK", offer_sdp(41000), "Record-Route: " + beyond + ", " + through + "\r\n");
  }
  const auto left = standing(dead);
  CHECK(left.routes == through + ", " + beyond);
  next.gate->end_dialogs({left});
  const auto bye = proxy.request("BYE");
  CHECK(bye.request_uri() == peer.uri("peer"));
  std::string routes;
  for (const auto& route : bye.headers("Route"))
    routes += (routes.empty() ? "" : ", ") + route;
  CHECK(routes == through + ", " + beyond);
}

TEST_CASE("a strict router stands in the request line, the target behind the routes") {
  standing_dialog d;
  d.target = "sip:8001@192.0.2.7";
  d.routes = "<sip:strict.example>, <sip:loose.example;lr>";
  CHECK(path_of(d).target == "sip:strict.example");
  CHECK(path_of(d).routes == "<sip:loose.example;lr>, <sip:8001@192.0.2.7>");
  d.routes = "<sip:strict.example>";
  CHECK(path_of(d).routes == "<sip:8001@192.0.2.7>");
  d.routes = "<sip:loose.example;lr;x=1>, <sip:strict.example>";
  CHECK(path_of(d).target == d.target);
  CHECK(path_of(d).routes == d.routes);
  d.routes.clear();
  CHECK(path_of(d).target == d.target);
}

TEST_CASE("a peer that has moved within the call is told where it is now") {
  live dead{trunk_settings()};
  raw_peer caller{dead.gate->port()};
  testing::dialog d;
  const auto call = dead.answered(caller, d);
  CHECK(standing(dead).target == caller.uri("peer"));
  auto moved = caller.compose("INVITE", d, {}, offer_sdp(40002, "sendrecv", 2));
  const auto contact = "Contact: <" + caller.uri("peer") + ">";
  moved.replace(moved.find(contact), contact.size(), "Contact: <sip:moved@127.0.0.1:9>");
  caller.send(moved);
  call.leg->next(leg_event_kind::reoffer);
  CHECK(standing(dead).target == "sip:moved@127.0.0.1:9");
  dead.gate->answer_reoffer(call.facts.leg, media_at(30000));
  caller.expect_answer(d);
}

TEST_CASE("of a call that ends in order nothing is left to be told, of one that was refused nothing was kept") {
  live engine{trunk_settings()};
  raw_peer caller{engine.gate->port()};
  testing::dialog d;
  const auto call = engine.answered(caller, d);
  const auto leg = standing(engine).leg;
  SECTION("the peer hangs up") { caller.send(caller.compose("BYE", d)); }
  SECTION("we hang up") {
    engine.gate->hang_up(leg);
    const auto bye = caller.request("BYE");
    CHECK(engine.sink->over.empty()); // not before the peer knows
    caller.respond(bye, 200, "OK");
  }
  CHECK(over(engine) == leg);
  auto refused = caller.invite("13900000001", "12315", offer_sdp());
  const auto other = engine.next_call();
  engine.gate->refuse(other.facts.leg, 486, "Busy Here");
  caller.ack(refused, caller.response(486, "INVITE"));
  other.leg->next(leg_event_kind::ended);
  CHECK(engine.sink->dialogs.empty());
  CHECK(engine.sink->over.empty());
}

TEST_CASE("a trunk that asks who hangs up is answered") {
  live dead{trunk_settings()};
  raw_peer carrier{dead.gate->port()};
  auto trunk = trunk_at("carrier", carrier);
  trunk.cidrs = {"127.0.0.0/8"};
  auto s = test_settings();
  s.trunks = {trunk};
  s.trunk_secrets = {{"carrier", "secret"}};
  live next{s};
  testing::dialog d;
  const auto call = dead.answered(carrier, d);
  auto left = standing(dead);
  next.gate->end_dialogs({left});
  carrier.talk_to(next.gate->port());
  const auto bye = carrier.request("BYE");
  carrier.respond(bye, 407, "Proxy Authentication Required", "",
                  "Proxy-Authenticate: Digest realm=\"carrier.test\", nonce=\"n1\", algorithm=MD5, qop=\"auth\"\r\n");
  const auto proven = carrier.receive([](const message& m) {
    return m.status() == 0 && m.method() == "BYE" && !m.header("Proxy-Authorization").empty();
  });
  REQUIRE(proven);
  CHECK(std::stoul(proven->header("CSeq")) > farewell_cseq);
  CHECK(proven->header("Call-ID") == d.call_id);
  CHECK(next.sink->over.empty());
  carrier.respond(*proven, 200, "OK");
  CHECK(over(next) == call.facts.leg);
}

namespace {

/// A phone in a call over this transport, and its engine, both dead.
standing_dialog left_by(transport over) {
  const auto s = test_settings();
  live dead{s};
  raw_peer phone{dead.gate->port(), over};
  dead.register_phone(phone, "8001", "Contact: <" + phone.uri("8001") + ">\r\n");
  const auto r = dead.next_registration();
  invite_request request;
  request.leg = {1, 77};
  request.account = "8001";
  request.target_uri = r.contacts.front().uri;
  request.route = r.contacts.front().route;
  request.from_number = "13800000000";
  request.offer = media_at(30000);
  dead.gate->attach(request.leg, std::make_shared<recording_leg>());
  dead.gate->invite(request);
  phone.respond(phone.request("INVITE"), 200, "OK", offer_sdp(41000));
  phone.request("ACK");
  auto left = standing(dead);
  CHECK(left.account == "8001");
  return left;
}

} // namespace

TEST_CASE("a phone that cannot be reached is not known to be free, and is told when it has registered again") {
  const auto over_what = GENERATE(transport::tcp, transport::udp);
  CAPTURE(over_what == transport::tcp);
  const auto left = left_by(over_what); // the port refuses what comes now
  auto s = test_settings();
  s.transaction_timeout = 5s;
  live next{s};
  next.gate->end_dialogs({left});
  CHECK_FALSE(next.sink->over.take(1000ms)); // it may well be in its call
  raw_peer back{next.gate->port(), over_what};
  next.register_phone(back, "8001", "Contact: <" + back.uri("8001") + ">\r\n");
  const auto bye = back.request("BYE");
  CHECK(bye.header("Call-ID") == left.call_id);
  CHECK(next.sink->over.empty());
  back.respond(bye, 481, "Call/Transaction Does Not Exist");
  CHECK(over(next) == left.leg);
}

TEST_CASE("a phone that cannot be reached is waited for no longer than for an answer, and told later all the same") {
  const auto over_what = GENERATE(transport::tcp, transport::udp);
  CAPTURE(over_what == transport::tcp);
  const auto left = left_by(over_what);
  auto s = test_settings();
  s.transaction_timeout = 600ms;
  live next{s};
  next.gate->end_dialogs({left});
  CHECK(over(next, 8000ms) == left.leg);
  raw_peer back{next.gate->port(), over_what};
  next.register_phone(back, "8001", "Contact: <" + back.uri("8001") + ">\r\n");
  const auto bye = back.request("BYE");
  CHECK(bye.header("Call-ID") == left.call_id);
  back.respond(bye, 200, "OK");
  CHECK_FALSE(next.sink->over.take(300ms)); // it was reported once
}

TEST_CASE("a phone that registers from elsewhere before the old way turns out to lead nowhere is told there") {
  const auto left = left_by(transport::udp);
  auto s = test_settings();
  s.transaction_timeout = 1500ms;
  live next{s};
  raw_peer silent{next.gate->port()}; // somebody else by now, or nobody
  auto moved = left;
  moved.way = silent.uri("8001");
  next.gate->end_dialogs({moved});
  silent.request("BYE");
  raw_peer back{next.gate->port()};
  next.register_phone(back, "8001", "Contact: <" + back.uri("8001") + ">\r\n");
  CHECK(back.request("BYE").header("Call-ID") == left.call_id);
}
