// Random courses: every invariant holds after every step and at the end, whatever fails. Ten thousand seeds of a
// thousand events, in four parts so that the tests' two jobs share them.

#include "tests/simulation/runner.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;

namespace {

void run(std::uint64_t first, std::uint64_t count) {
  const auto s = simulation::run_many(first, count, 1, {});
  for (const auto& f : s.failures)
    FAIL_CHECK(simulation::describe(f));
  CHECK(s.seeds == count);
  CHECK(s.events >= 1000 * s.seeds);
}

} // namespace

TEST_CASE("seeds 1 to 2500") { run(1, 2500); }
TEST_CASE("seeds 2501 to 5000") { run(2501, 2500); }
TEST_CASE("seeds 5001 to 7500") { run(5001, 2500); }
TEST_CASE("seeds 7501 to 10000") { run(7501, 2500); }
