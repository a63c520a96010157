// A party has one deployment for each order, however often it is engaged.
#include "test_order_fixture.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {

std::size_t deployments_of(const order_state& s, const std::string& party) {
  return static_cast<std::size_t>(
      std::count_if(s.deployments.begin(), s.deployments.end(), [&](const auto& d) { return d.party == party; }));
}

} // namespace

TEST_CASE("order: a firm that is engaged again after it was unanswered goes on with its one deployment", "[order]") {
  order_bench b;
  b.plan_.dial_rounds = 1;
  b.open();
  b.call("101", attempt_outcome::no_answer);
  b.call("102", attempt_outcome::no_answer);
  REQUIRE(b.of("firm").phase == deployment_phase::unanswered);
  REQUIRE(b.act(order_verb::engage, {{"party", "firm"}, {"level", "1"}, {"reason", "they have called back"}}));
  CHECK(deployments_of(b.s, "firm") == 1);
  CHECK(b.of("firm").phase == deployment_phase::dispatched);
  CHECK(b.ringing() == std::vector<std::string>{"101", "201"});
  REQUIRE(b.call("101", attempt_outcome::accepted));
  REQUIRE(b.word(rescuer_word::arrived, "firm"));
  CHECK(b.of("firm").phase == deployment_phase::arrived);
  b.pass(1h);
  CHECK(b.count(order_step::urged) == 0); // whoever is there
  CHECK(b.count(order_step::arrival_overdue) == 0);
}

TEST_CASE("order: engaged again after a refusal, and after it was called back", "[order]") {
  order_bench b;
  b.open();
  b.call("101", attempt_outcome::refused);
  REQUIRE(b.act(order_verb::engage, {{"party", "firm"}, {"level", "1"}, {"reason", "after all"}}));
  b.call("101", attempt_outcome::accepted);
  CHECK(b.of("firm").phase == deployment_phase::accepted);
  REQUIRE(b.act(order_verb::withdraw, {{"party", "firm"}, {"reason", "another comes"}}));
  REQUIRE(b.act(order_verb::engage, {{"party", "firm"}, {"level", "2"}, {"reason", "it does not"}}));
  CHECK(deployments_of(b.s, "firm") == 1);
  CHECK(b.of("firm").accepted == never);
  CHECK(b.of("firm").level == 2);
  CHECK(b.of("firm").answer_due == b.now_ + 3min);
}

TEST_CASE("order: a party that is at work and comes up again on a higher level is not called twice", "[order]") {
  order_bench b;
  b.open();
  REQUIRE(b.act(order_verb::engage, {{"party", "fire"}, {"level", "2"}, {"reason", "smoke"}}));
  b.call("119", attempt_outcome::accepted);
  auto worse = a_report(report_channel::phone);
  worse.message_id = "m2";
  worse.injured = 1;
  b.give(report_merged{worse});
  CHECK(deployments_of(b.s, "fire") == 1);
  CHECK(b.of("fire").level == 3);
  CHECK(b.of("fire").phase == deployment_phase::accepted);
  CHECK(b.calls_to("119") == 1);
  CHECK(b.s.level == 3);
}

TEST_CASE("order: two deployments of one party that an older engine has stored become one", "[order][restart]") {
  order_bench b;
  b.open();
  b.call("101", attempt_outcome::accepted);
  auto twin = b.of("firm"); // was engaged again, and has arrived; the first one is still urged
  twin.phase = deployment_phase::arrived;
  twin.accepted = never;
  twin.arrived = b.now_ + 1min;
  twin.arrival_due = twin.next_urge = never;
  auto& first = b.s.deployments.front();
  first.next_urge = b.now_ + 10min;
  const auto accepted = first.accepted;
  b.s.deployments.push_back(twin);
  const auto after = resume(b.s, b.env(), b.now_);
  REQUIRE(deployments_of(b.s, "firm") == 1);
  CHECK(b.of("firm").phase == deployment_phase::arrived);
  CHECK(b.of("firm").accepted == accepted);
  CHECK(b.of("firm").next_urge == never);
}
