#include "webhook/gateway.hpp"

#include <catch2/catch.hpp>

#include <cctype>
#include <vector>

using namespace lifeline;
using namespace std::chrono_literals;
using webhook::signature;
using webhook::verify_signature;

namespace {

const std::string secret = "key";
const std::string body = R"({"code":"120812","kind":"entrapment"})";
constexpr std::int64_t when = 1'796'000'000;
const domain::instant now{std::chrono::seconds{when}};

std::string why_refused(const std::string& header, domain::instant at = now) {
  const auto checked = verify_signature(secret, header, body, at, 5min);
  return checked ? "" : checked.error();
}

} // namespace

TEST_CASE("a signature is the HMAC-SHA256 of the time and the body, in hexadecimal") {
  // printf '1796000000.{}' | openssl dgst -sha256 -hmac key
  CHECK(signature("key", when, "{}") ==
        "t=1796000000,v1=be3030cc046098539614b2d7d21d07b1a0ed0e21b158fd1f25969485b8f6f747");
}

TEST_CASE("a signature that was made with the secret is accepted within the allowed skew, and no longer") {
  const auto good = signature(secret, when, body);
  CHECK(why_refused(good).empty());
  CHECK(why_refused(good, now + 300s).empty());
  CHECK(why_refused(good, now - 300s).empty());
  CHECK(why_refused(good, now + 301s) == "the signature is too old: 301 s, allowed are 300 s");
  CHECK(why_refused(good, now - 301s) == "the signature is from the future: 301 s ahead, allowed are 300 s");
}

TEST_CASE("a signature of another secret, another time or another body is wrong") {
  const std::string wrong = "the signature is wrong: another secret, or the body was changed on its way";
  CHECK(why_refused(signature("Key", when, body)) == wrong);
  CHECK(why_refused(signature(secret, when, body + " ")) == wrong);
  CHECK(why_refused(signature(secret, when, "")) == wrong);
  auto moved = signature(secret, when, body); // a replay with a fresh time
  moved.replace(2, 10, "1796000001");
  CHECK(why_refused(moved) == wrong);
  auto tampered = signature(secret, when, body);
  tampered.back() = tampered.back() == '0' ? '1' : '0';
  CHECK(why_refused(tampered) == wrong);
}

TEST_CASE("a signature header of another form is called malformed") {
  const auto good = signature(secret, when, body);
  const auto hex = good.substr(good.find("v1=") + 3);
  const std::string malformed = "the signature is malformed: expected t=<unix seconds>,v1=<64 hexadecimal digits>";
  CHECK(why_refused("") == "the signature is missing: expected t=<unix seconds>,v1=<64 hexadecimal digits>");
  const std::vector<std::string> headers{
      "t=",
      ",",
      hex,
      "v1=" + hex,
      "t=1796000000",
      "t=1796000000,v1=",
      "t=,v1=" + hex,
      "t=-1796000000,v1=" + hex,
      "t=+1796000000,v1=" + hex,
      "t=1796000000.5,v1=" + hex,
      "t=0x6b0d,v1=" + hex,
      "t=1796000000000,v1=" + hex,
      "t=99999999999999999999,v1=" + hex,
      "t=1796000000,v2=" + hex,
      "v1=" + hex + ",t=1796000000",
      "t=1796000000,v1=" + hex.substr(1),
      "t=1796000000,v1=" + hex + "0",
      "t=1796000000,v1=" + hex.substr(1) + "g",
      "t=1796000000,v1=" + hex + ",v1=" + hex,
      std::string(100000, 't'),
  };
  for (const auto& header : headers) {
    INFO(header.substr(0, 100));
    CHECK(why_refused(header) == malformed);
  }
}

TEST_CASE("hexadecimal digits in capitals and a space after the comma are the same signature") {
  auto loud = signature(secret, when, body);
  const auto hex = loud.find("v1=") + 3;
  for (auto i = hex; i < loud.size(); ++i)
    loud[i] = static_cast<char>(std::toupper(static_cast<unsigned char>(loud[i])));
  CHECK(why_refused(loud).empty());
  loud.insert(loud.find(',') + 1, " ");
  CHECK(why_refused(loud).empty());
}

TEST_CASE("without a secret nothing is verified, not even what an empty secret signed") {
  const auto checked = verify_signature("", signature("", when, body), body, now, 5min);
  REQUIRE_FALSE(checked);
  CHECK(checked.error() == "the signature cannot be checked: there is no secret for this sender");
}
