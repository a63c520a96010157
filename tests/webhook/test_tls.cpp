// https:// with certificates made here.

#include "tests/sip/tls_peer.hpp"
#include "tests/webhook/outbox.hpp"
#include "tests/webhook/receiver.hpp"

#include <fstream>

using namespace lifeline::webhook;
using namespace lifeline::webhook::testing;
using namespace std::chrono_literals;
using Catch::Matchers::StartsWith;
using lifeline::sip::testing::certificate_files;
using lifeline::sip::testing::test_authority;

namespace {

struct secure_receiver : receiver {
  explicit secure_receiver(const certificate_files& files)
      : receiver([](std::size_t) { return reply{}; }, {files.certificate, files.key}) {}
};

settings trusting(const test_authority& authority) {
  auto s = quick();
  s.authorities = authority.file();
  return s;
}

/// With the last try's error alone: whether the time ends during a try or between two depends on the machine.
post_result refused(const settings& s, const std::string& url, receiver& server) {
  outbox out{s};
  auto r = out.result(message(url, 100ms));
  const std::string before = "; the last try: ";
  if (const auto at = r.error.find(before); at != std::string::npos) r.error.erase(0, at + before.size());
  CHECK_FALSE(r.delivered);
  CHECK(r.status == 0);
  CHECK(r.tries >= 1);
  CHECK(server.count() == 0);
  return r;
}

} // namespace

TEST_CASE("a message goes over TLS to a host whose certificate is right") {
  test_authority authority;
  secure_receiver server{authority.issue("localhost")};
  outbox out{trusting(authority)};
  const auto r = out.result(message(server.url()));
  INFO(r.error);
  CHECK(r.delivered);
  CHECK(server.wait(1).at(0).host == "localhost:" + std::to_string(server.port()));
}

TEST_CASE("a certificate of an unknown authority is refused before anything is said") {
  test_authority known{"Known"};
  test_authority unknown{"Unknown"};
  secure_receiver server{unknown.issue("localhost")};
  CHECK_THAT(refused(trusting(known), server.url(), server).error, StartsWith("the certificate is refused: "));
  CHECK_THAT(refused(quick(), server.url(), server).error, StartsWith("the certificate is refused: "));
}

TEST_CASE("a certificate of another host is refused") {
  test_authority authority;
  secure_receiver server{authority.issue("other.lifeline.test")};
  CHECK(refused(trusting(authority), server.url(), server).error == "the certificate is refused: hostname mismatch");
  // By address, too: the certificate names none.
  const auto by_address = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
  CHECK(refused(trusting(authority), by_address, server).error == "the certificate is refused: IP address mismatch");
}

TEST_CASE("a certificate that has expired is refused") {
  test_authority authority;
  secure_receiver server{authority.issue("localhost", -1)};
  CHECK(refused(trusting(authority), server.url(), server).error ==
        "the certificate is refused: certificate has expired");
}

TEST_CASE("a receiver without TLS is not spoken to in clear") {
  receiver server{[](std::size_t) { return reply{}; }};
  const auto url = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
  CHECK_FALSE(refused(quick(), url, server).error.empty());
}

TEST_CASE("authorities that cannot be read are told at the start") {
  auto s = quick();
  s.authorities = "/nowhere/authorities.pem";
  const auto started = start_gateway(s);
  REQUIRE_FALSE(started);
  CHECK_THAT(started.error(), StartsWith("webhook: the authorities /nowhere/authorities.pem cannot be read: "));
}
