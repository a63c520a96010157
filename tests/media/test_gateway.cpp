// Starting, stopping, ports, silence.

#include "media/port_pool.hpp"
#include "media/start_checks.hpp"
#include "tests/media/media_fixture.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

using namespace lifeline::media;
using namespace lifeline::media::testing;
using Catch::Matchers::Contains;
using lifeline::domain::direction;

TEST_CASE("gateways start and stop one after the other, and stopping twice is harmless") {
  media_fixture f;
  for (int i = 0; i < 3; ++i) {
    f.start();
    const auto a = f.open();
    CHECK(a.port >= f.set.port_min);
    f.media->stop();
    f.media->stop();
    f.media->open(leg_id{2, 1}, a.sink); // too late: ignored
  }
}

TEST_CASE("a gateway refuses settings that cannot work, in a sentence") {
  media_fixture f;
  auto s = f.set;
  s.bind_address = "localhost";
  CHECK_THAT(start_gateway(s).error(), Contains("\"localhost\" is not an IP address"));
  s = f.set;
  s.port_min = 20001;
  s.port_max = 20002;
  CHECK_THAT(start_gateway(s).error(), Contains("20001-20002") && Contains("even port"));
  s = f.set;
  s.port_min = 30000;
  s.port_max = 20000;
  CHECK_THAT(start_gateway(s).error(), Contains("even port"));
  s = f.set;
  write_file(f.folder.file("plain"), {1});
  s.recordings = f.folder.file("plain/below");
  CHECK_THAT(start_gateway(s).error(), Contains("recordings folder") && Contains("plain/below"));
  s = f.set;
  s.bind_address = "192.0.2.77"; // nobody's address
  CHECK_THAT(start_gateway(s).error(), Contains("192.0.2.77 cannot be used"));
  CHECK_THAT(ensure_open_files(10'000'000).error(), Contains("open files") && Contains("ulimit"));
}

TEST_CASE("when all ports are used the endpoint fails clearly, and a closed one makes room") {
  media_fixture f;
  f.set.port_max = static_cast<std::uint16_t>(f.set.port_min + 3);
  f.start();
  const auto a = f.open();
  const auto b = f.open();
  CHECK(a.port != b.port);
  const auto sink = std::make_shared<collector>();
  f.media->open(leg_id{9, 9}, sink);
  REQUIRE(sink->wait(endpoint_event_kind::failed));
  CHECK_THAT(sink->events(endpoint_event_kind::failed).front().text, Contains("all 2 RTP port pairs"));
  f.media->close(a.id);
  CHECK(f.open().port == a.port);
}

TEST_CASE("opening an open endpoint changes the sink and repeats its port") {
  media_fixture f;
  f.start();
  const auto a = f.open();
  const auto other = std::make_shared<collector>();
  f.media->open(a.id, other);
  REQUIRE(other->wait(endpoint_event_kind::opened));
  CHECK(other->events(endpoint_event_kind::opened).front().port == a.port);
  CHECK(a.sink->count(endpoint_event_kind::opened) == 1);
}

TEST_CASE("the port pool gives the port that was free for longest and passes over foreign ones") {
  const auto first = free_ports(6);
  port_pool pool(first, static_cast<std::uint16_t>(first + 5), 0);
  REQUIRE(pool.size() == 3);
  const auto local = *address::parse("127.0.0.1", 0);
  auto foreign = udp_socket::open(local.with_port(static_cast<std::uint16_t>(first + 1)));
  REQUIRE(foreign);
  {
    auto one = pool.open(local);
    REQUIRE(one);
    CHECK(one->port == first + 2);
  }
  pool.release(static_cast<std::uint16_t>(first + 2));
  CHECK(pool.open(local)->port == first + 4);
  CHECK(count_port_pairs(20000, 29999) == 5000);
  CHECK(count_port_pairs(20001, 20003) == 1);
  CHECK(count_port_pairs(20000, 20000) == 0);
}

TEST_CASE("the port pool begins where it is told, round the range") {
  const auto first = free_ports(6);
  port_pool pool(first, static_cast<std::uint16_t>(first + 5), 5);
  const auto local = *address::parse("127.0.0.1", 0);
  std::vector<std::uint16_t> given;
  for (int i = 0; i < 3; ++i)
    given.push_back(pool.open(local)->port);
  const auto at = [&](int step) { return static_cast<std::uint16_t>(first + step); };
  CHECK(given == std::vector<std::uint16_t>{at(4), at(0), at(2)});
}

TEST_CASE("a silent peer is told once, and heard again when it speaks") {
  media_fixture f;
  f.set.media_timeout = 600ms;
  f.start();
  rtp_peer caller("PCMA");
  rtp_peer quiet("PCMA");
  const auto unset = f.open();
  const auto a = f.open(caller);
  auto listening = quiet.description();
  listening.dir = direction::recvonly;
  const auto b = f.open();
  f.media->set_remote(b.id, listening);
  caller.talk(a.port, 440);
  REQUIRE(a.sink->wait(endpoint_event_kind::heard));
  caller.silence();
  REQUIRE(a.sink->wait(endpoint_event_kind::silent));
  caller.talk(a.port, 440);
  REQUIRE(a.sink->wait(endpoint_event_kind::heard, 2));
  caller.silence();
  REQUIRE(a.sink->wait(endpoint_event_kind::silent, 2));
  CHECK(a.sink->count(endpoint_event_kind::silent) == 2);
  CHECK(a.sink->count(endpoint_event_kind::heard) == 2);
  CHECK(b.sink->count(endpoint_event_kind::silent) == 0);     // it only listens
  CHECK(unset.sink->count(endpoint_event_kind::silent) == 0); // nobody is expected yet
  CHECK(eventually([&] { return f.media->statistics().heartbeat >= 1; }));
}

TEST_CASE("addresses are numeric and IPv4 fits into an IPv6 socket") {
  CHECK_FALSE(address::parse("example.org", 1));
  CHECK(address::parse("0.0.0.0", 1)->is_any());
  CHECK(address::parse("::", 1)->is_any());
  const auto mapped = address::parse("10.1.2.3", 40)->for_family(AF_INET6);
  REQUIRE(mapped);
  CHECK(mapped->ip() == "::ffff:10.1.2.3");
  CHECK(mapped->port() == 40);
  CHECK_FALSE(address::parse("2001:db8::1", 40)->for_family(AF_INET));
  CHECK_FALSE(default_route_address(AF_INET).empty());
}

TEST_CASE("a fault on the media thread is counted and costs nobody else the call") {
  media_fixture f;
  f.start();
  const auto before = f.media->statistics().faults;
  f.media->inject_fault(0ms);
  CHECK(eventually([&] { return f.media->statistics().faults == before + 1; }));
  const auto a = f.open(); // the thread lives on
  CHECK(a.port != 0);
}

TEST_CASE("a media thread that hangs shows it by its heartbeat, and goes on afterwards") {
  media_fixture f;
  f.start();
  f.media->inject_fault(2500ms);
  const auto beat = f.media->statistics().heartbeat;
  CHECK(eventually([&] { return f.media->statistics().heartbeat >= beat + 3; }));
  CHECK(f.open().port != 0);
}
