#include "bench/sip_text.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::bench;
using Catch::Matchers::Contains;

namespace {

const std::string invite = "INVITE sip:10001@127.0.0.1:5070 SIP/2.0\r\n"
                           "Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1;rport\r\n"
                           "v: SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bK0\r\n"
                           "Max-Forwards: 70\r\n"
                           "From: \"13900000001\" <sip:13900000001@127.0.0.1>;tag=abc\r\n"
                           "To: <sip:10001@127.0.0.1:5070>\r\n"
                           "Call-ID: one@here\r\n"
                           "CSeq: 7 INVITE\r\n"
                           "Contact: <sip:engine@127.0.0.1:5060;transport=udp>\r\n"
                           "Content-Length: 5\r\n\r\nv=0\r\n";

} // namespace

TEST_CASE("a request is read with all of its Via lines") {
  const auto m = read_sip(invite);
  REQUIRE(m);
  CHECK(m->status == 0);
  CHECK(m->method == "INVITE");
  CHECK(m->uri == "sip:10001@127.0.0.1:5070");
  CHECK(m->vias == "Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1;rport\r\n"
                   "v: SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bK0\r\n");
  CHECK(m->call_id == "one@here");
  CHECK(m->cseq == "7 INVITE");
  CHECK(m->body == "v=0\r\n");
  CHECK(user_in(m->uri) == "10001");
  CHECK(user_in(m->from) == "13900000001");
  CHECK(tag_in(m->from) == "abc");
  CHECK(tag_in(m->to).empty());
  CHECK(uri_in(m->contact) == "sip:engine@127.0.0.1:5060;transport=udp");
}

TEST_CASE("a response takes its method from CSeq") {
  const auto m = read_sip("SIP/2.0 486 Busy Here\r\nVia: a\r\nf: <sip:a@b>;tag=1\r\nt: <sip:c@d>;tag=2\r\ni: x\r\n"
                          "CSeq: 2 BYE\r\n\r\n");
  REQUIRE(m);
  CHECK(m->status == 486);
  CHECK(m->method == "BYE");
  CHECK(m->call_id == "x");
  CHECK(tag_in(m->to) == "2");
}

TEST_CASE("what is no whole message is refused") {
  CHECK_FALSE(read_sip(""));
  CHECK_FALSE(read_sip("\r\n\r\n"));
  CHECK_FALSE(read_sip("hello\r\n\r\n"));
  CHECK_FALSE(read_sip("SIP/2.0 x\r\n\r\n"));
  CHECK_FALSE(read_sip("INVITE sip:a@b HTTP/1.1\r\n\r\n"));
  for (std::size_t size = 0; size + 5 < invite.size(); ++size) // cut before the body
    CHECK_FALSE(read_sip(invite.substr(0, size)));
}

TEST_CASE("addresses without brackets, without a user, without a tag") {
  CHECK(uri_in("sip:a@b;tag=1") == "sip:a@b");
  CHECK(user_in("sip:a@b") == "a");
  CHECK(user_in("sip:b").empty());
  CHECK(user_in("").empty());
  CHECK(tag_in("<sip:a@b;tag=no>;x=1;tag=yes;y") == "yes");
}

TEST_CASE("the address of the sound is read from the SDP, and what we write is read") {
  const auto a = audio_in("v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 10002 RTP/AVP 8\r\n");
  REQUIRE(a);
  CHECK(*a == rtp_address{0x7F000001, 10002});
  CHECK_FALSE(audio_in("c=IN IP4 127.0.0.1\r\nm=audio 0 RTP/AVP 8\r\n"));
  CHECK_FALSE(audio_in("m=audio 10002 RTP/AVP 8\r\n"));
  CHECK_FALSE(audio_in(""));
  const auto own = with_audio(4000);
  const auto body = own.substr(own.find("\r\n\r\n") + 4);
  CHECK(audio_in(body) == rtp_address{0x7F000001, 4000});
  CHECK_THAT(own, Contains("Content-Length: " + std::to_string(body.size()) + "\r\n"));
}

TEST_CASE("a challenge is answered with SHA-256 - one that only knows MD5 is not") {
  const auto answer = answer_challenge("Digest realm=\"lifeline\", nonce=\"n1\", algorithm=SHA-256, qop=\"auth\"",
                                       "10001", "secret", "sip:127.0.0.1:5060", "c1");
  // By hand: printf with sha256sum.
  CHECK_THAT(answer, Contains("response=\"27a2d372de8d8988afa0f678684268c5d82c833f80609f80b5783a974a1b31bd\""));
  CHECK_THAT(answer, Contains("username=\"10001\"") && Contains("nc=00000001") && Contains("cnonce=\"c1\""));
  CHECK(answer_challenge("Digest realm=\"lifeline\", nonce=\"n1\", algorithm=MD5", "a", "b", "c", "d").empty());
  CHECK(answer_challenge("", "a", "b", "c", "d").empty());
}

TEST_CASE("of two challenges the one with SHA-256 is taken") {
  const std::string head = "SIP/2.0 401 Unauthorized\r\nVia: a\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\n"
                           "Call-ID: x\r\nCSeq: 1 REGISTER\r\n";
  const std::string sha = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256\r\n";
  const std::string md5 = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=MD5\r\n";
  const auto one = head + sha + md5 + "\r\n";
  const auto other = head + md5 + sha + "\r\n";
  CHECK_THAT(std::string{read_sip(one)->challenge}, Contains("SHA-256"));
  CHECK_THAT(std::string{read_sip(other)->challenge}, Contains("SHA-256"));
}
