#include "domain/calls/overload.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace lifeline::domain;

namespace {

call_limits small_limits() {
  call_limits l;
  l.max_calls = 1000;
  l.emergency_share = 0.1;
  l.max_mailbox = 100;
  l.max_lag = 200ms;
  return l;
}

engine_load load_of(std::size_t calls, std::size_t mailbox = 0, span lag = 0s) {
  engine_load l;
  l.calls = calls;
  l.mailbox = mailbox;
  l.lag = lag;
  return l;
}

shed_level decide(const engine_load& load, shed_level before = shed_level::none) {
  return decide_shedding(load, small_limits(), before);
}

} // namespace

TEST_CASE("overload: an engine at ease sheds nothing") {
  CHECK(decide(load_of(0)) == shed_level::none);
  CHECK(decide(load_of(899, 99, 199ms)) == shed_level::none);
}

TEST_CASE("overload: emergency calls still come in when the others are shed") {
  for (const auto& load : {load_of(900), load_of(999), load_of(0, 100), load_of(0, 399), load_of(0, 0, 200ms)}) {
    const auto level = decide(load);
    CHECK(level == shed_level::all_but_emergency);
    CHECK(admits(level, true));
    CHECK_FALSE(admits(level, false));
  }
}

TEST_CASE("overload: emergency calls are shed last of all") {
  for (const auto& load : {load_of(1000), load_of(0, 400), load_of(0, 0, 800ms)}) {
    const auto level = decide(load);
    CHECK(level == shed_level::all);
    CHECK_FALSE(admits(level, true));
  }
}

TEST_CASE("overload: shedding does not flutter around its limit") {
  CHECK(decide(load_of(899), shed_level::all_but_emergency) == shed_level::all_but_emergency);
  CHECK(decide(load_of(720), shed_level::all_but_emergency) == shed_level::all_but_emergency);
  CHECK(decide(load_of(719), shed_level::all_but_emergency) == shed_level::none);
  CHECK(decide(load_of(0, 80), shed_level::all_but_emergency) == shed_level::all_but_emergency);
  CHECK(decide(load_of(0, 79), shed_level::all_but_emergency) == shed_level::none);
  CHECK(decide(load_of(0, 0, 160ms), shed_level::all_but_emergency) == shed_level::all_but_emergency);
  CHECK(decide(load_of(0, 0, 159ms), shed_level::all_but_emergency) == shed_level::none);
}

TEST_CASE("overload: shedding of everything falls back to the others first") {
  CHECK(decide(load_of(800), shed_level::all) == shed_level::all);
  CHECK(decide(load_of(799), shed_level::all) == shed_level::all_but_emergency);
  CHECK(decide(load_of(719), shed_level::all) == shed_level::none);
  CHECK(decide(load_of(0, 320), shed_level::all) == shed_level::all);
  CHECK(decide(load_of(0, 319), shed_level::all) == shed_level::all_but_emergency);
}

TEST_CASE("overload: a limit of nothing is no limit, a share of everything leaves the others nothing") {
  auto l = small_limits();
  l.max_mailbox = 0;
  l.max_lag = 0s;
  CHECK(decide_shedding(load_of(0, 100000, 10s), l, shed_level::none) == shed_level::none);
  l.emergency_share = 1;
  CHECK(decide_shedding(load_of(0), l, shed_level::none) == shed_level::all_but_emergency);
  l.emergency_share = 0;
  CHECK(decide_shedding(load_of(999), l, shed_level::none) == shed_level::none);
  CHECK(decide_shedding(load_of(1000), l, shed_level::none) == shed_level::all);
}

TEST_CASE("overload: more load never sheds less, whatever was before") {
  const unsigned seed = 20261124;
  INFO("seed " << seed);
  std::mt19937 random{seed};
  for (int i = 0; i < 5000; ++i) {
    const auto before = static_cast<shed_level>(random() % 3);
    const auto less = load_of(random() % 1200, random() % 500, std::chrono::milliseconds{random() % 1000});
    auto more = less;
    more.calls += random() % 200;
    more.mailbox += random() % 100;
    more.lag += std::chrono::milliseconds{random() % 200};
    CHECK(decide(less, before) <= decide(more, before));
    CHECK(decide(less, shed_level::none) <= decide(less, before)); // what goes on shedding sheds at least as much
  }
}
