// Random crashes, disks that fail and restarts, under random reports and orders.

#include "tests/actors/rescue/alarm_bench.hpp"

#include <random>

using namespace lifeline;
using namespace lifeline::testing;
using domain::attempt_outcome;
using domain::order_verb;
using domain::report_kind;

TEST_CASE("whatever crashes and whenever: every acknowledged report is found, and no active order lacks a deadline") {
  const auto seed = GENERATE(range(1U, 13U));
  INFO("seed " << seed);
  std::mt19937 random{seed};
  const auto dice = [&](unsigned n) { return std::uniform_int_distribution<unsigned>{0, n - 1}(random); };
  alarm_bench b;
  static const char* lifts[] = {"320145", "320146", "320147", "", "999999"};
  static const report_kind kinds[] = {report_kind::entrapment, report_kind::fault, report_kind::test,
                                      report_kind::recovered, report_kind::complaint};
  static const order_verb verbs[] = {order_verb::acknowledge, order_verb::supervise, order_verb::urge};
  static const attempt_outcome outcomes[] = {attempt_outcome::accepted, attempt_outcome::refused,
                                             attempt_outcome::no_answer, attempt_outcome::arrived,
                                             attempt_outcome::completed};
  std::vector<domain::alarm_report> sent;
  int supervisor_crashes = 0;
  const auto someone = [&]() -> domain::order_id {
    const auto all = b.around->who_rescues.orders.entries();
    return all.empty() ? domain::order_id{} : all[dice(static_cast<unsigned>(all.size()))].first;
  };
  for (int i = 0; i < 120; ++i) {
    switch (dice(12)) {
    case 0:
    case 1:
    case 2:
    case 3:
      sent.push_back(b.report(kinds[dice(5)], lifts[dice(5)]));
      b.send(sent.back());
      if (dice(4) == 0) b.send(sent.back());
      break;
    case 4:
      b.advance(std::chrono::seconds{30 + dice(120)});
      supervisor_crashes = 0;
      break;
    case 5:
      if (const auto open = b.ringing(); !open.empty())
        b.call_ends(*open[dice(static_cast<unsigned>(open.size()))], outcomes[dice(5)]);
      break;
    case 6:
      if (const auto id = someone(); !id.is_nil()) b.order_only(id, verbs[dice(3)]);
      break;
    case 7:
    case 8:
      if (const auto id = someone(); !id.is_nil())
        caf::anon_send(b.around->who_rescues.orders.find(id), actors::crash_order{"injected"});
      break;
    case 9:
      if (++supervisor_crashes <= 3) // more of them at once, and the root gives up: that is another test
        caf::anon_send(b.around->who_rescues.alarms.get(), actors::crash_order{"injected"});
      break;
    case 10: b.disk().fail_next(dice(3)); break;
    case 11:
      if (dice(4) == 0) b.restart_engine(std::chrono::seconds{dice(600)});
      break;
    }
    for (unsigned steps = dice(30); steps > 0 && b.step(); --steps) {
    }
  }
  b.disk().fail_next(0);
  b.advance(60s);
  // Each that was acknowledged is on disk, and is in the order that was told.
  std::size_t acknowledged = 0;
  for (const auto& a : b.answers) {
    if (a.refused) continue;
    ++acknowledged;
    if (!a.receipt.order.is_nil()) CHECK(b.stored_state(a.receipt.order).number == a.receipt.number);
  }
  CHECK(acknowledged > 0);
  // The devices repeat what was not acknowledged: in the end all are, once, and none makes a second order.
  for (const auto& r : sent) {
    const auto answer = b.take(r);
    REQUIRE_FALSE(answer.refused);
    const auto again = b.take(r);
    CHECK(again.receipt.repeated);
    CHECK(again.receipt.order == answer.receipt.order);
  }
  b.restart_engine();
  b.check_deadlines();
  for (const auto& r : sent)
    CHECK(b.take(r).receipt.repeated);
  for (const auto& o : b.around->orders.all())
    CHECK(b.around->who_rescues.orders.find(o->id));
}
