#include "domain/base/hang_watch.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;

namespace {
constexpr instant at(span s) { return instant{std::chrono::hours{1}} + s; }
} // namespace

TEST_CASE("a thread whose beat stands still for the limit is hung") {
  hang_watch w{10s};
  for (int second = 0; second < 10; ++second)
    CHECK_FALSE(w.hung(7, at(std::chrono::seconds{second})));
  CHECK(w.hung(7, at(10s)));
}

TEST_CASE("a beat that moves is alive, and begins the time anew") {
  hang_watch w{10s};
  for (int second = 0; second < 100; ++second)
    CHECK_FALSE(w.hung(static_cast<std::uint64_t>(second / 9), at(std::chrono::seconds{second})));
}

TEST_CASE("a gap in the looking is not held against the watched thread") {
  hang_watch w{10s};
  CHECK_FALSE(w.hung(1, at(0s)));
  CHECK_FALSE(w.hung(1, at(60s))); // the watcher itself did not run for a minute
  for (int second = 61; second < 70; ++second)
    CHECK_FALSE(w.hung(1, at(std::chrono::seconds{second})));
  CHECK(w.hung(1, at(70s)));
}
