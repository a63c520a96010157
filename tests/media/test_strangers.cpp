// Who is there although it says nothing, and who speaks although it is not the peer, over real sockets.

#include "media/rtcp.hpp"
#include "tests/media/media_fixture.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::media;
using namespace lifeline::media::testing;
using lifeline::domain::direction;

namespace {

std::vector<std::uint8_t> report_of(const rtp_peer& p) {
  return write_rtcp(p.ssrc(), std::nullopt, std::nullopt, "peer", false);
}

/// The media timeout passes, twice: whoever was silent from before on has been told of by then.
void let_timeout_pass(media_fixture& f, const rtp_peer& nobody) {
  const auto clock = f.open(nobody);
  REQUIRE(clock.sink->wait(endpoint_event_kind::silent));
  auto again = nobody.description();
  again.ptime_ms = 30;
  f.media->set_remote(clock.id, again);
  REQUIRE(clock.sink->wait(endpoint_event_kind::silent, 2));
  f.media->close(clock.id);
}

} // namespace

TEST_CASE("while one side holds the call neither side is missed, and after it both are again") {
  media_fixture f;
  f.set.media_timeout = 600ms;
  f.start();
  rtp_peer caller("PCMA");
  rtp_peer agent("PCMA");
  rtp_peer nobody("PCMA");
  const auto a = f.open(caller);
  const auto b = f.open(agent);
  f.media->bridge(a.id, b.id);
  auto hold = agent.description();
  SECTION("sendonly") { hold.dir = direction::sendonly; }
  SECTION("inactive") { hold.dir = direction::inactive; }
  SECTION("0.0.0.0") { hold.address = "0.0.0.0"; }
  f.media->set_remote(b.id, hold);
  let_timeout_pass(f, nobody);
  CHECK(a.sink->count(endpoint_event_kind::silent) == 0);
  CHECK(b.sink->count(endpoint_event_kind::silent) == 0);
  f.media->set_remote(b.id, agent.description());
  CHECK(a.sink->wait(endpoint_event_kind::silent));
  CHECK(b.sink->wait(endpoint_event_kind::silent));
}

TEST_CASE("a limit of its own ends a hold that nobody gives a sign of life in") {
  media_fixture f;
  f.set.media_timeout = 300ms;
  f.set.hold_timeout = 700ms;
  f.start();
  rtp_peer agent("PCMA");
  const auto b = f.open();
  auto hold = agent.description();
  hold.dir = direction::inactive;
  f.media->set_remote(b.id, hold);
  REQUIRE(b.sink->wait(endpoint_event_kind::silent_on_hold));
  CHECK(b.sink->count(endpoint_event_kind::silent) == 0);
}

TEST_CASE("reports, keepalives and what the signalling hears are signs of life") {
  media_fixture f;
  f.set.media_timeout = 600ms;
  f.start();
  rtp_peer reporting("PCMA");
  rtp_peer keeping("PCMA");
  rtp_peer asking("PCMA");
  rtp_peer nobody("PCMA");
  const auto a = f.open(reporting);
  const auto b = f.open(keeping);
  const auto c = f.open(asking);
  const auto clock = f.open(nobody);
  const auto told = [&] { return clock.sink->count(endpoint_event_kind::silent) > 0; };
  // Until the one who gives none has been told of.
  CHECK(eventually([&] {
    reporting.send_report(static_cast<std::uint16_t>(a.port + 1), report_of(reporting));
    keeping.send_raw(b.port, {});
    keeping.send(b.port, 20, 1, {});
    f.media->note_alive(c.id);
    return told();
  }));
  CHECK(a.sink->count(endpoint_event_kind::silent) == 0);
  CHECK(b.sink->count(endpoint_event_kind::silent) == 0);
  CHECK(c.sink->count(endpoint_event_kind::silent) == 0);
  CHECK(a.sink->count(endpoint_event_kind::heard) == 1);
  CHECK(a.sink->wait(endpoint_event_kind::silent)); // when they stop
}

TEST_CASE("whoever has not said where it listens is missed once it is in a conversation") {
  media_fixture f;
  f.set.media_timeout = 300ms;
  f.start();
  rtp_peer agent("PCMA");
  const auto a = f.open();
  const auto b = f.open(agent);
  f.media->bridge(a.id, b.id);
  agent.talk(b.port, 440);
  CHECK(a.sink->wait(endpoint_event_kind::silent));
  CHECK(b.sink->count(endpoint_event_kind::silent) == 0);
}

TEST_CASE("a stranger is neither heard nor talked to in a pause of the party that sends from its described address") {
  media_fixture f;
  f.set.media_timeout = 2600ms;
  f.start();
  rtp_peer caller("PCMA");
  rtp_peer agent("PCMA");
  rtp_peer stranger("PCMA");
  rtp_peer other("PCMA");
  const auto a = f.open(caller);
  const auto b = f.open(agent);
  f.media->bridge(a.id, b.id);
  caller.talk(a.port, 440);
  agent.talk(b.port, 1000);
  REQUIRE(eventually([&] { return tone_share(agent.last_audio(20), 440) > 0.8; }));
  caller.silence();
  REQUIRE(a.sink->wait(endpoint_event_kind::silent)); // longer than two seconds
  stranger.talk(a.port, 700);
  other.send(a.port, 101, 5000, {5, 0x8a, 3, 32});
  other.send_report(static_cast<std::uint16_t>(a.port + 1), report_of(other));
  const auto n = caller.heard_count();
  REQUIRE(eventually([&] { return caller.heard_count() > n + 60; }));
  CHECK(tone_share(agent.last_audio(20), 700) < 0.1);
  CHECK(stranger.heard_count() == 0);
  CHECK(a.sink->digits().empty());
  CHECK(a.sink->count(endpoint_event_kind::heard) == 1); // not even for a sign of life
  f.media->close(a.id);
  REQUIRE(eventually([&] { return !caller.reports().empty(); }));
  CHECK(other.reports().empty());
}

TEST_CASE("events in a stream of their own are told once and do not disturb the audio") {
  media_fixture f;
  f.start();
  rtp_peer caller("PCMA");
  rtp_peer agent("PCMA");
  const auto a = f.open(caller);
  const auto b = f.open(agent);
  f.media->bridge(a.id, b.id);
  caller.talk(a.port, 440);
  REQUIRE(eventually([&] { return tone_share(agent.last_audio(20), 440) > 0.8; }));
  std::uint16_t sequence = 700;
  for (int i = 0; i < 8; ++i) { // between the caller's packets
    const auto n = agent.heard_count();
    const auto duration = static_cast<std::uint16_t>(1600 * (i + 1)); // 200 ms: as long as a busy machine may take
    caller.send_raw(a.port, {0x80, 101, static_cast<std::uint8_t>(sequence >> 8), static_cast<std::uint8_t>(sequence),
                             0, 0, 9, 0, 9, 9, 9, 9, 8, static_cast<std::uint8_t>(i > 4 ? 0x8a : 0x0a),
                             static_cast<std::uint8_t>(duration >> 8), static_cast<std::uint8_t>(duration)});
    ++sequence;
    REQUIRE(eventually([&] { return agent.heard_count() > n; }));
  }
  REQUIRE(a.sink->wait(endpoint_event_kind::digit));
  const auto n = agent.heard_count();
  REQUIRE(eventually([&] { return agent.heard_count() > n + 40; }));
  CHECK(a.sink->digits() == "8");
  CHECK(tone_share(agent.last_audio(20), 440) > 0.8);
}

TEST_CASE("a key that the phone of another call goes on sending to our port is not the party's") {
  media_fixture f;
  f.start();
  rtp_peer left_over("PCMA");
  rtp_peer party("PCMA");
  const auto a = f.open();
  auto described = party.description();
  described.signalled_from = "127.0.0.1"; // behind no NAT
  f.media->set_remote(a.id, described);
  for (int i = 0; i < 4; ++i)
    left_over.send(a.port, 101, 1000, {2, 10, 0, 160});
  party.send(a.port, 101, 1000, {1, 10, 0, 160});
  REQUIRE(eventually([&] { return !a.sink->digits().empty(); }));
  CHECK(a.sink->digits() == "1");
}
