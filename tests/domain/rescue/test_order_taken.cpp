// Who has taken an alarm, and when: 接警 is the answer of the call, not the saving.
#include "domain/rescue/hotline_desk.hpp"
#include "domain/rescue/order_code.hpp"

#include "test_order_fixture.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {

const call_id the_call{9, 9};

/// A bench whose hotline has one agent, mei; wang is another hotline's.
class desk_bench : public order_bench {
public:
  std::map<std::uint64_t, call_answer> answers; ///< by the call's last word
  [[nodiscard]] order_environment env() override {
    auto e = order_bench::env();
    e.answer_of = [this](const call_id& call) -> std::optional<call_answer> {
      const auto found = answers.find(call.lo);
      if (found == answers.end()) return std::nullopt;
      return found->second;
    };
    e.desk_of = [](const agent_id& a) { return a == "mei" ? desk::ours : a == "wang" ? desk::another : desk::unknown; };
    return e;
  }
};

alarm_report by_call() {
  auto r = a_report();
  r.call = the_call;
  return r;
}

} // namespace

TEST_CASE("order: an alarm saved during a call was taken when that call was answered", "[order]") {
  desk_bench b;
  b.answers[9] = {noon - 40s, "mei"};
  b.open(by_call());
  CHECK(b.s.answered == noon - 40s);
  CHECK(b.s.received == noon - 40s); // it has come with the call
  CHECK(b.s.acknowledged == noon);
  CHECK(b.s.acknowledged_by == "mei");
  b.call("101", attempt_outcome::accepted);
  b.pass(10min);
  REQUIRE(b.word(rescuer_word::arrived));
  CHECK(arrival_time(b.s) == 10min + 40s);
}

TEST_CASE("order: an alarm whose call nobody knows was taken when it was saved", "[order]") {
  desk_bench b;
  b.open(by_call());
  CHECK(b.s.answered == noon);
}

TEST_CASE("order: a call that is linked afterwards says when the alarm was taken", "[order]") {
  desk_bench b;
  b.open();
  CHECK(b.s.answered == noon);
  b.now_ += 1min;
  b.answers[9] = {noon - 25s, "mei"};
  b.answers[8] = {noon - 3h, "mei"};
  REQUIRE(b.act(order_verb::link_call, {{"call", to_string(call_id{8, 8})}}));
  CHECK(b.s.answered == noon); // so long ago it was about something else
  REQUIRE(b.act(order_verb::link_call, {{"call", to_string(the_call)}}));
  CHECK(b.s.answered == noon - 25s);
}

TEST_CASE("order: whoever answers a lift's own phone has taken its alarm", "[order]") {
  desk_bench b;
  auto r = a_report(report_channel::lift_phone);
  r.call = the_call;
  b.open(r);
  CHECK(b.s.answered == never);
  b.now_ += 8s;
  REQUIRE(b.give(linked_call_answered{the_call, {b.now_, "mei"}}));
  CHECK(b.s.answered == noon + 8s);
  CHECK(b.s.acknowledged_by == "mei");
  CHECK(b.s.agent == "mei");
  CHECK(b.last(order_step::acknowledged).by == "mei");
  b.pass(1min);
  CHECK(b.count(order_step::alerted_agents) == 0);
  const auto version = b.s.version;
  REQUIRE(b.give(linked_call_answered{the_call, {noon + 8s, "mei"}})); // told again after a crash
  CHECK(b.s.version == version);
}

TEST_CASE("order: an answer that comes after the agent's own click corrects the time", "[order]") {
  desk_bench b;
  auto r = a_report(report_channel::lift_phone);
  r.call = the_call;
  b.open(r);
  b.now_ += 20s;
  REQUIRE(b.act(order_verb::acknowledge));
  REQUIRE(b.give(linked_call_answered{the_call, {noon + 6s, "mei"}}));
  CHECK(b.s.answered == noon + 6s);
  REQUIRE(b.give(linked_call_answered{the_call, {noon - 6s, "mei"}})); // in the talk before the alarm came
  CHECK(b.s.answered == noon);
}

TEST_CASE("order: a call that only a backup number or another hotline has answered still rings the agents", "[order]") {
  const std::string who = GENERATE("", "wang");
  desk_bench b;
  auto r = a_report(report_channel::lift_phone);
  r.call = the_call;
  b.open(r);
  b.now_ += 8s;
  REQUIRE(b.give(linked_call_answered{the_call, {b.now_, who}}));
  CHECK(b.s.answered == noon + 8s); // somebody spoke with them
  CHECK(b.s.acknowledged == never);
  b.pass(15s);
  CHECK(b.count(order_step::alerted_agents) == 1);
}

TEST_CASE("order: an agent of another hotline may report an alarm, and does nothing else to it", "[order]") {
  desk_bench b;
  auto r = by_call();
  r.source = "wang";
  b.open(r);
  CHECK(b.s.acknowledged == never); // it goes on ringing for who can act
  b.pass(15s);
  CHECK(b.count(order_step::alerted_agents) == 1);
  for (const auto& rule : verb_rules()) {
    order_action a;
    a.verb = rule.verb;
    a.by = "wang";
    a.role = role::agent;
    for (const auto& field : rule.required)
      a.fields[std::string{field}] = "1";
    INFO(to_string(rule.verb));
    CHECK_FALSE(b.give(a));
    CHECK(b.refusal.code == errc::forbidden);
    a.by = "desk-1"; // a program that works for no agent
    CHECK_FALSE(b.give(a));
    CHECK(b.refusal.code == errc::forbidden);
  }
  CHECK_FALSE(b.act_as("wang", order_verb::dismiss, {{"reason", "false alarm"}}));
  CHECK(b.refusal.message == "wang is no agent of 96333: only agents of that hotline act on its orders");
  REQUIRE(b.act(order_verb::acknowledge));
}

TEST_CASE("order: it is assigned to an agent that there is, and who serves its hotline", "[order]") {
  desk_bench b;
  b.open();
  CHECK_FALSE(b.act(order_verb::assign, {{"agent", "nobody"}}));
  CHECK(b.refusal.field == "agent");
  CHECK(b.refusal.message == "there is no agent \"nobody\"");
  CHECK_FALSE(b.act(order_verb::assign, {{"agent", "wang"}}));
  CHECK(b.refusal.message == "wang is no agent of 96333");
  REQUIRE(b.act(order_verb::assign, {{"agent", "mei"}}));
}

TEST_CASE("order: a district told with a place in words finds its public rescue", "[order]") {
  order_bench b;
  auto r = a_report();
  r.lift.clear();
  r.place = "淮海路 12 号";
  r.district = "320803";
  b.open(r, std::nullopt);
  CHECK(b.s.district == "320803");
  order_bench known;
  r.lift = "100001";
  r.district = "320826";
  known.open(r);
  CHECK(known.s.district == "320803"); // the lift's record knows better
}

TEST_CASE("desk: an agent works for the hotlines whose queues, or their overflows, it serves") {
  plan p;
  queue_plan rescue;
  rescue.name = "rescue";
  rescue.overflow_queue = "support";
  queue_plan support;
  support.name = "support";
  support.overflow_queue = "rescue"; // in a circle
  queue_plan other;
  other.name = "12315";
  p.queues = {rescue, support, other};
  hotline_plan h;
  h.name = "96333";
  h.queue = "rescue";
  p.hotlines = {h};
  const auto agent = [&](const char* account, std::vector<queue_id> queues) {
    agent_plan a;
    a.account = account;
    a.queues = std::move(queues);
    p.agents.push_back(a);
  };
  agent("mei", {"rescue"});
  agent("lin", {"support"});
  agent("wang", {"12315"});
  agent("both", {"12315", "rescue"});
  agent("gone", {"rescue"});
  p.agents.back().retired = true;
  CHECK(desk_of(p, "96333", "mei") == desk::ours);
  CHECK(desk_of(p, "96333", "lin") == desk::ours);
  CHECK(desk_of(p, "96333", "both") == desk::ours);
  CHECK(desk_of(p, "96333", "wang") == desk::another);
  CHECK(desk_of(p, "96333", "gone") == desk::unknown);
  CHECK(desk_of(p, "96333", "nobody") == desk::unknown);
  CHECK(desk_of(p, "unknown", "wang") == desk::ours);
}

TEST_CASE("short code: four digits, none twice in a row, and not the number's") {
  CHECK(short_code({}).empty());
  id_source ids{3};
  std::set<std::string> seen;
  for (int i = 0; i < 2000; ++i) {
    const auto code = short_code(ids.next<order_id>(noon));
    REQUIRE(code.size() == 4);
    CHECK(code.find_first_not_of("0123456789") == std::string::npos);
    for (std::size_t k = 1; k < code.size(); ++k)
      CHECK(code[k] != code[k - 1]);
    seen.insert(code);
  }
  CHECK(seen.size() > 1500);
}
