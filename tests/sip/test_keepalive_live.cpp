#include "tests/sip/edge_support.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::sip;
using namespace lifeline::sip::testing;

namespace {

settings with_keepalive() {
  auto s = test_settings();
  s.keepalive = 1s;
  s.keepalive_failures = 2;
  return s;
}

const std::string private_contact = "Contact: <sip:8001@10.0.0.5:5060>;expires=600\r\n";

} // namespace

TEST_CASE("a phone behind a NAT is asked for a sign of life through the hole it made, any answer will do") {
  live engine{with_keepalive()};
  raw_peer phone{engine.gate->port()};
  REQUIRE(engine.register_phone(phone, "8001", private_contact).status() == 200);
  CHECK(engine.next_registration().contacts.size() == 1);
  for (int i = 0; i < 4; ++i) {
    const auto options = phone.request("OPTIONS");
    CHECK(options.request_uri() == "sip:8001@10.0.0.5:5060");
    phone.respond(options, 501, "Not Implemented");
  }
  CHECK(engine.sink->registrations.empty());
}

TEST_CASE("a phone that does not answer any more is unreachable long before its registration ends") {
  live engine{with_keepalive()};
  raw_peer phone{engine.gate->port()};
  raw_peer other{engine.gate->port()};
  REQUIRE(engine.register_phone(phone, "8001", private_contact).status() == 200);
  engine.next_registration();
  REQUIRE(engine.register_phone(other, "8001", "Contact: <" + other.uri("8001") + ">;expires=600\r\n").status() == 200);
  CHECK(engine.next_registration().contacts.size() == 2);
  const auto left = engine.sink->registrations.take(8s);
  REQUIRE(left);
  REQUIRE(left->contacts.size() == 1);
  CHECK(left->contacts.front().uri == other.uri("8001"));
}

TEST_CASE("a phone whose connection is gone is unreachable") {
  live engine{with_keepalive()};
  auto phone = std::make_unique<raw_peer>(engine.gate->port(), transport::tcp);
  REQUIRE(engine.register_phone(*phone, "8001", "Contact: <" + phone->uri("8001") + ">;expires=600\r\n").status() ==
          200);
  engine.next_registration();
  phone->respond(phone->request("OPTIONS"), 200, "OK");
  phone.reset();
  const auto left = engine.sink->registrations.take(8s);
  REQUIRE(left);
  CHECK(left->contacts.empty());
  CHECK(engine.gate->statistics().registered_accounts == 0);
}

TEST_CASE("a phone that registers from another address leaves no dead contact behind") {
  live engine{test_settings()};
  raw_peer before{engine.gate->port()};
  raw_peer after{engine.gate->port()};
  const std::string instance =
      ";+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>\";reg-id=1;expires=600\r\n";
  REQUIRE(engine.register_phone(before, "8001", "Contact: <" + before.uri("8001") + ">" + instance).status() == 200);
  engine.next_registration();
  REQUIRE(engine.register_phone(after, "8001", "Contact: <" + after.uri("8001") + ">" + instance).status() == 200);
  const auto now = engine.next_registration();
  REQUIRE(now.contacts.size() == 1);
  CHECK(now.contacts.front().uri == after.uri("8001"));
}

TEST_CASE("registrations from before a restart are kept alive as well") {
  live engine{with_keepalive()};
  raw_peer phone{engine.gate->port()};
  contact c;
  c.uri = "sip:8001@10.0.0.5:5060";
  c.route = "sip:127.0.0.1:" + std::to_string(phone.port()) + ";transport=udp;lr";
  c.expires = std::chrono::time_point_cast<lifeline::domain::span>(std::chrono::system_clock::now()) + 600s;
  engine.gate->restore({{"8001", {c}}});
  phone.respond(phone.request("OPTIONS"), 200, "OK");
}
