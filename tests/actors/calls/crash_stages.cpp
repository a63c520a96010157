#include "tests/actors/calls/crash_scene.hpp"

namespace lifeline::testing {

namespace {

using sip::leg_event_kind;
using stages = std::vector<stage>;

void backup(domain::plan& p) {
  p.queues[0].max_wait = 30s;
  p.queues[0].overflow_numbers = {"051780000001"};
}

/// Up to the moment when the dispatcher's decision is due, without handling anything of it.
void until_due(scene& s, domain::span d) {
  s.b.advance(d - 1ms);
  s.b.sched.clock().advance_time(1ms);
}

/// The caller has come and waits.
void add_arriving(stages& all) {
  stage greeting;
  greeting.name = "greeting";
  greeting.configure = [](domain::plan& p) {
    p.hotlines[0].greeting = "greeting.wav";
    p.queues[0].hold_mode = domain::holding::answered;
    p.queues[0].music = "music.wav";
  };
  greeting.reach = [](scene& s) {
    s.b.media.finish_prompts = false;
    s.place_call();
    REQUIRE(s.b.media.prompting.size() == 1);
    s.needs_agent = true;
  };
  all.push_back(greeting);

  stage entering;
  entering.name = "entering the queue";
  entering.reach = [](scene& s) {
    sip::incoming_call in;
    in.leg = s.caller = domain::leg_id{++s.b.next_leg, 1};
    in.trunk = "carrier";
    in.caller.number = "13800000001";
    in.called = "12315";
    in.offer = phone_sdp();
    s.b.call_in(in);
    REQUIRE(s.b.step_until([&] { return !s.b.logged<domain::call_arrived>().empty(); }));
    s.id = s.b.around->who.live_calls.entries().front().first;
    s.needs_agent = true;
  };
  all.push_back(entering);

  stage waiting;
  waiting.name = "waiting in the queue";
  waiting.waits = true;
  waiting.reach = [](scene& s) {
    s.place_call();
    s.b.advance(7s);
    s.needs_agent = true;
  };
  all.push_back(waiting);
}

/// An agent has been chosen.
void add_reserved(stages& all) {
  stage reserved;
  reserved.name = "reserved, the agent not told yet";
  reserved.waits = true;
  reserved.reach = [](scene& s) {
    s.place_call();
    s.b.register_phone("8001");
    caf::anon_send(s.b.around->who.agents.find("8001"), actors::agent_request{domain::agent_verb::ready, {}});
    REQUIRE(s.b.step_until([&] { return !s.b.logged<domain::agent_reserved>().empty(); }));
  };
  all.push_back(reserved);

  stage offered = reserved;
  offered.name = "reserved, the offer on its way to the call";
  offered.reach = [](scene& s) {
    s.place_call();
    s.b.register_phone("8001");
    caf::anon_send(s.b.around->who.agents.find("8001"), actors::agent_request{domain::agent_verb::ready, {}});
    REQUIRE(s.b.step_until([&] {
      const auto changes = s.b.logged<domain::agent_changed>();
      return !changes.empty() && changes.back().to == domain::agent_state::reserved;
    }));
  };
  all.push_back(offered);

  stage opening;
  opening.name = "the agent's endpoint opening";
  opening.waits = true;
  opening.reach = [](scene& s) {
    s.b.sign_in("8001");
    s.b.media.silent_open = true;
    s.place_call();
    REQUIRE(s.b.media.opening.size() == 2);
    s.b.media.silent_open = false;
  };
  all.push_back(opening);
}

/// Its phone is being called.
void add_ringing(stages& all) {
  stage invited;
  invited.name = "INVITE sent";
  invited.waits = invited.rings = true;
  invited.reach = [](scene& s) {
    s.b.sign_in("8001");
    s.place_call();
    REQUIRE(s.phones().size() == 1);
  };
  all.push_back(invited);

  stage ringing;
  ringing.name = "ringing";
  ringing.waits = ringing.rings = true;
  ringing.reach = [](scene& s) {
    s.b.sign_in("8001");
    s.place_call();
    s.b.phone_rings(s.b.ringing_leg());
    s.rung.insert(s.b.ringing_leg());
    s.b.advance(2s);
  };
  all.push_back(ringing);

  stage declined;
  declined.name = "the phone has declined, nobody knows yet";
  declined.waits = true;
  declined.reach = [](scene& s) {
    s.b.sign_in("8001");
    s.place_call();
    const auto phone = s.b.ringing_leg();
    s.b.phone_rings(phone);
    s.b.sip.emit(phone, leg_event_kind::failed, 603);
    REQUIRE(s.b.step_until([&] { return !s.b.media.ports.contains(phone); }));
  };
  all.push_back(declined);
}

/// It has answered.
void add_answered(stages& all) {
  stage connecting;
  connecting.name = "answered, the caller's endpoint outstanding";
  connecting.waits = true;
  connecting.reach = [](scene& s) {
    s.b.sign_in("8001");
    s.b.media.silent_leg = domain::leg_id{1, 1};
    s.place_call();
    REQUIRE(s.caller == s.b.media.silent_leg);
    s.b.phone_answers(s.b.ringing_leg());
    s.answered.insert(s.b.ringing_leg());
    REQUIRE(s.checkpoint().phase == domain::call_phase::connecting);
  };
  all.push_back(connecting);

  stage told;
  told.name = "just connected, agent and dispatcher not told yet";
  told.talks = true;
  told.reach = [](scene& s) {
    s.b.sign_in("8001");
    s.place_call();
    const auto phone = s.b.ringing_leg();
    s.b.phone_rings(phone);
    s.b.sip.emit(phone, leg_event_kind::answered, 200, sip::leg_end::none, phone_sdp(41000));
    s.answered.insert(phone);
    REQUIRE(s.b.step_until([&] { return !s.b.logged<domain::call_connected>().empty(); }));
  };
  all.push_back(told);

  stage unacked;
  unacked.name = "answered, the caller's ACK outstanding";
  unacked.talks = true;
  unacked.reach = [](scene& s) {
    s.b.sign_in("8001");
    s.place_call(true);
    s.b.phone_answers(s.b.ringing_leg());
    s.answered.insert(s.b.ringing_leg());
    REQUIRE_FALSE(s.checkpoint().caller_media.present);
    s.ack_outstanding = true;
  };
  all.push_back(unacked);
}

void talk(scene& s) {
  s.b.sign_in("8001");
  s.place_call();
  s.b.phone_answers(s.b.ringing_leg());
  s.answered.insert(s.b.ringing_leg());
  s.b.advance(10s);
  REQUIRE(s.checkpoint().phase == domain::call_phase::talking);
}

stage talking_stage() {
  stage talking;
  talking.name = "talking";
  talking.talks = true;
  talking.reach = talk;
  return talking;
}

/// Somebody holds.
void add_held(stages& all) {
  stage held = talking_stage();
  held.name = "held by the caller";
  held.reach = [](scene& s) {
    talk(s);
    s.held_by = s.caller;
    s.b.sip.emit(s.caller, leg_event_kind::reoffer, 0, sip::leg_end::none,
                 phone_sdp(40000, domain::direction::sendonly));
    s.b.run();
    REQUIRE(s.b.logged<domain::call_held>().size() == 1);
  };
  all.push_back(held);
  held.name = "held by the agent";
  held.reach = [](scene& s) {
    talk(s);
    s.held_by = s.b.ringing_leg();
    s.b.sip.emit(s.held_by, leg_event_kind::reoffer, 0, sip::leg_end::none,
                 phone_sdp(41000, domain::direction::sendonly));
    s.b.run();
    REQUIRE(s.b.state("8001") == domain::agent_state::hold);
  };
  all.push_back(held);

  stage direct = talking_stage();
  direct.name = "a re-INVITE handed through, direct media";
  direct.configure = [](domain::plan& p) { p.hotlines[0].media = domain::media_mode::direct; };
  direct.reach = [](scene& s) {
    talk(s);
    s.held_by = s.caller;
    s.b.sip.emit(s.caller, leg_event_kind::reoffer, 0, sip::leg_end::none,
                 phone_sdp(40000, domain::direction::sendonly));
    s.b.run();
    s.reoffered = s.b.sip.last("reoffer").leg;
    REQUIRE_FALSE(s.reoffered.is_nil());
  };
  all.push_back(direct);
}

/// The caller is being passed on.
void add_overflowing(stages& all) {
  stage moving;
  moving.name = "overflowing to another queue";
  moving.configure = [](domain::plan& p) {
    auto second = p.queues[0];
    second.name = "second";
    p.queues.push_back(second);
    p.queues[0].max_wait = 30s;
    p.queues[0].overflow_queue = "second";
    p.agents[1].queues = {"second"};
  };
  moving.reach = [](scene& s) {
    s.place_call();
    until_due(s, 30s);
    REQUIRE(s.b.step_until([&] { return !s.b.logged<domain::call_overflowed>().empty(); }));
    s.agent = "8002";
    s.needs_agent = true;
  };
  all.push_back(moving);

  stage asking;
  asking.name = "asking for an outbound line";
  asking.configure = backup;
  asking.external = true;
  asking.reach = [](scene& s) {
    s.place_call();
    until_due(s, 30s);
    REQUIRE(s.b.step_until([&] { return s.checkpoint().line_requested; }));
  };
  all.push_back(asking);

  stage lineless = asking;
  lineless.name = "waiting for an outbound line";
  lineless.reach = [](scene& s) {
    s.place_call();
    const auto other = s.b.call_in(); // takes the second line
    s.b.advance(31s);
    CHECK(s.phones().empty());
    s.b.hangs_up(other, sip::leg_end::remote_cancel);
  };
  all.push_back(lineless);

  stage dialling = asking;
  dialling.name = "dialling a backup number";
  dialling.reach = [](scene& s) {
    s.place_call();
    s.b.advance(31s);
    REQUIRE(s.phones().size() == 1);
  };
  all.push_back(dialling);

  stage outside = asking;
  outside.name = "talking with a backup number";
  outside.talks = true;
  outside.reach = [](scene& s) {
    s.place_call();
    s.b.advance(31s);
    s.b.phone_answers(s.b.ringing_leg());
    s.answered.insert(s.b.ringing_leg());
    s.b.advance(5s);
    REQUIRE(s.checkpoint().phase == domain::call_phase::talking);
  };
  all.push_back(outside);
}

/// The conversation is over.
void add_ended(stages& all) {
  stage ending;
  ending.name = "the caller has hung up, agent and dispatcher not told yet";
  ending.over = true;
  ending.reach = [](scene& s) {
    talk(s);
    s.b.sip.emit(s.caller, leg_event_kind::ended, 0, sip::leg_end::remote_bye);
    REQUIRE(s.b.step_until([&] { return s.phones().empty(); }));
  };
  all.push_back(ending);

  stage closing = ending;
  closing.name = "closing, the recording being sealed";
  closing.reach = [](scene& s) {
    talk(s);
    s.b.media.hold_seal = true;
    s.b.hangs_up(s.caller);
    REQUIRE(s.checkpoint().phase == domain::call_phase::closing);
  };
  all.push_back(closing);

  stage sealed = ending;
  sealed.name = "closing, the seal on its way to the call";
  sealed.reach = [](scene& s) {
    talk(s);
    s.b.media.hold_seal = true;
    s.b.hangs_up(s.caller);
    s.b.media.hold_seal = false;
    s.b.media.seal_all();
  };
  all.push_back(sealed);

  stage wrap_up = ending;
  wrap_up.name = "wrap-up";
  wrap_up.reach = [](scene& s) {
    talk(s);
    s.b.hangs_up(s.caller);
    REQUIRE(s.has_ended());
    s.b.advance(4s);
    REQUIRE(s.b.state("8001") == domain::agent_state::wrap_up);
  };
  all.push_back(wrap_up);
}

} // namespace

const std::vector<stage>& all_stages() {
  static const auto all = [] {
    stages made;
    add_arriving(made);
    add_reserved(made);
    add_ringing(made);
    add_answered(made);
    made.push_back(talking_stage());
    add_held(made);
    add_overflowing(made);
    add_ended(made);
    return made;
  }();
  return all;
}

} // namespace lifeline::testing
