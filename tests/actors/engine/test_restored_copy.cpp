// A restored copy rings nobody before somebody has confirmed it.

#include "tests/actors/rescue/alarm_bench.hpp"

#include "actors/core/checkpoints.hpp"
#include "domain/base/wall_time.hpp"

using namespace lifeline;
using namespace lifeline::testing;
using namespace std::chrono_literals;

TEST_CASE("restored copy: open orders wait without a call until they are let go, and go on then") {
  alarm_bench b;
  const auto id = b.open();
  REQUIRE(b.dialled.size() == 1);
  b.copy_at_restart = true;
  b.restart_engine();
  b.advance(1h); // everything of it is overdue
  CHECK(b.dialled.size() == 1);
  REQUIRE(b.around->orders.get(id)); // it is to be seen
  CHECK(b.state(id).level == 1);
  const auto refused = b.act(id, domain::order_verb::acknowledge);
  CHECK(refused.refused);
  CHECK_THAT(refused.refused->message, Catch::Contains("resume-outbound"));
  b.crash_supervisor();
  b.advance(1min);
  CHECK(b.dialled.size() == 1);

  b.around->outbound_held = false;
  caf::anon_send(b.around->who_rescues.alarms.get(), actors::plan_changed{});
  b.advance(1min);
  CHECK(b.dialled.size() > 1);
  CHECK_FALSE(b.act(id, domain::order_verb::acknowledge).refused);
  b.check_deadlines();
}

TEST_CASE("restored copy: a new alarm is taken in and shown, and its calls fail with the reason") {
  alarm_bench b;
  b.around->outbound_held = true;
  const auto id = b.open();
  b.advance(1s);
  CHECK(b.dialled.empty());
  CHECK(domain::is_active(b.state(id).status));
  const auto calls = b.logged<domain::rescuer_called>();
  REQUIRE_FALSE(calls.empty());
  CHECK_THAT(calls.back().detail, Catch::Contains("restored copy"));
}

TEST_CASE("clock: set back while no engine ran, no deadline of an open order lies further away than when it was set") {
  alarm_bench b;
  const auto id = b.open();
  const auto before = b.state(id);
  const auto left = domain::next_deadline(before) - b.time();
  REQUIRE(left > domain::span{0});
  b.clock_set_at_restart = -2h;
  b.restart_engine();
  const auto after = b.state(id);
  CHECK(domain::next_deadline(after) - b.time() <= left);
  CHECK(after.last_change <= b.time());
  CHECK(after.received <= b.time());
  b.check_deadlines();
}

TEST_CASE("clock: set forward while no engine ran, what is due is due") {
  alarm_bench b;
  const auto id = b.open();
  b.clock_set_at_restart = 2h;
  b.restart_engine();
  b.advance(1s);
  CHECK(b.count(id, domain::order_step::answer_overdue) == 1);
}

TEST_CASE("clock: set while the engine runs, no deadline moves and a restarted actor has its own") {
  struct back {
    ~back() { domain::set_clock_correction({}); }
  } const at_end;
  alarm_bench b;
  const auto id = b.open();
  const auto due = domain::next_deadline(b.state(id));
  for (const auto by : {domain::span{2h}, domain::span{-3h}}) {
    domain::set_clock_correction(by);
    b.advance(100ms);
    CHECK(b.count(id, domain::order_step::answer_overdue) == 0);
    b.crash_alarm(id);
    CHECK(domain::next_deadline(b.state(id)) == due);
    CHECK(domain::next_deadline(b.stored_state(id)) == due);
  }
}

TEST_CASE("clock: a checkpoint that was kept before the clock was set is read as it was meant") {
  struct back {
    ~back() { domain::set_clock_correction({}); }
  } const at_end;
  actors::last_states kept;
  domain::agent_model model;
  model.account = "8001";
  model.since = domain::from_micros(1'796'072'702'000'000);
  model.deadline = model.since + 30s;
  kept.put(storage::table::agents, "8001", actors::encode_agent(model));
  domain::set_clock_correction(2h);
  const auto read = actors::decode_agent(kept.get(storage::table::agents, "8001").value());
  REQUIRE(read);
  CHECK(read->since == model.since);
  CHECK(read->deadline == model.deadline);
  // After a restart with a clock that was set back the whole of it moves to now.
  domain::set_clock_correction({});
  const auto now = model.since - 1h;
  const auto moved = actors::decode_agent_of_last_run(actors::encode_agent(model), now);
  REQUIRE(moved);
  CHECK(moved->since == now);
  CHECK(moved->deadline == now + 30s);
  CHECK(moved->signed_in == domain::never);
}
