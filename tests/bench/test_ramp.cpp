#include "bench/ramp.hpp"

#include <catch2/catch.hpp>

#include <vector>

using lifeline::bench::ramp;

namespace {

std::vector<double> rates_until(ramp& r, double limit) {
  std::vector<double> all;
  while (const auto rate = r.next()) {
    all.push_back(*rate);
    r.tried(*rate, *rate <= limit);
  }
  return all;
}

} // namespace

TEST_CASE("rates are doubled until one is lost, then the limit is closed in on") {
  ramp r(50, 3200, 3);
  CHECK(rates_until(r, 330) == std::vector<double>{50, 100, 200, 400, 300, 350, 325});
  CHECK(r.sustained() == 325);
  CHECK(r.limit_found());
}

TEST_CASE("an engine that holds everything is not asked for more than the most") {
  ramp r(50, 150, 3);
  CHECK(rates_until(r, 1e9) == std::vector<double>{50, 100, 150});
  CHECK(r.sustained() == 150);
  CHECK_FALSE(r.limit_found());
}

TEST_CASE("an engine that holds nothing ends the search, too") {
  ramp r(50, 3200, 2);
  CHECK(rates_until(r, 0) == std::vector<double>{50, 25, 12.5});
  CHECK(r.sustained() == 0);
  CHECK(r.limit_found());
}
