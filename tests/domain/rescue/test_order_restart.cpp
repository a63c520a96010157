// The engine dies in every state of an order: what was stored goes on, overdue timers fire at once and in order, and
// nothing is done twice.
#include "test_order_fixture.hpp"

#include <catch2/catch.hpp>

#include <functional>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {

struct stage {
  const char* name;
  std::function<void(order_bench&)> reach;
  order_status status; ///< then
  std::vector<std::string> ringing_again;
};

const std::vector<stage>& stages() {
  static const std::vector<stage> all{
      {"filtered",
       [](order_bench& b) {
         auto r = a_report(report_channel::iot);
         r.moving = true;
         b.open(r);
       },
       order_status::filtered,
       {}},
      {"the first phone rings", [](order_bench& b) { b.open(); }, order_status::dispatched, {"101"}},
      {"between the rounds",
       [](order_bench& b) {
         b.open();
         b.call("101", attempt_outcome::busy);
         b.call("102", attempt_outcome::busy);
       },
       order_status::dispatched,
       {}},
      {"two levels ring",
       [](order_bench& b) {
         b.open();
         b.give(mass_event_set{1});
       },
       order_status::dispatched,
       {"101", "201"}},
      {"accepted",
       [](order_bench& b) {
         b.open();
         b.call("101", attempt_outcome::accepted);
       },
       order_status::accepted,
       {}},
      {"accepted, and urged just now",
       [](order_bench& b) {
         b.open();
         b.call("101", attempt_outcome::accepted);
         b.act(order_verb::urge);
       },
       order_status::accepted,
       {"101"}},
      {"arrived",
       [](order_bench& b) {
         b.open();
         b.word(rescuer_word::arrived);
       },
       order_status::arrived,
       {}},
      {"rescued",
       [](order_bench& b) {
         b.open();
         b.word(rescuer_word::completed);
       },
       order_status::rescued,
       {}},
      {"confirmed",
       [](order_bench& b) {
         b.open();
         b.word(rescuer_word::completed);
         b.act(order_verb::confirm, {{"with", "other"}});
       },
       order_status::confirmed,
       {}},
      {"dismissed",
       [](order_bench& b) {
         b.open();
         b.act(order_verb::dismiss, {{"reason", "false alarm"}});
       },
       order_status::dismissed,
       {}},
  };
  return all;
}

} // namespace

TEST_CASE("order restart: every state goes on where it was, and nothing is done twice", "[order][restart]") {
  for (const auto& at : stages()) {
    CAPTURE(at.name);
    order_bench b;
    at.reach(b);
    REQUIRE(b.s.status == at.status);
    const auto before = b.s;
    b.now_ += 1s;
    b.restart();
    CHECK(b.s.status == at.status);
    CHECK(b.ringing() == at.ringing_again);
    CHECK(b.s.deployments.size() == before.deployments.size());
    CHECK(b.s.remind_due == before.remind_due);
    for (std::size_t d = 0; d < before.deployments.size(); ++d) {
      CHECK(b.s.deployments[d].phase == before.deployments[d].phase);
      CHECK(b.s.deployments[d].answer_due == before.deployments[d].answer_due);
      CHECK(b.s.deployments[d].arrival_due == before.deployments[d].arrival_due);
    }
    const auto again = b.s.version;
    const auto ringing = b.ringing().size();
    b.restart(); // at once again: the same calls, not more
    CHECK(b.ringing().size() == ringing);
    CHECK((b.s.version > again) == (ringing > 0));
    CHECK(b.may_rest() == is_over(at.status));
  }
}

TEST_CASE("order restart: lost calls are in the log as interrupted, and their phone rings again", "[order][restart]") {
  order_bench b;
  b.open();
  const auto call = *b.attempt_to("101");
  b.restart();
  REQUIRE(b.calls.size() == 3);
  CHECK(b.calls[1].attempt == call);
  CHECK(b.calls[1].outcome == attempt_outcome::interrupted);
  CHECK(b.calls[2].target == "101");
  CHECK_FALSE(b.calls[2].outcome_known);
}

TEST_CASE("order restart: a message to a party's software is sent again under its id", "[order][restart]") {
  order_bench b;
  auto parties = small_book();
  parties[0].webhook = "https://firm.example";
  b.book(parties);
  b.open();
  const auto sent = *b.attempt_to("https://firm.example");
  b.restart();
  CHECK(b.attempt_to("https://firm.example") == sent);
  CHECK(std::count_if(b.attempts.begin(), b.attempts.end(), [&](const auto& a) { return a.id == sent; }) == 2);
  CHECK(b.calls_to("https://firm.example") == 1);
  b.down(10min); // it gets its whole time once more
  CHECK(b.attempt_to("https://firm.example") == sent);
}

TEST_CASE("order restart: what became overdue meanwhile happens at once", "[order][restart]") {
  for (const auto& at : stages()) {
    CAPTURE(at.name);
    order_bench b;
    at.reach(b);
    b.down(5h);
    if (is_over(at.status)) {
      CHECK(next_deadline(b.s) == never);
      continue;
    }
    CHECK(next_deadline(b.s) > b.now_);
    CHECK(b.count(order_step::reminded) == 1); // once, however often it was missed
    if (at.status == order_status::dispatched || at.status == order_status::accepted) CHECK(b.s.level >= 2);
    if (at.status == order_status::dispatched) CHECK(b.count(order_step::answer_overdue) >= 1);
    if (at.status == order_status::accepted) CHECK(b.count(order_step::arrival_overdue) == 1);
  }
}

TEST_CASE("order restart: several overdue things happen in the order in which they were due", "[order][restart]") {
  order_bench b;
  b.open(a_report(report_channel::mobile));
  b.call("101", attempt_outcome::accepted);
  const auto known = b.steps.size();
  b.down(40min);
  std::vector<order_step> fired;
  for (auto i = known; i < b.steps.size(); ++i)
    fired.push_back(b.steps[i].step);
  const std::vector<order_step> expected{
      order_step::alerted_agents, order_step::alerted_supervisor, order_step::urged,   order_step::arrival_overdue,
      order_step::escalated,      order_step::dispatched,         order_step::reminded};
  // Arrival and review are due in the same half hour: the review counts from creation, the arrival from acceptance.
  CHECK(fired == expected);
}
