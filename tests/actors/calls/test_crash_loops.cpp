// Actors that crash again and again climb the tree as configured, and take nobody else with them.

#include "tests/actors/hotline_bench.hpp"

#include "actors/supervision/supervisor_messages.hpp"
#include "storage/event_codec.hpp"
#include "storage/tables.hpp"

using namespace lifeline;
using namespace lifeline::testing;
using domain::agent_state;

namespace {

/// Two agents talk, each with a caller; the second talk is the one that must not notice anything.
struct two_talks {
  hotline_bench b;
  domain::leg_id caller, phone, other_caller, other_phone;
  domain::call_id id, other_id;
  std::string agent, other_agent;

  two_talks() {
    std::tie(caller, phone, id, agent) = talk("8001");
    std::tie(other_caller, other_phone, other_id, other_agent) = talk("8002");
  }
  std::tuple<domain::leg_id, domain::leg_id, domain::call_id, std::string> talk(const std::string& account) {
    b.sign_in(account);
    const auto leg = b.call_in();
    const auto at = b.ringing_leg();
    b.phone_answers(at);
    const auto connected = b.log();
    domain::call_id call;
    for (const auto& e : connected)
      if (std::holds_alternative<domain::call_connected>(e.body)) call = e.call;
    return {leg, at, call, account};
  }
  void check_other_talk() {
    CHECK(b.sip.count("hang_up", other_caller) == 0);
    CHECK(b.sip.count("hang_up", other_phone) == 0);
    REQUIRE(b.media.bridged.contains(other_caller));
    CHECK(b.media.bridged.at(other_caller) == other_phone);
    CHECK(b.around->who.live_calls.find(other_id));
  }
  /// It ends as every talk.
  void end_other_talk() {
    b.hangs_up(other_caller);
    CHECK(b.state(other_agent) == agent_state::wrap_up);
    b.advance(11s);
    CHECK(b.state(other_agent) == agent_state::ready);
    const auto ends = b.logged<domain::call_ended>();
    CHECK(ends.back().record.cause == domain::end_cause::caller_hung_up);
  }
  /// Crashes whoever `actor` returns at each of its messages, as long as it returns one.
  template <class F> void crash_for_ever(F actor) {
    b.before_step = [this, actor](caf::actor_id id) {
      const auto who = actor();
      if (who && who.id() == id) caf::anon_send<caf::message_priority::high>(who, actors::crash_order{"injected"});
    };
  }
};

} // namespace

TEST_CASE("a call that crashes at once after every restart is wound up with one end, its recording included",
          "[crash]") {
  two_talks t;
  t.b.media.hold_seal = true;
  auto& who = t.b.around->who;
  t.crash_for_ever([&] { return who.live_calls.find(t.id); });
  caf::anon_send(who.live_calls.find(t.id), actors::wake{});
  t.b.run();
  t.b.advance(5s);
  for (int i = 0; i < 10 && who.live_calls.find(t.id); ++i) {
    caf::anon_send(who.live_calls.find(t.id), actors::wake{});
    t.b.advance(1s);
  }
  CHECK_FALSE(who.live_calls.find(t.id));
  t.b.before_step = nullptr;
  t.check_other_talk();
  CHECK(t.b.sip.count("hang_up", t.caller) == 1);
  CHECK(t.b.sip.count("hang_up", t.phone) == 1);
  const auto r = t.b.only_record();
  CHECK(r.cause == domain::end_cause::internal_error);
  CHECK(r.outcome == domain::call_outcome::answered);
  t.b.media.hold_seal = false;
  t.b.media.seal_all(); // the recorder comes to its end after the call's
  t.b.run();
  const auto row = t.b.journal->get(storage::table::records, storage::call_key{t.id}.encode());
  REQUIRE((row && *row));
  CHECK(storage::decode_record(**row)->recording.sha256 == "5ea1");
  t.b.advance(11s);
  CHECK(t.b.state("8001") == agent_state::ready);
  t.end_other_talk();
  t.b.check_invariants(true);
}

TEST_CASE("a call that nobody can restart is closed from what the log tells of it", "[crash]") {
  hotline_bench b;
  const auto caller = b.call_in();
  b.advance(3s);
  const auto id = b.around->who.live_calls.entries().front().first;
  b.around->kept.erase(storage::table::live_calls, storage::call_key{id}.encode());
  caf::anon_send(b.around->who.live_calls.find(id), actors::crash_order{"injected"});
  b.run();
  CHECK(b.around->who.call_count() == 0);
  CHECK(b.sip.count("hang_up", caller) == 1);
  const auto r = b.only_record();
  CHECK(r.caller == "13800000001");
  CHECK(r.queue == "12315");
  CHECK(r.waited == 3s);
  CHECK(r.outcome == domain::call_outcome::failed);
  b.sign_in("8001");
  CHECK(b.sip.count("invite") == 0);
  b.check_invariants(true);
}

TEST_CASE("an agent that crashes too often takes its supervisor along, but no conversation", "[crash]") {
  two_talks t;
  t.b.hangs_up(t.caller);
  t.b.advance(11s);
  REQUIRE(t.b.state("8001") == agent_state::ready);
  const auto first = t.b.around->who.agents.find("8002");
  for (int i = 0; i < 22; ++i) {
    caf::anon_send(t.b.around->who.agents.find("8001"), actors::crash_order{"injected"});
    t.b.run();
    t.b.advance(20ms);
  }
  t.b.advance(10s);
  const auto children = t.b.ask<std::vector<actors::child_status>>(t.b.root, actors::list_children{});
  const auto agents = std::find_if(children.begin(), children.end(), [](const auto& c) { return c.name == "agents"; });
  REQUIRE(agents != children.end());
  CHECK(agents->restarts >= 1); // the supervisor gave up, its own did not
  CHECK(agents->alive);
  CHECK(t.b.around->who.agents.find("8002") != first); // started again with its siblings, and still talking
  CHECK(t.b.state("8002") == agent_state::talking);
  CHECK(t.b.state("8001") == agent_state::ready);
  t.check_other_talk();
  t.b.call_in();
  t.b.phone_answers(t.b.ringing_leg());
  CHECK(t.b.state("8001") == agent_state::talking);
  t.end_other_talk();
  t.b.check_invariants(false);
}

TEST_CASE("a dispatcher that crashes as often as the root bears disturbs no talk and loses no waiting caller",
          "[crash]") {
  two_talks t;
  const auto waiting = t.b.call_in();
  for (int i = 0; i < 5; ++i) {
    caf::anon_send(t.b.around->who.dispatcher(), actors::crash_order{"injected"});
    t.b.advance(6s);
    t.check_other_talk();
  }
  CHECK(t.b.is_alive(t.b.root));
  CHECK(t.b.sip.count("refuse", waiting) == 0);
  t.b.hangs_up(t.caller);
  t.b.advance(11s);
  t.b.phone_answers(t.b.ringing_leg());
  CHECK(t.b.sip.last("answer").leg == waiting);
  t.end_other_talk();
  t.b.check_invariants(false);
}

TEST_CASE("a supervisor of calls that crashes as often as the root bears disturbs no call", "[crash]") {
  two_talks t;
  for (int i = 0; i < 5; ++i) {
    caf::anon_send(t.b.around->who.calls.get(), actors::crash_order{"injected"});
    t.b.advance(6s);
    t.check_other_talk();
  }
  CHECK(t.b.around->who.call_count() == 2);
  t.b.hangs_up(t.caller);
  CHECK(t.b.around->who.call_count() == 1);
  t.end_other_talk();
  t.b.check_invariants(true);
}

TEST_CASE("a root that gives up ends with its own error, hangs nobody up, and the next start closes what was open",
          "[crash]") {
  two_talks t;
  caf::error reason;
  bool over = false;
  t.b.root->attach_functor([&](const caf::error& e) {
    reason = e;
    over = true;
  });
  for (int i = 0; i < 20 && !over; ++i) {
    if (const auto d = t.b.around->who.dispatcher()) caf::anon_send(d, actors::crash_order{"injected"});
    t.b.run();
    t.b.advance(100ms);
  }
  for (int i = 0; i < 40 && !over; ++i)
    t.b.advance(500ms);
  REQUIRE(over);
  CHECK(reason == caf::make_error(actors::supervision_errc::restart_intensity_exceeded));
  CHECK(t.b.sip.count("hang_up") == 0); // the process ends now, and systemd starts it again
  CHECK(t.b.logged<domain::call_ended>().empty());
  CHECK(t.b.media.bridged.size() == 4);
}
