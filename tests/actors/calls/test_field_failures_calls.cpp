// What users of other call centres suffered from, on the callers' side. Each failure is shown not to happen; those that
// are shown elsewhere are named here.
//
//   two agents answer one call               "ring-all: the first to answer has the call, the others are told ..."
//   the first answerer drops                 "the first answerer drops before the bridge: the caller waits on ..."
//   the caller cancels during the set-up     here; "an abandoned caller leaves no zombie leg and frees the agent";
//                                            tests/peers "a phone that answers as it is cancelled ..."
//   a queue starves, a lower one goes first  here; "router: nobody starves among equal priorities", "router: a higher
//                                            total priority goes first, ..."
//   a stalled database freezes calls         here; test_recovery.cpp "a call that crashes while the disk ..."
//   announcements delay the bridge           here; "call: a media layer that never answers does not hold the caller"
//   talk time inflated, ways missing         here, for hold and overflow; "hold from the agent's side: ..."
//   a recording lost, a dead recorder        here; "a recorder that never seals does not keep the call for ever";
//                                            test_crash_matrix.cpp (the seal survives every crash)
//   a client offline misses events           here (the numbers that a client resumes by); tests/cti
//   a ghost call after the caller left       here

#include "tests/actors/hotline_bench.hpp"

#include "actors/core/checkpoints.hpp"
#include "storage/tables.hpp"

#include <algorithm>

using namespace lifeline;
using namespace lifeline::testing;
using domain::agent_state;
using domain::call_outcome;

namespace {

storage::memory_journal& memory(hotline_bench& b) { return dynamic_cast<storage::memory_journal&>(*b.journal); }

actors::queue_figures queue(hotline_bench& b, std::size_t i = 0) {
  return b.ask<std::vector<actors::queue_figures>>(b.around->who.dispatcher(), actors::get_queues{}).at(i);
}

} // namespace

TEST_CASE("a caller who leaves after any step of the set-up leaves no leg, no reservation and no ghost in the queue") {
  // Stops the engine after its n-th message since the call came, lets the caller leave there, and goes on.
  for (std::size_t n = 1;; ++n) {
    INFO("the caller leaves after message " << n);
    hotline_bench b;
    b.sign_in("8001");
    const domain::leg_id caller{++b.next_leg, 1};
    sip::incoming_call in;
    in.leg = caller;
    in.called = "12315";
    in.offer = phone_sdp();
    b.call_in(in);
    bool answered = false, left = false;
    std::size_t steps = 0;
    while (true) {
      if (steps == n && !left) {
        left = true;
        b.sip.emit(caller, sip::leg_event_kind::ended, 0,
                   answered ? sip::leg_end::remote_bye : sip::leg_end::remote_cancel);
      }
      if (b.step()) {
        ++steps;
      } else if (!answered && !b.ringing_leg().is_nil() && b.sip.alive.contains(b.ringing_leg())) {
        answered = true;
        b.sip.emit(b.ringing_leg(), sip::leg_event_kind::progress, 180);
        b.sip.emit(b.ringing_leg(), sip::leg_event_kind::answered, 200, sip::leg_end::none, phone_sdp(41000));
      } else {
        break;
      }
    }
    if (!left) break; // there are not so many messages
    b.advance(12s);
    CHECK(b.sip.alive.empty());
    CHECK(b.media.open_endpoints() == 0);
    CHECK(b.around->who.call_count() == 0);
    CHECK(queue(b).waiting == 0);
    CHECK(queue(b).reservations == 0);
    CHECK(b.state("8001") == agent_state::ready);
    CHECK(b.logged<domain::call_ended>().size() == 1);
    b.check_invariants(true);
    REQUIRE(n < 200);
  }
}

TEST_CASE("a caller of little weight is served although heavier ones keep coming") {
  auto plan = small_plan();
  plan.agents.pop_back();
  plan.queues[0].weight = 10;
  plan.queues[0].wrap_up = 0s;
  auto light = plan.queues[0];
  light.name = "light";
  light.weight = 1;
  plan.queues.push_back(light);
  auto hotline = plan.hotlines[0];
  hotline.name = hotline.queue = "light";
  hotline.numbers = {"96333"};
  plan.hotlines.push_back(hotline);
  plan.agents[0].queues = {"12315", "light"};
  hotline_bench b{plan};
  b.sign_in("8001");
  auto talking = b.call_in("12315");
  b.phone_answers(b.ringing_leg());
  const auto patient = b.call_in("96333");
  std::vector<domain::leg_id> heavy;
  bool served = false;
  for (int i = 0; i < 40 && !served; ++i) {
    heavy.push_back(b.call_in("12315"));
    b.advance(5s);
    b.hangs_up(talking);
    b.phone_answers(b.ringing_leg());
    talking = b.sip.last("answer").leg;
    served = talking == patient;
  }
  CHECK(served);
  b.check_invariants(false);
}

TEST_CASE("an emergency queue is served first, however long others have waited") {
  auto plan = small_plan();
  auto urgent = plan.queues[0];
  urgent.name = "96333";
  urgent.priority = 100;
  plan.queues.push_back(urgent);
  auto hotline = plan.hotlines[0];
  hotline.name = hotline.queue = "96333";
  hotline.numbers = {"96333"};
  plan.hotlines.push_back(hotline);
  plan.agents[0].queues = {"12315", "96333"};
  hotline_bench b{plan};
  b.call_in("12315");
  b.advance(600s);
  const auto emergency = b.call_in("96333");
  b.sign_in("8001");
  b.phone_answers(b.ringing_leg());
  CHECK(b.sip.last("answer").leg == emergency);
}

TEST_CASE("while the disk hangs or refuses, callers are routed as ever, and the log has everything in the end") {
  hotline_bench b;
  b.sign_in("8001");
  SECTION("it hangs") { memory(b).set_stalled(true); }
  SECTION("it refuses") { memory(b).fail_next(1000); }
  const auto caller = b.call_in();
  b.phone_rings(b.ringing_leg());
  b.phone_answers(b.ringing_leg());
  CHECK(b.state("8001") == agent_state::talking);
  CHECK(b.media.bridged.contains(caller));
  b.advance(20s);
  const auto waiting = b.call_in();
  b.hangs_up(caller);
  CHECK(b.state("8001") == agent_state::wrap_up);
  b.advance(10s);
  CHECK(b.sip.count("invite") == 2);
  b.phone_answers(b.ringing_leg());
  CHECK(b.sip.last("answer").leg == waiting);
  b.hangs_up(waiting);
  memory(b).fail_next(0);
  memory(b).set_stalled(false);
  (void)b.journal->barrier(1s);
  CHECK(b.logged<domain::call_ended>().size() == 2);
  b.check_invariants(true);
}

TEST_CASE("neither music nor a prompt that never ends keeps caller and agent apart") {
  auto plan = small_plan();
  plan.queues[0].hold_mode = domain::holding::answered;
  plan.queues[0].music = "music.wav";
  SECTION("music stops in the moment of the answer") {
    hotline_bench b{plan};
    const auto caller = b.call_in();
    b.advance(30s);
    b.sign_in("8001");
    b.phone_answers(b.ringing_leg());
    REQUIRE(b.media.bridged.contains(caller));
    CHECK(b.media.count("stop_play") == 1);
    CHECK(b.logged<domain::call_connected>().front().waited == 30s);
  }
  SECTION("a greeting that never ends is cut") {
    plan.hotlines[0].greeting = "greeting.wav";
    hotline_bench b{plan};
    b.media.finish_prompts = false;
    b.sign_in("8001");
    b.call_in();
    CHECK(b.sip.count("invite") == 0);
    b.advance(120s);
    REQUIRE(b.sip.count("invite") == 1);
    b.phone_answers(b.ringing_leg());
    CHECK(b.state("8001") == agent_state::talking);
  }
}

TEST_CASE("talk time is the conversation alone: no waiting, no ringing, no hold, no recording's end") {
  hotline_bench b;
  const auto caller = b.call_in();
  b.advance(11s);
  b.sign_in("8001");
  const auto phone = b.ringing_leg();
  b.phone_rings(phone);
  b.advance(4s);
  b.phone_answers(phone);
  b.advance(20s);
  const auto hold = [&](const domain::leg_id& leg, bool on) {
    b.sip.emit(leg, sip::leg_event_kind::reoffer, 0, sip::leg_end::none,
               phone_sdp(40000, on ? domain::direction::sendonly : domain::direction::sendrecv));
    b.run();
  };
  hold(phone, true);
  b.advance(5s);
  hold(caller, true); // both at once: counted once
  b.advance(5s);
  hold(phone, false);
  b.advance(5s);
  hold(caller, false);
  b.advance(10s);
  b.media.hold_seal = true;
  b.hangs_up(caller);
  b.advance(3s);
  b.media.seal_all();
  b.run();
  const auto r = b.only_record();
  CHECK(r.waited == 15s);
  CHECK(r.talk == 30s);
  CHECK(r.hold == 15s);
  CHECK(r.ended - r.answered == r.talk + r.hold);
  const auto f = b.ask<actors::agent_status>(b.around->who.agents.find("8001"), actors::get_agent{});
  CHECK(f.talked == 45s); // the agent's work includes the hold
  b.check_invariants(true);
}

TEST_CASE("every station of a caller who is passed on is in the log, and its time is counted once") {
  auto plan = small_plan();
  auto second = plan.queues[0];
  second.name = "second";
  second.max_wait = 20s;
  second.overflow_numbers = {"051780000001", "051780000002"};
  plan.queues.push_back(second);
  plan.queues[0].max_wait = 30s;
  plan.queues[0].overflow_queue = "second";
  hotline_bench b{plan};
  const auto caller = b.call_in();
  b.advance(30s);
  b.advance(20s);
  b.phone_refuses(b.ringing_leg(), 486);
  b.phone_rings(b.ringing_leg());
  b.advance(5s);
  b.phone_answers(b.ringing_leg());
  b.advance(40s);
  b.hangs_up(caller);
  const auto entered = b.logged<domain::queue_entered>();
  REQUIRE(entered.size() == 2);
  CHECK(entered[0].queue == "12315");
  CHECK(entered[1].queue == "second");
  const auto left = b.logged<domain::queue_left>();
  REQUIRE(left.size() == 2);
  CHECK(left[0].waited == 30s);
  CHECK(left[1].waited == 25s);
  const auto passed = b.logged<domain::call_overflowed>();
  REQUIRE(passed.size() == 3);
  CHECK(passed[0].to_queue == "second");
  CHECK(passed[1].to_number == "051780000001");
  CHECK(passed[2].to_number == "051780000002");
  const auto r = b.only_record();
  CHECK(r.outcome == call_outcome::overflowed);
  CHECK(r.talk == 40s);
  CHECK(r.external == "051780000002");
  b.check_invariants(true);
}

TEST_CASE("a recorder that fails disturbs neither talk nor end, and the failure is on record") {
  hotline_bench b;
  b.sign_in("8001");
  const auto caller = b.call_in();
  b.phone_answers(b.ringing_leg());
  const auto id = b.around->who.live_calls.entries().front().first;
  b.advance(10s);
  SECTION("during the talk") {
    media::recording_event e;
    e.recording = domain::recording_of(id);
    e.error = "disk full";
    b.media.sinks[caller]->on_recording_event(e);
    b.run();
    CHECK(b.media.bridged.contains(caller));
    CHECK(b.sip.count("hang_up") == 0);
  }
  SECTION("at the end") { b.media.fail_seal = true; }
  b.advance(10s);
  b.hangs_up(caller);
  CHECK(b.only_record().talk == 20s);
  CHECK(b.only_record().recording.sha256.empty());
  REQUIRE(b.logged<domain::recording_failed>().size() == 1);
  CHECK(b.logged<domain::recording_failed>().front().reason == "disk full");
  CHECK(b.state("8001") == agent_state::wrap_up);
  b.check_invariants(true);
}

TEST_CASE("who was away reads on from the number after the last one seen, and misses nothing") {
  hotline_bench b;
  b.sign_in("8001");
  auto caller = b.call_in();
  const auto seen = b.journal->last_sequence();
  b.phone_answers(b.ringing_leg());
  caf::anon_send(b.around->who.dispatcher(), actors::crash_order{"injected"});
  b.advance(3s);
  b.hangs_up(caller);
  std::vector<std::string> missed;
  std::uint64_t next = seen + 1;
  REQUIRE(b.journal->read_log(seen + 1, [&](const domain::event& e) {
    CHECK(e.seq == next++);
    missed.emplace_back(domain::event_name(e.body));
    return true;
  }));
  CHECK(next == b.journal->last_sequence() + 1);
  for (const char* name : {"call_connected", "actor_restarted", "dispatcher_started", "call_ended"})
    CHECK(std::count(missed.begin(), missed.end(), name) == 1);
}

TEST_CASE("an overflow whose question for a line was never answered asks again") {
  auto plan = small_plan();
  plan.queues[0].max_wait = 10s;
  plan.queues[0].overflow_numbers = {"1"};
  hotline_bench b{plan};
  const auto caller = b.call_in();
  b.advance(10s - 1ms);
  b.sched.clock().advance_time(1ms);
  const auto id = b.around->who.live_calls.entries().front().first;
  REQUIRE(b.step_until([&] {
    const auto row = b.around->kept.get(storage::table::live_calls, storage::call_key{id}.encode());
    return row && actors::decode_call(*row)->line_requested;
  }));
  caf::anon_send<caf::message_priority::high>(b.around->who.calls.get(), actors::crash_order{"injected"});
  b.run();
  b.advance(domain::overflow_pause + 1s);
  CHECK(b.sip.count("invite") == 1);
  b.hangs_up(caller, sip::leg_end::remote_cancel);
  b.check_invariants(true);
}
