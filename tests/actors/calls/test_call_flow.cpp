// Calls through the production actors, in virtual time.

#include "tests/actors/hotline_bench.hpp"

using namespace lifeline;
using namespace lifeline::testing;
using domain::agent_state;
using domain::call_outcome;
using domain::end_cause;
using domain::reservation_outcome;

TEST_CASE("a call is queued, offered, answered, talked and ended, and leaves one record") {
  hotline_bench b;
  b.sign_in("8001");
  CHECK(b.state("8001") == agent_state::ready);
  const auto caller = b.call_in();
  CHECK(b.sip.count("ring", caller) == 1);
  const auto phone = b.ringing_leg();
  REQUIRE_FALSE(phone.is_nil());
  CHECK(b.sip.last("invite").invite.target_uri == "sip:8001@192.0.2.1:5062");
  CHECK(b.sip.last("invite").invite.from_number == "13800000001");
  CHECK(b.state("8001") == agent_state::reserved);
  b.advance(2s);
  b.phone_rings(phone);
  CHECK(b.state("8001") == agent_state::ringing);
  b.advance(3s);
  b.phone_answers(phone);
  CHECK(b.state("8001") == agent_state::talking);
  CHECK(b.sip.count("answer", caller) == 1);
  CHECK(b.media.count("bridge") == 1);
  CHECK(b.media.count("record") == 1);
  b.advance(60s);
  b.hangs_up(caller);
  CHECK(b.sip.count("hang_up", phone) == 1);
  CHECK(b.state("8001") == agent_state::wrap_up);
  b.advance(10s);
  CHECK(b.state("8001") == agent_state::ready);
  const auto r = b.only_record();
  CHECK(r.outcome == call_outcome::answered);
  CHECK(r.cause == end_cause::caller_hung_up);
  CHECK(r.agent == "8001");
  CHECK(r.waited == 5s);
  CHECK(r.talk == 60s);
  CHECK(r.offers == 1);
  CHECK(r.recording.sha256 == "5ea1");
  CHECK(b.media.open_endpoints() == 0);
  CHECK(b.around->who.call_count() == 0);
  b.check_invariants(true);
}

TEST_CASE("a caller who waits gets the agent that becomes ready") {
  hotline_bench b;
  const auto caller = b.call_in();
  CHECK(b.sip.count("invite") == 0);
  b.advance(7s);
  b.sign_in("8002");
  CHECK(b.sip.count("invite") == 1);
  b.phone_answers(b.ringing_leg());
  b.hangs_up(b.ringing_leg());
  CHECK(b.sip.count("hang_up", caller) == 1);
  CHECK(b.only_record().waited == 7s);
  CHECK(b.only_record().cause == end_cause::agent_hung_up);
  b.check_invariants(true);
}

TEST_CASE("an abandoned caller leaves no zombie leg and frees the agent") {
  hotline_bench b;
  b.sign_in("8001");
  const auto caller = b.call_in();
  const auto phone = b.ringing_leg();
  b.phone_rings(phone);
  b.advance(4s);
  b.hangs_up(caller, sip::leg_end::remote_cancel);
  CHECK(b.sip.count("hang_up", phone) == 1);
  CHECK(b.state("8001") == agent_state::ready);
  b.phone_answers(phone); // the 200 crosses our CANCEL
  CHECK(b.state("8001") == agent_state::ready);
  const auto r = b.only_record();
  CHECK(r.outcome == call_outcome::abandoned);
  CHECK(r.cause == end_cause::caller_cancelled);
  REQUIRE(b.logged<domain::reservation_ended>().size() == 1);
  CHECK(b.logged<domain::reservation_ended>().front().outcome == reservation_outcome::caller_gone);
  b.check_invariants(true);
}

TEST_CASE("a rejected caller keeps the place and goes to the next agent, never dropped") {
  hotline_bench b;
  b.sign_in("8001");
  const auto caller = b.call_in();
  const auto first = b.ringing_leg();
  b.phone_rings(first);
  b.phone_refuses(first, 603);
  CHECK(b.state("8001") == agent_state::ready);
  CHECK(b.sip.count("invite") == 1); // the retry delay holds: no storm of INVITEs
  b.sign_in("8002");
  CHECK(b.sip.count("invite") == 2);
  CHECK(b.sip.last("invite").invite.target_uri == "sip:8002@192.0.2.1:5062");
  b.phone_answers(b.ringing_leg());
  b.hangs_up(caller);
  CHECK(b.only_record().agent == "8002");
  CHECK(b.only_record().offers == 2);
  b.check_invariants(true);
}

TEST_CASE("an agent who lets it ring becomes not ready and the caller waits on") {
  hotline_bench b;
  b.sign_in("8001");
  const auto caller = b.call_in();
  const auto phone = b.ringing_leg();
  b.phone_rings(phone);
  b.advance(20s);
  b.phone_refuses(phone, 408); // the gateway's ring timeout
  const auto figures = b.ask<actors::agent_status>(b.around->who.agents.find("8001"), actors::get_agent{});
  CHECK(figures.state == agent_state::not_ready);
  CHECK(figures.reason == domain::reason_no_answer);
  CHECK(b.logged<domain::reservation_ended>().front().outcome == reservation_outcome::no_answer);
  CHECK(b.around->who.call_count() == 1);
  REQUIRE_FALSE(b.order("8001", domain::agent_verb::ready).refused);
  b.advance(2s); // this caller's retry delay for this agent
  CHECK(b.sip.count("invite") == 2);
  b.hangs_up(caller);
  b.check_invariants(true);
}

TEST_CASE("a phone layer that never ends an offer does not hold the caller") {
  hotline_bench b;
  b.sign_in("8001");
  b.call_in();
  const auto phone = b.ringing_leg();
  b.advance(20s + domain::offer_margin + 1s);
  CHECK(b.sip.count("hang_up", phone) == 1);
  CHECK(b.logged<domain::reservation_ended>().front().outcome == reservation_outcome::unreachable);
  CHECK(b.around->who.call_count() == 1);
}

TEST_CASE("two phones of one agent ring, one answers, the other stops, one reservation") {
  hotline_bench b;
  b.register_phone("8001", {"sip:8001@192.0.2.1:5062", "sip:8001@192.0.2.2:5062"});
  REQUIRE_FALSE(b.order("8001", domain::agent_verb::ready).refused);
  b.run();
  const auto caller = b.call_in();
  CHECK(b.sip.count("invite") == 2);
  std::vector<domain::leg_id> phones;
  for (const auto& t : b.sip.log)
    if (t.what == "invite") phones.push_back(t.leg);
  b.phone_rings(phones[0]);
  b.phone_rings(phones[1]);
  b.phone_answers(phones[1]);
  CHECK(b.sip.count("hang_up", phones[0]) == 1);
  CHECK(b.state("8001") == agent_state::talking);
  b.hangs_up(caller);
  CHECK(b.logged<domain::agent_reserved>().size() == 1);
  CHECK(b.logged<domain::reservation_ended>().size() == 1);
  b.check_invariants(true);
}

TEST_CASE("ring-all: the first to answer has the call, the others are told and counted") {
  auto plan = small_plan();
  plan.queues[0].strategy = domain::strategy::ring_all;
  hotline_bench b{plan};
  b.sign_in("8001");
  b.sign_in("8002");
  const auto caller = b.call_in();
  std::vector<domain::leg_id> phones;
  for (const auto& t : b.sip.log)
    if (t.what == "invite") phones.push_back(t.leg);
  REQUIRE(phones.size() == 2);
  b.sip.emit(phones[0], sip::leg_event_kind::answered, 200, sip::leg_end::none, phone_sdp());
  b.sip.emit(phones[1], sip::leg_event_kind::answered, 200, sip::leg_end::none, phone_sdp());
  b.run();
  CHECK(b.sip.count("hang_up", phones[1]) >= 1);
  CHECK(b.sip.count("hang_up", phones[0]) == 0);
  CHECK(b.media.count("bridge") == 1);
  std::size_t lost = 0;
  for (const auto& e : b.logged<domain::reservation_ended>())
    if (e.outcome == reservation_outcome::lost_race) ++lost;
  CHECK(lost == 1);
  b.hangs_up(caller);
  b.check_invariants(true);
}

TEST_CASE("the first answerer drops before the bridge: the caller waits on and is offered again") {
  hotline_bench b;
  b.sign_in("8001");
  b.media.silent_leg = domain::leg_id{1, 1}; // the caller's endpoint does not come up yet
  const auto caller = b.call_in();
  REQUIRE(caller == b.media.silent_leg);
  const auto phone = b.ringing_leg();
  b.phone_answers(phone);
  CHECK(b.media.count("bridge") == 0);
  b.hangs_up(phone);
  CHECK(b.around->who.call_count() == 1);
  b.sign_in("8002");
  b.media.open_all();
  b.run();
  b.phone_answers(b.ringing_leg());
  CHECK(b.media.count("bridge") == 1);
  b.hangs_up(caller);
  CHECK(b.only_record().agent == "8002");
  b.check_invariants(true);
}

TEST_CASE("hold from the agent's side: music to the caller, agent state hold, time counted apart") {
  auto plan = small_plan();
  plan.queues[0].music = "music.wav";
  hotline_bench b{plan};
  b.sign_in("8001");
  const auto caller = b.call_in();
  const auto phone = b.ringing_leg();
  b.phone_answers(phone);
  b.advance(10s);
  b.sip.emit(phone, sip::leg_event_kind::reoffer, 0, sip::leg_end::none, phone_sdp(41000, domain::direction::sendonly));
  b.run();
  CHECK(b.sip.last("answer_reoffer").sdp.dir == domain::direction::recvonly);
  CHECK(b.state("8001") == agent_state::hold);
  CHECK(b.media.log.back() == std::pair<std::string, domain::leg_id>{"music", caller});
  b.advance(15s);
  b.sip.emit(phone, sip::leg_event_kind::reoffer, 0, sip::leg_end::none, phone_sdp(41000));
  b.run();
  CHECK(b.state("8001") == agent_state::talking);
  b.advance(5s);
  b.hangs_up(caller);
  CHECK(b.only_record().talk == 15s);
  CHECK(b.only_record().hold == 15s);
  b.check_invariants(true);
}

TEST_CASE("lines: the caller beyond the last line is told busy and recorded as blocked") {
  auto plan = small_plan();
  plan.hotlines[0].lines = 1;
  hotline_bench b{plan};
  const auto first = b.call_in();
  const auto second = b.call_in();
  CHECK(b.sip.count("refuse", second) == 1);
  CHECK(b.sip.last("refuse").status == 486);
  CHECK(b.logged<domain::call_blocked>().size() == 1);
  b.hangs_up(first, sip::leg_end::remote_cancel);
  b.call_in();
  CHECK(b.sip.count("refuse") == 1);
  CHECK(b.around->who.call_count() == 1);
}

TEST_CASE("a number that is nobody's gets 404") {
  hotline_bench b;
  const auto leg = b.call_in("999");
  CHECK(b.sip.last("refuse").leg == leg);
  CHECK(b.sip.last("refuse").status == 404);
}

TEST_CASE("max wait: the caller overflows to the backup numbers in order while keeping the place") {
  auto plan = small_plan();
  plan.queues[0].max_wait = 30s;
  plan.queues[0].overflow_numbers = {"051780000001", "051780000002"};
  plan.queues[0].overflow_ring_timeout = 25s;
  hotline_bench b{plan};
  const auto caller = b.call_in();
  b.advance(30s);
  REQUIRE(b.sip.count("invite") == 1);
  CHECK(b.sip.last("invite").invite.target_uri == "051780000001");
  CHECK(b.sip.last("invite").invite.trunks == std::vector<std::string>{"carrier"});
  CHECK(b.sip.last("invite").invite.from_number == "12315");
  b.phone_refuses(b.ringing_leg(), 486);
  CHECK(b.sip.last("invite").invite.target_uri == "051780000002");
  b.phone_rings(b.ringing_leg());
  b.phone_answers(b.ringing_leg());
  b.advance(20s);
  b.hangs_up(caller);
  const auto r = b.only_record();
  CHECK(r.outcome == call_outcome::overflowed);
  CHECK(r.external == "051780000002");
  CHECK(r.agent.empty());
  b.check_invariants(true);
}

TEST_CASE("an agent who becomes ready while a backup number rings takes the caller") {
  auto plan = small_plan();
  plan.queues[0].max_wait = 30s;
  plan.queues[0].overflow_numbers = {"051780000001"};
  hotline_bench b{plan};
  const auto caller = b.call_in();
  b.advance(31s);
  const auto backup = b.ringing_leg();
  b.sign_in("8001");
  const auto phone = b.ringing_leg();
  REQUIRE(phone != backup);
  b.phone_answers(phone);
  CHECK(b.sip.count("hang_up", backup) == 1);
  b.hangs_up(caller);
  CHECK(b.only_record().agent == "8001");
  b.check_invariants(true);
}

TEST_CASE("when all backup numbers fail the caller stays and they are tried again") {
  auto plan = small_plan();
  plan.queues[0].max_wait = 10s;
  plan.queues[0].overflow_numbers = {"1", "2"};
  hotline_bench b{plan};
  b.call_in();
  b.advance(10s);
  b.phone_refuses(b.ringing_leg(), 486);
  b.phone_refuses(b.ringing_leg(), 503);
  CHECK(b.around->who.call_count() == 1);
  CHECK(b.sip.count("invite") == 2);
  b.advance(domain::overflow_pause);
  CHECK(b.sip.count("invite") == 3);
}

TEST_CASE("a full queue without overflow says busy, with an overflow queue it hands over") {
  auto plan = small_plan();
  plan.queues[0].max_length = 1;
  SECTION("busy") {
    hotline_bench b{plan};
    b.call_in();
    b.call_in();
    CHECK(b.sip.last("refuse").status == 486);
    CHECK(b.around->who.call_count() == 1);
  }
  SECTION("overflow queue") {
    auto second = plan.queues[0];
    second.name = "second";
    plan.queues[0].overflow_queue = "second";
    plan.queues.push_back(second);
    plan.agents[1].queues = {"second"};
    hotline_bench b{plan};
    b.call_in();
    b.call_in();
    CHECK(b.sip.count("refuse") == 0);
    b.sign_in("8002");
    CHECK(b.sip.count("invite") == 1);
  }
}

TEST_CASE("greeting and music: the caller is answered, hears the prompt, then the music, then the agent") {
  auto plan = small_plan();
  plan.hotlines[0].greeting = "greeting.wav";
  plan.queues[0].hold_mode = domain::holding::answered;
  plan.queues[0].music = "music.wav";
  hotline_bench b{plan};
  const auto caller = b.call_in();
  CHECK(b.sip.count("answer", caller) == 1);
  CHECK(b.media.count("prompt") == 1);
  CHECK(b.media.count("music") == 1);
  CHECK(b.logged<domain::queue_entered>().size() == 1);
  b.sign_in("8001");
  b.phone_answers(b.ringing_leg());
  CHECK(b.sip.count("answer", caller) == 1);
  CHECK(b.media.count("stop_play") == 1);
  b.hangs_up(caller);
  b.check_invariants(true);
}

TEST_CASE("a caller without a codec in common is refused with 488") {
  hotline_bench b;
  sip::incoming_call in;
  in.leg = domain::leg_id{9, 9};
  in.called = "12315";
  in.offer = phone_sdp();
  in.offer.codecs = {{9, "G722", 8000}};
  caf::anon_send(b.around->who.calls.get(), in);
  b.run();
  CHECK(b.sip.last("refuse").status == 488);
  CHECK(b.only_record().cause == end_cause::rejected_media);
}

TEST_CASE("media timeout ends a conversation that nobody hears") {
  hotline_bench b;
  b.sign_in("8001");
  const auto caller = b.call_in();
  b.phone_answers(b.ringing_leg());
  b.media.emit(caller, media::endpoint_event_kind::silent);
  b.run();
  CHECK(b.only_record().cause == end_cause::media_timeout);
  CHECK(b.sip.count("hang_up", caller) == 1);
  CHECK(b.state("8001") == agent_state::wrap_up);
}

TEST_CASE("while either side holds the call silence ends nothing, unless a limit for it was set") {
  const bool by_caller = GENERATE(true, false);
  const bool limited = GENERATE(true, false);
  hotline_bench b;
  b.sign_in("8001");
  const auto caller = b.call_in();
  const auto phone = b.ringing_leg();
  b.phone_answers(phone);
  b.sip.emit(by_caller ? caller : phone, sip::leg_event_kind::reoffer, 0, sip::leg_end::none,
             phone_sdp(40000, domain::direction::sendonly));
  b.run();
  b.advance(10min);
  for (const auto& leg : {caller, phone})
    b.media.emit(leg, media::endpoint_event_kind::silent);
  b.run();
  CHECK(b.logged<domain::call_ended>().empty());
  if (limited) {
    b.media.emit(phone, media::endpoint_event_kind::silent_on_hold);
    b.run();
  } else {
    b.sip.emit(by_caller ? caller : phone, sip::leg_event_kind::reoffer, 0, sip::leg_end::none, phone_sdp());
    b.run();
    b.media.emit(caller, media::endpoint_event_kind::silent);
    b.run();
  }
  CHECK(b.only_record().cause == end_cause::media_timeout);
  b.check_invariants(true);
}

TEST_CASE("what the signalling hears of a side is a sign of life for its media") {
  hotline_bench b;
  b.sign_in("8001");
  const auto caller = b.call_in();
  const auto phone = b.ringing_leg();
  b.phone_answers(phone);
  b.sip.emit(phone, sip::leg_event_kind::alive);
  b.run();
  REQUIRE(b.media.count("alive") == 1);
  CHECK(b.media.log.back() == std::pair<std::string, domain::leg_id>{"alive", phone});
  b.hangs_up(caller);
  b.check_invariants(true);
}

TEST_CASE("a caller who does not answer our offer is released, and the agent with it") {
  hotline_bench b;
  b.sign_in("8001");
  sip::incoming_call in;
  in.leg = domain::leg_id{9, 9};
  in.trunk = "carrier";
  in.called = "12315";
  b.call_in(in);
  b.run();
  const auto phone = b.ringing_leg();
  b.phone_answers(phone);
  b.sip.emit(in.leg, sip::leg_event_kind::acked);
  b.run();
  CHECK(b.sip.count("hang_up", in.leg) == 1);
  CHECK(b.sip.count("hang_up", phone) == 1);
  CHECK(b.only_record().cause == end_cause::rejected_media);
  CHECK(b.state("8001") == agent_state::wrap_up);
  CHECK(b.media.open_endpoints() == 0);
  b.check_invariants(true);
}

TEST_CASE("a recorder that never seals does not keep the call for ever") {
  hotline_bench b;
  b.media.never_seal = true;
  b.sign_in("8001");
  const auto caller = b.call_in();
  b.phone_answers(b.ringing_leg());
  b.hangs_up(caller);
  CHECK(b.around->who.call_count() == 1);
  CHECK(b.state("8001") == agent_state::wrap_up); // the agent is free of it at once
  b.advance(domain::seal_timeout);
  CHECK(b.around->who.call_count() == 0);
  CHECK(b.logged<domain::recording_failed>().size() == 1);
  b.check_invariants(true);
}

TEST_CASE("direct media hands the SDP through and opens no endpoint") {
  auto plan = small_plan();
  plan.hotlines[0].media = domain::media_mode::direct;
  hotline_bench b{plan};
  b.sign_in("8001");
  const auto caller = b.call_in();
  CHECK(b.sip.last("invite").sdp.raw == "v=0");
  b.phone_answers(b.ringing_leg());
  CHECK(b.sip.last("answer").leg == caller);
  CHECK(b.sip.last("answer").sdp.port == 41000);
  CHECK(b.media.log.empty());
  b.sip.emit(caller, sip::leg_event_kind::reoffer, 0, sip::leg_end::none,
             phone_sdp(40000, domain::direction::sendonly));
  b.run();
  CHECK(b.sip.last("reoffer").leg == b.ringing_leg());
  b.sip.emit(b.ringing_leg(), sip::leg_event_kind::reoffer_answered, 200, sip::leg_end::none, phone_sdp(41000));
  b.run();
  CHECK(b.sip.last("answer_reoffer").leg == caller);
  CHECK(b.logged<domain::call_held>().size() == 1);
  b.hangs_up(caller);
  b.check_invariants(true);
}

TEST_CASE("a caller who leaves while a phone rings costs no other agent an offer, and nobody the place") {
  hotline_bench b;
  b.sign_in("8001");
  b.advance(5s);
  b.sign_in("8002");
  const auto caller = b.call_in();
  CHECK(b.sip.last("invite").invite.target_uri == "sip:8001@192.0.2.1:5062");
  b.phone_rings(b.ringing_leg());
  b.hangs_up(caller, sip::leg_end::remote_cancel);
  CHECK(b.logged<domain::agent_reserved>().size() == 1);
  b.call_in();
  CHECK(b.sip.last("invite").invite.target_uri == "sip:8001@192.0.2.1:5062"); // still idle for longest
  b.check_invariants(false);
}

TEST_CASE("an outbound line that is granted to a caller who has just left is not lost") {
  auto plan = small_plan();
  plan.hotlines[0].lines = 3;
  plan.hotlines[0].reserved_for_callers = 2;
  plan.queues[0].max_wait = 10s;
  plan.queues[0].overflow_numbers = {"1"};
  hotline_bench b{plan};
  for (int i = 0; i < 3; ++i) {
    const auto caller = b.call_in();
    const auto id = b.around->who.live_calls.entries().front().first;
    caf::anon_send(b.around->who.calls.get(), actors::line_request{id, "12315"});
    b.sip.emit(caller, sip::leg_event_kind::ended, 0, sip::leg_end::remote_cancel);
    b.run();
  }
  b.call_in();
  b.advance(10s);
  CHECK(b.sip.count("invite") == 1);
}

TEST_CASE("the log tells a call's arrival before anything else of it") {
  hotline_bench b;
  b.sign_in("8001");
  b.call_in();
  const auto log = b.log();
  const auto of_call = std::find_if(log.begin(), log.end(), [](const auto& e) { return !e.call.is_nil(); });
  REQUIRE(of_call != log.end());
  CHECK(std::holds_alternative<domain::call_arrived>(of_call->body));
}
