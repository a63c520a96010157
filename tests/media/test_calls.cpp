// Two legs joined, over real sockets.

#include "media/rtcp.hpp"
#include "tests/media/media_fixture.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace lifeline::media;
using namespace lifeline::media::testing;
using lifeline::domain::direction;

namespace {

/// RFC 4733: event, end bit and volume, duration.
std::vector<std::uint8_t> key(std::uint8_t event, bool end, std::uint16_t duration) {
  return {event, static_cast<std::uint8_t>(end ? 0x8a : 0x0a), static_cast<std::uint8_t>(duration >> 8),
          static_cast<std::uint8_t>(duration)};
}

void settle_and_listen(rtp_peer& p) {
  REQUIRE(eventually([&] { return p.heard_count() > 30; }));
  p.forget();
  REQUIRE(eventually([&] { return p.heard_count() > 50; }));
}

} // namespace

TEST_CASE("a bridge carries each side's tone to the other and converts the codec") {
  media_fixture f;
  f.start();
  rtp_peer caller("PCMA");
  rtp_peer agent("PCMU");
  const auto a = f.open(caller);
  const auto b = f.open(agent);
  CHECK(a.port % 2 == 0);
  CHECK(a.sink->events(endpoint_event_kind::opened).front().address == "127.0.0.1");
  f.media->bridge(a.id, b.id);
  caller.talk(a.port, 440);
  agent.talk(b.port, 1000, 40); // two frames a packet
  settle_and_listen(agent);
  settle_and_listen(caller);
  CHECK(tone_share(agent.last_audio(40), 440) > 0.8);
  CHECK(tone_share(caller.last_audio(40), 1000) > 0.8);
  std::set<std::uint32_t> ssrcs;
  const auto packets = agent.heard();
  for (const auto& p : packets) {
    ssrcs.insert(p.ssrc);
    CHECK(p.payload_type == 0);
    CHECK(p.payload.size() == 160);
  }
  CHECK(ssrcs.size() == 1);
  CHECK(a.sink->count(endpoint_event_kind::heard) == 1);
  REQUIRE(eventually([&] { return f.media->statistics().packets_received > 100; }));
  const auto s = f.media->statistics();
  CHECK(s.endpoints == 2);
  CHECK(s.packets_sent > 100);
  CHECK(s.jitter_seconds_max >= s.jitter_seconds_mean);
}

TEST_CASE("sequence numbers and timestamps go on when the source of the audio changes") {
  media_fixture f;
  write_file(f.folder.file("music.wav"), make_wav(make_tone(600, 8000)));
  f.start();
  rtp_peer caller("PCMA");
  rtp_peer agent("PCMA");
  const auto a = f.open(caller);
  const auto b = f.open(agent);
  f.media->play(a.id, {{"music.wav"}, true});
  REQUIRE(eventually([&] { return caller.heard_count() > 20; }));
  f.media->bridge(a.id, b.id);
  f.media->stop_play(a.id);
  const auto n = caller.heard_count();
  REQUIRE(eventually([&] { return caller.heard_count() > n + 20; }));
  f.media->unbridge(a.id);
  REQUIRE(
      eventually([&, last = std::size_t{0}]() mutable { return std::exchange(last, caller.heard_count()) == last; }));
  f.media->play(a.id, {{"music.wav"}, true});
  const auto m = caller.heard_count();
  REQUIRE(eventually([&] { return caller.heard_count() > m + 20; }));
  const auto packets = caller.heard();
  CHECK(packets.front().marker);
  for (std::size_t i = 1; i < packets.size(); ++i) {
    CHECK(packets[i].ssrc == packets[0].ssrc);
    CHECK(static_cast<std::uint16_t>(packets[i].sequence - packets[i - 1].sequence) == 1);
    const auto step = packets[i].timestamp - packets[i - 1].timestamp;
    CHECK(step % 160 == 0);
    CHECK(step > 0);
    CHECK(packets[i].marker == (step != 160));
  }
}

TEST_CASE("each key press is told once and relayed, however its packets are lost or repeated") {
  media_fixture f;
  f.start();
  rtp_peer caller("PCMA");
  rtp_peer agent("PCMA");
  const auto a = f.open(caller);
  const auto b = f.open(agent);
  f.media->bridge(a.id, b.id);
  REQUIRE(eventually([&] { return agent.heard_count() > 3; }));
  for (const int repeat : {1, 2, 3})
    caller.send(a.port, 101, 5000, key(5, false, static_cast<std::uint16_t>(160 * repeat)));
  for (int i = 0; i < 3; ++i)
    caller.send(a.port, 101, 5000, key(5, true, 800));
  caller.send(a.port, 101, 9000, key(11, true, 800));  // the start was lost
  caller.send(a.port, 101, 12000, key(5, false, 160)); // the end will be lost
  caller.send(a.port, 101, 16000, key(5, true, 800));
  REQUIRE(eventually([&] { return a.sink->digits().size() >= 4; }));
  CHECK(a.sink->digits() == "5#55");
  const auto relayed = [&] {
    std::vector<std::pair<std::uint8_t, std::uint32_t>> presses;
    for (const auto& p : agent.heard())
      if (p.payload_type == 101 && (presses.empty() || presses.back().second != p.timestamp))
        presses.emplace_back(p.payload.at(0), p.timestamp);
    return presses;
  };
  REQUIRE(eventually([&] { return relayed().size() >= 4; }));
  const auto presses = relayed();
  CHECK(presses[0].first == 5);
  CHECK(presses[1].first == 11);
  CHECK(b.sink->digits().empty());
}

TEST_CASE("send_digit sends start and three ends, or the tones to a peer without telephone-event") {
  media_fixture f;
  f.start();
  rtp_peer modern("PCMA");
  rtp_peer plain("PCMA");
  const auto a = f.open(modern);
  const auto b = f.open();
  auto description = plain.description();
  description.dtmf_payload = 0;
  f.media->set_remote(b.id, description);
  f.media->send_digit(a.id, '7');
  f.media->send_digit(b.id, '1');
  f.media->send_digit(a.id, 'x'); // no digit
  REQUIRE(eventually([&] { return modern.heard_count() >= 8; }));
  const auto packets = modern.heard();
  int ends = 0;
  for (const auto& p : packets) {
    CHECK(p.payload_type == 101);
    CHECK(p.payload.at(0) == 7);
    CHECK(p.timestamp == packets[0].timestamp);
    if ((p.payload.at(1) & 0x80) != 0) ++ends;
  }
  CHECK(ends == 3);
  REQUIRE(eventually([&] { return plain.heard_count() >= 8; }));
  auto tone = plain.last_audio(8);
  tone.resize(800);
  CHECK(tone_share(tone, 697) + tone_share(tone, 1209) > 0.8);
}

TEST_CASE("media follows the peer's real source, and nobody else can take it over") {
  media_fixture f;
  write_file(f.folder.file("music.wav"), make_wav(make_tone(600, 8000)));
  f.start();
  rtp_peer behind_nat("PCMA");
  rtp_peer signalled("PCMA");
  rtp_peer intruder("PCMA");
  const auto a = f.open(signalled); // the description says something else than the packets
  f.media->play(a.id, {{"music.wav"}, true});
  REQUIRE(eventually([&] { return signalled.heard_count() > 5; }));
  behind_nat.talk(a.port, 440);
  REQUIRE(eventually([&] { return behind_nat.heard_count() > 10; }));
  intruder.talk(a.port, 900);
  f.media->set_remote(a.id, signalled.description()); // a refresh with the same address keeps what was learnt
  const auto n = behind_nat.heard_count();
  REQUIRE(eventually([&] { return behind_nat.heard_count() > n + 50; }));
  CHECK(intruder.heard_count() == 0);
  // The described address is believed whenever it speaks.
  behind_nat.silence();
  signalled.forget();
  signalled.talk(a.port, 440);
  CHECK(eventually([&] { return signalled.heard_count() > 5; }));
  CHECK(intruder.heard_count() == 0);
}

TEST_CASE("who holds the call is sent nothing until the call is resumed") {
  media_fixture f;
  f.start();
  rtp_peer caller("PCMA");
  rtp_peer agent("PCMA");
  const auto a = f.open(caller);
  const auto b = f.open(agent);
  f.media->bridge(a.id, b.id);
  caller.talk(a.port, 440);
  agent.talk(b.port, 1000);
  REQUIRE(eventually([&] { return caller.heard_count() > 10; }));
  auto hold = caller.description();
  hold.dir = direction::sendonly;
  f.media->set_remote(a.id, hold);
  const auto b_packets = agent.heard_count();
  REQUIRE(eventually([&] { return agent.heard_count() > b_packets + 5; })); // the command has long been done
  const auto held_at = caller.heard_count();
  REQUIRE(eventually([&] { return agent.heard_count() > b_packets + 60; }));
  CHECK(caller.heard_count() <= held_at + 3);
  f.media->set_remote(a.id, caller.description());
  CHECK(eventually([&] { return caller.heard_count() > held_at + 30; }));
}

TEST_CASE("a bridge goes on with silence when the other side is closed") {
  media_fixture f;
  f.start();
  rtp_peer caller("PCMA");
  rtp_peer agent("PCMA");
  const auto a = f.open(caller);
  const auto b = f.open(agent);
  f.media->bridge(a.id, b.id);
  agent.talk(b.port, 1000);
  REQUIRE(eventually([&] { return level(caller.last_audio(5)) > 3000; }));
  f.media->close(b.id);
  CHECK(eventually([&] { return level(caller.last_audio(5)) < 100; }));
  const auto n = caller.heard_count();
  CHECK(eventually([&] { return caller.heard_count() > n + 10; }));
  f.media->unbridge(a.id);
}

TEST_CASE("reports go out on the RTCP port and the peer's are accepted") {
  media_fixture f;
  f.start();
  rtp_peer caller("PCMA");
  rtp_peer agent("PCMA");
  const auto a = f.open(caller);
  const auto b = f.open(agent);
  f.media->bridge(a.id, b.id);
  caller.talk(a.port, 440);
  REQUIRE(eventually([&] { return !caller.reports().empty(); }));
  const auto report = parse_rtcp(caller.reports().front());
  REQUIRE(report);
  REQUIRE(report->sent);
  CHECK(report->sent->packets > 0);
  REQUIRE(report->blocks.size() == 1);
  CHECK(report->blocks[0].lost == 0);
  f.media->close(a.id);
  CHECK(eventually([&] {
    const auto last = parse_rtcp(caller.reports().back());
    return last && last->goodbye;
  }));
}
