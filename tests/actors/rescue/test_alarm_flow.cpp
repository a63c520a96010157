// From a report to a confirmed rescue, and what else people do with an order.

#include "tests/actors/rescue/alarm_bench.hpp"

#include "actors/rescue/alarm_outlet.hpp"
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

TEST_CASE("a trapped passenger's report is on disk, has an order, and the firm is called") {
  alarm_bench b;
  const auto answer = b.take(b.report());
  REQUIRE_FALSE(answer.refused);
  CHECK(answer.receipt.fate == report_fate::opened);
  CHECK(answer.receipt.number == "JY20191220-0001"); // the bench's virtual day
  const auto id = answer.receipt.order;
  CHECK(b.stored_state(id).lift == "320145");
  CHECK(b.stored_state(id).address == "淮海路12号");
  CHECK(b.stored_state(id).status == order_status::dispatched);
  CHECK(b.rows(storage::table::open_orders) == 1);
  CHECK(b.rows(storage::table::reports) == 1);
  REQUIRE(b.dialled.size() == 1);
  CHECK(b.dialled.front()->request.attempt.target == "13900000001");
  CHECK(b.dialled.front()->request.party == "firm-1");
  CHECK(b.logged<domain::alarm_received>().size() == 1);
  CHECK(b.logged<domain::rescuer_called>().size() == 1);
}

TEST_CASE("accepted by key, arrived, completed, confirmed: the order leaves the open ones and its actor rests") {
  alarm_bench b;
  const auto id = b.open();
  b.call_ends(attempt_outcome::accepted);
  CHECK(b.state(id).status == order_status::accepted);
  b.advance(10min);
  CHECK_FALSE(b.says(id, rescuer_word::arrived, "firm-1").refused);
  CHECK(b.state(id).status == order_status::arrived);
  b.advance(3min);
  CHECK_FALSE(b.says(id, rescuer_word::completed, "firm-1").refused);
  CHECK(b.stored_state(id).status == order_status::rescued);
  CHECK(b.rows(storage::table::open_orders) == 1); // rescued is not confirmed
  const auto confirmed = b.act(id, order_verb::confirm, {{"with", "trapped person"}});
  REQUIRE_FALSE(confirmed.refused);
  CHECK(confirmed.state.status == order_status::confirmed);
  CHECK(b.rows(storage::table::open_orders) == 0);
  CHECK(b.around->who_rescues.orders.find(id));
  b.advance(29s);
  CHECK(b.around->who_rescues.orders.find(id));
  b.advance(2s);
  CHECK_FALSE(b.around->who_rescues.orders.find(id));
  CHECK(b.around->orders.get(id) == nullptr);
  CHECK(b.stored_state(id).status == order_status::confirmed);
}

TEST_CASE("an order that rests is woken by a request, and rests again") {
  alarm_bench b;
  const auto id = b.open();
  b.call_ends(attempt_outcome::accepted);
  CHECK_FALSE(b.says(id, rescuer_word::completed, "firm-1").refused);
  CHECK_FALSE(b.act(id, order_verb::confirm, {{"with", "using unit"}}).refused);
  b.advance(31s);
  REQUIRE_FALSE(b.around->who_rescues.orders.find(id));
  const auto answer = b.act(id, order_verb::follow_up, {{"result", "fine"}, {"satisfaction", "1"}});
  REQUIRE_FALSE(answer.refused);
  CHECK(b.stored_state(id).status == order_status::followed_up);
  CHECK(b.around->who_rescues.orders.find(id));
  b.advance(31s);
  CHECK_FALSE(b.around->who_rescues.orders.find(id));
  CHECK_FALSE(b.act(id, order_verb::quality_check, {{"score", "90"}}).refused);
  CHECK_FALSE(b.act(id, order_verb::close, {{"fault_cause", "door"}}).refused);
  CHECK_FALSE(b.act(id, order_verb::archive).refused);
  CHECK(b.stored_state(id).status == order_status::archived);
}

TEST_CASE("a request for an order that does not exist names it") {
  alarm_bench b;
  const auto answer = b.act({1, 2}, order_verb::supervise);
  CHECK(answer.refused);
  CHECK(answer.refused->code == domain::errc::not_found);
}

TEST_CASE("a refused firm makes the ladder climb at once, and the station's acceptance counts") {
  alarm_bench b;
  const auto id = b.open();
  b.call_ends(attempt_outcome::refused);
  REQUIRE(b.dialled.size() == 2);
  CHECK(b.dialled.back()->request.level == 2);
  b.call_ends(attempt_outcome::accepted);
  CHECK(b.state(id).status == order_status::accepted);
  CHECK(b.count(id, order_step::escalated) == 1);
}

TEST_CASE("no answer in time and no arrival in time climb the ladder by the clock alone") {
  alarm_bench b;
  const auto id = b.open();
  b.call_ends(attempt_outcome::no_answer);
  b.advance(3min + 1s);
  CHECK(b.count(id, order_step::answer_overdue) == 1);
  CHECK(b.state(id).level == 2);
  for (auto* c : b.ringing())
    if (c->request.level == 2) b.call_ends(*c, attempt_outcome::accepted);
  CHECK(b.state(id).status == order_status::accepted);
  b.advance(30min + 1s);
  CHECK(b.count(id, order_step::arrival_overdue) == 1);
  CHECK(b.state(id).level == 3);
}

TEST_CASE("reports of one lift merge into one order that keeps every caller") {
  alarm_bench b;
  const auto id = b.open();
  const auto second = b.take(b.report());
  const auto by_registration = b.take(b.report(report_kind::fault, "31103208042020060145"));
  CHECK(second.receipt.fate == report_fate::merged);
  CHECK(second.receipt.order == id);
  CHECK(by_registration.receipt.order == id);
  CHECK(b.stored_state(id).callers.size() == 3);
  CHECK(b.stored_state(id).type == domain::order_type::entrapment);
  CHECK(b.rows(storage::table::orders) == 1);
  CHECK(b.rows(storage::table::reports) == 3);
  CHECK(b.take(b.report(report_kind::entrapment, "320146")).receipt.fate == report_fate::opened);
}

TEST_CASE("a complaint about a lift neither takes an alarm in nor is taken in by one") {
  alarm_bench b;
  const auto complaint = b.take(b.report(report_kind::complaint));
  CHECK(complaint.receipt.fate == report_fate::opened);
  CHECK(b.dialled.empty());
  const auto id = b.open();
  CHECK(id != complaint.receipt.order);
  CHECK(b.take(b.report(report_kind::complaint)).receipt.fate == report_fate::opened);
  CHECK(b.state(id).callers.size() == 1);
}

TEST_CASE("a caller who does not know the lift calls again: the same order, until half an hour has passed") {
  alarm_bench b;
  auto r = b.report(report_kind::entrapment, {});
  r.place = "某小区";
  const auto first = b.take(r);
  REQUIRE(first.receipt.fate == report_fate::opened);
  CHECK(b.state(first.receipt.order).lift.empty());
  CHECK(b.state(first.receipt.order).address == "某小区");
  r.message_id = "again";
  CHECK(b.take(r).receipt.order == first.receipt.order);
  b.advance(31min);
  r.message_id = "later";
  CHECK(b.take(r).receipt.fate == report_fate::opened);
}

TEST_CASE("a key that no lift has is doubted, and the alarm stands without a lift") {
  alarm_bench b;
  const auto answer = b.take(b.report(report_kind::entrapment, "999999"));
  REQUIRE_FALSE(answer.refused);
  CHECK(answer.receipt.fate == report_fate::opened);
  REQUIRE(answer.receipt.doubts.size() == 1);
  CHECK(answer.receipt.doubts.front().find("999999") != std::string::npos);
  domain::order_action link;
  link.verb = order_verb::link_lift;
  link.role = domain::role::agent;
  link.by = "8001";
  link.fields["lift"] = "320145";
  link.lift = bench_lift();
  const auto id = answer.receipt.order;
  REQUIRE_FALSE(
      b.ask<actors::order_answer>(b.around->who_rescues.alarms.get(), actors::order_request{id, link}).refused);
  CHECK(b.stored_state(id).lift == "320145");
  CHECK(b.around->orders.alarm_of_lift("320145")->id == id);
  CHECK(b.take(b.report()).receipt.order == id);
}

TEST_CASE("tests of the lift's phone never become orders, and end its silence") {
  alarm_bench b;
  const auto answer = b.take(b.device_report(report_kind::test, "00320145"));
  REQUIRE_FALSE(answer.refused);
  CHECK(answer.receipt.fate == report_fate::noted);
  CHECK(answer.receipt.order.is_nil());
  CHECK(b.rows(storage::table::orders) == 0);
  CHECK(b.dialled.empty());
  CHECK(b.around->devices.find("320145")->last_test == b.time());
  b.advance(73h);
  CHECK(b.around->devices.silent_count() == 3);
  CHECK(b.logged<domain::device_silence>().size() == 3);
  CHECK_FALSE(b.take(b.device_report(report_kind::test)).refused);
  CHECK(b.around->devices.silent_count() == 2);
  CHECK_FALSE(b.logged<domain::device_silence>().back().silent);
  b.restart_engine();
  CHECK(b.around->devices.silent_count() == 2);
}

TEST_CASE("a test during an alarm is noted and changes nothing of the order") {
  alarm_bench b;
  const auto id = b.open();
  const auto version = b.state(id).version;
  CHECK(b.take(b.device_report(report_kind::test)).receipt.fate == report_fate::noted);
  CHECK(b.take(b.device_report(report_kind::device_failure)).receipt.fate == report_fate::noted);
  CHECK(b.state(id).version == version);
}

TEST_CASE("recovered is pending call-back with an open order and noted without one") {
  alarm_bench b;
  CHECK(b.take(b.device_report(report_kind::recovered)).receipt.fate == report_fate::noted);
  const auto id = b.open();
  CHECK(b.take(b.device_report(report_kind::recovered)).receipt.order == id);
  CHECK(b.state(id).self_release_pending);
  CHECK(domain::is_active(b.state(id).status));
}

TEST_CASE("a filtered alarm is stored and shown, not dispatched - a person promotes it") {
  alarm_bench b;
  auto r = b.device_report(report_kind::entrapment);
  r.door_open = true;
  const auto answer = b.take(r);
  CHECK(answer.receipt.fate == report_fate::filtered);
  CHECK(b.dialled.empty());
  const auto id = answer.receipt.order;
  CHECK(b.state(id).status == order_status::filtered);
  CHECK_FALSE(b.act(id, order_verb::promote).refused);
  CHECK(b.dialled.size() == 1);
}

TEST_CASE("two agents edit the same order: the second is told, and nothing is lost") {
  alarm_bench b;
  const auto id = b.open();
  const auto version = b.state(id).version;
  CHECK_FALSE(b.act(id, order_verb::edit, {{"trapped", "2"}}, version).refused);
  const auto second = b.act(id, order_verb::edit, {{"trapped", "5"}}, version);
  CHECK(second.refused);
  CHECK(second.refused->code == domain::errc::conflict);
  CHECK(second.state.trapped == 2);
  CHECK_FALSE(b.act(id, order_verb::edit, {{"trapped", "3"}}, second.state.version).refused);
  CHECK(b.stored_state(id).trapped == 3);
  CHECK(b.count(id, order_step::edited) == 2);
}

TEST_CASE("a wrong field is named, a wrong role is told so, and nothing changes") {
  alarm_bench b;
  const auto id = b.open();
  const auto version = b.state(id).version;
  const auto wrong = b.act(id, order_verb::edit, {{"trapped", "many"}});
  CHECK(wrong.refused);
  CHECK(wrong.refused->code == domain::errc::invalid);
  CHECK(wrong.refused->field == "trapped");
  domain::order_action a;
  a.verb = order_verb::supervise;
  a.by = "8001";
  const auto forbidden = b.ask<actors::order_answer>(b.around->who_rescues.alarms.get(), actors::order_request{id, a});
  REQUIRE(forbidden.refused);
  CHECK(forbidden.refused->code == domain::errc::forbidden);
  CHECK(b.state(id).version == version);
}

TEST_CASE("a word of a party that was not sent to the order is noted, and told to be out of place") {
  alarm_bench b;
  const auto id = b.open();
  const auto answer = b.says(id, rescuer_word::arrived, "station-1");
  CHECK(answer.refused);
  CHECK(answer.refused->field == "party");
  CHECK(b.state(id).status == order_status::dispatched);
  CHECK(b.count(id, order_step::noted) == 1);
}

TEST_CASE("a call that is no longer wanted is given up, and a key that was pressed meanwhile still counts") {
  alarm_bench b;
  const auto id = b.open();
  auto& call = *b.dialled.front();
  CHECK_FALSE(b.says(id, rescuer_word::accept, "firm-1").refused);
  CHECK(*call.given_up);
  CHECK(b.around->attempts.under_way() == 1); // until it says that it has ended
  SECTION("nothing was pressed") {
    b.call_ends(call, attempt_outcome::withdrawn);
    CHECK(b.state(id).status == order_status::accepted);
  }
  SECTION("pressed") {
    b.call_ends(call, attempt_outcome::arrived);
    CHECK(b.state(id).status == order_status::arrived);
  }
  CHECK(b.around->attempts.under_way() == 0);
  CHECK_FALSE(b.around->attempts.knows(call.request.attempt.id));
}

TEST_CASE("three alarms of one estate within minutes are a mass event: level 2 works in parallel") {
  auto plan = small_plan();
  plan.rescue.mass_count = 3;
  alarm_bench b{plan};
  std::vector<domain::order_id> ids;
  for (const char* lift : {"320145", "320146", "320147"})
    ids.push_back(b.open(lift));
  for (const auto& id : ids) {
    CHECK(b.state(id).mass_group == 1);
    CHECK(b.state(id).level == 2);
  }
  REQUIRE(!b.logged<domain::mass_event_changed>().empty());
  CHECK(b.logged<domain::mass_event_changed>().front().area == "320804 淮安广场");
  CHECK_FALSE(b.act(ids.front(), order_verb::leave_mass, {{"reason", "another cause"}}).refused);
  b.advance(30s);
  CHECK(b.state(ids.front()).mass_group == 0);
  CHECK(b.state(ids.back()).mass_group == 1);
  b.crash_supervisor();
  b.advance(30s);
  CHECK(b.state(ids.back()).mass_group == 1);
}

TEST_CASE("a party's software is told with all it needs, and may answer at once") {
  domain::order_state o;
  o.id = {1, 2};
  o.number = "JY20261124-0001";
  o.lift = "320145";
  o.address = "淮海路\xff"
              "12号"; // no UTF-8: it must not keep the alarm from being told
  o.trapped = 2;
  domain::order_command::attempt a;
  a.what.id = {3, 4};
  a.party = "firm-1";
  a.level = 1;
  actors::rescue_surroundings around;
  around.rescuer_link = [](const domain::order_id&, const std::string& party) { return "https://x/r/" + party; };
  const auto body = actors::webhook_body(around, o, a);
  for (const char* part : {"JY20261124-0001", "\"party\":\"firm-1\"", "320145", "https://x/r/firm-1", "\"level\":1",
                           "\"purpose\":\"dispatch\"", "\"kind\":\"entrapment\""})
    CHECK(body.find(part) != std::string::npos);
  const auto outcome = [&](bool delivered, const std::string& answer) {
    webhook::post_result r;
    r.delivered = delivered;
    r.status = delivered ? 200 : 503;
    r.body = answer;
    return actors::webhook_outcome(a.what.id, r, 1s).outcome;
  };
  CHECK(outcome(true, R"({"answer": "accept"})") == attempt_outcome::accepted);
  CHECK(outcome(true, R"({"answer": "refuse"})") == attempt_outcome::refused);
  CHECK(outcome(true, R"({"answer": 7})") == attempt_outcome::delivered);
  CHECK(outcome(true, "ok") == attempt_outcome::delivered);
  CHECK(outcome(false, R"({"answer": "accept"})") == attempt_outcome::failed);
}
