// What is known of the orders without asking their actors.

#include "actors/rescue/live_orders.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;
using actors::order_ptr;
using domain::order_status;

namespace {

order_ptr order(std::uint64_t id, const std::string& lift, order_status status = order_status::dispatched,
                domain::order_type type = domain::order_type::entrapment, const std::string& phone = {}) {
  auto o = std::make_shared<domain::order_state>();
  o->id = {id, 1};
  o->number = "JY20261124-000" + std::to_string(id);
  o->lift = lift;
  o->status = status;
  o->type = type;
  if (!phone.empty()) o->callers.push_back({{}, phone, {}, {}, {}, {}, {}});
  return o;
}

domain::attempt_result result_of(const domain::attempt_id& id) {
  return {id, domain::attempt_outcome::accepted, {}, {}, {}};
}

} // namespace

TEST_CASE("an alarm holds its lift's place until it is over, orders without a ladder hold none") {
  actors::live_orders live;
  live.put(order(1, "320145", order_status::open, domain::order_type::complaint));
  CHECK(live.alarm_of_lift("320145") == nullptr);
  live.put(order(2, "320145"));
  CHECK(live.alarm_of_lift("320145")->id == domain::order_id{2, 1});
  live.put(order(2, "320145", order_status::rescued));
  CHECK(live.alarm_of_lift("320145") != nullptr);
  live.put(order(2, "320145", order_status::confirmed));
  CHECK(live.alarm_of_lift("320145") == nullptr);
  CHECK(live.find_number("JY20261124-0002")->status == order_status::confirmed);
  live.erase({2, 1});
  CHECK(live.find_number("JY20261124-0002") == nullptr);
  CHECK(live.size() == 1);
}

TEST_CASE("an older order that steps does not take the place of a newer one of its lift") {
  actors::live_orders live;
  live.put(order(1, "320145"));
  live.put(order(2, "320145"));
  live.put(order(1, "320145"));
  CHECK(live.alarm_of_lift("320145")->id == domain::order_id{2, 1});
  live.erase({1, 1});
  CHECK(live.alarm_of_lift("320145")->id == domain::order_id{2, 1});
}

TEST_CASE("a caller is known by number until the order has its lift") {
  actors::live_orders live;
  live.put(order(1, "", order_status::open, domain::order_type::entrapment, "13800000001"));
  CHECK(live.alarm_of_caller("13800000001") != nullptr);
  live.put(order(1, "320145", order_status::open, domain::order_type::entrapment, "13800000001"));
  CHECK(live.alarm_of_caller("13800000001") == nullptr);
  CHECK(live.alarm_of_lift("320145") != nullptr);
}

TEST_CASE("a caller of an alarm is known in every form of the number, and nobody without one") {
  actors::live_orders live;
  live.put(order(1, "", order_status::open, domain::order_type::entrapment, "+86 138 0000 0001"));
  live.put(order(2, "", order_status::open, domain::order_type::entrapment, "anonymous"));
  for (const auto* form : {"13800000001", "013800000001", "+8613800000001"}) {
    REQUIRE(live.alarm_of_caller(form));
    CHECK(live.alarm_of_caller(form)->id == domain::order_id{1, 1});
  }
  CHECK(live.alarm_of_caller("anonymous") == nullptr);
  CHECK(live.alarm_of_caller("") == nullptr);
  live.erase({1, 1});
  CHECK(live.alarm_of_caller("13800000001") == nullptr);
}

TEST_CASE("an attempt's result is kept until it is fetched, once") {
  actors::open_attempts attempts;
  const domain::attempt_id id{7, 7};
  CHECK_FALSE(attempts.knows(id));
  attempts.begin(id, {1, 1});
  CHECK(attempts.under_way() == 1);
  CHECK_FALSE(attempts.take(id));
  CHECK(attempts.finish(result_of(id)));
  CHECK_FALSE(attempts.finish(result_of(id)));
  CHECK(attempts.under_way() == 0);
  CHECK(attempts.knows(id));
  REQUIRE(attempts.take(id));
  CHECK_FALSE(attempts.take(id));
  CHECK_FALSE(attempts.knows(id));
}

TEST_CASE("giving up an attempt ends it once, also one that has only just begun") {
  actors::open_attempts attempts;
  const domain::attempt_id early{7, 7};
  const domain::attempt_id late{8, 8};
  int ended = 0;
  attempts.begin(early, {1, 1});
  attempts.give_up(early);
  attempts.set_give_up(early, [&] { ++ended; });
  CHECK(ended == 1);
  attempts.begin(late, {1, 1});
  attempts.set_give_up(late, [&] { ++ended; });
  attempts.give_up(late);
  attempts.give_up(late);
  CHECK(ended == 2);
  CHECK(attempts.under_way() == 2); // until they say that they have ended
  CHECK(attempts.finish(result_of(early)));
  CHECK(attempts.finish(result_of(late)));
  CHECK(attempts.under_way() == 0);
  CHECK(attempts.ended({1, 1}).size() == 2);
  CHECK(attempts.ended({1, 2}).empty());
  CHECK(attempts.take(late)->outcome == domain::attempt_outcome::accepted); // pressed before it was given up
}

TEST_CASE("orders that ring come the most dangerous first, and as many as are asked for") {
  using domain::alert_stage;
  actors::live_orders live;
  const auto put = [&](std::uint64_t id, alert_stage stage, domain::span age, bool fire = false,
                       order_status status = order_status::dispatched) {
    auto o = *order(id, {}, status);
    o.alert.stage = stage;
    o.received = domain::from_micros(1'795'600'800'000'000) - age;
    o.fire = fire;
    live.put(std::make_shared<domain::order_state>(o));
  };
  const auto ids = [&](alert_stage least, std::size_t most) {
    std::vector<std::uint64_t> found;
    for (const auto& o : live.ringing(least, most))
      found.push_back(o->id.hi);
    return found;
  };
  using list = std::vector<std::uint64_t>;
  put(1, alert_stage::agents, std::chrono::minutes{1});
  put(2, alert_stage::supervisor, std::chrono::minutes{3});
  put(3, alert_stage::backup, std::chrono::minutes{2});
  put(4, alert_stage::none, std::chrono::minutes{9});
  put(5, alert_stage::agents, std::chrono::minutes{8}, false, order_status::confirmed); // it is over
  CHECK(ids(alert_stage::agents, 10) == list{2, 3, 1});
  CHECK(ids(alert_stage::agents, 2) == list{2, 3});
  CHECK(ids(alert_stage::supervisor, 10) == list{2, 3});
  CHECK(ids(alert_stage::backup, 1) == list{3});
  put(1, alert_stage::agents, std::chrono::minutes{1}, true); // it burns now
  CHECK(ids(alert_stage::agents, 10) == list{1, 2, 3});
  put(2, alert_stage::none, std::chrono::minutes{3}); // somebody has taken it
  CHECK(ids(alert_stage::agents, 10) == list{1, 3});
  live.erase({1, 1});
  CHECK(ids(alert_stage::agents, 10) == list{3});
}

TEST_CASE("reports of late are forgotten, the oldest first, before they fill the memory") {
  actors::recent_reports reports;
  for (int i = 0; i <= 50000; ++i)
    reports.put("r" + std::to_string(i), {{}, true});
  CHECK_FALSE(reports.get("r0"));
  CHECK(reports.get("r1"));
  reports.put("r1", {{}, false});
  CHECK_FALSE(reports.get("r1")->stored);
}
