// Nothing overtakes the registration of whom it is for, and nothing is waited for that is not under way.

// Before CAF's macros, one of which is called `inject`.
#include "actors/calls/calls.hpp"
#include "actors/rescue/alarm.hpp"
#include "actors/rescue/alarms.hpp"
#include "actors/rescue/rescue_call.hpp"
#include "domain/rescue/order_machine.hpp"

#include "tests/actors/rescue/alarm_bench.hpp"

using namespace lifeline;
using namespace lifeline::testing;
using domain::attempt_outcome;

namespace {

/// Every call ends before whoever has begun it goes on.
actors::rescue_call_starter at_once(attempt_outcome outcome) {
  return [outcome](caf::actor_system&, const actors::rescue_surroundings_ptr&, actors::rescue_call_request r,
                   const actors::attempt_done& done) {
    domain::attempt_result x;
    x.attempt = r.attempt.id;
    x.outcome = outcome;
    done(x);
    return actors::rescue_call_handle{};
  };
}

} // namespace

TEST_CASE("a result that comes before anybody has entered the order's actor reaches it") {
  alarm_bench b;
  b.around->start_call = at_once(attempt_outcome::refused);
  auto order = std::make_shared<domain::order_state>();
  domain::new_order n;
  domain::id_source ids{77};
  n.id = ids.next<domain::order_id>(b.time());
  n.number = "JY20200101-0099";
  n.report = b.report();
  n.lift = bench_lift();
  const auto book = b.around->lifts.book();
  auto todo = domain::open_order(*order, n, {b.around->plan().rescue, *book, ids}, b.time());
  b.around->orders.put(order);
  // Whoever spawns it has not come to enter it into the directory.
  const auto actor = b.sys.spawn(actors::alarm, b.around, order, actors::birth::opened, std::move(todo));
  b.run();
  const auto s = b.state(n.id);
  CHECK(s.deployments.front().phase == domain::deployment_phase::refused);
  CHECK(b.around->attempts.under_way() == 0);
  for (const auto& d : s.deployments)
    for (const auto& a : d.attempts)
      CHECK(b.around->attempts.goes_on(a.id));
  CHECK(b.around->who_rescues.orders.find(n.id) == actor);
  caf::anon_send_exit(actor, caf::exit_reason::kill);
  b.run();
  b.around->who_rescues.orders.remove(n.id);
  b.around->orders.erase(n.id);
}

TEST_CASE("supervisors are found before they tell anything to whom they start") {
  alarm_bench b;
  const auto alarms = b.sys.spawn(actors::alarms, b.around);
  const auto calls = b.sys.spawn(actors::calls, b.around);
  b.run();
  CHECK(b.around->who_rescues.alarms.get() == alarms);
  CHECK(b.around->who.calls.get() == calls);
  caf::anon_send_exit(alarms, caf::exit_reason::kill);
  caf::anon_send_exit(calls, caf::exit_reason::kill);
  b.run();
}

TEST_CASE("a result that nobody was told of is fetched, and a call that nobody makes is made again") {
  alarm_bench b;
  const auto id = b.open();
  const auto attempt = b.state(id).deployments.front().attempts.front().id;
  domain::attempt_result x;
  x.attempt = attempt;
  x.outcome = attempt_outcome::refused;
  REQUIRE(b.around->attempts.finish(x)); // and whoever should tell is gone
  SECTION("the result lies there") {
    b.advance(10s);
    CHECK(b.state(id).deployments.front().phase == domain::deployment_phase::refused);
  }
  SECTION("nothing lies there") {
    REQUIRE(b.around->attempts.take(attempt));
    b.advance(10s);
    CHECK(b.logged<domain::rescuer_called>().back().outcome == attempt_outcome::interrupted);
    b.advance(5s);
    CHECK(b.ringing().size() == 2); // the lost one never ends for the bench
    CHECK(b.state(id).deployments.front().attempts.front().id != attempt);
  }
}

TEST_CASE("that a phone is rung is not lost with the order's actor") {
  alarm_bench b;
  b.lines_free = false;
  const auto id = b.open();
  const auto attempt = b.state(id).deployments.front().attempts.front().id;
  b.around->attempts.set_dialled(attempt, b.time());
  b.crash_alarm(id);
  CHECK_FALSE(domain::waits_for_line(b.state(id).deployments.front().attempts.front()));
  CHECK(b.logged<domain::rescuer_dialled>().size() == 1);
}
