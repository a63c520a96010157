#include "bench/report.hpp"

#include <catch2/catch.hpp>

#include <numeric>

using namespace lifeline::bench;

TEST_CASE("percentiles are the nearest rank: values that were really measured") {
  sample s;
  for (int i = 100; i >= 1; --i)
    s.add(i);
  CHECK(s.percentile(0.5) == 50);
  CHECK(s.percentile(0.95) == 95);
  CHECK(s.percentile(0.99) == 99);
  CHECK(s.percentile(1) == 100);
  CHECK(s.percentile(0) == 1);
  CHECK(s.largest() == 100);
  CHECK(s.mean() == Approx(50.5));
}

TEST_CASE("a sample grows after it was asked") {
  sample s;
  s.add(3);
  CHECK(s.percentile(0.5) == 3);
  s.add(1);
  s.add(2);
  CHECK(s.percentile(0.5) == 2);
}

TEST_CASE("of nothing, everything is 0") {
  sample s;
  CHECK(s.size() == 0);
  CHECK(s.percentile(0.99) == 0);
  CHECK(s.largest() == 0);
  CHECK(s.mean() == 0);
  CHECK(s.histogram("h", "ms").buckets.empty());
}

TEST_CASE("a histogram holds each value once, in rising buckets") {
  sample s;
  for (int i = 0; i < 1000; ++i)
    s.add(i % 7 == 0 ? 0 : i * 0.01);
  const auto h = s.histogram("h", "ms");
  CHECK(h.unit == "ms");
  std::uint64_t sum = 0;
  double bound = 0;
  for (const auto& [upper, n] : h.buckets) {
    CHECK(upper > bound);
    bound = upper;
    sum += n;
  }
  CHECK(sum == 1000);
  CHECK(bound >= s.largest());
}

TEST_CASE("equal values fit into a histogram") {
  sample s;
  for (int i = 0; i < 5; ++i)
    s.add(2);
  const auto h = s.histogram("h", "ms");
  CHECK(std::accumulate(h.buckets.begin(), h.buckets.end(), std::uint64_t{0},
                        [](auto sum, const auto& b) { return sum + b.second; }) == 5);
}

TEST_CASE("a sample describes itself as four figures, with the targets beside them") {
  sample s;
  s.add(1);
  s.add(4);
  report r;
  s.describe(r, "answer", "ms", {.p50 = 0.5, .p99 = 2});
  REQUIRE(r.figures.size() == 4);
  CHECK(r.figures[0].name == "answer p50");
  CHECK(r.figures[0].value == 1);
  CHECK(r.figures[0].target == 0.5);
  CHECK(r.figures[1].name == "answer p95");
  CHECK(r.figures[1].target == 0);
  CHECK(r.figures[2].target == 2);
  CHECK(r.figures[3].name == "answer max");
  CHECK(r.figures[3].value == 4);
  CHECK(r.figures[3].direction == better::lower);
}
