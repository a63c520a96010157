#include "bench/process_watch.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

using namespace lifeline::bench;

TEST_CASE("CPU time is read from /proc/<pid>/stat, whatever the program is called") {
  CHECK(cpu_ticks_in("12 (lifelined) S 1 12 12 0 -1 4194560 1 2 3 4 700 55 8 9 20 0 5 0 100 1 2") == 755);
  CHECK(cpu_ticks_in("12 (a) b) (c) R 1 12 12 0 -1 4194560 1 2 3 4 1 2 8 9 20 0 5") == 3);
  CHECK_FALSE(cpu_ticks_in(""));
  CHECK_FALSE(cpu_ticks_in("12 (lifelined"));
  CHECK_FALSE(cpu_ticks_in("12 (lifelined) S 1 12"));
}

TEST_CASE("resident memory is read from /proc/<pid>/status") {
  CHECK(resident_kb_in("Name:\tx\nVmHWM:\t  900 kB\nVmRSS:\t  1234 kB\nThreads:\t3\n") == 1234);
  CHECK(resident_kb_in("VmRSS: 7 kB\n") == 7);
  CHECK_FALSE(resident_kb_in("Name:\tzombie\nState:\tZ (zombie)\n"));
  CHECK_FALSE(resident_kb_in("Name:\tx\nVmRSS:\n"));
  CHECK_FALSE(resident_kb_in(""));
}

TEST_CASE("this very process can be seen, and one that does not exist cannot") {
  const auto s = sample_process(::getpid());
  REQUIRE(s);
  CHECK(s->resident_kb > 0);
  CHECK(s->descriptors > 0);
  CHECK_FALSE(sample_process(-1));
  CHECK(cpu_ms_of(-1) == 0);
  CHECK(resident_kb_of(-1) == 0);
}

TEST_CASE("a watch begins with a first sample and ends at once") {
  const process_watch watch(::getpid(), std::chrono::hours{1});
  while (watch.samples().empty())
    std::this_thread::yield();
  CHECK(watch.samples().size() == 1);
}

TEST_CASE("from samples to curves") {
  const std::vector<process_sample> s{{0, 100, 2048, 5}, {2, 1100, 4096, 6}, {2, 1100, 4096, 6}};
  CHECK(cpu_percent(s) == points{{2, 50}}); // a second of CPU in two; no time, no figure
  CHECK(resident_mb(s) == points{{0, 2}, {2, 4}, {2, 4}});
  CHECK(descriptors(s) == points{{0, 5}, {2, 6}, {2, 6}});
  CHECK(largest(descriptors(s)) == 6);
  CHECK(largest({}) == 0);
  CHECK(cpu_percent({}).empty());
}

TEST_CASE("the slope is that of the line with the least squares") {
  CHECK(slope({{0, 1}, {1, 3}, {2, 5}}) == Approx(2));
  CHECK(slope({{0, 1}, {1, 0}, {2, 1}, {3, 0}}) == Approx(-0.2));
  CHECK(slope({{0, 7}, {5, 7}}) == Approx(0));
  CHECK(slope({{3, 1}, {3, 9}}) == 0);
  CHECK(slope({{3, 1}}) == 0);
  CHECK(slope({}) == 0);
}
