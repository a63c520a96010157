#include "domain/base/ids.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdlib>
#include <set>
#include <unordered_set>

using namespace lifeline::domain;

TEST_CASE("ids: canonical text, there and back") {
  const call_id id{0x0123456789abcdefull, 0xfedcba9876543210ull};
  CHECK(to_string(id) == "01234567-89ab-cdef-fedc-ba9876543210");
  CHECK(parse_id<call_id>(to_string(id)) == id);
  CHECK(parse_id<call_id>("01234567-89AB-CDEF-FEDC-BA9876543210") == id);
  CHECK(to_string(call_id{}) == "00000000-0000-0000-0000-000000000000");
  CHECK(call_id{}.is_nil());
  CHECK_FALSE(id.is_nil());
}

TEST_CASE("ids: text that is not canonical is refused") {
  for (const char* each : {"", "0123456789abcdeffedcba9876543210", "01234567-89ab-cdef-fedc-ba987654321",
                           "01234567-89ab-cdef-fedc-ba98765432100", "01234567-89ab-cdef-fedc-ba987654321g",
                           "0123456-789ab-cdef-fedc-ba9876543210", "{1234567-89ab-cdef-fedc-ba987654321}",
                           "01234567-89ab-cdef-fedc ba9876543210", "-1234567-89ab-cdef-fedc-ba9876543210"}) {
    INFO(each);
    CHECK_FALSE(parse_id<call_id>(each));
  }
}

TEST_CASE("ids: version 7, variant 10, the time of making in front") {
  id_source source(1);
  const instant now{1'764'000'000'123ms};
  const auto id = source.next<leg_id>(now);
  CHECK((id.hi >> 12 & 0xF) == 7);
  CHECK(id.lo >> 62 == 2);
  CHECK(time_of(id) == now);
  CHECK(to_string(id)[14] == '7');
}

TEST_CASE("ids: strictly increasing while time stands still, steps back or runs") {
  id_source source(2);
  instant now{1'764'000'000s};
  auto last = source.next<call_id>(now);
  for (int i = 0; i < 20'000; ++i) { // more than one millisecond's counter holds
    const auto next = source.next<call_id>(now);
    REQUIRE(next > last);
    last = next;
  }
  CHECK(time_of(last) > now); // borrowed from the future
  CHECK(time_of(last) - now < 20ms);
  for (int i = 0; i < 1000; ++i) {
    now += i % 3 == 0 ? span{-700} : span{900};
    const auto next = source.next<call_id>(now);
    REQUIRE(next > last);
    last = next;
  }
  const auto before_1970 = source.next<call_id>(instant{-5s});
  CHECK(before_1970 > last);
}

TEST_CASE("ids: sources with different seeds do not meet, the same seed repeats") {
  std::set<call_id> seen;
  const instant now{1'764'000'000s};
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    id_source source(seed);
    for (int i = 0; i < 50; ++i)
      REQUIRE(seen.insert(source.next<call_id>(now)).second);
  }
  id_source a(9), b(9);
  CHECK(a.next<call_id>(now) == b.next<call_id>(now));
}

TEST_CASE("ids: hash spreads ids of one millisecond") {
  id_source source(3);
  std::unordered_set<std::size_t> hashes;
  for (int i = 0; i < 2000; ++i)
    hashes.insert(std::hash<call_id>{}(source.next<call_id>(instant{1'764'000'000s})));
  CHECK(hashes.size() == 2000);
}

TEST_CASE("ids: neighbouring seeds, and those a step of the generator apart, have nothing to do with one another") {
  constexpr std::uint64_t step = 0x9E3779B97F4A7C15ull; // else one source would repeat another, a little later
  const instant now{1'764'000'000s};
  std::unordered_set<std::uint64_t> seen;
  std::array<int, 62> ones{};
  constexpr int sources = 2000;
  for (std::uint64_t n = 0; n < sources / 2; ++n) {
    for (const std::uint64_t seed : {n + 1, n * step}) {
      id_source source(seed);
      for (int i = 0; i < 20; ++i) {
        const auto id = source.next<call_id>(now);
        REQUIRE(seen.insert(id.lo).second);
        for (std::size_t bit = 0; i == 0 && bit < ones.size(); ++bit)
          ones[bit] += static_cast<int>(id.lo >> bit & 1);
      }
    }
  }
  for (const int each : ones) // of the first ids; 1000, give or take six standard deviations
    CHECK(std::abs(each - sources / 2) < 135);
  CHECK(sizeof(id_source) <= 32); // every call carries one
}

namespace {
std::uint64_t ones_and_zeros() { return 0x5555555555555555ull; }
} // namespace

TEST_CASE("ids: the random bits are those of whoever gives them, and nothing else") {
  auto source = id_source::from(ones_and_zeros);
  const auto id = source.next<order_id>(instant{1'764'000'000s});
  CHECK(id.lo == (0x8000000000000000ull | ones_and_zeros() >> 2));
  CHECK((id.hi & 0xFFF) == ones_and_zeros() % 2048);
}

TEST_CASE("ids: the system's randomness does not repeat itself") {
  std::unordered_set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i)
    REQUIRE(seen.insert(unguessable()).second);
}
