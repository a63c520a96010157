#include "domain/planning/erlang.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace lifeline::domain;

namespace {

struct known {
  const char* name;
  traffic t;
  std::uint32_t agents;
  double threshold;
  double p_wait, p_abandon, mean_wait, service_level;
};

/// Published or exactly computed values.
const known cases[] = {
    {"48 a minute, 60 s, 50 agents, for ever", {0.8, 60, 0}, 50, 20, 0.694456, 0, 20.834, 0.643455},
    {"48 a minute, 60 s, 50 agents, patience 120 s", {0.8, 60, 120}, 50, 20, 0.467774, 0.030912, 3.7095, 0.943019},
    {"60 an hour, 240 s, 5 agents, for ever", {1.0 / 60, 240, 0}, 5, 15, 0.554113, 0, 132.99, 0.479459},
    {"60 an hour, 240 s, 5 agents, patience 180 s", {1.0 / 60, 240, 180}, 5, 15, 0.352658, 0.112951, 20.331, 0.693974},
    {"360 an hour, 240 s, 30 agents, for ever", {0.1, 240, 0}, 30, 20, 0.172862, 0, 6.914, 0.895154},
    {"360 an hour, 240 s, 30 agents, patience 300 s", {0.1, 240, 300}, 30, 20, 0.136789, 0.010903, 3.271, 0.930795},
};

} // namespace

TEST_CASE("Erlang C and A give the known values") {
  for (const auto& c : cases) {
    INFO(c.name);
    const auto f = forecast(c.t, c.agents, c.threshold);
    REQUIRE(f);
    CHECK(f->p_wait == Approx(c.p_wait).margin(2e-6));
    CHECK(f->p_abandon == Approx(c.p_abandon).margin(2e-6));
    CHECK(f->mean_wait == Approx(c.mean_wait).epsilon(2e-4));
    CHECK(f->service_level == Approx(c.service_level).margin(2e-6));
  }
}

TEST_CASE("very patient callers are those of Erlang C") {
  const auto c = forecast({0.1, 240, 0}, 30, 20);
  const auto a = forecast({0.1, 240, 1e7}, 30, 20);
  REQUIRE(c);
  REQUIRE(a);
  CHECK(a->p_wait == Approx(c->p_wait).epsilon(1e-3));
  CHECK(a->service_level == Approx(c->service_level).epsilon(1e-3));
}

TEST_CASE("Erlang's loss formula") {
  CHECK(erlang_b(10, 10) == Approx(0.214582).margin(1e-6));
  CHECK(erlang_b(0, 3) == 0);
  CHECK(erlang_b(5, 0) == 1);
}

TEST_CASE("more agents never make it worse, and the number needed is the least") {
  const traffic t{0.1, 240, 300};
  double before = 0;
  for (std::uint32_t n = 20; n <= 40; ++n) {
    const auto f = forecast(t, n, 20);
    REQUIRE(f);
    CHECK(f->service_level >= before);
    before = f->service_level;
  }
  for (const auto& traffic_of : {t, traffic{0.1, 240, 0}}) {
    const staffing_target target{0.8, 20};
    const auto n = agents_needed(traffic_of, target);
    REQUIRE(n);
    CHECK(forecast(traffic_of, *n, 20)->service_level >= 0.8);
    const auto fewer = forecast(traffic_of, *n - 1, 20);
    CHECK((!fewer || fewer->service_level < 0.8));
  }
}

TEST_CASE("limits on abandonment and occupancy ask for more agents") {
  const traffic t{0.1, 240, 300};
  const auto usual = agents_needed(t, {0.5, 20});
  REQUIRE(usual);
  CHECK(agents_needed(t, {0.5, 20, 0.005}).value() > *usual);
  CHECK(agents_needed(t, {0.5, 20, 1, 0.6}).value() == 40);
}

TEST_CASE("nobody calls: one agent is enough and idle") {
  const auto f = forecast({0, 240, 0}, 1, 20);
  REQUIRE(f);
  CHECK(f->service_level == 1);
  CHECK(f->occupancy == 0);
  CHECK(agents_needed({0, 240, 0}, {}).value() == 1);
}

TEST_CASE("what cannot be computed is refused with the reason") {
  CHECK(forecast({-1, 60, 0}, 5, 20).error().find("arrivals") == 0);
  CHECK(forecast({1, std::numeric_limits<double>::quiet_NaN(), 0}, 5, 20).error().find("service") == 0);
  CHECK(forecast({1, 60, -5}, 5, 20).error().find("patience") == 0);
  CHECK(forecast({1, 60, 0}, 0, 20).error().find("agents") == 0);
  CHECK(forecast({1, 60, 0}, 60, 20).error().find("agents: 60 cannot carry") == 0);
  CHECK(agents_needed({1, 60, 0}, {1.1, 20}).error().find("target") == 0);
}
