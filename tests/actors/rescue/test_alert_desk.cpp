// Alarms that nobody has taken ring phones: of idle agents, supervisors, the backup numbers.

// Before CAF's macros, one of which is called `inject`.
#include "actors/rescue/alert_desk.hpp"

#include "tests/actors/rescue/alarm_bench.hpp"

using namespace lifeline;
using namespace lifeline::testing;
using domain::agent_state;
using domain::alert_stage;
using domain::attempt_outcome;
using domain::order_step;

namespace {

domain::plan alert_plan() {
  auto p = small_plan();
  domain::hotline_plan h;
  h.name = "96333";
  h.numbers = {"96333"};
  h.queue = "12315";
  h.emergency = true;
  h.backup_numbers = {"051711", "051712"};
  p.hotlines.push_back(h);
  domain::agent_plan chief;
  chief.account = "8009";
  chief.admin = true;
  p.agents.push_back(chief);
  p.rescue.supervisor_numbers = {"13700000001"};
  return p;
}

class alert_bench : public alarm_bench {
public:
  alert_bench() : alarm_bench(alert_plan()) {}
  using alarm_bench::state;
  using hotline_bench::state;

  /// Rings that go on at this account or number.
  std::vector<dialled_call*> rings(const std::string& whom) {
    std::vector<dialled_call*> found;
    for (auto* c : ringing())
      if (c->request.attempt.purpose == domain::attempt_purpose::alert && c->request.attempt.target == whom)
        found.push_back(c);
    return found;
  }
  std::size_t alerts() {
    const auto all = ringing();
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](const auto* c) {
      return c->request.attempt.purpose == domain::attempt_purpose::alert;
    }));
  }
  /// As a call does that is given up.
  void obey() {
    for (auto& c : dialled)
      if (!c->over && *c->given_up) call_ends(*c, attempt_outcome::withdrawn);
    run();
  }
  void wait(domain::span time) {
    for (domain::span waited{0}; waited < time; waited += 500ms) {
      advance(500ms);
      obey();
    }
  }
};

} // namespace

TEST_CASE("alert desk: the phones of idle agents ring, and who presses the key has taken the alarm") {
  alert_bench b;
  b.sign_in("8001");
  b.sign_in("8002");
  const auto id = b.open();
  b.wait(14s);
  CHECK(b.alerts() == 0);
  b.wait(3s);
  REQUIRE(b.rings("8001").size() == 1);
  REQUIRE(b.rings("8002").size() == 1);
  CHECK(b.rings("8001").front()->request.phone.uri == "sip:8001@192.0.2.1:5062");
  CHECK(b.rings("8001").front()->request.about.number == b.state(id).number);
  CHECK(b.state("8001") == agent_state::reserved);
  b.call_ends(*b.rings("8001").front(), attempt_outcome::accepted);
  b.wait(2s);
  CHECK(b.state(id).acknowledged_by == "8001");
  CHECK(b.count(id, order_step::alert_taken) == 1);
  CHECK(b.alerts() == 0); // the other one is let go
  CHECK(b.state("8001") == agent_state::ready);
  CHECK(b.state("8002") == agent_state::ready);
  b.wait(60s);
  CHECK(b.alerts() == 0);
  const auto rung = b.logged<domain::alert_rung>();
  CHECK(rung.size() == 4); // two begin, two end
  CHECK(std::count_if(rung.begin(), rung.end(),
                      [](const auto& r) { return r.outcome_known && r.outcome == attempt_outcome::accepted; }) == 1);
}

TEST_CASE("alert desk: a caller comes first, and an agent has only one of the two") {
  alert_bench b;
  b.sign_in("8001");
  b.open();
  b.wait(16s);
  REQUIRE(b.rings("8001").size() == 1);
  b.call_in("96333");
  CHECK(b.sip.count("invite") == 0); // it is rung for the alarm
  b.wait(2s);
  CHECK(b.rings("8001").empty());
  CHECK(b.sip.count("invite") == 1);
  b.phone_rings(b.ringing_leg());
  b.phone_answers(b.ringing_leg());
  CHECK(b.state("8001") == agent_state::talking);
  b.wait(60s);
  CHECK(b.rings("8001").empty()); // it talks
}

TEST_CASE("alert desk: who listens to the alarm already is not cut off for a caller") {
  alert_bench b;
  b.sign_in("8001");
  b.open();
  b.wait(16s);
  REQUIRE(b.rings("8001").size() == 1);
  b.rings("8001").front()->request.answered();
  b.run();
  b.call_in("96333");
  b.wait(3s);
  CHECK(b.rings("8001").size() == 1);
}

TEST_CASE("alert desk: then the supervisors, then the backup numbers one after the other") {
  alert_bench b;
  b.register_phone("8009"); // an admin who is not signed in
  const auto id = b.open();
  b.wait(29s);
  CHECK(b.alerts() == 0);
  b.wait(3s);
  CHECK(b.rings("8009").size() == 1);
  CHECK(b.rings("13700000001").size() == 1);
  CHECK(b.rings("051711").empty());
  b.wait(30s);
  CHECK(b.rings("051711").size() == 1);
  CHECK(b.rings("051712").empty());
  b.call_ends(*b.rings("051711").front(), attempt_outcome::no_answer);
  b.wait(2s);
  REQUIRE(b.rings("051712").size() == 1);
  b.call_ends(*b.rings("051712").front(), attempt_outcome::accepted);
  b.wait(2s);
  CHECK(b.state(id).acknowledged_by == "051712");
  CHECK(b.alerts() == 0);
}

TEST_CASE("alert desk: of several alarms each rings a backup number of its own, and the rest wait for one") {
  alert_bench b;
  const auto first = b.open();
  const auto second = b.open("320146");
  b.open("320147");
  b.wait(63s);
  REQUIRE(b.rings("051711").size() == 1);
  REQUIRE(b.rings("051712").size() == 1);
  CHECK(b.rings("051711").front()->request.order == first);
  CHECK(b.rings("051712").front()->request.order == second);
  b.call_ends(*b.rings("051711").front(), attempt_outcome::accepted);
  b.wait(23s); // the number has a pause
  REQUIRE(b.rings("051711").size() == 1);
  CHECK(b.rings("051711").front()->request.order != first);
  CHECK(b.rings("051711").front()->request.order != second);
}

TEST_CASE("alert desk: nobody has answered, and it rings again after a pause") {
  alert_bench b;
  b.sign_in("8001");
  b.open();
  b.wait(16s);
  REQUIRE(b.rings("8001").size() == 1);
  b.call_ends(*b.rings("8001").front(), attempt_outcome::no_answer);
  b.wait(2s);
  CHECK(b.state("8001") == agent_state::ready); // it is no miss
  CHECK(b.rings("8001").empty());
  b.wait(20s);
  CHECK(b.rings("8001").size() == 1);
}

TEST_CASE("alert desk: two alarms and two idle agents, each rings for one") {
  alert_bench b;
  b.sign_in("8001");
  b.sign_in("8002");
  const auto first = b.open();
  const auto second = b.open("320146");
  b.wait(17s);
  REQUIRE(b.alerts() == 2);
  std::set<domain::order_id> orders;
  for (const auto* c : b.ringing())
    if (c->request.attempt.purpose == domain::attempt_purpose::alert) orders.insert(c->request.order);
  CHECK(orders == std::set<domain::order_id>{first, second});
}

TEST_CASE("alert desk: all phones of an agent ring, and one that is answered is enough") {
  alert_bench b;
  b.register_phone("8001", {"sip:8001@192.0.2.1:5062", "sip:8001@192.0.2.2:5062"});
  REQUIRE_FALSE(b.order("8001", domain::agent_verb::ready).refused);
  b.open();
  b.wait(16s);
  REQUIRE(b.rings("8001").size() == 2);
  b.rings("8001").front()->request.answered();
  b.wait(1s);
  CHECK(b.rings("8001").size() == 1);
  CHECK(b.state("8001") == agent_state::reserved);
}

TEST_CASE("alert desk: one that crashes goes on where it was, and a key that is pressed meanwhile counts") {
  alert_bench b;
  b.sign_in("8001");
  const auto id = b.open();
  b.wait(16s);
  REQUIRE(b.rings("8001").size() == 1);
  caf::anon_send(b.around->who_rescues.alert_desk.get(), actors::crash_order{"test"});
  b.run();
  b.wait(3s);
  CHECK(b.rings("8001").size() == 1); // not a second time
  SECTION("told to the new one") { b.call_ends(*b.rings("8001").front(), attempt_outcome::accepted); }
  SECTION("with the order's actor gone as well") {
    auto* ring = b.rings("8001").front();
    caf::anon_send(b.around->who_rescues.orders.find(id), actors::crash_order{"test"});
    b.call_ends(*ring, attempt_outcome::accepted);
    b.advance(10ms);
  }
  b.wait(2s);
  CHECK(b.state(id).acknowledged_by == "8001");
  CHECK(b.state("8001") == agent_state::ready);
}

TEST_CASE("alert desk: it rings again after a restart of the engine") {
  alert_bench b;
  b.sign_in("8001");
  b.open();
  b.wait(16s);
  REQUIRE(b.rings("8001").size() == 1);
  b.restart_engine();
  b.register_phone("8001");
  b.wait(3s);
  CHECK(b.rings("8001").size() == 1);
}

TEST_CASE("alert desk: a real call says what has happened, and takes the key") {
  alert_bench b;
  b.around->start_call = {};
  b.media.finish_prompts = false;
  b.sign_in("8001");
  const auto id = b.open();
  b.advance(17s);
  const auto& all = b.sip.log;
  const auto ring = std::find_if(all.begin(), all.end(), [](const auto& c) {
    return c.what == "invite" && c.invite.target_uri == "sip:8001@192.0.2.1:5062";
  });
  REQUIRE(ring != all.end());
  CHECK(ring->invite.trunks.empty());
  const auto leg = ring->leg;
  b.phone_rings(leg);
  b.phone_answers(leg);
  REQUIRE(!b.media.played.empty());
  CHECK(b.media.played.back().second.front() == "alert-untaken.wav");
  b.media.emit(leg, media::endpoint_event_kind::digit, "2"); // there is nothing to refuse
  b.media.emit(leg, media::endpoint_event_kind::digit, "1");
  b.run();
  CHECK(b.state(id).acknowledged_by == "8001");
  CHECK(b.media.played.back().second == std::vector<std::string>{"alert-taken.wav"});
  b.advance(9s);
  CHECK(b.state("8001") == agent_state::ready);
}
