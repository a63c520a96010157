// The rescue side in numbers: a fold of the log, and what stands open.

#include "tests/metrics/support.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;
using namespace lifeline::testing;

namespace {

order_id order(std::uint64_t n) { return {n, n}; }

order_changed step(std::uint64_t of, order_step what, order_status from = order_status::open,
                   order_status to = order_status::open) {
  order_changed x;
  x.order = order(of);
  x.step = what;
  x.from = from;
  x.to = to;
  return x;
}
order_changed at_level(std::uint8_t level, order_step what, span took = 0s) {
  auto x = step(1, what);
  x.level = level;
  x.party = "firm";
  x.took = took;
  return x;
}

rescuer_called attempt(attempt_outcome outcome, bool ended = true) {
  rescuer_called x;
  x.order = order(1);
  x.outcome_known = ended;
  x.outcome = outcome;
  x.target = "13800000000";
  x.party_name = "某某电梯维保";
  return x;
}

struct counted {
  actors::metrics m{two_queues(), {}};
  log_writer log{m};
  void operator()(event_body body, span after = 0s) { log({}, std::move(body), after); }
  std::optional<double> figure(const std::string& series) { return value_of(m.render(start), series); }
};

} // namespace

TEST_CASE("reports are counted by channel, kind and fate - every series is there from the start") {
  counted c;
  CHECK(c.figure(R"(lifeline_alarms_received_total{channel="iot",fate="filtered",kind="entrapment"})") == 0);
  alarm_received x;
  x.report.channel = report_channel::lift_phone;
  x.report.kind = report_kind::test;
  x.fate = report_fate::noted;
  c(x);
  c(x);
  x.report.kind = static_cast<report_kind>(99); // what was read may hold anything
  c(x);
  CHECK(c.figure(R"(lifeline_alarms_received_total{channel="lift_phone",fate="noted",kind="test"})") == 2);
  CHECK(c.figure(R"(lifeline_alarms_received_total{channel="phone",fate="noted",kind="test"})") == 0);
}

TEST_CASE("the ladder's steps are counted, by level where a level is theirs") {
  counted c;
  auto opened = step(1, order_step::created);
  opened.type = order_type::fault;
  c(opened);
  c(at_level(1, order_step::answer_overdue));
  c(at_level(2, order_step::escalated));
  c(at_level(2, order_step::refused));
  c(at_level(3, order_step::escalated));
  c(at_level(2, order_step::arrival_overdue));
  c(at_level(9, order_step::arrival_overdue)); // of no level: the step counts
  c(at_level(0, order_step::exhausted));
  CHECK(c.figure(R"(lifeline_orders_opened_total{type="fault"})") == 1);
  CHECK(c.figure(R"(lifeline_orders_opened_total{type="entrapment"})") == 0);
  CHECK(c.figure(R"(lifeline_order_answers_overdue_total{level="1"})") == 1);
  CHECK(c.figure(R"(lifeline_order_escalations_total{level="2"})") == 1);
  CHECK(c.figure(R"(lifeline_order_escalations_total{level="3"})") == 1);
  CHECK(c.figure(R"(lifeline_order_refusals_total{level="2"})") == 1);
  CHECK(c.figure(R"(lifeline_order_arrivals_overdue_total{level="2"})") == 1);
  CHECK(c.figure(R"(lifeline_order_steps_total{step="arrival_overdue"})") == 2);
  CHECK(c.figure(R"(lifeline_order_steps_total{step="exhausted"})") == 1);
  CHECK(c.figure(R"(lifeline_order_steps_total{step="supervised"})") == 0);
  CHECK_FALSE(c.figure(R"(lifeline_order_steps_total{step="calling"})").has_value());
}

TEST_CASE("times of a rescue: what was not measured is not a zero") {
  counted c;
  c(at_level(0, order_step::acknowledged, 12s));
  c(at_level(1, order_step::accepted, 95s));
  c(at_level(2, order_step::accepted_late, 400s));
  c(at_level(1, order_step::arrived, 300s)); // the group of 5 minutes includes its end
  c(at_level(2, order_step::arrived));       // nobody had taken the alarm
  c(at_level(1, order_step::rescued, 150s));
  CHECK(c.figure("lifeline_alarm_acknowledge_seconds_sum") == 12);
  CHECK(c.figure(R"(lifeline_order_accept_seconds_sum{level="1"})") == 95);
  CHECK(c.figure(R"(lifeline_order_accept_seconds_sum{level="2"})") == 400);
  CHECK(c.figure(R"(lifeline_order_accept_seconds_count{level="3"})") == 0);
  CHECK(c.figure("lifeline_order_arrive_seconds_count") == 1);
  CHECK(c.figure(R"(lifeline_order_arrive_seconds_bucket{le="300"})") == 1);
  CHECK(c.figure("lifeline_order_rescue_seconds_sum") == 150);
}

TEST_CASE("the confirmation is measured from the rescue on, as it was told, and only once") {
  counted c;
  auto out = step(1, order_step::rescued, order_status::arrived, order_status::rescued);
  out.told_at = start - 20s;
  c(out);
  c(step(1, order_step::noted, order_status::rescued, order_status::rescued), 5s);
  c(step(1, order_step::confirmed, order_status::rescued, order_status::confirmed), 40s);
  c(step(1, order_step::confirmed, order_status::rescued, order_status::confirmed),
    50s); // its rescue is of another run
  CHECK(c.figure("lifeline_order_confirm_seconds_sum") == 60);
  CHECK(c.figure("lifeline_order_confirm_seconds_count") == 1);
  c(step(2, order_step::self_released, order_status::dispatched, order_status::rescued));
  c(step(2, order_step::reopened, order_status::rescued, order_status::open));
  c(step(2, order_step::confirmed, order_status::open, order_status::confirmed), 900s); // not from the first rescue
  CHECK(c.figure("lifeline_order_confirm_seconds_count") == 1);
}

TEST_CASE("attempts are counted when they end, and no label says who was called") {
  counted c;
  c(attempt(attempt_outcome::failed, false));
  c(attempt(attempt_outcome::no_line));
  auto webhook = attempt(attempt_outcome::delivered);
  webhook.channel = attempt_channel::webhook;
  webhook.purpose = attempt_purpose::urge;
  c(webhook);
  const auto text = c.m.render(start);
  const std::string name = "lifeline_rescuer_attempts_total";
  CHECK(value_of(text, name + R"({channel="phone",outcome="no_line",purpose="dispatch"})") == 1);
  CHECK(value_of(text, name + R"({channel="phone",outcome="failed",purpose="dispatch"})") == 0);
  CHECK(value_of(text, name + R"({channel="webhook",outcome="delivered",purpose="urge"})") == 1);
  CHECK(text.find("13800000000") == std::string::npos);
  CHECK(text.find("维保") == std::string::npos);
}

TEST_CASE("imports, silent devices and mass events are counted") {
  counted c;
  c(elevators_imported{"lifts.csv", "8001", 30000, 20, 3000, 4});
  c(device_silence{"320803", true, start});
  c(device_silence{"320803", false, start});
  c(mass_event_changed{1, "320803 花园", true, 5});
  c(mass_event_changed{1, "320803 花园", false, 0});
  CHECK(c.figure(R"(lifeline_lifts_imported_total{result="added"})") == 30000);
  CHECK(c.figure(R"(lifeline_lifts_imported_total{result="bad"})") == 4);
  CHECK(c.figure("lifeline_devices_fell_silent_total") == 1);
  CHECK(c.figure("lifeline_mass_events_total") == 1);
}

TEST_CASE("what stands open is asked for at each scrape, and left out when there is nobody to ask") {
  CHECK(actors::metrics(two_queues(), {}).render(start).find("lifeline_alarms_open") == std::string::npos);
  actors::rescue_figures f;
  f.open = {1, 2, 0, 3};
  f.open_by_age = {4, 0, 0, 1, 1};
  f.unacknowledged = 2;
  f.oldest_open = 3700s;
  f.oldest_unacknowledged = 31500ms;
  f.silent_devices = 7;
  f.lifts = 33000;
  actors::metric_sources s;
  s.rescue = [&f] { return f; };
  actors::metrics m(two_queues(), s);
  auto text = m.render(start);
  CHECK(value_of(text, R"(lifeline_alarms_open{level="0"})") == 1);
  CHECK(value_of(text, R"(lifeline_alarms_open{level="3"})") == 3);
  CHECK(value_of(text, R"(lifeline_alarms_open_by_age{age="0-5m"})") == 4);
  CHECK(value_of(text, R"(lifeline_alarms_open_by_age{age="60m+"})") == 1);
  CHECK(value_of(text, "lifeline_alarm_oldest_open_seconds") == 3700);
  CHECK(value_of(text, "lifeline_alarm_oldest_unacknowledged_seconds") == 31.5);
  CHECK(value_of(text, "lifeline_alarms_unacknowledged") == 2);
  CHECK(value_of(text, "lifeline_devices_silent") == 7);
  CHECK(value_of(text, "lifeline_lifts") == 33000);
  f.open = {};
  text = m.render(start);
  CHECK(value_of(text, R"(lifeline_alarms_open{level="3"})") == 0);
}
