// Crashes, restarts and a disk that refuses: no acknowledged alarm is lost, and no rescue waits.

#include "tests/actors/rescue/alarm_bench.hpp"

#include "storage/tables.hpp"

using namespace lifeline;
using namespace lifeline::testing;
using domain::attempt_outcome;
using domain::order_status;
using domain::order_step;
using domain::order_verb;
using domain::report_fate;
using domain::report_kind;
using domain::rescuer_word;

namespace {

/// Brings an order of lift 320145 into the status.
domain::order_id order_in(alarm_bench& b, order_status wanted) {
  if (wanted == order_status::filtered) {
    auto r = b.device_report(report_kind::entrapment);
    r.moving = true;
    return b.take(r).receipt.order;
  }
  const auto id = b.open();
  if (wanted == order_status::dispatched) return id;
  b.call_ends(attempt_outcome::accepted);
  if (wanted == order_status::accepted) return id;
  REQUIRE_FALSE(b.says(id, rescuer_word::arrived, "firm-1").refused);
  if (wanted == order_status::arrived) return id;
  REQUIRE_FALSE(b.says(id, rescuer_word::completed, "firm-1").refused);
  return id;
}

/// It is down for half a minute then.
void crash_too_often(alarm_bench& b, const domain::order_id& id) {
  for (int i = 0; i < 4; ++i)
    b.crash_alarm(id);
  REQUIRE_FALSE(b.around->who_rescues.orders.find(id));
}

constexpr order_status active_statuses[] = {order_status::filtered, order_status::dispatched, order_status::accepted,
                                            order_status::arrived, order_status::rescued};

} // namespace

TEST_CASE("a message that comes twice is one report, whenever it comes again") {
  alarm_bench b;
  const auto r = b.report();
  const auto first = b.take(r);
  CHECK_FALSE(first.receipt.repeated);
  const auto again = b.take(r);
  CHECK_FALSE(again.refused);
  CHECK(again.receipt.repeated);
  CHECK(again.receipt.order == first.receipt.order);
  b.crash_supervisor();
  CHECK(b.take(r).receipt.order == first.receipt.order);
  b.restart_engine();
  const auto after = b.take(r);
  CHECK(after.receipt.repeated);
  CHECK(after.receipt.order == first.receipt.order);
  CHECK(b.rows(storage::table::orders) == 1);
  CHECK(b.logged<domain::alarm_received>().size() == 1);
}

TEST_CASE("the same message in many hands at once, while the disk hangs, is one order and one answer each") {
  alarm_bench b;
  b.disk().set_stalled(true);
  const auto r = b.report();
  for (int i = 0; i < 5; ++i)
    b.send(r);
  b.run();
  CHECK(b.answers.empty());     // nobody is told before it is on disk
  CHECK(b.dialled.size() == 1); // but the rescue does not wait
  b.disk().set_stalled(false);
  b.run();
  REQUIRE(b.answers.size() == 5);
  std::size_t fresh = 0;
  for (const auto& a : b.answers) {
    CHECK_FALSE(a.refused);
    CHECK(a.receipt.order == b.answers.front().receipt.order);
    if (!a.receipt.repeated) ++fresh;
  }
  CHECK(fresh == 1);
  CHECK(b.rows(storage::table::orders) == 1);
}

TEST_CASE("different reports of one lift that race are one order") {
  alarm_bench b;
  b.disk().set_stalled(true);
  for (int i = 0; i < 4; ++i)
    b.send(b.report());
  b.run();
  b.disk().set_stalled(false);
  b.run();
  REQUIRE(b.answers.size() == 4);
  CHECK(b.rows(storage::table::orders) == 1);
  CHECK(b.state(b.answers.front().receipt.order).callers.size() == 4);
  CHECK(b.dialled.size() == 1);
}

TEST_CASE("a full disk: the report is refused, the rescue goes on, and the repeat finds it stored") {
  alarm_bench b;
  b.disk().fail_next(1);
  const auto r = b.report();
  const auto refused = b.take(r);
  CHECK(refused.refused);
  CHECK(refused.refused->message.find("not stored") != std::string::npos);
  CHECK_FALSE(refused.receipt.order.is_nil());
  CHECK(b.dialled.size() == 1);
  const auto again = b.take(r);
  CHECK_FALSE(again.refused);
  CHECK(again.receipt.order == refused.receipt.order);
  CHECK(b.dialled.size() == 1);
  CHECK(b.stored_state(again.receipt.order).lift == "320145");
  CHECK(b.count(again.receipt.order, order_step::created) == 1); // the log has got its entries, too
  b.restart_engine();
  CHECK(b.around->orders.alarm_of_lift("320145") != nullptr);
}

TEST_CASE("a full disk: a person's verb is in force and said not to be stored - the rows come with the next step") {
  alarm_bench b;
  const auto id = b.open();
  b.disk().fail_next(1);
  const auto answer = b.act(id, order_verb::note, {{"text", "the caretaker has a key"}});
  CHECK(answer.refused);
  CHECK(answer.refused->message.find("in force, but not stored") != std::string::npos);
  CHECK(b.state(id).notes.size() == 1);
  CHECK_FALSE(b.act(id, order_verb::supervise).refused);
  CHECK(b.stored_state(id).notes.size() == 1);
  CHECK(b.count(id, order_step::noted) == 1);
  const auto merged = b.report();
  b.disk().fail_next(1);
  CHECK(b.take(merged).refused);
  CHECK_FALSE(b.take(merged).refused);
  CHECK(b.stored_state(id).callers.size() == 2);
  CHECK(b.logged<domain::alarm_received>().size() == 2);
}

TEST_CASE("a disk that fails for a long time: the ladder climbs, and everything is stored in the end") {
  alarm_bench b;
  const auto id = b.open();
  b.disk().fail_next(1000000);
  b.call_ends(attempt_outcome::refused);
  CHECK(b.state(id).level == 2);
  b.call_ends(attempt_outcome::accepted);
  b.advance(31min);
  CHECK(b.state(id).level == 3);
  b.disk().fail_next(0);
  CHECK_FALSE(b.act(id, order_verb::supervise).refused);
  CHECK(b.stored_state(id).level == 3);
  CHECK(b.count(id, order_step::refused) == 1);
  CHECK(b.count(id, order_step::arrival_overdue) == 1);
}

TEST_CASE("a crashed alarm goes on in every state, with the same deadlines") {
  for (const auto status : active_statuses) {
    alarm_bench b;
    const auto id = order_in(b, status);
    INFO(to_string(status));
    REQUIRE(b.state(id).status == status);
    const auto deadline = domain::next_deadline(b.state(id));
    const auto calls = b.dialled.size();
    b.crash_alarm(id);
    REQUIRE(b.around->who_rescues.orders.find(id));
    CHECK(b.state(id).status == status);
    CHECK(domain::next_deadline(b.state(id)) == deadline);
    CHECK(b.dialled.size() == calls); // a call that rings goes on
    CHECK(b.logged<domain::actor_restarted>().size() == 1);
    CHECK_FALSE(b.act(id, order_verb::supervise).refused);
  }
}

TEST_CASE("a rescuer's key that comes while the alarm's actor is down is not lost") {
  alarm_bench b;
  const auto id = b.open();
  SECTION("between the crash and the restart") {
    caf::anon_send(b.around->who_rescues.orders.find(id), actors::crash_order{"injected"});
    b.step(); // it has crashed; its supervisor does not know yet
    b.call_ends(attempt_outcome::accepted);
  }
  SECTION("while it is not tried again yet") {
    crash_too_often(b, id);
    b.call_ends(attempt_outcome::accepted);
  }
  SECTION("of a call that was given up already") {
    auto& call = *b.dialled.front();
    CHECK_FALSE(b.says(id, rescuer_word::accept, "firm-1").refused);
    crash_too_often(b, id);
    b.call_ends(call, attempt_outcome::arrived);
    b.advance(31s);
    CHECK(b.state(id).status == order_status::arrived);
    return;
  }
  b.advance(31s);
  CHECK(b.state(id).status == order_status::accepted);
}

TEST_CASE("an alarm that crashes again and again is never given up, and the supervisor is told") {
  alarm_bench b;
  const auto id = b.open();
  const auto other = b.open("320146");
  for (int i = 0; i < 10; ++i) {
    if (const auto alarm = b.around->who_rescues.orders.find(id))
      caf::anon_send(alarm, actors::crash_order{"injected"});
    b.advance(1s);
  }
  CHECK(b.count(id, order_step::alerted_supervisor) >= 1);
  CHECK(b.around->orders.get(id) != nullptr);
  b.advance(31s);
  REQUIRE(b.around->who_rescues.orders.find(id));
  CHECK_FALSE(b.act(id, order_verb::supervise).refused);
  CHECK(b.around->who_rescues.orders.find(other));
  CHECK(b.count(other, order_step::alerted_supervisor) <= 1);
}

TEST_CASE("a report for an alarm whose actor is down is merged by the next actor") {
  alarm_bench b;
  const auto id = b.open();
  crash_too_often(b, id);
  const auto answer = b.take(b.report());
  REQUIRE_FALSE(answer.refused);
  CHECK(answer.receipt.order == id);
  CHECK(b.stored_state(id).callers.size() == 2);
}

TEST_CASE("a crashed supervisor of alarms adopts them: merging, numbers and restarts go on") {
  alarm_bench b;
  const auto id = b.open();
  b.crash_supervisor();
  CHECK(b.take(b.report()).receipt.order == id);
  const auto next = b.take(b.report(report_kind::entrapment, "320146"));
  CHECK(next.receipt.number == "JY20191220-0002");
  b.crash_alarm(id);
  CHECK(b.around->who_rescues.orders.find(id));
  CHECK_FALSE(b.act(id, order_verb::supervise).refused);
}

TEST_CASE("an alarm and its supervisor that crash together come back together") {
  alarm_bench b;
  const auto id = b.open();
  caf::anon_send(b.around->who_rescues.orders.find(id), actors::crash_order{"injected"});
  caf::anon_send(b.around->who_rescues.alarms.get(), actors::crash_order{"injected"});
  b.run();
  b.advance(1s);
  REQUIRE(b.around->who_rescues.orders.find(id));
  CHECK_FALSE(b.act(id, order_verb::supervise).refused);
}

TEST_CASE("after a restart of the engine every open alarm goes on where it was") {
  for (const auto status : active_statuses) {
    alarm_bench b;
    const auto id = order_in(b, status);
    INFO(to_string(status));
    const auto before = b.state(id);
    const auto calls = b.dialled.size();
    b.restart_engine();
    REQUIRE(b.around->who_rescues.orders.find(id));
    const auto after = b.state(id);
    CHECK(after.status == status);
    CHECK(after.received == before.received);
    if (status == order_status::accepted) {
      CHECK(after.deployments.front().arrival_due == before.deployments.front().arrival_due);
    }
    if (status == order_status::dispatched) {
      CHECK(after.deployments.front().answer_due == before.deployments.front().answer_due);
      b.advance(30s);
      CHECK(b.dialled.size() > calls); // its call was lost: it is made anew
    }
    b.check_deadlines();
    CHECK(b.take(b.report()).receipt.order == id);
    CHECK_FALSE(b.act(id, order_verb::supervise).refused);
  }
}

TEST_CASE("timers that ran out while the engine was down fire at once") {
  alarm_bench b;
  const auto unanswered = b.open();
  b.restart_engine(10min);
  CHECK(b.count(unanswered, order_step::answer_overdue) == 1);
  CHECK(b.state(unanswered).level == 2);
  CHECK(b.count(unanswered, order_step::alerted_supervisor) >= 1);
}

TEST_CASE("an arrival that ran out while the engine was down fires at once") {
  alarm_bench b;
  const auto id = order_in(b, order_status::accepted);
  b.restart_engine(31min);
  CHECK(b.count(id, order_step::arrival_overdue) == 1);
  CHECK(b.state(id).level == 2);
}

TEST_CASE("orders that are over are not taken up again - they are woken when somebody wants them") {
  alarm_bench b;
  const auto id = order_in(b, order_status::rescued);
  CHECK_FALSE(b.act(id, order_verb::confirm, {{"with", "trapped person"}}).refused);
  b.restart_engine();
  CHECK(b.around->orders.size() == 0);
  CHECK_FALSE(b.act(id, order_verb::follow_up, {{"result", "fine"}}).refused);
  CHECK(b.stored_state(id).status == order_status::followed_up);
}

TEST_CASE("one order whose row cannot be read does not keep the others from being taken up") {
  alarm_bench b;
  const auto bad = b.open();
  const auto good = b.open("320146");
  storage::change c;
  c.state.push_back({storage::table::orders, storage::order_key{bad}.encode(), std::string{"no order"}});
  b.journal->append(std::move(c), storage::durability::durable);
  b.restart_engine();
  CHECK(b.around->unreadable_orders == 1);
  CHECK(b.around->who_rescues.orders.find(good));
  CHECK_FALSE(b.around->who_rescues.orders.find(bad));
  const auto told = b.logged<domain::actor_restarted>();
  REQUIRE(told.size() == 1);
  CHECK(told.front().actor == "alarm " + domain::to_string(bad));
  CHECK(b.rows(storage::table::open_orders) == 2); // nothing is thrown away
  CHECK(b.act(bad, order_verb::supervise).refused->code == domain::errc::unavailable);
}

TEST_CASE("numbers are given once, over restarts and days") {
  alarm_bench b;
  std::set<std::string> numbers;
  const auto give = [&](const char* lift) {
    const auto answer = b.take(b.report(report_kind::complaint, lift));
    CHECK(numbers.insert(answer.receipt.number).second);
  };
  give("320145");
  b.restart_engine();
  give("320145");
  b.crash_supervisor();
  give("320146");
  b.advance(24h);
  give("320146");
  CHECK(*numbers.rbegin() == "JY20191221-0001");
}
