// What stands open is counted once, by level and age.

#include "domain/rescue/order_figures.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;

namespace {

const instant noon = from_micros(1'790'000'000'000'000);

order_state alarm_since(span age) {
  order_state s;
  s.status = order_status::open;
  s.received = noon - age;
  return s;
}

deployment party(deployment_phase phase) {
  deployment d;
  d.phase = phase;
  return d;
}

} // namespace

TEST_CASE("an order is counted by what it is: alarm, filtered alarm, other order, over") {
  order_figures f;
  auto s = alarm_since(1min);
  s.level = 2;
  count_order(f, s, noon);
  s.type = order_type::fault;
  s.status = order_status::rescued; // not confirmed: the alarm is active
  count_order(f, s, noon);
  s.type = order_type::complaint;
  s.status = order_status::open;
  count_order(f, s, noon);
  s.type = order_type::entrapment;
  s.status = order_status::filtered;
  count_order(f, s, noon);
  for (const auto over :
       {order_status::confirmed, order_status::closed, order_status::archived, order_status::dismissed}) {
    s.status = over;
    count_order(f, s, noon);
  }
  CHECK(f.open == std::array<std::uint64_t, 4>{0, 0, 2, 0});
  CHECK(f.orders == 1);
  CHECK(f.filtered == 1);
  CHECK(f.unacknowledged == 2);
}

TEST_CASE("age groups include their upper bound, and a clock that ran ahead counts as just now") {
  order_figures f;
  for (const auto age : {span{-1min}, span{0}, span{5min}, span{5min + 1us}, span{15min}, span{30min}, span{60min},
                         span{60min + 1us}, span{100h}})
    count_order(f, alarm_since(age), noon);
  CHECK(f.open_by_age == std::array<std::uint64_t, age_groups>{3, 2, 1, 1, 2});
  CHECK(f.oldest_open == 100h);
  CHECK(age_name(0) == "0-5m");
  CHECK(age_name(age_groups - 1) == "60m+");
  CHECK(age_name(age_groups) == "unknown");
}

TEST_CASE("the oldest alarm that nobody has taken is not the oldest alarm") {
  order_figures f;
  auto taken = alarm_since(20min);
  taken.acknowledged = noon;
  count_order(f, taken, noon);
  CHECK(f.oldest_unacknowledged == 0s);
  count_order(f, alarm_since(40s), noon);
  CHECK(f.unacknowledged == 1);
  CHECK(f.oldest_unacknowledged == 40s);
  CHECK(f.oldest_open == 20min);
}

TEST_CASE("overdue parties: what was missed, and what is due by now whether or not the clock has been given") {
  auto s = alarm_since(1h);
  s.deployments = {party(deployment_phase::dispatched), party(deployment_phase::unanswered),
                   party(deployment_phase::accepted),   party(deployment_phase::accepted),
                   party(deployment_phase::arrived),    party(deployment_phase::refused)};
  s.deployments[0].answer_due = noon;
  s.deployments[1].answer_overdue = true;
  s.deployments[2].arrival_due = noon + 1us; // in time
  s.deployments[2].answer_overdue = true;    // accepted late: answered all the same
  s.deployments[3].arrival_overdue = true;
  s.deployments[4].arrival_overdue = true; // is there
  s.deployments[5].answer_overdue = true;  // has answered
  order_figures f;
  count_order(f, s, noon);
  CHECK(f.overdue_answers == 2);
  CHECK(f.overdue_arrivals == 1);
  s.status = order_status::rescued;
  order_figures after;
  count_order(after, s, noon);
  CHECK(after.overdue_answers == 0);
  CHECK(after.overdue_arrivals == 0);
}

TEST_CASE("an exhausted ladder counts until somebody is on the way") {
  auto s = alarm_since(1min);
  s.level = 3;
  s.level_exhausted = true;
  order_figures f;
  count_order(f, s, noon);
  CHECK(f.exhausted == 1);
  s.deployments = {party(deployment_phase::accepted)};
  count_order(f, s, noon);
  CHECK(f.exhausted == 1);
}
