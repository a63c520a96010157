// What users of other call centres suffered from, on the agents' side. Each failure is shown not to happen; those that
// are shown elsewhere are named here.
//
//   an agent stuck in an offer               here; "a phone layer that never ends an offer does not hold the caller";
//                                            "router: a lease that nobody ends expires, and the caller goes on"
//   a lost BYE                               here; "media timeout ends a conversation that nobody hears"; tests/sip
//                                            "a lost BYE: ..." (two); tests/peers "a caller whose BYE is lost ..."
//   one agent halts the queue                here; "router: a caller whom nobody ready can serve blocks nobody behind"
//   a burst picks the same agent             here; "router: a burst of calls never picks the same agent twice"
//   an agent who cannot be routed any more   here, after every way in which a talk ends
//   wrap-up cut short or lost                here; "a crashed agent keeps its state: ..."
//   an agent who rejects                     here; "a rejected caller keeps the place and goes to the next agent, ..."
//   a pause reason lost on restart           here; tests/peers "an ordinary restart keeps the agents, ..."
//   supervisors that give up                 test_supervisor*.cpp, test_crash_loops.cpp, test_crash_matrix.cpp

#include "tests/actors/hotline_bench.hpp"

#include "actors/calls/calls.hpp"

using namespace lifeline;
using namespace lifeline::testing;
using domain::agent_state;
using domain::agent_verb;

namespace {

/// The process ends and starts anew on the same journal.
void restart_engine(hotline_bench& b) {
  const auto died = b.time();
  caf::anon_send_exit(b.root, caf::exit_reason::kill);
  b.run();
  for (const auto& c : b.around->who.live_calls.all())
    caf::anon_send_exit(c, caf::exit_reason::kill);
  b.run();
  b.around->who.clear();
  auto fresh = std::make_shared<actors::rescue_surroundings>();
  fresh->set_plan(b.around->plan());
  fresh->sip = &b.sip;
  fresh->media = &b.media;
  fresh->journal = b.journal.get();
  fresh->clock = b.around->clock;
  fresh->seed = 8;
  b.around = fresh;
  actors::close_calls_of_last_run(*b.around, died);
  b.root = b.end_with_test(actors::spawn_tree(b.sys, b.around, {}, true));
  b.run();
}

actors::agent_status figures(hotline_bench& b, const std::string& account) {
  return b.ask<actors::agent_status>(b.around->who.agents.find(account), actors::get_agent{});
}

} // namespace

TEST_CASE("an agent reserved for a caller who is gone is free at once, not after a lease") {
  hotline_bench b;
  b.sign_in("8001");
  actors::reservation r;
  r.id = domain::reservation_id{7, 7};
  r.epoch = b.around->who.epoch();
  r.call = domain::call_id{8, 8};
  r.queue = "12315";
  r.deadline = b.time() + 25s;
  caf::anon_send(b.around->who.agents.find("8001"), r);
  b.run();
  CHECK(b.state("8001") == agent_state::ready);
  b.call_in();
  CHECK(b.sip.count("invite") == 1);
}

TEST_CASE("no offer lasts longer than its lease, whatever the phone and the media do not do") {
  hotline_bench b;
  b.sign_in("8001");
  SECTION("the endpoint never opens") { b.media.silent_open = true; }
  SECTION("the phone never answers the INVITE") {}
  const auto caller = b.call_in();
  b.advance(26s);
  CHECK(b.logged<domain::reservation_ended>().size() == 1);
  CHECK(b.sip.alive == std::set<domain::leg_id>{caller});
  CHECK(b.state("8001") != agent_state::reserved);
  b.media.silent_open = false;
  b.sign_in("8002");
  b.phone_answers(b.ringing_leg());
  CHECK(b.state("8002") == agent_state::talking);
  b.hangs_up(caller);
  b.check_invariants(true);
}

TEST_CASE("a reservation of an older dispatcher is refused") {
  hotline_bench b;
  b.sign_in("8001");
  caf::anon_send(b.around->who.dispatcher(), actors::crash_order{"injected"});
  b.advance(1s);
  b.call_in();
  REQUIRE(b.state("8001") == agent_state::reserved);
  b.hangs_up(domain::leg_id{1, 1}, sip::leg_end::remote_cancel);
  actors::reservation old;
  old.id = domain::reservation_id{7, 7};
  old.epoch = 1;
  old.call = domain::call_id{8, 8};
  old.queue = "12315";
  old.deadline = b.time() + 25s;
  const auto before = b.logged<domain::agent_changed>().size();
  caf::anon_send(b.around->who.agents.find("8001"), old);
  b.run();
  CHECK(b.logged<domain::agent_changed>().size() == before);
  CHECK(b.state("8001") == agent_state::ready);
}

TEST_CASE("a BYE that never came is found by the session's expiry, on either side, and frees the agent") {
  hotline_bench b;
  b.sign_in("8001");
  const auto caller = b.call_in();
  const auto phone = b.ringing_leg();
  b.phone_answers(phone);
  b.advance(60s);
  SECTION("the agent's phone") { b.hangs_up(phone, sip::leg_end::session_expired); }
  SECTION("the caller") { b.hangs_up(caller, sip::leg_end::session_expired); }
  SECTION("the network") { b.hangs_up(phone, sip::leg_end::transport); }
  CHECK(b.sip.alive.empty());
  CHECK(b.only_record().talk == 60s);
  b.advance(10s);
  CHECK(b.state("8001") == agent_state::ready);
  b.check_invariants(true);
}

TEST_CASE("an agent whose phone is dead holds up neither the caller nor those behind") {
  auto plan = small_plan();
  plan.queues[0].max_misses = 0; // stays ready for ever
  hotline_bench b{plan};
  b.sign_in("8001");
  b.advance(5s);
  b.sign_in("8002");
  const auto first = b.call_in();
  b.phone_refuses(b.ringing_leg(), 503);
  CHECK(b.sip.last("invite").invite.target_uri == "sip:8002@192.0.2.1:5062"); // at once
  b.phone_answers(b.ringing_leg());
  CHECK(b.sip.last("answer").leg == first);
  const auto second = b.call_in();
  b.hangs_up(first);
  for (int i = 0; i < 14; ++i) { // the dead phone is tried now and then
    const auto tried = b.sip.last("invite");
    if (tried.text == "sip:8001@192.0.2.1:5062" && b.sip.alive.contains(tried.leg)) b.phone_refuses(tried.leg, 503);
    b.advance(1s);
  }
  CHECK(b.sip.last("invite").invite.target_uri == "sip:8002@192.0.2.1:5062");
  b.phone_answers(b.ringing_leg());
  CHECK(b.sip.last("answer").leg == second);
  b.hangs_up(second);
  b.check_invariants(true);
}

TEST_CASE("a caller whom nobody can serve does not block those who can be served") {
  auto plan = small_plan();
  plan.queues[0].required = {{"english", 3}};
  auto other = plan.queues[0];
  other.name = "other";
  other.required.clear();
  plan.queues.push_back(other);
  auto hotline = plan.hotlines[0];
  hotline.name = "96333";
  hotline.numbers = {"96333"};
  hotline.queue = "other";
  plan.hotlines.push_back(hotline);
  for (auto& a : plan.agents)
    a.queues = {"12315", "other"};
  hotline_bench b{plan};
  b.sign_in("8001");
  const auto stuck = b.call_in("12315");
  b.advance(60s);
  CHECK(b.sip.count("invite") == 0);
  const auto lucky = b.call_in("96333");
  REQUIRE(b.sip.count("invite") == 1);
  b.phone_answers(b.ringing_leg());
  CHECK(b.sip.last("answer").leg == lucky);
  b.hangs_up(lucky);
  b.hangs_up(stuck, sip::leg_end::remote_cancel);
  b.check_invariants(true);
}

TEST_CASE("a burst of callers in one moment reaches every agent once and nobody twice") {
  auto plan = small_plan();
  for (int i = 3; i <= 9; ++i) {
    auto a = plan.agents[0];
    a.account = "800" + std::to_string(i);
    plan.agents.push_back(a);
  }
  hotline_bench b{plan};
  for (const auto& a : plan.agents)
    b.sign_in(a.account);
  for (int i = 0; i < 30; ++i) {
    sip::incoming_call in;
    in.leg = domain::leg_id{++b.next_leg, 1};
    in.called = "12315";
    in.offer = phone_sdp();
    b.call_in(in);
  }
  b.run();
  std::set<std::string> targets;
  for (const auto& t : b.sip.log)
    if (t.what == "invite") CHECK(targets.insert(t.invite.target_uri).second);
  CHECK(targets.size() == plan.agents.size());
  b.check_invariants(false);
}

TEST_CASE("a phone that registers anew while it rings leaves one reservation and one talk") {
  hotline_bench b;
  b.sign_in("8001");
  const auto caller = b.call_in();
  b.phone_rings(b.ringing_leg());
  SECTION("the same address") { b.register_phone("8001"); }
  SECTION("another address") { b.register_phone("8001", {"sip:8001@192.0.2.99:5062"}); }
  SECTION("gone for a moment") {
    b.unregister_phone("8001");
    b.register_phone("8001");
  }
  b.advance(1s);
  b.phone_answers(b.ringing_leg());
  CHECK(b.state("8001") == agent_state::talking);
  b.hangs_up(caller);
  CHECK(b.only_record().agent == "8001");
  CHECK(b.sip.alive.empty());
  b.advance(10s);
  CHECK(b.state("8001") == agent_state::ready);
  b.check_invariants(true);
}

TEST_CASE("an agent can be routed again after every way in which a talk ends") {
  hotline_bench b;
  b.sign_in("8001");
  const auto caller = b.call_in();
  const auto phone = b.ringing_leg();
  b.phone_answers(phone);
  b.advance(5s);
  SECTION("the caller hangs up") { b.hangs_up(caller); }
  SECTION("the agent hangs up") { b.hangs_up(phone); }
  SECTION("nobody is heard") {
    b.media.emit(phone, media::endpoint_event_kind::silent);
    b.run();
  }
  SECTION("an operator releases it") {
    caf::anon_send(b.around->who.live_calls.all().front(), actors::release_order{});
    b.run();
  }
  SECTION("on hold") {
    b.sip.emit(phone, sip::leg_event_kind::reoffer, 0, sip::leg_end::none,
               phone_sdp(41000, domain::direction::sendonly));
    b.run();
    REQUIRE(b.state("8001") == agent_state::hold);
    b.hangs_up(caller);
  }
  SECTION("both hang up in one moment") {
    b.sip.emit(caller, sip::leg_event_kind::ended, 0, sip::leg_end::remote_bye);
    b.sip.emit(phone, sip::leg_event_kind::ended, 0, sip::leg_end::remote_bye);
    b.run();
  }
  CHECK(b.sip.alive.empty());
  CHECK(b.state("8001") == agent_state::wrap_up);
  b.advance(10s);
  CHECK(b.state("8001") == agent_state::ready);
  b.call_in();
  CHECK(b.sip.count("invite") == 2);
  b.check_invariants(false);
}

TEST_CASE("wrap-up lasts as long as it was given, whatever happens meanwhile") {
  hotline_bench b;
  b.sign_in("8001");
  const auto caller = b.call_in();
  b.phone_answers(b.ringing_leg());
  b.hangs_up(caller);
  b.advance(2s);
  SECTION("nothing") {}
  SECTION("the phone registers anew") { b.register_phone("8001"); }
  SECTION("the phone goes and comes back") {
    b.unregister_phone("8001");
    b.register_phone("8001");
  }
  SECTION("the configuration changes") {
    auto plan = b.around->plan();
    plan.queues[0].wrap_up = 1s;
    b.around->set_plan(plan);
  }
  SECTION("a dispatcher crashes") { caf::anon_send(b.around->who.dispatcher(), actors::crash_order{"injected"}); }
  SECTION("the agent's actor crashes") {
    caf::anon_send(b.around->who.agents.find("8001"), actors::crash_order{"injected"});
  }
  SECTION("the engine starts anew") {
    restart_engine(b);
    b.register_phone("8001");
  }
  b.advance(7900ms);
  CHECK(b.state("8001") == agent_state::wrap_up);
  b.call_in();
  CHECK(b.sip.count("invite") == 1);
  b.advance(200ms);
  CHECK(b.state("8001") != agent_state::wrap_up);
  CHECK(b.sip.count("invite") == 2);
}

TEST_CASE("an agent who declines and changes state again and again causes no storm of INVITEs") {
  hotline_bench b;
  b.sign_in("8001");
  const auto caller = b.call_in();
  b.phone_rings(b.ringing_leg());
  b.phone_refuses(b.ringing_leg(), 603);
  for (int i = 0; i < 10; ++i) {
    REQUIRE_FALSE(b.order("8001", agent_verb::not_ready, "break").refused);
    b.advance(50ms);
    REQUIRE_FALSE(b.order("8001", agent_verb::ready).refused);
    b.register_phone("8001");
    b.advance(50ms);
  }
  CHECK(b.sip.count("invite") == 1);
  b.advance(1s); // the caller is still there, and the delay over
  CHECK(b.sip.count("invite") == 2);
  b.phone_answers(b.ringing_leg());
  b.hangs_up(caller);
  CHECK(b.only_record().outcome == domain::call_outcome::answered);
  b.check_invariants(true);
}

TEST_CASE("a pause and its reason outlive the engine") {
  hotline_bench b;
  b.register_phone("8001");
  REQUIRE_FALSE(b.order("8001", agent_verb::not_ready, "training").refused);
  b.advance(60s);
  restart_engine(b);
  CHECK(figures(b, "8001").state == agent_state::not_ready);
  CHECK(figures(b, "8001").reason == "training");
  b.register_phone("8001"); // as after every restart: a refresh ends no pause
  CHECK(figures(b, "8001").reason == "training");
  b.call_in();
  CHECK(b.sip.count("invite") == 0);
}

TEST_CASE("after a restart of the engine a talk of before is wrap-up, its record has one end") {
  hotline_bench b;
  b.sign_in("8001");
  b.call_in();
  b.phone_answers(b.ringing_leg());
  b.advance(30s);
  restart_engine(b);
  CHECK(b.state("8001") == agent_state::wrap_up);
  CHECK(b.only_record().cause == domain::end_cause::engine_restart);
  CHECK(b.only_record().talk == 30s);
  b.advance(10s);
  CHECK(b.state("8001") == agent_state::ready);
  b.check_invariants(true);
}
