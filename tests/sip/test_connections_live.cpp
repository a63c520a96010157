#include "tests/sip/edge_support.hpp"

#include <catch2/catch.hpp>
#include <thread>

using namespace lifeline::sip;
using namespace lifeline::sip::testing;

namespace {

const auto nothing = [](const message&) { return false; };

/// A whole OPTIONS over this connection is answered.
bool works(raw_peer& peer) {
  auto d = peer.new_dialog("13900000000", "12315");
  peer.send(peer.compose("OPTIONS", d));
  return peer.receive([](const message& m) { return m.status() == 200; }, 1s).has_value();
}

std::uint64_t connections(const live& engine) { return engine.gate->statistics().connections; }

void a_call_works(live& engine) {
  raw_peer healthy{engine.gate->port()};
  auto d = healthy.invite("13911111111", "96333", offer_sdp());
  const auto call = engine.next_call();
  CHECK(call.facts.called == "96333");
  engine.gate->answer(call.facts.leg, media_at(30000));
  healthy.expect_answer(d);
}

} // namespace

TEST_CASE("connections that say nothing, or half a request, are closed - those that said a whole one stay") {
  auto s = trunk_settings();
  s.idle_connection = 1s;
  live engine{s};
  raw_peer silent{engine.gate->port(), transport::tcp};
  raw_peer half{engine.gate->port(), transport::tcp};
  raw_peer whole{engine.gate->port(), transport::tcp};
  auto d = half.new_dialog("13900000000", "12315");
  half.send(half.compose("INVITE", d, {}, offer_sdp()).substr(0, 150));
  REQUIRE(works(whole));
  CHECK(engine.eventually([&] { return connections(engine) == 3; }));
  CHECK(engine.eventually([&] { return connections(engine) == 1; }, 5s));
  CHECK(works(whole));
  CHECK_FALSE(works(silent));
  CHECK_FALSE(works(half));
  a_call_works(engine);
}

TEST_CASE("half a request after a whole one is refused in time, and its connection does not stay behind") {
  auto s = trunk_settings();
  s.idle_connection = 1s;
  live engine{s};
  {
    raw_peer peer{engine.gate->port(), transport::tcp};
    REQUIRE(works(peer));
    auto d = peer.new_dialog("13900000000", "12315");
    peer.send(peer.compose("INVITE", d, {}, offer_sdp()).substr(0, 150));
    const auto refusal = peer.receive([](const message& m) { return m.status() >= 400; }, 10s);
    REQUIRE(refusal);
    CHECK(refusal->status() == 400);
    (void)works(peer); // the stack may or may not read on
  }
  CHECK(engine.eventually([&] { return connections(engine) == 0; }, 20s));
  a_call_works(engine);
}

TEST_CASE("requests in pieces, and several in one piece, are taken like any others") {
  live engine{trunk_settings()};
  raw_peer peer{engine.gate->port(), transport::tcp};
  REQUIRE(works(peer));
  for (const std::size_t cut : {20u, 150u, 300u, 420u}) {
    auto d = peer.new_dialog("13900000000", "12315");
    const auto text = peer.compose("INVITE", d, {}, offer_sdp());
    peer.send(text.substr(0, cut));
    CHECK_FALSE(peer.receive([](const message& m) { return m.status() >= 200; }, 50ms));
    peer.send(text.substr(cut));
    INFO(cut);
    CHECK(engine.next_call().facts.called == "12315");
  }
  auto a = peer.new_dialog("13900000000", "12315");
  auto b = peer.new_dialog("13900000000", "96333");
  peer.send(peer.compose("INVITE", a, {}, offer_sdp()) + peer.compose("INVITE", b, {}, offer_sdp()));
  CHECK(engine.next_call().facts.called == "12315");
  CHECK(engine.next_call().facts.called == "96333");
}

TEST_CASE("a sender that trickles a request byte by byte does not hold its connection for ever") {
  auto s = trunk_settings();
  s.idle_connection = 1s;
  live engine{s};
  raw_peer slow{engine.gate->port(), transport::tcp};
  auto d = slow.new_dialog("13900000000", "12315");
  const auto text = slow.compose("INVITE", d, {}, offer_sdp());
  for (std::size_t i = 0; i < 60; ++i) { // three seconds if it is not closed before
    slow.send(text.substr(i, 1));
    slow.receive(nothing, 50ms);
  }
  CHECK(engine.eventually([&] { return connections(engine) == 0; }, 2s));
  slow.send(text.substr(60));
  CHECK_FALSE(engine.sink->calls.take(200ms));
  a_call_works(engine);
}

TEST_CASE("too many connections cost those who say nothing first, and the rest of the engine nothing") {
  auto s = trunk_settings();
  s.trunks.clear();
  s.max_connections = 8;
  live engine{s};
  raw_peer whole{engine.gate->port(), transport::tcp};
  REQUIRE(works(whole));
  std::vector<std::unique_ptr<raw_peer>> flood;
  for (int i = 0; i < 40; ++i)
    flood.push_back(std::make_unique<raw_peer>(engine.gate->port(), transport::tcp));
  CHECK(engine.eventually([&] { return connections(engine) == 8; }, 5s));
  CHECK(works(whole));
}

TEST_CASE("oversize messages are refused or their connection closed, and a call works after them") {
  auto s = trunk_settings();
  s.max_message = 4096;
  live engine{s};
  raw_peer large{engine.gate->port(), transport::tcp};
  auto d = large.new_dialog("13900000000", "12315");
  large.send(large.compose("INVITE", d, "X-Filler: " + std::string(20000, 'x') + "\r\n", offer_sdp()));
  const auto answer = large.receive([](const message& m) { return m.status() >= 400; }, 1s);
  if (answer) CHECK(answer->status() == 513);
  CHECK_FALSE(works(large));
  raw_peer endless{engine.gate->port(), transport::tcp};
  for (int i = 0; i < 200; ++i)
    endless.send(std::string(1000, 'x'));
  CHECK_FALSE(works(endless));
  raw_peer datagram{engine.gate->port()};
  auto u = datagram.new_dialog("13900000000", "12315");
  datagram.send(datagram.compose("INVITE", u, "X-Filler: " + std::string(20000, 'x') + "\r\n", offer_sdp()));
  const auto refusal = datagram.receive([](const message& m) { return m.status() >= 200; }, 1s);
  CHECK((!refusal || refusal->status() >= 400));
  CHECK(engine.sink->calls.empty());
  a_call_works(engine);
  s.max_message = 65536;
  take_over(engine, s);
  raw_peer allowed{engine.gate->port(), transport::tcp};
  auto a = allowed.new_dialog("13900000000", "12315");
  allowed.send(allowed.compose("INVITE", a, "X-Filler: " + std::string(20000, 'x') + "\r\n", offer_sdp()));
  engine.next_call();
}

TEST_CASE("a body that is announced and never comes ends with its connection") {
  auto s = trunk_settings();
  s.idle_connection = 1s;
  live engine{s};
  raw_peer liar{engine.gate->port(), transport::tcp};
  auto d = liar.new_dialog("13900000000", "12315");
  auto text = liar.compose("INVITE", d, {}, offer_sdp());
  const auto at = text.find("Content-Length: ");
  text.replace(at, text.find("\r\n", at) - at, "Content-Length: 30000");
  liar.send(text);
  CHECK(engine.eventually([&] { return connections(engine) == 1; }));
  CHECK(engine.eventually([&] { return connections(engine) == 0; }, 5s));
  a_call_works(engine);
}
