// What sip/gateway.hpp promises, of the real gateway and of every fake that tests rely on.

#include "tests/contract/sip_scene.hpp"
#include "tests/support/kept_events.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;
using namespace lifeline::contract;
using namespace std::chrono_literals;
using lifeline::testing::kept_leg_events;
using sip::leg_event_kind;

namespace {

using maker = std::unique_ptr<sip_scene> (*)();

std::unique_ptr<sip_scene> each_gateway() {
  const maker make = GENERATE(&real_sip, &fake_sip_of_actors, &simulated_sip);
  return make();
}

} // namespace

TEST_CASE("sip contract: a phone that is called rings, answers and is hung up, each told once") {
  const auto s = each_gateway();
  INFO(s->name());
  const auto sink = std::make_shared<kept_leg_events>();
  const auto leg = s->dial(sink);
  s->phone_rings(leg);
  CHECK(s->eventually([&] { return sink->count(leg_event_kind::progress) == 1; }));
  s->phone_answers(leg);
  CHECK(s->eventually([&] { return sink->count(leg_event_kind::answered) == 1; }));
  s->gate().hang_up(leg, {});
  CHECK(s->eventually([&] { return sink->count(leg_event_kind::ended) == 1; }));
  s->gate().hang_up(leg, {}); // it is gone: nothing more is said
  s->pass();
  CHECK(sink->count() == 3);
}

TEST_CASE("sip contract: a phone that refuses has failed, and whoever attaches afterwards is told that it is over") {
  const auto s = each_gateway();
  INFO(s->name());
  const auto sink = std::make_shared<kept_leg_events>();
  const auto leg = s->dial(sink);
  s->phone_refuses(leg);
  CHECK(s->eventually([&] { return sink->count(leg_event_kind::failed) == 1; }));
  s->pass();
  CHECK(sink->count() == 1);
  const auto later = std::make_shared<kept_leg_events>();
  s->gate().attach(leg, later);
  CHECK(s->eventually([&] { return later->count(leg_event_kind::ended) == 1; }));
}

TEST_CASE("sip contract: a caller who gives up before anybody has attached is told to who attaches") {
  const auto s = each_gateway();
  INFO(s->name());
  const auto leg = s->incoming();
  s->caller_cancels(leg);
  const auto sink = std::make_shared<kept_leg_events>();
  s->gate().attach(leg, sink);
  CHECK(s->eventually([&] { return sink->count(leg_event_kind::ended) == 1; }));
}

TEST_CASE("sip contract: a caller who is answered and hangs up has ended once, whatever is ordered afterwards") {
  const auto s = each_gateway();
  INFO(s->name());
  const auto leg = s->incoming();
  const auto sink = std::make_shared<kept_leg_events>();
  s->gate().attach(leg, sink);
  s->gate().answer(leg, domain::make_offer({"127.0.0.1", 30000}));
  s->caller_hangs_up(leg);
  CHECK(s->eventually([&] { return sink->count(leg_event_kind::ended) == 1; }));
  s->gate().hang_up(leg, {});
  s->gate().refuse(leg, 503, "late", 0s);
  s->gate().ring(leg);
  s->pass();
  CHECK(sink->count(leg_event_kind::ended) == 1);
}

TEST_CASE("sip contract: events go to who attached last") {
  const auto s = each_gateway();
  INFO(s->name());
  const auto first = std::make_shared<kept_leg_events>();
  const auto second = std::make_shared<kept_leg_events>();
  const auto leg = s->dial(first);
  s->phone_answers(leg);
  CHECK(s->eventually([&] { return first->count(leg_event_kind::answered) == 1; }));
  s->gate().attach(leg, second);
  s->phone_hangs_up(leg);
  CHECK(s->eventually([&] { return second->count(leg_event_kind::ended) == 1; }));
  CHECK(first->count(leg_event_kind::ended) == 0);
}

TEST_CASE("sip contract: commands for a leg that never was are ignored") {
  const auto s = each_gateway();
  INFO(s->name());
  const domain::leg_id nobody{77, 77};
  s->gate().ring(nobody);
  s->gate().answer(nobody, {});
  s->gate().refuse(nobody, 486, "busy", 0s);
  s->gate().reoffer(nobody, {});
  s->gate().hang_up(nobody, {});
  const auto sink = std::make_shared<kept_leg_events>();
  const auto leg = s->dial(sink); // it goes on as if nothing had been said
  s->phone_rings(leg);
  CHECK(s->eventually([&] { return sink->count(leg_event_kind::progress) == 1; }));
}

TEST_CASE("sip contract: a ban is listed until it is lifted, and lifted once") {
  const auto s = each_gateway();
  INFO(s->name());
  CHECK_FALSE(s->gate().unban("192.0.2.9"));
  s->gate().ban_source("192.0.2.9", 60s);
  CHECK(s->eventually([&] { return s->gate().bans().size() == 1; }));
  const auto bans = s->gate().bans();
  REQUIRE(bans.size() == 1);
  CHECK(bans.front().address == "192.0.2.9");
  CHECK(bans.front().reason == "by hand");
  CHECK(s->eventually([&] { return s->gate().statistics().bans == 1; }));
  CHECK(s->gate().unban("192.0.2.9"));
  CHECK(s->gate().bans().empty());
  CHECK_FALSE(s->gate().unban("192.0.2.9"));
}

TEST_CASE("sip contract: wrong settings are refused with a sentence and change nothing") {
  const auto s = each_gateway();
  INFO(s->name());
  CHECK(s->eventually([&] { return s->gate().trunks().size() == 1; }));
  auto wrong = s->settings();
  wrong.realm.clear();
  wrong.trunks.clear();
  const auto refused = s->gate().reconfigure(wrong);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().find("realm") != std::string::npos);
  CHECK(s->gate().trunks().size() == 1);
  auto right = s->settings();
  right.trunks.push_back(right.trunks.front());
  right.trunks.back().name = "second";
  right.trunks.back().cidrs.clear();
  CHECK(s->gate().reconfigure(right));
  CHECK(s->eventually([&] { return s->gate().trunks().size() == 2; }));
}

TEST_CASE("sip contract: a fault that is injected is counted and costs no leg") {
  const auto s = each_gateway();
  INFO(s->name());
  const auto sink = std::make_shared<kept_leg_events>();
  const auto leg = s->dial(sink);
  s->gate().inject_fault(0ms);
  CHECK(s->eventually([&] { return s->gate().statistics().faults == 1; }));
  s->phone_rings(leg);
  CHECK(s->eventually([&] { return sink->count(leg_event_kind::progress) == 1; }));
}

TEST_CASE("sip contract: stopping twice is stopping once") {
  const auto s = each_gateway();
  INFO(s->name());
  s->gate().stop();
  s->gate().stop();
}
