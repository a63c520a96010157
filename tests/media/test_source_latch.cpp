// Whose packets belong to the peer: the described address, a peer behind NAT, and strangers.

#include "media/source_latch.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::media;

namespace {

constexpr std::int64_t ms = 1'000'000;

address at(const char* ip, std::uint16_t port) { return *address::parse(ip, port); }

struct sender {
  address from;
  std::uint32_t ssrc = 1;
  std::uint16_t sequence = 100;
};

struct scene {
  source_latch latch;
  std::int64_t now = 0;
  bool sends(sender& s) { return latch.accept(s.from, s.ssrc, s.sequence++, now); }
  /// So many packets at 20 ms; the last one's fate.
  bool sends(sender& s, int packets) {
    bool taken = false;
    for (int i = 0; i < packets; ++i) {
      now += 20 * ms;
      taken = sends(s);
    }
    return taken;
  }
  void describe(const address& where, const char* signalling, bool opens = true) {
    latch.describe(where, address::parse(signalling, 0), opens, now);
  }
};

const address described = at("198.51.100.7", 4000);
const char* const carrier = "198.51.100.7";
const char* const nat = "203.0.113.9";
const address private_place = at("192.168.1.5", 4000);

} // namespace

TEST_CASE("latch: before the peer has described itself the first to speak is heard, is not sent to, and has no claim") {
  scene s;
  sender early{at("192.0.2.66", 4000), 10};
  sender second{at("192.0.2.67", 4000), 11};
  CHECK(s.sends(early, 20));
  CHECK_FALSE(s.sends(second, 20));
  CHECK_FALSE(s.latch.target().is_set());
  s.describe(described, carrier);
  CHECK(s.latch.target() == described);
  CHECK_FALSE(s.sends(early, 3));
  sender party{described};
  CHECK(s.sends(party));
}

TEST_CASE("latch: a phone behind NAT whose sound was faster than its answer is found at once") {
  scene s;
  sender phone{at(nat, 61000)};
  CHECK(s.sends(phone, 3));
  s.describe(private_place, nat);
  CHECK(s.sends(phone));
  CHECK(s.latch.target() == phone.from);
}

TEST_CASE("latch: who sends from the described address is not replaced in a pause, and not after a hold") {
  scene s;
  s.describe(described, carrier);
  sender party{described};
  CHECK(s.sends(party, 3));
  sender same_host{at("198.51.100.7", 5000), 9};
  sender stranger{at("192.0.2.66", 4000), 10};
  s.now += 60'000 * ms;
  CHECK_FALSE(s.sends(same_host, 50));
  CHECK_FALSE(s.sends(stranger, 50));
  s.describe(described, carrier, false); // held
  s.now += 60'000 * ms;
  CHECK_FALSE(s.sends(same_host, 50));
  s.latch.describe(std::nullopt, std::nullopt, false, s.now); // held with 0.0.0.0
  CHECK_FALSE(s.sends(stranger, 50));
  s.describe(described, carrier); // resumed
  CHECK_FALSE(s.sends(same_host, 50));
  CHECK_FALSE(s.sends(stranger, 50));
  CHECK(s.latch.target() == described);
  CHECK(s.sends(party));
}

TEST_CASE("latch: the described address wins whenever it speaks, however long somebody else was taken for the peer") {
  scene s;
  s.describe(described, "");
  sender stranger{at("192.0.2.66", 4000), 10};
  CHECK(s.sends(stranger, 100));
  CHECK(s.latch.target() == described); // a public address: nothing is said to anybody else
  sender party{described};
  CHECK(s.sends(party));
  CHECK(s.latch.target() == described);
  CHECK_FALSE(s.sends(stranger, 100));
}

TEST_CASE("latch: a phone behind NAT is found by its packets, at once where its signalling comes from") {
  scene s;
  s.describe(private_place, nat);
  sender phone{at(nat, 61000)};
  sender stranger{at("192.0.2.66", 4000), 10};
  CHECK_FALSE(s.sends(stranger, 3)); // it would have to prove itself
  CHECK(s.sends(phone));
  CHECK(s.latch.target() == phone.from);
  CHECK_FALSE(s.sends(stranger, 100));
  s.now += 600'000 * ms; // it says nothing for ten minutes
  CHECK_FALSE(s.sends(stranger, 100));
  sender neighbour{at(nat, 62000), 11}; // another phone behind the same NAT
  CHECK_FALSE(s.sends(neighbour, 100));
  CHECK(s.sends(phone));
}

TEST_CASE("latch: whoever sends from where the signalling comes from replaces a stranger that was first") {
  scene s;
  s.describe(private_place, nat);
  sender stranger{at("192.0.2.66", 4000), 10};
  CHECK(s.sends(stranger, 10));
  sender phone{at(nat, 61000)};
  CHECK(s.sends(phone));
  CHECK(s.latch.target() == phone.from);
  CHECK_FALSE(s.sends(stranger, 100));
}

TEST_CASE("latch: what another call left behind at our port is not taken for the peer while the peer itself speaks") {
  scene s;
  sender left_over{at(carrier, 4002), 9}; // the carrier's machine goes on with a call that we know nothing of any more
  CHECK(s.sends(left_over, 2));
  s.describe(described, carrier);
  CHECK_FALSE(s.sends(left_over, 4));
  sender party{described};
  CHECK(s.sends(party));
  CHECK_FALSE(s.sends(left_over, 100));
  CHECK(s.latch.target() == described);
}

TEST_CASE("latch: a peer that sends from another port than it describes is found once it has proved itself") {
  scene s;
  s.describe(described, carrier);
  sender party{at(carrier, 4100)};
  CHECK_FALSE(s.sends(party, 4));
  CHECK(s.sends(party, 1));
  CHECK(s.latch.target() == party.from);
}

TEST_CASE("latch: behind a proxy nothing is known of the phone's address, and it is found all the same") {
  scene s;
  s.describe(private_place, "10.0.0.1");
  sender phone{at(nat, 61000)};
  CHECK_FALSE(s.sends(phone, 4));
  CHECK(s.sends(phone, 1));
  CHECK(s.latch.target() == phone.from);
  sender jumpy{at("192.0.2.66", 4000), 10};
  CHECK_FALSE(s.sends(jumpy, 100));
}

TEST_CASE("latch: packets out of order prove nothing") {
  scene s;
  s.describe(private_place, "10.0.0.1");
  sender x{at("192.0.2.66", 4000), 10};
  for (int i = 0; i < 50; ++i) {
    x.sequence = static_cast<std::uint16_t>(x.sequence + 777);
    CHECK_FALSE(s.sends(x, 1));
  }
}

TEST_CASE("latch: which addresses may be behind a NAT") {
  for (const char* ip : {"10.0.0.1", "172.16.0.1", "172.31.255.1", "192.168.1.1", "100.64.0.1", "100.127.0.1",
                         "169.254.1.1", "127.0.0.1", "::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1"})
    CHECK(at(ip, 1).is_private());
  for (const char* ip :
       {"172.32.0.1", "100.63.0.1", "100.128.0.1", "198.51.100.7", "2001:db8::1", "::ffff:198.51.100.7"})
    CHECK_FALSE(at(ip, 1).is_private());
}

TEST_CASE("latch: another machine of a carrier's may send, but what we say goes where it was asked for") {
  scene s;
  s.describe(described, carrier);
  sender other{at("198.51.100.8", 7000)};
  CHECK(s.sends(other, 5));
  CHECK(s.latch.target() == described);
}

TEST_CASE("latch: a stream that goes on from another place is the same peer after a gap, others are not") {
  scene s;
  s.describe(private_place, nat);
  sender phone{at(nat, 61000), 77};
  CHECK(s.sends(phone, 10));
  auto moved = phone;
  moved.from = at(nat, 62000);
  CHECK_FALSE(s.sends(moved, 1)); // the old place has just spoken
  s.now += 600 * ms;
  CHECK(s.sends(moved, 1));
  CHECK(s.latch.target() == moved.from);
  auto guess = moved;
  guess.from = at("192.0.2.66", 4000);
  s.now += 600 * ms;
  guess.sequence = static_cast<std::uint16_t>(guess.sequence + 30000);
  CHECK_FALSE(s.sends(guess, 20));
  guess.ssrc = 78;
  guess.sequence = moved.sequence;
  CHECK_FALSE(s.sends(guess, 20));
}

TEST_CASE(
    "latch: after a hold a NAT may have made a new hole - the phone is found there once, the old hole comes first") {
  scene s;
  s.describe(private_place, nat);
  sender phone{at(nat, 61000)};
  CHECK(s.sends(phone, 10));
  s.describe(private_place, nat, false); // held
  s.now += 300'000 * ms;
  sender again{at(nat, 61999), 5};
  CHECK_FALSE(s.sends(again, 20));       // nothing opens while it is held
  s.describe(private_place, nat);        // resumed
  CHECK(s.latch.target() == phone.from); // until somebody is heard
  SECTION("from a new hole") {
    CHECK(s.sends(again));
    CHECK(s.latch.target() == again.from);
    sender third{at(nat, 62222), 6};
    CHECK_FALSE(s.sends(third, 50));
  }
  SECTION("the old one was alive, somebody else was quicker") {
    CHECK(s.sends(again));
    CHECK(s.sends(phone));
    CHECK(s.latch.target() == phone.from);
    CHECK_FALSE(s.sends(again, 50));
  }
}

TEST_CASE("latch: a new address is believed at once, stragglers from the old place are not") {
  scene s;
  s.describe(described, carrier);
  sender party{described};
  CHECK(s.sends(party, 5));
  const auto next = at("198.51.100.7", 4400);
  const auto moves = s.latch.moves();
  s.describe(next, carrier);
  CHECK(s.latch.moves() != moves);
  CHECK(s.latch.target() == next);
  CHECK_FALSE(s.sends(party, 5));
  sender there{next, 2};
  CHECK(s.sends(there));
  s.now += 5'000 * ms;
  CHECK_FALSE(s.sends(party, 5));
}

TEST_CASE("latch: a peer that names no address is found by its packets") {
  scene s;
  s.latch.describe(std::nullopt, address::parse(nat, 0), true, 0); // a host name, or 0.0.0.0
  CHECK_FALSE(s.latch.target().is_set());
  sender phone{at(nat, 61000)};
  CHECK(s.sends(phone));
  CHECK(s.latch.target() == phone.from);
}
