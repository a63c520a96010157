#include "sip/source_guard.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;
using namespace lifeline::sip;
using namespace std::chrono_literals;

namespace {

const auto start = domain::instant{1000000s};

ip_address at(const std::string& text) { return *parse_address(text); }

guard_settings strict() {
  guard_settings s;
  s.requests_per_second = 10;
  s.burst = 5;
  s.invites_per_second = 10;
  s.invite_burst = 4;
  s.max_offences = 3;
  s.offence_window = 60s;
  s.ban_time = 600s;
  s.never_banned = {"198.51.100.0/24"};
  s.max_tracked = 100;
  return s;
}

std::optional<ban> guess(source_guard& g, const std::string& from, int times, bool registered = false) {
  std::optional<ban> begun;
  for (int i = 0; i < times && !begun; ++i)
    begun = g.offend(at(from), offence::wrong_password, registered, start);
  return begun;
}

} // namespace

TEST_CASE("guard: a source may burst, then goes at its rate, and is not even answered when it floods") {
  source_guard g{strict()};
  const auto source = at("192.0.2.1");
  for (int i = 0; i < 5; ++i)
    CHECK(g.admit(source, start) == admission::admitted);
  for (int i = 0; i < 5; ++i)
    CHECK(g.admit(source, start) == admission::refused);
  CHECK(g.admit(source, start) == admission::dropped);
  CHECK(g.flooding(source, start));
  CHECK_FALSE(g.flooding(at("192.0.2.2"), start));
  CHECK(g.admit(at("192.0.2.2"), start) == admission::admitted); // another source is not concerned
  int admitted = 0;
  for (auto now = start + 1ms; now <= start + 10s; now += 1ms)
    admitted += g.admit(source, now) == admission::admitted;
  CHECK(admitted == 100);
  CHECK(g.admit(source, start + 60s) == admission::admitted);
}

TEST_CASE("guard: an IPv6 attacker does not escape within its /64") {
  source_guard g{strict()};
  for (int i = 0; i < 5; ++i)
    g.admit(at("2001:db8::" + std::to_string(i + 1)), start);
  CHECK(g.admit(at("2001:db8::ffff"), start) == admission::refused);
  CHECK(g.admit(at("2001:db8:0:1::1"), start) == admission::admitted);
  const auto begun = guess(g, "2001:db8:0:2::7", 3);
  REQUIRE(begun);
  CHECK(begun->address == "2001:db8:0:2::/64");
  CHECK(g.drops(at("2001:db8:0:2:1:2:3:4"), start));
  CHECK(g.pardon(*parse_source("2001:db8:0:2::/64")));
  CHECK_FALSE(g.drops(at("2001:db8:0:2:1:2:3:4"), start));
}

TEST_CASE("guard: guessers are banned for a while and their requests are counted") {
  source_guard g{strict()};
  CHECK_FALSE(guess(g, "192.0.2.1", 2));
  CHECK_FALSE(g.drops(at("192.0.2.1"), start));
  const auto begun = guess(g, "192.0.2.1", 1);
  REQUIRE(begun);
  CHECK(begun->address == "192.0.2.1");
  CHECK(begun->reason == "wrong passwords");
  CHECK(begun->until == start + 600s);
  CHECK(g.drops(at("192.0.2.1"), start + 1s));
  CHECK(g.drops(at("192.0.2.1"), start + 599s));
  REQUIRE(g.bans().size() == 1);
  CHECK(g.bans().front().dropped == 2);
  CHECK_FALSE(g.drops(at("192.0.2.1"), start + 600s));
  const auto over = g.expire(start + 600s);
  REQUIRE(over.size() == 1);
  CHECK(over.front().until == domain::never);
  CHECK(g.banned() == 0);
}

TEST_CASE("guard: offences far apart are forgiven") {
  source_guard g{strict()};
  for (int i = 0; i < 20; ++i)
    CHECK_FALSE(g.offend(at("192.0.2.1"), offence::unknown_source, false, start + i * 31s));
}

TEST_CASE("guard: trunks, chosen addresses and registered phones are never banned") {
  source_guard g{strict()};
  CHECK(g.spare({*cidr::parse("203.0.113.0/28"), *cidr::parse("2001:db8:7::5/128")}).empty());
  CHECK_FALSE(guess(g, "203.0.113.3", 100));
  CHECK_FALSE(guess(g, "198.51.100.77", 100));
  CHECK_FALSE(guess(g, "192.0.2.50", 100, true));
  CHECK_FALSE(guess(g, "2001:db8:7::99", 100)); // a neighbour of a trunk: a ban would hit the trunk too
  CHECK_FALSE(g.punish(at("203.0.113.3"), 60s, start));
  CHECK(g.banned() == 0);
  CHECK(guess(g, "203.0.113.16", 3)); // outside of the block
}

TEST_CASE("guard: a ban by hand, its end by hand, and its end because the address became a trunk") {
  source_guard g{strict()};
  const auto begun = g.punish(at("192.0.2.9"), 60s, start);
  REQUIRE(begun);
  CHECK(begun->reason == "by hand");
  const auto gone = g.pardon(at("192.0.2.9"));
  REQUIRE(gone);
  CHECK(gone->until == domain::never);
  CHECK_FALSE(g.pardon(at("192.0.2.9")));
  g.punish(at("192.0.2.9"), 60s, start);
  CHECK(g.spare({*cidr::parse("192.0.2.0/24")}).size() == 1);
  CHECK(g.banned() == 0);
}

TEST_CASE("guard: a flood of calls does not take the emergency calls' budget") {
  source_guard g{strict()};
  int others = 0;
  for (int i = 0; i < 1000; ++i)
    others += g.admit_invite(false, start);
  CHECK(others == 4);
  int emergencies = 0;
  for (int i = 0; i < 1000; ++i)
    emergencies += g.admit_invite(true, start);
  CHECK(emergencies == 16);
  CHECK(g.admit_invite(false, start + 100ms));
  CHECK_FALSE(g.admit_invite(false, start + 100ms));
}

TEST_CASE("guard: memory stays bounded under forged addresses") {
  source_guard g{strict()};
  for (int i = 0; i < 50000; ++i) {
    const auto source =
        at("10." + std::to_string(i >> 16) + "." + std::to_string((i >> 8) & 255) + "." + std::to_string(i & 255));
    g.admit(source, start);
    for (int n = 0; n < 3; ++n)
      g.offend(source, offence::unknown_source, false, start);
  }
  CHECK(g.tracked() <= 100);
  CHECK(g.banned() <= 100);
}

TEST_CASE("guard: settings that make no sense are refused with a sentence") {
  CHECK(check_guard(strict()).empty());
  auto s = strict();
  s.requests_per_second = 0;
  CHECK(check_guard(s).find("requests_per_second") != std::string::npos);
  s = strict();
  s.max_offences = 0;
  CHECK(check_guard(s).find("max_offences") != std::string::npos);
  s = strict();
  s.never_banned = {"10.0.0.0/99"};
  CHECK(check_guard(s).find("10.0.0.0/99") != std::string::npos);
  s = strict();
  s.max_tracked = 0;
  CHECK_FALSE(check_guard(s).empty());
}
