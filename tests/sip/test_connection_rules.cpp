#include "sip/connection_watch.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace lifeline;
using namespace lifeline::sip;
using namespace std::chrono_literals;

namespace {

const auto start = domain::instant{1000000s};
const auto nobody = [](const ip_address&) { return false; };

ip_address at(const std::string& text) { return *parse_address(text); }

connection from(const std::string& peer, int fd, bool inbound = true) {
  connection c;
  c.fd = fd;
  c.inode = static_cast<std::uint64_t>(1000 + fd);
  c.peer = at(peer);
  c.peer_port = static_cast<std::uint16_t>(20000 + fd);
  c.inbound = inbound;
  return c;
}

std::vector<int> fds(const std::vector<connection>& all) {
  std::vector<int> numbers;
  for (const auto& c : all)
    numbers.push_back(c.fd);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

} // namespace

TEST_CASE("connections: those that never say a whole request are closed, those that did may be silent") {
  connection_rules rules;
  const std::vector<connection> all{from("192.0.2.1", 5), from("192.0.2.2", 6), from("192.0.2.3", 7, false)};
  const connection_rules::limits l{100, 120s};
  CHECK(rules.surplus(all, l, nobody, nobody, start).empty());
  rules.spoke(all[1].peer, all[1].peer_port);
  CHECK(rules.surplus(all, l, nobody, nobody, start + 119s).empty());
  CHECK(fds(rules.surplus(all, l, nobody, nobody, start + 120s)) == std::vector<int>{5}); // and never outbound ones
}

TEST_CASE("connections: those that the stack has stopped reading from are closed") {
  connection_rules rules;
  const connection_rules::limits l{100, 120s};
  auto c = from("192.0.2.1", 5);
  c.unread = true;
  rules.spoke(c.peer, c.peer_port);
  CHECK(rules.surplus({c}, l, nobody, nobody, start).empty());
  CHECK(rules.surplus({c}, l, nobody, nobody, start + 9s).empty());
  c.unread = false; // it was only late
  CHECK(rules.surplus({c}, l, nobody, nobody, start + 10s).empty());
  c.unread = true;
  CHECK(rules.surplus({c}, l, nobody, nobody, start + 11s).empty());
  CHECK(rules.surplus({c}, l, nobody, nobody, start + 21s).size() == 1);
}

TEST_CASE("connections: a descriptor that is used again is a new connection") {
  connection_rules rules;
  const connection_rules::limits l{100, 120s};
  auto c = from("192.0.2.1", 5);
  rules.surplus({c}, l, nobody, nobody, start);
  c.inode = 99;
  CHECK(rules.surplus({c}, l, nobody, nobody, start + 120s).empty());
  CHECK(rules.surplus({c}, l, nobody, nobody, start + 240s).size() == 1);
}

TEST_CASE("connections: too many cost those who say nothing, then who has the most, trusted ones last") {
  connection_rules rules;
  std::vector<connection> all{from("192.0.2.1", 5), from("203.0.113.9", 6)};
  for (int fd = 10; fd < 20; ++fd)
    all.push_back(from("192.0.2.66", fd));
  all.push_back(from("192.0.2.3", 30));
  for (const auto& c : all)
    if (c.fd != 30) rules.spoke(c.peer, c.peer_port);
  const auto trusted = [](const ip_address& a) { return a == at("203.0.113.9"); };
  const auto out = fds(rules.surplus(all, {8, 120s}, nobody, trusted, start));
  REQUIRE(out.size() == 5);
  CHECK(std::count(out.begin(), out.end(), 30) == 1);
  CHECK(std::count(out.begin(), out.end(), 5) == 0);
  CHECK(std::count(out.begin(), out.end(), 6) == 0);
  CHECK(fds(rules.surplus(all, {1, 120s}, nobody, trusted, start)).size() == 12);
}

TEST_CASE("connections: those of unwanted peers are closed at once") {
  connection_rules rules;
  const std::vector<connection> all{from("192.0.2.1", 5), from("192.0.2.66", 6)};
  const auto unwanted = [](const ip_address& a) { return a == at("192.0.2.66"); };
  CHECK(fds(rules.surplus(all, {100, 120s}, unwanted, nobody, start)) == std::vector<int>{6});
}
