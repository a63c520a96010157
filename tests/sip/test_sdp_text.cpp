#include "sip/sdp_text.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::sip;
using lifeline::domain::direction;

namespace {

const std::string session = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\n";

lifeline::domain::session_description audio_of(const std::string& body) {
  auto parsed = read_sdp(body);
  INFO(body);
  if (!parsed) FAIL(parsed.error());
  return parsed->audio;
}

} // namespace

TEST_CASE("an offer in the style of baresip") {
  const auto d = audio_of("v=0\r\no=- 3870 2125 IN IP4 192.0.2.5\r\ns=-\r\nc=IN IP4 192.0.2.5\r\nt=0 0\r\n"
                          "a=tool:baresip 1.0.0\r\nm=audio 10042 RTP/AVP 0 8 101\r\nb=AS:125\r\n"
                          "a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
                          "a=fmtp:101 0-15\r\na=rtcp:10043\r\na=sendrecv\r\na=label:1\r\na=rtcp-rsize\r\n"
                          "a=ssrc:123 cname:sip:a@b\r\na=ptime:20\r\n");
  CHECK(d.present);
  CHECK(d.address == "192.0.2.5");
  CHECK(d.port == 10042);
  REQUIRE(d.codecs.size() == 2);
  CHECK(d.codecs[0] == lifeline::domain::codec{0, "PCMU", 8000});
  CHECK(d.codecs[1] == lifeline::domain::codec{8, "PCMA", 8000});
  CHECK(d.dtmf_payload == 101);
  CHECK(d.dir == direction::sendrecv);
  CHECK(d.ptime_ms == 20);
}

TEST_CASE("an offer in the style of linphone: opus first, video, several telephone-events") {
  const auto parsed =
      read_sdp("v=0\r\no=8001 2390 3023 IN IP4 10.0.0.7\r\ns=Talk\r\nc=IN IP4 10.0.0.7\r\nt=0 0\r\n"
               "a=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt,TTL voip-metrics\r\n"
               "m=audio 7078 RTP/AVP 96 97 0 8 18 101 99\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\n"
               "a=rtpmap:97 speex/16000\r\na=fmtp:18 annexb=yes\r\na=rtpmap:101 telephone-event/48000\r\n"
               "a=rtpmap:99 telephone-event/8000\r\na=rtcp-fb:* trr-int 5000\r\n"
               "m=video 9078 RTP/AVP 100\r\na=rtpmap:100 VP8/90000\r\n");
  REQUIRE(parsed);
  const auto& d = parsed->audio;
  REQUIRE(d.codecs.size() == 5);
  CHECK(d.codecs[0] == lifeline::domain::codec{96, "OPUS", 48000});
  CHECK(d.codecs[2] == lifeline::domain::codec{0, "PCMU", 8000}); // static, without rtpmap
  CHECK(d.codecs[3] == lifeline::domain::codec{8, "PCMA", 8000});
  CHECK(d.codecs[4] == lifeline::domain::codec{18, "G729", 8000});
  CHECK(d.dtmf_payload == 99);
  REQUIRE(parsed->streams.size() == 2);
  CHECK(parsed->streams[0].ours);
  CHECK_FALSE(parsed->streams[1].ours);
  CHECK(parsed->streams[1].media == "video");
}

TEST_CASE("SDP in the style of SIPp and of Asterisk") {
  const auto sipp = audio_of("v=0\r\no=user1 53655765 2353687637 IN IP4 127.0.1.1\r\ns=-\r\nc=IN IP4 127.0.1.1\r\n"
                             "t=0 0\r\nm=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n");
  CHECK(sipp.port == 6000);
  CHECK(sipp.dtmf_payload == 0);
  const auto asterisk = audio_of("v=0\r\no=root 18 18 IN IP4 10.1.1.1\r\ns=Asterisk PBX\r\nc=IN IP4 10.1.1.1\r\n"
                                 "t=0 0\r\nm=audio 14722 RTP/AVP 8 9 101\r\na=rtpmap:8 PCMA/8000\r\n"
                                 "a=rtpmap:9 G722/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"
                                 "a=ptime:30\r\na=maxptime:150\r\na=sendonly\r\n");
  CHECK(asterisk.codecs[1].name == "G722");
  CHECK(asterisk.ptime_ms == 30);
  CHECK(asterisk.dir == direction::sendonly);
}

TEST_CASE("direction and address: the media level counts more than the session") {
  const auto d = audio_of(session + "c=IN IP4 192.0.2.1\r\nt=0 0\r\na=sendonly\r\n"
                                    "m=audio 1000 RTP/AVP 8\r\nc=IN IP4 192.0.2.2\r\na=recvonly\r\n");
  CHECK(d.address == "192.0.2.2");
  CHECK(d.dir == direction::recvonly);
  CHECK(audio_of(session + "c=IN IP4 192.0.2.1\r\nt=0 0\r\na=inactive\r\nm=audio 1000 RTP/AVP 8\r\n").dir ==
        direction::inactive);
  const auto v6 = audio_of("v=0\r\no=- 1 1 IN IP6 2001:db8::1\r\ns=-\r\nc=IN IP6 2001:db8::1\r\nt=0 0\r\n"
                           "m=audio 1000 RTP/AVP 8\r\n");
  CHECK(v6.address == "2001:db8::1");
}

TEST_CASE("the first plain audio stream is ours - without one there is nothing to accept") {
  const auto second = read_sdp(session + "c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 1000 RTP/SAVP 8\r\n"
                                         "m=audio 2000 RTP/AVP 8\r\nm=audio 3000 RTP/AVP 0\r\n");
  REQUIRE(second);
  CHECK(second->audio.port == 2000);
  CHECK(write_sdp(lifeline::domain::make_answer(second->audio, {"10.0.0.1", 9}), {1, 1}, second->streams)
            .find("m=audio 0 RTP/SAVP 8\r\nm=audio 9 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\na=sendrecv\r\n"
                  "m=audio 0 RTP/AVP 0\r\n") != std::string::npos);
  const auto fax = read_sdp(session + "c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=image 5000 udptl t38\r\n");
  REQUIRE(fax);
  CHECK(fax->audio.present);
  CHECK(fax->audio.port == 0);
  CHECK(fax->audio.codecs.empty());
}

namespace {

const std::string head = session + "c=IN IP4 192.0.2.1\r\nt=0 0\r\n";

std::string answer_to(parsed_sdp& offer) {
  auto answer = lifeline::domain::make_answer(offer.audio, {"10.0.0.1", 9});
  const auto text = write_sdp(answer, {1, 1}, lines_of(offer));
  return text.substr(text.find("m="));
}

} // namespace

TEST_CASE("each stream is judged by itself: the one that both speak is ours, the others keep their places") {
  struct row {
    std::string offer;
    std::uint16_t port;
    std::string answer;
  };
  const std::string ours = "a=rtpmap:0 PCMU/8000\r\na=ptime:20\r\na=sendrecv\r\n";
  const std::vector<row> rows = {
      {"m=audio 0 RTP/AVP 8\r\nm=audio 2000 RTP/AVP 0\r\n", 2000,
       "m=audio 0 RTP/AVP 8\r\nm=audio 9 RTP/AVP 0\r\n" + ours},
      {"m=audio 1000 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\nm=audio 2000 RTP/AVP 0\r\n", 2000,
       "m=audio 0 RTP/AVP 18\r\nm=audio 9 RTP/AVP 0\r\n" + ours},
      {"m=audio 1000 RTP/AVP 0\r\nm=audio 2000 RTP/AVP 0\r\n", 1000,
       "m=audio 9 RTP/AVP 0\r\n" + ours + "m=audio 0 RTP/AVP 0\r\n"},
      {"m=audio 1000 RTP/SAVP 0\r\nm=video 1500 RTP/AVP 96\r\nm=audio 0 RTP/AVP 0\r\nm=audio 2000 RTP/AVP 0\r\n", 2000,
       "m=audio 0 RTP/SAVP 0\r\nm=video 0 RTP/AVP 96\r\nm=audio 0 RTP/AVP 0\r\nm=audio 9 RTP/AVP 0\r\n" + ours},
      {"m=video 1500 RTP/AVP 96\r\nm=audio 2000 RTP/AVP 0\r\n", 2000,
       "m=video 0 RTP/AVP 96\r\nm=audio 9 RTP/AVP 0\r\n" + ours},
  };
  for (const auto& r : rows) {
    CAPTURE(r.offer);
    auto parsed = read_sdp(head + r.offer);
    REQUIRE(parsed);
    CHECK(parsed->audio.present);
    CHECK(parsed->audio.port == r.port);
    CHECK(parsed->audio.raw == head + r.offer);
    CHECK(answer_to(*parsed) == r.answer);
  }
}

TEST_CASE("without a stream that both speak, one that is not refused is told, so that the refusal can say why") {
  const auto parsed = read_sdp(head + "m=audio 0 RTP/AVP 8\r\nm=audio 2000 RTP/AVP 18\r\n");
  REQUIRE(parsed);
  CHECK(parsed->audio.port == 2000);
  CHECK_FALSE(lifeline::domain::is_usable(parsed->audio));
  const auto refused = read_sdp(head + "m=audio 0 RTP/AVP 8\r\nm=audio 0 RTP/AVP 0\r\n");
  REQUIRE(refused);
  CHECK(refused->audio.port == 0);
  CHECK(refused->streams[0].ours);
}

TEST_CASE("the stream that was ours stays ours if it can") {
  const auto both = head + "m=audio 1000 RTP/AVP 8\r\nm=audio 2000 RTP/AVP 0\r\n";
  CHECK(read_sdp(both)->audio.port == 1000);
  const auto later = read_sdp(both, 1);
  CHECK(later->audio.port == 2000);
  CHECK(place_of_ours(later->streams) == 1);
  CHECK(read_sdp(head + "m=audio 1000 RTP/AVP 8\r\nm=audio 0 RTP/AVP 0\r\n", 1)->audio.port == 1000);
  CHECK(read_sdp(both, 7)->audio.port == 1000);
  CHECK(place_of_ours({}) == 0);
}

TEST_CASE("what is no session description is an error, not a crash") {
  for (const std::string& body :
       {std::string{"x"}, std::string{"v=1\r\n"}, std::string{"v=0\r\nrubbish\r\n"}, std::string{"\0\0\0", 3},
        session + "t=0 0\r\nm=audio\r\n", session + "t=0 0\r\nm=audio x RTP/AVP 0\r\n"}) {
    INFO(body);
    CHECK_FALSE(read_sdp(body));
  }
  std::string crowd = session + "c=IN IP4 192.0.2.1\r\nt=0 0\r\n";
  for (int i = 0; i < 40; ++i)
    crowd += "m=audio 1000 RTP/AVP 8\r\n";
  CHECK_FALSE(read_sdp(crowd));
}

TEST_CASE("what we write is what we read") {
  auto d = lifeline::domain::make_offer({"192.0.2.7", 30000}, direction::sendonly);
  const auto text = write_sdp(d, {77, 3});
  CHECK(text == "v=0\r\no=- 77 3 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
                "m=audio 30000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
                "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendonly\r\n");
  auto back = audio_of(text);
  CHECK(back.raw == text);
  back.raw.clear();
  CHECK(back == d);
}

TEST_CASE("media lines that the stack's parser would never finish or read otherwise are refused") {
  const std::string head = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";
  for (const std::string line :
       {"m=audio 4000 RTP /AVP 8", "m=audio 4000 RT\x14/AVP 9 18", "m=audio 4000 TCP/\xC3\x84/MSRP 3",
        "m=audio 4000 udptl /", "m=audio 4000 RTP/ 8", "m=audio 4000 /AVP 8", "m=image 9 udptl ,",
        " m=audio 4000 RTP /AVP 8", "\t m=audio 4000 RTP /AVP 8", "m=audio 0/7/AVP 8", "m=audio 4000x RTP/AVP 8",
        "m=audio 4000/ RTP/AVP 8", "m=audio /2 RTP/AVP 8", "m=audio -1 RTP/AVP 8"}) {
    CAPTURE(line);
    CHECK_FALSE(read_sdp(head + line + "\r\n"));
    CHECK_FALSE(read_sdp(head + "m=audio 4000 RTP/AVP 8\n" + line));
    CHECK_FALSE(read_sdp(head + "a=x\r" + line));
  }
  CHECK_FALSE(read_sdp(head + "m=audio 4000 RTP/AVP 8\r\na=x" + std::string(1, '\0')));
  for (const std::string line : {"m=audio 4000 RTP/AVP 8 0 ", "m=audio 4000/2 RTP/AVP  8", "m=application 9 TCP/BFCP *",
                                 "m=video 4000 UDP/TLS/RTP/SAVPF 96 97"}) {
    CAPTURE(line);
    CHECK(read_sdp(head + line + "\r\n"));
  }
}
