#include "bench/rtp_streams.hpp"

#include <catch2/catch.hpp>

using lifeline::bench::sequence_count;

namespace {

sequence_count of(std::initializer_list<int> numbers) {
  sequence_count c;
  for (const int n : numbers)
    c.saw(static_cast<std::uint16_t>(n));
  return c;
}

} // namespace

TEST_CASE("a stream without gaps has lost nothing") {
  CHECK(of({5, 6, 7}).lost() == 0);
  CHECK(of({5, 6, 7}).received() == 3);
  CHECK(of({}).lost() == 0);
}

TEST_CASE("gaps are counted, and what comes late is none") {
  CHECK(of({1, 2, 5}).lost() == 2);
  CHECK(of({1, 2, 5, 3, 4}).lost() == 0);
  CHECK(of({3, 2, 1, 4}).lost() == 0); // more came than was expected: nothing below 0
}

TEST_CASE("the number turns around after 65535") {
  CHECK(of({65534, 65535, 0, 1}).lost() == 0);
  CHECK(of({65534, 65535, 2}).lost() == 2);
  CHECK(of({65534, 0, 65535, 1}).lost() == 0);
}

TEST_CASE("two turns are followed") {
  sequence_count c;
  for (int i = 0; i < 140'000; ++i)
    if (i % 1000 != 999) c.saw(static_cast<std::uint16_t>(i));
  CHECK(c.received() == 140'000 - 140);
  CHECK(c.lost() == 139); // the last one missing is not known to have been sent
}
