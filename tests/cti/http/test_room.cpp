#include "cti/http/room.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::cti;

namespace {

room_limits limits(std::size_t most, std::size_t per_peer = 0, std::size_t kept = 0) {
  room_limits l;
  l.most = most;
  l.most_per_peer = per_peer;
  l.kept_for_probes = kept;
  return l;
}

} // namespace

TEST_CASE("one address has its share of the connections, all together have theirs") {
  room r(limits(5, 2));
  CHECK(r.take("192.0.2.1") == seat::usual);
  CHECK(r.take("192.0.2.1") == seat::usual);
  CHECK(r.take("192.0.2.1") == seat::standing);
  CHECK(r.take("192.0.2.2") == seat::usual);
  r.leave("192.0.2.1", seat::usual);
  CHECK(r.take("192.0.2.1") == seat::usual);
  CHECK(r.take("192.0.2.3") == seat::usual);
  CHECK(r.take("192.0.2.4") == seat::usual);
  CHECK(r.take("192.0.2.5") == seat::standing); // five
}

TEST_CASE("who is told that there is no room takes none, and only so many are told") {
  room r(limits(1));
  CHECK(r.take("192.0.2.1") == seat::usual);
  for (int i = 0; i < 32; ++i)
    REQUIRE(r.take("192.0.2.1") == seat::standing);
  CHECK(r.take("192.0.2.1") == seat::none);
  r.leave("192.0.2.1", seat::usual);
  CHECK(r.take("192.0.2.2") == seat::usual); // whatever stands about
  r.leave("192.0.2.1", seat::standing);
  CHECK(r.take("192.0.2.1") == seat::standing);
}

TEST_CASE("an IPv6 network is one address, an IPv4 address in IPv6 clothes is itself, a proxy has no limit") {
  auto limited = limits(100, 1);
  limited.unlimited = {"192.0.2.9"};
  room r(limited);
  CHECK(r.take("2001:db8::1") == seat::usual);
  CHECK(r.take("2001:db8::2") == seat::standing);
  CHECK(r.take("2001:db8:0:1::1") == seat::usual);
  CHECK(r.take("192.0.2.1") == seat::usual);
  CHECK(r.take("::ffff:192.0.2.1") == seat::standing);
  CHECK(r.take("192.0.2.9") == seat::usual);
  CHECK(r.take("192.0.2.9") == seat::usual);
}

TEST_CASE("places are kept for this machine alone, and there is always one more, for whom somebody must get up") {
  room r(limits(1, 0, 2));
  CHECK(r.take("127.0.0.1") == seat::usual);
  CHECK(r.take("192.0.2.1") == seat::standing);
  CHECK(r.take("127.0.0.1") == seat::kept);
  CHECK(r.take("::1") == seat::kept);
  CHECK_FALSE(r.is_crowded());
  CHECK(r.take("::ffff:127.0.0.1") == seat::kept);
  CHECK(r.is_crowded());
  r.leave("127.0.0.1", seat::kept);
  CHECK_FALSE(r.is_crowded());
}

TEST_CASE("what an address of this machine is") {
  CHECK(is_loopback("127.0.0.1"));
  CHECK(is_loopback("127.1.2.3"));
  CHECK(is_loopback("::1"));
  CHECK(is_loopback("::ffff:127.0.0.1"));
  CHECK_FALSE(is_loopback("128.0.0.1"));
  CHECK_FALSE(is_loopback("::2"));
  CHECK_FALSE(is_loopback("::ffff:192.0.2.1"));
  CHECK_FALSE(is_loopback(""));
}
