// What operators and agents change while calls go on: reload, reroute, drain, feature codes, and what phones do
// meanwhile.

#include "tests/actors/hotline_bench.hpp"

#include "domain/plan/plan_change.hpp"

using namespace lifeline;
using namespace lifeline::testing;
using domain::agent_state;
using domain::call_outcome;
using domain::end_cause;

namespace {

class office : public hotline_bench {
public:
  using hotline_bench::hotline_bench;

  /// As engine_reload does it, without the files and the SIP gateway.
  void reload(domain::plan wanted) {
    around->set_plan(domain::with_retired(around->plan(), std::move(wanted)));
    caf::anon_send(around->who.dispatcher(), actors::plan_changed{});
    run();
    const auto agents = ask<caf::actor>(root, actors::child_named{"agents"});
    for (const auto& a : around->plan().agents)
      if (!around->who.agents.find(a.account)) ask<caf::actor>(agents, actors::start_child{a.account});
    caf::anon_send(around->who.calls.get(), actors::plan_changed{});
    for (const auto& a : around->who.agents.all())
      caf::anon_send(a, actors::plan_changed{});
    run();
  }
  domain::leg_id dial(const std::string& account, const std::string& code) {
    sip::incoming_call in;
    in.leg = domain::leg_id{++next_leg, 1};
    in.agent = account;
    in.caller.number = account;
    in.called = code;
    in.offer = phone_sdp();
    caf::anon_send(around->who.calls.get(), in);
    run();
    return in.leg;
  }
  actors::reroute_answer reroute(bool on, const std::string& reason = "drill") {
    return ask<actors::reroute_answer>(around->who.calls.get(), actors::reroute_request{"12315", on, reason});
  }
};

domain::plan with_backup() {
  auto p = small_plan();
  p.hotlines[0].backup_numbers = {"7001"};
  return p;
}

} // namespace

TEST_CASE("a reload leaves a conversation alone, and its wrap-up is as long as it was to be") {
  office b;
  b.sign_in("8001");
  const auto caller = b.call_in();
  const auto phone = b.ringing_leg();
  b.phone_answers(phone);
  REQUIRE(b.state("8001") == agent_state::talking);
  const auto told = b.sip.log.size();
  auto p = small_plan();
  p.queues[0].ring_timeout = 7s;
  b.reload(p);
  CHECK(b.sip.log.size() == told);
  CHECK(b.state("8001") == agent_state::talking);
  b.hangs_up(caller);
  CHECK(b.state("8001") == agent_state::wrap_up);
  b.advance(5s);
  b.reload(small_plan()); // in the middle of the wrap-up
  CHECK(b.state("8001") == agent_state::wrap_up);
  b.advance(4s);
  CHECK(b.state("8001") == agent_state::wrap_up);
  b.advance(2s);
  CHECK(b.state("8001") == agent_state::ready);
  b.check_invariants(true);
}

TEST_CASE("a reload leaves a ringing phone alone and keeps the order of those who wait") {
  office b;
  b.sign_in("8001");
  const auto first = b.call_in();
  const auto phone = b.ringing_leg();
  b.phone_rings(phone);
  const auto second = b.call_in("12315", "13800000002");
  b.advance(1s);
  const auto third = b.call_in("12315", "13800000003");
  b.reload(small_plan());
  CHECK(b.sip.count("hang_up") == 0);
  b.phone_answers(phone);
  b.hangs_up(first);
  b.advance(10s);
  REQUIRE(b.sip.count("invite") == 2);
  CHECK(b.sip.last("invite").invite.from_number == "13800000002");
  b.phone_answers(b.ringing_leg());
  b.hangs_up(second);
  b.hangs_up(third);
  b.check_invariants(true);
}

TEST_CASE("a reload brings an account that takes calls, and one that is gone signs out after its call") {
  office b;
  b.sign_in("8001");
  const auto caller = b.call_in();
  b.phone_answers(b.ringing_leg());
  auto p = small_plan();
  p.agents.erase(p.agents.begin()); // 8001
  domain::agent_plan newcomer;
  newcomer.account = "8003";
  newcomer.queues = {"12315"};
  p.agents.push_back(newcomer);
  b.reload(p);
  CHECK(b.state("8001") == agent_state::talking);
  b.hangs_up(caller);
  CHECK(b.state("8001") == agent_state::logged_out);
  CHECK(b.order("8001", domain::agent_verb::ready).refused);
  b.sign_in("8003");
  const auto next = b.call_in();
  CHECK(b.sip.last("invite").invite.target_uri == "sip:8003@192.0.2.1:5062");
  b.hangs_up(next, sip::leg_end::remote_cancel);
  b.check_invariants(true);
}

TEST_CASE("a queue that is gone keeps serving those who wait in it, and takes nobody new") {
  office b;
  const auto waiting = b.call_in();
  auto p = small_plan();
  p.queues[0].name = p.hotlines[0].queue = "other";
  for (auto& a : p.agents)
    a.queues = {"other"};
  b.reload(p);
  CHECK(b.sip.count("refuse", waiting) == 0);
  b.sign_in("8001");
  b.phone_answers(b.ringing_leg());
  CHECK(b.logged<domain::call_connected>().front().queue == "12315");
  b.hangs_up(waiting);
  b.advance(11s);
  const auto caller = b.call_in();
  b.phone_answers(b.ringing_leg());
  b.hangs_up(caller);
  CHECK(b.logged<domain::queue_entered>().back().queue == "other");
  b.check_invariants(true);
}

TEST_CASE("rerouting is durable before it is answered, reaches those who wait, and survives its keeper's crash") {
  office b{with_backup()};
  const auto caller = b.call_in();
  CHECK(b.sip.count("invite") == 0);
  const auto answer = b.reroute(true);
  CHECK_FALSE(answer.refused);
  CHECK(answer.figures.rerouted);
  b.run();
  REQUIRE(b.sip.count("invite") == 1);
  CHECK(b.sip.last("invite").invite.target_uri == "7001");
  CHECK(b.sip.last("invite").invite.trunks == std::vector<std::string>{"carrier"});
  caf::anon_send(b.around->who.calls.get(), actors::crash_order{"test"});
  b.run();
  const auto second = b.call_in("12315", "13800000002");
  CHECK(b.sip.count("invite") == 2);
  b.phone_answers(b.ringing_leg());
  b.hangs_up(second);
  b.hangs_up(caller, sip::leg_end::remote_cancel);
  CHECK_FALSE(b.reroute(false).refused);
  const auto third = b.call_in("12315", "13800000003");
  CHECK(b.sip.count("invite") == 2);
  b.hangs_up(third, sip::leg_end::remote_cancel);
  CHECK(b.logged<domain::hotline_rerouted>().size() == 2);
  b.check_invariants(true);
}

TEST_CASE("the lines in use that metrics see go up with a call and down with its end") {
  office b;
  const auto caller = b.call_in();
  CHECK(b.around->lines.all().at("12315") == 1);
  b.hangs_up(caller, sip::leg_end::remote_cancel);
  CHECK(b.around->lines.all().at("12315") == 0);
}

TEST_CASE("rerouting an unknown hotline is refused") {
  office b;
  const auto answer =
      b.ask<actors::reroute_answer>(b.around->who.calls.get(), actors::reroute_request{"999", true, "drill"});
  REQUIRE(answer.refused);
  CHECK(answer.refused->message == "no hotline \"999\"");
}

TEST_CASE("a rerouted caller still gets the agent who becomes ready first") {
  office b{with_backup()};
  b.reroute(true);
  const auto caller = b.call_in();
  const auto number = b.ringing_leg();
  b.sign_in("8001");
  REQUIRE(b.sip.count("invite") == 2);
  b.phone_answers(b.ringing_leg());
  CHECK(b.sip.count("hang_up", number) == 1);
  b.hangs_up(caller);
  CHECK(b.only_record().outcome == call_outcome::answered);
  b.check_invariants(true);
}

TEST_CASE("draining takes no new call and lets the running ones end by themselves") {
  office b;
  b.sign_in("8001");
  const auto caller = b.call_in();
  b.phone_answers(b.ringing_leg());
  caf::anon_send(b.around->who.calls.get(), actors::drain_order{false});
  b.run();
  CHECK(b.state("8001") == agent_state::talking);
  const auto late = b.call_in("12315", "13800000002");
  CHECK(b.sip.last("refuse").leg == late);
  CHECK(b.sip.last("refuse").status == 503);
  b.hangs_up(caller);
  CHECK(b.around->who.call_count() == 0);
  CHECK(b.logged<domain::call_ended>().size() == 2);
  b.check_invariants(false);
}

TEST_CASE(
    "an agent without a desk signs in, pauses with a reason, and leaves by feature codes, and hears that it is done") {
  office b;
  b.register_phone("8001");
  CHECK(b.state("8001") == agent_state::logged_out);
  auto leg = b.dial("8001", "*51");
  CHECK(b.state("8001") == agent_state::ready);
  CHECK(b.sip.count("answer", leg) == 1);
  CHECK(b.media.count("prompt") == 1);
  CHECK(b.sip.count("hang_up", leg) == 1);
  CHECK(b.media.open_endpoints() == 0);
  b.dial("8001", "*522");
  CHECK(b.state("8001") == agent_state::not_ready);
  CHECK(b.logged<domain::agent_changed>().back().reason == "meal");
  b.dial("8001", "*50");
  CHECK(b.state("8001") == agent_state::logged_out);
}

TEST_CASE("feature codes end wrap-up early and prolong it") {
  office b;
  b.sign_in("8001");
  const auto talk = [&] {
    const auto caller = b.call_in();
    b.phone_answers(b.ringing_leg());
    b.hangs_up(caller);
    REQUIRE(b.state("8001") == agent_state::wrap_up);
  };
  talk();
  b.dial("8001", "*53");
  CHECK(b.state("8001") == agent_state::ready);
  talk();
  b.dial("8001", "*54");
  b.advance(30s); // wrap-up alone is 10 s
  CHECK(b.state("8001") == agent_state::wrap_up);
  b.advance(45s);
  CHECK(b.state("8001") == agent_state::ready);
}

TEST_CASE("a feature code that makes no sense changes nothing and is told so") {
  office b;
  b.sign_in("8001");
  const auto leg = b.dial("8001", "*53"); // no wrap-up
  CHECK(b.state("8001") == agent_state::ready);
  CHECK(b.sip.count("answer", leg) == 1); // the refusal is spoken
  b.media.refuse_ports = true;
  const auto deaf = b.dial("8001", "*52");
  CHECK(b.sip.last("refuse").leg == deaf);
  CHECK(b.state("8001") == agent_state::not_ready);
}

TEST_CASE("a caller cannot use feature codes") {
  office b;
  b.sign_in("8001");
  b.call_in("*50", "8001"); // through the trunk, with the agent's number
  CHECK(b.state("8001") == agent_state::ready);
  CHECK(b.sip.last("refuse").status == 404);
}

TEST_CASE("a phone that registers from another address during an offer rings there, and the old one is dropped") {
  office b;
  b.sign_in("8001");
  const auto caller = b.call_in();
  const auto old = b.ringing_leg();
  b.register_phone("8001", {"sip:8001@192.0.2.77:5062"});
  REQUIRE(b.sip.count("invite") == 2);
  const auto now_at = b.ringing_leg();
  CHECK(b.sip.last("invite").invite.target_uri == "sip:8001@192.0.2.77:5062");
  b.phone_answers(now_at);
  CHECK(b.sip.count("hang_up", old) == 1);
  CHECK(b.state("8001") == agent_state::talking);
  b.hangs_up(caller);
  CHECK(b.only_record().offers == 1);
  b.check_invariants(true);
}

TEST_CASE("an emergency shows the number that the trunk asserts although the caller withholds it - others do not") {
  for (const bool emergency : {true, false}) {
    auto p = small_plan();
    p.hotlines[0].emergency = emergency;
    office b{p};
    sip::incoming_call in;
    in.leg = domain::leg_id{77, 1};
    in.trunk = "carrier";
    in.caller.number = "anonymous";
    in.caller.withheld = true;
    in.caller.asserted = "13800000009";
    in.called = "12315";
    in.offer = phone_sdp();
    caf::anon_send(b.around->who.calls.get(), in);
    b.run();
    CHECK(b.logged<domain::call_arrived>().front().caller == (emergency ? "13800000009" : "anonymous"));
    b.hangs_up(in.leg, sip::leg_end::remote_cancel);
  }
}

TEST_CASE("other hotlines' calls are shed before the emergency's, and everybody hears when to try again") {
  auto p = small_plan();
  domain::hotline_plan lift;
  lift.name = "96333";
  lift.numbers = {"96333"};
  lift.queue = "12315";
  lift.emergency = true;
  p.hotlines.push_back(lift);
  p.limits.max_calls = 10;
  p.limits.emergency_share = 0.2;
  office b{p};
  for (int i = 0; i < 12; ++i)
    b.call_in("12315");
  CHECK(b.around->who.call_count() == 8);
  CHECK(b.sip.last("refuse").status == 503);
  b.call_in("96333");
  b.call_in("96333");
  CHECK(b.around->who.call_count() == 10);
  const auto beyond = b.call_in("96333");
  CHECK(b.sip.last("refuse").leg == beyond);
}

TEST_CASE(
    "a call that is stuck loses its agent to the lease, which is on record as a fault, and is restarted: it gets one") {
  office b;
  b.sign_in("8001");
  const auto caller = b.call_in();
  b.phone_rings(b.ringing_leg());
  caf::anon_send(b.around->who.live_calls.all().front(), actors::mute_order{});
  b.run();
  b.advance(30s);
  const auto ended = b.logged<domain::reservation_ended>();
  REQUIRE_FALSE(ended.empty());
  CHECK(ended.front().outcome == domain::reservation_outcome::lease_expired);
  CHECK(b.logged<domain::actor_restarted>().size() == 1);
  b.advance(10s);
  b.phone_answers(b.ringing_leg());
  CHECK(b.state("8001") == agent_state::talking);
  b.hangs_up(caller);
  CHECK(b.only_record().outcome == call_outcome::answered);
}
