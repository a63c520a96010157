#include "tests/actors/calls/crash_scene.hpp"

#include "actors/core/checkpoints.hpp"
#include "actors/supervision/supervisor_messages.hpp"
#include "storage/tables.hpp"

#include <algorithm>

namespace lifeline::testing {

namespace {

using sip::leg_event_kind;

domain::plan plan_of(const stage& s) {
  auto p = small_plan();
  p.hotlines[0].lines = 2;
  if (s.configure) s.configure(p);
  return p;
}

std::vector<actors::watched_part> one_part() {
  actors::watched_part part;
  part.name = "sip gateway";
  part.heartbeat = [beat = std::make_shared<std::uint64_t>(0)] { return ++*beat; };
  part.beating = std::make_shared<std::atomic<bool>>(true);
  return {part};
}

bool is_in(const std::vector<part>& parts, part p) { return std::find(parts.begin(), parts.end(), p) != parts.end(); }

} // namespace

scene::scene(const stage& s) : of(s), b(plan_of(s), one_part()) {
  s.reach(*this);
  invites_before = b.sip.count("invite");
  phone_before = b.ringing_leg();
}

void scene::place_call(bool delayed_offer) {
  sip::incoming_call in;
  in.leg = caller = domain::leg_id{++b.next_leg, 1};
  in.trunk = "carrier";
  in.caller.number = "13800000001";
  in.called = "12315";
  if (!delayed_offer) in.offer = phone_sdp();
  b.call_in(in);
  b.run();
  id = b.around->who.live_calls.entries().front().first;
}

bool scene::has_ended() const {
  const auto ends = b.logged<domain::call_ended>();
  return std::any_of(ends.begin(), ends.end(), [&](const auto& e) { return e.record.call == id; });
}

domain::call_state scene::checkpoint() const {
  const auto row = b.journal->get(storage::table::live_calls, storage::call_key{id}.encode());
  if (!row || !*row) return {};
  auto state = actors::decode_call(**row);
  REQUIRE(state);
  return *state;
}

std::vector<domain::leg_id> scene::phones() const {
  std::vector<domain::leg_id> found;
  for (const auto& t : b.sip.log)
    if (t.what == "invite" && b.sip.alive.contains(t.leg)) found.push_back(t.leg);
  return found;
}

void scene::crash(const std::vector<part>& parts, crash_moment when) {
  auto& who = b.around->who;
  const auto throwing = [&](const auto& actor) {
    if (!actor) return;
    if (when == crash_moment::at_once)
      caf::anon_send<caf::message_priority::high>(actor, actors::crash_order{"injected"});
    else
      caf::anon_send(actor, actors::crash_order{"injected"});
  };
  const auto killed = [&](const char* name) {
    // Asked on the side: nothing else may be handled before the crash.
    const auto root = b.root;
    caf::actor found;
    b.self->send(root, actors::child_named{name});
    b.sched.prioritize(root);
    b.step();
    REQUIRE(b.self->has_next_message());
    b.self->receive([&](caf::actor& a) { found = a; }, [&](caf::error& e) { FAIL(b.sys.render(e)); });
    caf::anon_send<caf::message_priority::high>(found, caf::exit_msg{found.address(), caf::exit_reason::kill});
  };
  for (const auto p : parts) {
    switch (p) {
    case part::call: throwing(who.live_calls.find(id)); break;
    case part::agent: throwing(who.agents.find(agent)); break;
    case part::dispatcher: throwing(who.dispatcher()); break;
    case part::calls: throwing(who.calls.get()); break;
    case part::agents: killed("agents"); break;
    case part::keeper: killed("sip gateway"); break;
    }
  }
  crashed_at = b.time();
  b.run();
  b.advance(10ms);
}

void scene::play() {
  b.media.hold_seal = false;
  b.media.open_all();
  b.media.finish_all();
  b.media.seal_all();
  b.run();
  if (ack_outstanding) {
    b.sip.emit(caller, leg_event_kind::acked, 0, sip::leg_end::none, phone_sdp());
    ack_outstanding = false;
  }
  if (!reoffered.is_nil()) {
    b.sip.emit(std::exchange(reoffered, {}), leg_event_kind::reoffer_answered, 200, sip::leg_end::none,
               phone_sdp(41000));
    b.run();
  } else if (!held_by.is_nil()) {
    const auto by = std::exchange(held_by, {});
    b.sip.emit(by, leg_event_kind::reoffer, 0, sip::leg_end::none, phone_sdp());
    b.run();
    if (b.sip.last("reoffer").leg != domain::leg_id{} && of.configure && b.sip.log.back().what == "reoffer")
      reoffered = b.sip.log.back().leg;
  }
  for (const auto& phone : phones()) {
    if (answered.contains(phone)) continue;
    if (rung.insert(phone).second) {
      b.phone_rings(phone);
    } else {
      answered.insert(phone);
      b.phone_answers(phone);
    }
  }
  if (needs_agent) {
    b.sign_in(agent);
    needs_agent = false;
  }
  if (!talk_seen && !b.logged<domain::call_connected>().empty()) {
    talk_seen = b.time();
    if (crashed_at) recovered_in = *talk_seen - *crashed_at;
  }
}

bool scene::play_on(domain::span limit) {
  const auto deadline = b.time() + limit;
  while (!(has_ended() && b.around->who.call_count() == 0) && b.time() < deadline) {
    play();
    b.advance(250ms);
    if (talk_seen && b.time() - *talk_seen >= 6s && b.sip.alive.contains(caller)) {
      if (of.talks && b.around->plan().hotlines[0].media == domain::media_mode::anchored) {
        INFO("the conversation has gone on");
        CHECK(b.media.bridged.contains(caller));
      }
      b.hangs_up(caller);
    }
  }
  return has_ended();
}

void scene::check_end(const std::vector<part>& crashed) {
  // The caller was never turned away or cut off.
  CHECK(b.sip.count("refuse", caller) == 0);
  if (!of.over) CHECK(b.sip.count("hang_up", caller) == 0);
  const auto ends = b.logged<domain::call_ended>();
  const auto mine = std::find_if(ends.begin(), ends.end(), [&](const auto& e) { return e.record.call == id; });
  REQUIRE(mine != ends.end());
  const auto& r = mine->record;
  CHECK(r.outcome == (of.external ? domain::call_outcome::overflowed : domain::call_outcome::answered));
  CHECK(r.cause == domain::end_cause::caller_hung_up);
  CHECK(r.agent == (of.external ? std::string{} : agent));
  if (b.around->plan().hotlines[0].media == domain::media_mode::anchored) CHECK(r.recording.sha256 == "5ea1");
  if (of.waits) CHECK(b.logged<domain::queue_entered>().size() == 1);
  if (of.rings && !is_in(crashed, part::dispatcher)) {
    CHECK(b.sip.count("invite") == invites_before);
    CHECK(answered.contains(phone_before));
  }
  if (of.talks) {
    CHECK(b.sip.count("invite") == invites_before);
    CHECK(r.talk + r.hold >= 6s);
    CHECK(b.logged<domain::call_connected>().size() == 1);
  } else if (!of.over && !of.external) { // nobody waits for a lease to run out
    CHECK(recovered_in <= 6s);
  }
  check_next_calls();
  CHECK(b.sip.alive.empty());
  CHECK(b.media.open_endpoints() == 0);
  CHECK(b.media.recording.empty());
  CHECK(b.media.bridged.empty());
  CHECK(b.around->who.call_count() == 0);
  b.check_invariants(true);
}

void scene::check_next_calls() {
  b.advance(1500ms);
  if (!of.external) {
    CHECK(b.state(agent) == domain::agent_state::wrap_up);
    b.advance(10s);
  } else {
    b.sign_in(agent);
    b.advance(1s);
  }
  CHECK(b.state(agent) == domain::agent_state::ready);
  // The agent gets the next call.
  const auto before = b.sip.count("invite");
  auto next = b.call_in();
  if (agent == "8002") b.advance(31s);
  b.media.open_all();
  b.media.finish_all();
  b.run();
  CHECK(b.sip.count("invite") == before + 1);
  b.phone_answers(b.ringing_leg());
  CHECK(b.state(agent) == domain::agent_state::talking);
  // Both lines are free but for that one.
  const auto second = b.call_in();
  CHECK(b.sip.count("refuse", second) == 0);
  const auto third = b.call_in();
  CHECK(b.sip.count("refuse", third) == 1);
  b.hangs_up(second, sip::leg_end::remote_cancel);
  b.hangs_up(next);
  b.advance(15s);
}

} // namespace lifeline::testing
