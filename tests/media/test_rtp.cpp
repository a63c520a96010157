// Packets, streams, codecs, digits and reports without a network.

#include "media/codec.hpp"
#include "media/digit_receiver.hpp"
#include "media/receive_stream.hpp"
#include "media/remote_side.hpp"
#include "media/rtcp.hpp"
#include "media/rtp_packet.hpp"
#include "media/telephone_event.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <vector>

using namespace lifeline::media;
using bytes = std::vector<std::uint8_t>;
using verdict = receive_stream::verdict;

TEST_CASE("an RTP header survives writing and parsing, and broken ones are refused") {
  std::array<std::uint8_t, rtp_header_size> h{};
  rtp_packet p;
  p.payload_type = 101;
  p.marker = true;
  p.sequence = 65535;
  p.timestamp = 0xfedcba98;
  p.ssrc = 0x01020304;
  write_rtp_header(h, p);
  const auto again = parse_rtp(h);
  REQUIRE(again);
  CHECK(again->payload_type == 101);
  CHECK(again->marker);
  CHECK(again->sequence == 65535);
  CHECK(again->timestamp == 0xfedcba98);
  CHECK(again->ssrc == 0x01020304);
  CHECK(again->payload.empty());

  bytes d(h.begin(), h.end());
  d.insert(d.end(), {1, 2, 3, 4});
  CHECK(parse_rtp(d)->payload.size() == 4);
  d[0] = 0x81; // one CSRC
  CHECK(parse_rtp(d)->payload.empty());
  d[0] = 0x82;
  CHECK_FALSE(parse_rtp(d));
  d[0] = 0x90; // an extension of 0x0304 words
  CHECK_FALSE(parse_rtp(d));
  d[14] = d[15] = 0;
  CHECK(parse_rtp(d)->payload.empty());
  d[0] = 0xa0; // padding
  d[15] = 3;
  CHECK(parse_rtp(d)->payload.size() == 1);
  d[15] = 5;
  CHECK_FALSE(parse_rtp(d));
  d[15] = 0;
  CHECK_FALSE(parse_rtp(d));
  d[0] = 0x40;
  CHECK_FALSE(parse_rtp(d));
  CHECK_FALSE(parse_rtp(std::span(h).first(11)));
}

TEST_CASE("loss is counted by sequence numbers, through the wrap, without duplicates") {
  receive_stream s;
  CHECK(s.on_packet(65533) == verdict::fresh);
  CHECK(s.on_packet(65534) == verdict::fresh);
  CHECK(s.on_packet(1) == verdict::fresh); // 65535 and 0 are missing
  CHECK(s.lost() == 2);
  CHECK(s.on_packet(0) == verdict::fresh); // only late
  CHECK(s.on_packet(0) == verdict::duplicate);
  CHECK(s.on_packet(1) == verdict::duplicate);
  CHECK(s.lost() == 1);
  CHECK(s.received() == 4);
  CHECK(s.highest_extended() == 0x10001);
  CHECK(s.fraction_lost() == 256 / 5);
  CHECK(s.fraction_lost() == 0);
}

TEST_CASE("a far jump is believed when the next packet confirms it") {
  receive_stream s;
  s.on_packet(10);
  s.on_packet(12);
  CHECK(s.on_packet(40000) == verdict::doubtful);
  CHECK(s.on_packet(13) == verdict::fresh);
  CHECK(s.on_packet(40000) == verdict::doubtful);
  CHECK(s.on_packet(40001) == verdict::restarted);
  CHECK(s.on_packet(40002) == verdict::fresh);
  CHECK(s.lost() == 1); // of before
  CHECK(s.received() == 5);
}

TEST_CASE("jitter is RFC 3550's") {
  receive_stream s;
  constexpr std::int64_t ms = 1'000'000;
  s.on_audio(0, 0);
  s.on_audio(160, 20 * ms);
  CHECK(s.jitter_seconds() == 0);
  s.on_audio(320, 56 * ms); // 16 ms late: 128 units
  CHECK(s.jitter_seconds() == Approx(128.0 / 16 / 8000));
}

TEST_CASE("every G.711 byte survives decoding and encoding, and no sample is out of range") {
  for (const auto l : {law::a, law::mu}) {
    for (int b = 0; b < 256; ++b) {
      const std::array<std::uint8_t, 1> in{static_cast<std::uint8_t>(b)};
      std::array<std::int16_t, 1> linear{};
      std::array<std::uint8_t, 1> out{};
      decode_g711(l, in, linear.data());
      CHECK(linear[0] != -32768);
      encode_g711(l, linear, out.data());
      std::array<std::int16_t, 1> again{};
      decode_g711(l, out, again.data());
      CHECK(again[0] == linear[0]); // mu-law has two zeros
    }
    const std::array<std::int16_t, 3> extremes{-32768, 32767, 0};
    std::array<std::uint8_t, 3> coded{};
    encode_g711(l, extremes, coded.data());
    std::array<std::int16_t, 3> back{};
    decode_g711(l, coded, back.data());
    CHECK(back[0] < -30000);
    CHECK(back[1] > 30000);
    CHECK(std::abs(back[2]) < 16);
  }
}

TEST_CASE("a description decides payload types, directions and target") {
  lifeline::domain::session_description d;
  d.present = true;
  d.address = "10.0.0.9";
  d.port = 4000;
  d.codecs = {{9, "G722", 8000}, {96, "PCMU", 8000}, {8, "PCMA", 8000}};
  d.dtmf_payload = 97;
  auto r = understand(d, AF_INET);
  CHECK(r.send_law == law::mu);
  CHECK(r.send_payload == 96);
  CHECK(r.dtmf_payload == 97);
  CHECK(r.kinds[96] == payload_kind::mu_law);
  CHECK(r.kinds[97] == payload_kind::telephone_event);
  CHECK(r.kinds[9] == payload_kind::unknown);
  CHECK(r.receives);
  CHECK(r.sends);
  CHECK(r.target->ip() == "10.0.0.9");
  CHECK_FALSE(r.signalling);
  d.signalled_from = "10.0.0.1";
  d.codecs.push_back({102, "CN", 8000});
  r = understand(d, AF_INET);
  CHECK(r.signalling->ip() == "10.0.0.1");
  CHECK(r.kinds[102] == payload_kind::comfort_noise);
  CHECK(r == understand(d, AF_INET));
  d.dir = lifeline::domain::direction::sendonly;
  r = understand(d, AF_INET);
  CHECK_FALSE(r.receives);
  CHECK(r.sends);
  d.dir = lifeline::domain::direction::recvonly;
  r = understand(d, AF_INET);
  CHECK(r.receives);
  CHECK_FALSE(r.sends);
  d.dir = lifeline::domain::direction::sendrecv;
  d.address = "0.0.0.0"; // RFC 2543's hold
  r = understand(d, AF_INET);
  CHECK_FALSE(r.receives);
  CHECK_FALSE(r.target);
  d.port = 0;
  CHECK_FALSE(understand(d, AF_INET).sends);
  d.port = 4000;
  d.codecs = {{9, "G722", 8000}};
  CHECK_FALSE(understand(d, AF_INET).receives);
}

TEST_CASE("a key press is one digit whatever of it arrives") {
  digit_receiver r;
  std::uint16_t sequence = 0;
  const auto packet = [&](std::uint32_t ts, std::uint8_t event, bool end, std::uint16_t duration) {
    const bytes payload{event, static_cast<std::uint8_t>(end ? 0x80 : 0), static_cast<std::uint8_t>(duration >> 8),
                        static_cast<std::uint8_t>(duration)};
    return r.on_packet({1, ++sequence, ts, sequence * std::int64_t{20'000'000}, payload});
  };
  CHECK(packet(1000, 1, false, 160) == '1');
  CHECK_FALSE(packet(1000, 1, false, 320));
  CHECK_FALSE(packet(1000, 1, true, 480));
  CHECK_FALSE(packet(1000, 1, true, 480));
  CHECK(packet(3000, 10, true, 480) == '*'); // only the end arrived
  sequence = static_cast<std::uint16_t>(sequence - 3);
  CHECK_FALSE(packet(1000, 1, true, 480)); // overtaken
  sequence = static_cast<std::uint16_t>(sequence + 3);
  CHECK(packet(5000, 10, false, 160) == '*');
  CHECK(packet(9000, 15, false, 160) == 'D');
  CHECK_FALSE(packet(12000, 16, false, 160)); // flash is no digit
  CHECK(packet(20000, 3, false, 0xffff) == '3');
  CHECK_FALSE(packet(20000 + 0xffff, 3, false, 160)); // the same press, next segment
  r.renumbered();
  CHECK(packet(10, 1, false, 160) == '1');
}

TEST_CASE("digits are sent with growing durations, three ends and a pause") {
  digit_sender s;
  CHECK_FALSE(s.push('x'));
  CHECK_FALSE(s.push('\0'));
  REQUIRE(s.push('9'));
  REQUIRE(s.push('#'));
  std::vector<digit_sender::packet> sent;
  for (std::uint32_t ts = 0; s.busy(); ts += 160)
    sent.push_back(s.next(ts));
  REQUIRE(sent.size() == 22);
  CHECK(sent[0].marker);
  CHECK(get16(&sent[0].payload[2]) == 160);
  CHECK(get16(&sent[4].payload[2]) == 800);
  for (std::size_t i : {5u, 6u, 7u}) {
    CHECK((sent[i].payload[1] & 0x80) != 0);
    CHECK(get16(&sent[i].payload[2]) == 800);
    CHECK(sent[i].timestamp == 0);
    CHECK_FALSE(sent[i].silent);
  }
  CHECK(sent[8].silent);
  CHECK(sent[11].payload[0] == 11);
  CHECK(sent[11].timestamp == 11 * 160);
  for (int i = 0; i < 64; ++i)
    CHECK(s.push('1'));
  CHECK_FALSE(s.push('1')); // bounded
}

TEST_CASE("reports survive writing and parsing, and torn ones are refused") {
  rtcp_sender_info sent;
  sent.ntp = to_ntp(1'700'000'000'500'000'000);
  sent.timestamp = 12;
  sent.packets = 34;
  sent.octets = 56;
  rtcp_report_block block;
  block.ssrc = 9;
  block.fraction_lost = 25;
  block.lost = 3;
  block.jitter = 17;
  const auto d = write_rtcp(5, sent, block, "leg-1", true);
  CHECK(d.size() % 4 == 0);
  const auto r = parse_rtcp(d);
  REQUIRE(r);
  CHECK(r->ssrc == 5);
  CHECK(r->goodbye);
  REQUIRE(r->sent);
  CHECK((r->sent->ntp & 0xffffffff) == 0x80000000);
  CHECK(r->sent->packets == 34);
  REQUIRE(r->blocks.size() == 1);
  CHECK(r->blocks[0].lost == 3);
  CHECK(r->blocks[0].fraction_lost == 25);
  for (std::size_t cut = 0; cut < d.size(); ++cut) {
    const auto part = parse_rtcp(std::span(d).first(cut));
    if (part) CHECK_FALSE(part->goodbye); // only whole packets were believed
  }
  const auto receiver = parse_rtcp(write_rtcp(5, std::nullopt, std::nullopt, "leg-1", false));
  REQUIRE(receiver);
  CHECK_FALSE(receiver->sent);
}
