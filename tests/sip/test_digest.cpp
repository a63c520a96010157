#include "sip/digest.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::sip;
using namespace std::chrono_literals;
using lifeline::domain::instant;

namespace {

// The example of RFC 7616, section 3.9.1.
digest_answer mufasa(digest_algorithm algorithm) {
  digest_answer a;
  a.algorithm = algorithm;
  a.username = "Mufasa";
  a.realm = "http-auth@example.org";
  a.nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
  a.uri = "/dir/index.html";
  a.qop = "auth";
  a.nc = "00000001";
  a.cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
  return a;
}

settings one_account() {
  settings s;
  s.realm = "lifeline.test";
  s.credentials = {make_credential("8001", s.realm, "secret")};
  s.nonce_lifetime = 60s;
  return s;
}

std::string nonce_in(const std::string& challenge) {
  const auto at = challenge.find("nonce=\"") + 7;
  return challenge.substr(at, challenge.find('"', at) - at);
}

digest_answer answer_to(const std::string& challenge, const std::string& password, const std::string& nc) {
  digest_answer a;
  a.username = "8001";
  a.realm = "lifeline.test";
  a.nonce = nonce_in(challenge);
  a.uri = "sip:lifeline.test";
  a.qop = "auth";
  a.nc = nc;
  a.cnonce = "abc";
  a.response = digest_response(a, make_credential("8001", a.realm, password).ha1_md5, "REGISTER");
  return a;
}

constexpr instant start{1000h};

} // namespace

TEST_CASE("digest arithmetic agrees with the examples of RFC 7616") {
  const auto secret = make_credential("Mufasa", "http-auth@example.org", "Circle of Life");
  CHECK(digest_response(mufasa(digest_algorithm::md5), secret.ha1_md5, "GET") == "8ca523f5e9506fed4657c9700eebdbec");
  CHECK(digest_response(mufasa(digest_algorithm::sha256), secret.ha1_sha256, "GET") ==
        "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

TEST_CASE("digest arithmetic without qop is that of RFC 2069") {
  auto a = mufasa(digest_algorithm::md5);
  a.qop.clear();
  const auto ha1 = make_credential("Mufasa", a.realm, "Circle of Life").ha1_md5;
  const auto ha2 = hash_hex(digest_algorithm::md5, "GET:/dir/index.html");
  CHECK(digest_response(a, ha1, "GET") == hash_hex(digest_algorithm::md5, ha1 + ":" + a.nonce + ":" + ha2));
}

TEST_CASE("an Authorization header is read with quotes, escapes and any case") {
  const auto a =
      read_digest_answer({"Username=\"80\\\"01\"", "realm=\"r\"", "nonce=\"n\"", "uri=\"sip:x\"", "response=\"ABCDEF\"",
                          "algorithm=sha-256", "qop=auth", "nc=0000000a", "cnonce=\"c\"", "opaque=\"o\""});
  REQUIRE(a);
  CHECK(a->username == "80\"01");
  CHECK(a->algorithm == digest_algorithm::sha256);
  CHECK(a->response == "abcdef");
  CHECK(a->nc == "0000000a");
}

TEST_CASE("an Authorization header with something missing or unknown is no answer") {
  CHECK_FALSE(read_digest_answer({}));
  CHECK_FALSE(read_digest_answer({"username=\"a\"", "nonce=\"n\"", "uri=\"u\""}));
  CHECK_FALSE(read_digest_answer({"username=a", "nonce=n", "uri=u", "response=r", "algorithm=SHA-512"}));
  CHECK_FALSE(read_digest_answer({"username=a", "nonce=n", "uri=u", "response=r", "qop=auth-int", "nc=1", "cnonce=c"}));
  CHECK_FALSE(read_digest_answer({"username=a", "nonce=n", "uri=u", "response=r", "qop=auth"}));
}

TEST_CASE("a nonce is good for its lifetime, and only where it was made") {
  nonce_source here{60s};
  const nonce_source elsewhere{60s};
  const auto nonce = here.make(start);
  CHECK(here.check(nonce, start) == nonce_state::good);
  CHECK(here.check(nonce, start + 60s) == nonce_state::good);
  CHECK(here.check(nonce, start + 61s) == nonce_state::expired);
  CHECK(elsewhere.check(nonce, start) == nonce_state::foreign);
  auto forged = nonce;
  forged[3] = forged[3] == '0' ? '1' : '0'; // a younger time, say
  CHECK(here.check(forged, start) == nonce_state::foreign);
  CHECK(here.check("", start) == nonce_state::foreign);
  CHECK(here.check("not hexadecimal", start) == nonce_state::foreign);
  CHECK(here.check(std::string(64, 'g'), start) == nonce_state::foreign);
  CHECK(here.make(start) != nonce);
}

TEST_CASE("a nonce count is admitted once, and memory is bounded") {
  replay_guard guard{60s, 2};
  CHECK(guard.admit("a", 1, start));
  CHECK_FALSE(guard.admit("a", 1, start));
  CHECK(guard.admit("a", 3, start));
  CHECK_FALSE(guard.admit("a", 2, start));
  CHECK(guard.admit("b", 1, start + 30s));
  CHECK_FALSE(guard.admit("c", 1, start + 31s)); // full of nonces that are still good
  CHECK(guard.size() == 2);
  CHECK(guard.admit("c", 1, start + 61s)); // "a" has expired
  CHECK(guard.size() == 2);
}

TEST_CASE("the authenticator tells right, wrong, stale and unanswered apart") {
  authenticator auth{one_account()};
  const auto challenge = auth.challenge(false, challenge_kind::both, start);
  REQUIRE(challenge.size() == 2);
  CHECK(auth.check("8001", "REGISTER", {}, start) == auth_verdict::unanswered);
  CHECK(auth.check("8001", "REGISTER", {answer_to(challenge[1], "guess", "00000001")}, start) == auth_verdict::wrong);
  const auto right = answer_to(challenge[1], "secret", "00000001");
  CHECK(auth.check("8001", "INVITE", {right}, start) == auth_verdict::wrong); // made for another method
  CHECK(auth.check("8002", "REGISTER", {right}, start) == auth_verdict::wrong);
  CHECK(auth.check("8001", "REGISTER", {right}, start) == auth_verdict::accepted);
  CHECK(auth.check("8001", "REGISTER", {right}, start) == auth_verdict::stale); // replayed
  const auto late = answer_to(challenge[1], "secret", "00000002");
  CHECK(auth.check("8001", "REGISTER", {late}, start + 61s) == auth_verdict::stale);
  CHECK(auth.check("8001", "REGISTER", {answer_to(challenge[1], "guess", "00000003")}, start + 61s) ==
        auth_verdict::wrong); // stale=true would say that the password was right
  authenticator restarted{one_account()};
  CHECK(restarted.check("8001", "REGISTER", {late}, start) == auth_verdict::stale);
  CHECK(restarted.check("8001", "REGISTER", {answer_to(challenge[1], "guess", "00000002")}, start) ==
        auth_verdict::wrong); // or a made-up nonce would be a way to guess without being counted
  auto elsewhere = late;
  elsewhere.realm = "another.server";
  CHECK(restarted.check("8001", "REGISTER", {elsewhere}, start) == auth_verdict::unanswered);
}

TEST_CASE("one right answer among several is enough") {
  authenticator auth{one_account()};
  const auto challenge = auth.challenge(false, challenge_kind::md5_only, start).front();
  auto unknown = answer_to(challenge, "secret", "00000001");
  unknown.algorithm = digest_algorithm::sha256;
  CHECK(auth.check("8001", "REGISTER", {unknown, answer_to(challenge, "secret", "00000001")}, start) ==
        auth_verdict::accepted);
}

TEST_CASE("clients that cannot digest SHA-256 are known by name") {
  CHECK(challenge_for("") == challenge_kind::md5_only);
  CHECK(challenge_for("baresip v1.0.0 (x86_64/linux)") == challenge_kind::md5_only);
  CHECK(challenge_for("baresip v3.14.0 (x86_64/linux)") == challenge_kind::both);
  CHECK(challenge_for("Linphone/5.2") == challenge_kind::both);
  CHECK(challenge_for("Yealink SIP-T46U") == challenge_kind::both);
}
