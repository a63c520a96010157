#include "domain/planning/what_if.hpp"

#include "domain/planning/day_source.hpp"
#include "domain/planning/erlang.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace lifeline::domain;

namespace {

constexpr instant morning{1'760'000'000s};

/// One queue and so many agents who do nothing but talk.
day make_day(int agents, span service_level = 20s) {
  day d;
  queue_plan q;
  q.name = "12315";
  q.wrap_up = 0s;
  q.short_abandon = 0s;
  q.service_level = service_level;
  d.plan.queues = {q};
  for (int i = 0; i < agents; ++i) {
    agent_plan a;
    a.account = std::to_string(8001 + i);
    a.queues = {"12315"};
    d.plan.agents.push_back(a);
  }
  return d;
}

day_call call_at(span after, span talk, span patience = stays_for_ever, const queue_id& queue = "12315") {
  return {morning + after, queue, talk, patience, {}};
}

} // namespace

TEST_CASE("callers are served one after the other, and the figures are those of the definitions") {
  auto d = make_day(1, 15s);
  d.calls = {call_at(0s, 60s), call_at(10s, 30s), call_at(20s, 30s, 25s), call_at(100s, 5s)};
  const auto r = play(d);
  const auto& q = r.queues.front();
  CHECK(q.offered == 4);
  CHECK(q.answered == 3);
  CHECK(q.abandoned == 1);
  CHECK(q.answered_within == 2); // at once, and after 0 s at 100 s
  CHECK(q.waited == 2);
  CHECK(q.wait_seconds == Approx(50 + 25));
  CHECK(q.answered_wait_seconds == Approx(50));
  CHECK(q.longest_wait_seconds == Approx(50));
  CHECK(q.asa_seconds() == Approx(50.0 / 3));
  CHECK(q.service_level() == Approx(2.0 / 4));
  CHECK(q.abandon_rate() == Approx(0.25));
  CHECK(r.busy_seconds == Approx(95));
  CHECK(r.present_seconds == Approx(105));
  CHECK(r.occupancy() == Approx(95.0 / 105));
}

TEST_CASE("wrap-up keeps the agent from the next caller") {
  auto d = make_day(1);
  d.plan.queues[0].wrap_up = 10s;
  d.calls = {call_at(0s, 30s), call_at(1s, 30s)};
  const auto r = play(d);
  CHECK(r.queues[0].longest_wait_seconds == Approx(39));
  CHECK(r.busy_seconds == Approx(80));
}

TEST_CASE("who gives up early does not count against the service level") {
  auto d = make_day(1);
  d.plan.queues[0].short_abandon = 5s;
  d.calls = {call_at(0s, 60s), call_at(1s, 10s, 3s)};
  const auto r = play(d);
  CHECK(r.queues[0].short_abandoned == 1);
  CHECK(r.queues[0].service_level() == 1);
  CHECK(r.queues[0].abandon_rate() == 0);
}

TEST_CASE("callers overflow to the other queue, where their wait begins anew") {
  auto d = make_day(1);
  d.plan.queues[0].max_wait = 20s;
  d.plan.queues[0].overflow_queue = "support";
  auto support = d.plan.queues[0];
  support.name = "support";
  support.max_wait = 0s;
  support.overflow_queue = {};
  d.plan.queues.push_back(support);
  agent_plan helper;
  helper.account = "9001";
  helper.queues = {"support"};
  d.plan.agents.push_back(helper);
  d.calls = {call_at(0s, 100s), call_at(0s, 10s)};
  const auto r = play(d);
  CHECK(r.queues[0].overflowed == 1);
  CHECK(r.find("support")->answered == 1);
  CHECK(r.find("support")->wait_seconds == 0);
  CHECK(r.queues[0].wait_seconds == Approx(20));
}

TEST_CASE("without an agent on shift nobody is answered, and a talk that has begun is finished") {
  auto d = make_day(1);
  d.shifts = {{"8001", morning + 50s, morning + 100s}};
  d.calls = {call_at(0s, 60s), call_at(10s, 60s, 300s)};
  const auto r = play(d);
  CHECK(r.queues[0].answered == 1);
  CHECK(r.queues[0].abandoned == 1);
  CHECK(r.queues[0].answered_wait_seconds == Approx(50));
  CHECK(r.busy_seconds == Approx(60));
}

TEST_CASE("an answer takes its time") {
  auto d = make_day(2);
  d.answer_delay = 3s;
  d.calls = {call_at(0s, 10s), call_at(1s, 10s, 2s)};
  const auto r = play(d);
  CHECK(r.queues[0].answered == 1);
  CHECK(r.queues[0].abandoned == 1);
  CHECK(r.queues[0].answered_wait_seconds == Approx(3));
  CHECK(r.queues[0].waited == 0);
}

TEST_CASE("an invented day has the calls, talks and patience that were asked for, and comes again by its seed") {
  day_profile p;
  p.queue = "12315";
  p.begins = morning;
  p.calls = {4000, 0, 8000};
  p.patience_mean = 120;
  const auto calls = invent_day(p, 5);
  double first = 0, last = 0, talk = 0, patience = 0;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    CHECK((i == 0 || calls[i - 1].at <= calls[i].at));
    first += calls[i].at < morning + 30min;
    last += calls[i].at >= morning + 60min;
    talk += seconds(calls[i].talk);
    patience += seconds(calls[i].patience);
  }
  const auto n = static_cast<double>(calls.size());
  CHECK(first == Approx(4000).margin(5 * std::sqrt(4000.0)));
  CHECK(last == Approx(8000).margin(5 * std::sqrt(8000.0)));
  CHECK(first + last == n);
  CHECK(talk / n == Approx(188).epsilon(0.06));
  CHECK(patience / n == Approx(120).epsilon(0.05));
  const auto again = invent_day(p, 5);
  REQUIRE(again.size() == calls.size());
  CHECK(again.back().talk == calls.back().talk);
  CHECK(invent_day(p, 6).size() != calls.size());
}

TEST_CASE("the production router behaves as Erlang's formulas say") {
  // Held against the formulas for the traffic that the sample really had, which takes most of the chance out of it.
  struct known {
    double rate, service, patience;
    int agents;
    double threshold;
  };
  for (const auto& k :
       {known{1.0 / 60, 240, 0, 5, 15}, known{1.0 / 60, 240, 180, 5, 15}, known{0.1, 240, 300, 30, 20}}) {
    INFO("patience " << k.patience << ", agents " << k.agents);
    auto d = make_day(k.agents, span{static_cast<std::int64_t>(k.threshold * 1e6)});
    constexpr double wanted = 200'000;
    day_profile p{"12315",
                  morning,
                  span{static_cast<std::int64_t>(wanted / k.rate * 1e6)},
                  {wanted},
                  talk_law::exponential,
                  k.service,
                  0,
                  k.patience};
    d.calls = invent_day(p, 11);
    d.skip = 2000;
    double talk = 0;
    for (const auto& c : d.calls)
      talk += seconds(c.talk);
    const auto n = static_cast<double>(d.calls.size());
    const auto theory =
        forecast({n / seconds(p.interval), talk / n, k.patience}, static_cast<std::uint32_t>(k.agents), k.threshold);
    REQUIRE(theory);
    const auto r = play(d);
    const auto& q = r.queues.front();
    const auto offered = static_cast<double>(q.offered);
    CHECK(static_cast<double>(q.waited) / offered == Approx(theory->p_wait).epsilon(0.05));
    CHECK(static_cast<double>(q.abandoned) / offered == Approx(theory->p_abandon).epsilon(0.06));
    CHECK(q.wait_seconds / offered == Approx(theory->mean_wait).epsilon(0.06));
    CHECK(q.answered_in_time() == Approx(theory->service_level).epsilon(0.02));
    CHECK(r.occupancy() == Approx(theory->occupancy).epsilon(0.02));
  }
}
