#include "tests/actors/calls/standard_call.hpp"

#include "actors/core/checkpoints.hpp"

namespace lifeline::testing {

namespace {

using sip::leg_event_kind;

domain::plan rich_plan() {
  auto p = small_plan();
  p.hotlines[0].greeting = "greeting.wav";
  p.hotlines[0].lines = 2;
  p.queues[0].hold_mode = domain::holding::answered;
  p.queues[0].music = "music.wav";
  return p;
}

} // namespace

standard_call::standard_call() : b(rich_plan()) {
  b.media.finish_prompts = false;
  b.sip.fault = b.media.fault = &fault;
  b.sip.bomb = b.media.bomb = &bomb;
}

bool standard_call::play(domain::span limit, domain::span patience) {
  began = b.time();
  sip::incoming_call in;
  in.leg = caller = domain::leg_id{++b.next_leg, 1};
  in.trunk = "carrier";
  in.caller.number = "13800000001";
  in.called = "12315";
  in.offer = phone_sdp();
  b.call_in(in);
  b.run();
  if (const auto live = b.around->who.live_calls.entries(); !live.empty()) id = live.front().first;
  while (b.time() - began < limit) {
    round();
    b.advance(500ms);
    if (talk_seen == domain::never && !b.logged<domain::call_connected>().empty()) talk_seen = b.time();
    const bool tired = talk_seen == domain::never && b.time() - began > patience;
    const bool content = talk_seen != domain::never && b.time() - talk_seen > 8s;
    if ((tired || content) && b.sip.alive.contains(caller)) {
      hung_up = b.time();
      b.hangs_up(caller);
    }
    // The media gateway hears nothing any more from a caller who has left.
    if (hung_up != domain::never && b.time() - hung_up > 30s && b.media.ports.contains(caller)) {
      b.media.emit(caller, media::endpoint_event_kind::silent);
      b.run();
    }
    if (!b.logged<domain::call_ended>().empty() && b.around->who.call_count() == 0) return true;
  }
  return false;
}

void standard_call::round() {
  const auto since = b.time() - began;
  b.media.open_all();
  b.run();
  if (since >= 2s) b.media.finish_all();
  b.run();
  if (since >= 4s)
    for (const auto* account : {"8001", "8002"})
      sign_in(account);
  phones_act();
  if (talk_seen == domain::never || talking_phone.is_nil() || !b.sip.alive.contains(talking_phone)) return;
  if (!held && b.time() - talk_seen >= 2s) {
    held = true;
    b.sip.emit(talking_phone, leg_event_kind::reoffer, 0, sip::leg_end::none,
               phone_sdp(41000, domain::direction::sendonly));
  } else if (held && !resumed && b.time() - talk_seen >= 4s) {
    resumed = true;
    b.sip.emit(talking_phone, leg_event_kind::reoffer, 0, sip::leg_end::none, phone_sdp(41000));
  }
  b.run();
}

/// Insists, as a person would, until the account is signed in: an order may be lost with a crash.
void standard_call::sign_in(const std::string& account) {
  if (signed_in.contains(account)) return;
  if (const auto row = b.around->kept.get(storage::table::agents, account)) {
    if (actors::decode_agent(*row)->wanted != domain::presence::logged_out) {
      signed_in.insert(account);
      return;
    }
  }
  b.register_phone(account);
  caf::anon_send(b.around->who.agents.find(account), actors::agent_request{domain::agent_verb::ready, {}});
  b.advance(100ms);
}

/// The first phone that rings declines, the others answer.
void standard_call::phones_act() {
  std::vector<domain::leg_id> alive;
  for (const auto& t : b.sip.log)
    if (t.what == "invite" && b.sip.alive.contains(t.leg)) alive.push_back(t.leg);
  for (const auto& phone : alive) {
    if (done.contains(phone)) continue;
    if (rung.insert(phone).second) {
      b.phone_rings(phone);
    } else if (!declined) {
      declined = true;
      done.insert(phone);
      b.phone_refuses(phone, 603);
    } else {
      done.insert(phone);
      talking_phone = phone;
      b.phone_answers(phone);
    }
  }
}

void standard_call::check_clean(bool caller_known) {
  CHECK(b.logged<domain::call_ended>().size() == 1);
  b.advance(40s); // leases, wrap-up, liveness
  CHECK(b.around->who.call_count() == 0);
  // An endpoint whose closing itself failed is nobody's any more.
  CHECK(b.media.open_endpoints() <= (bomb.hit == "close" ? 1U : 0U));
  CHECK(b.media.recording.empty());
  CHECK(b.media.bridged.empty());
  if (caller_known) CHECK(b.sip.alive.empty());
  for (const auto* account : {"8001", "8002"}) {
    const auto state = b.state(account);
    const bool free = state == domain::agent_state::ready || state == domain::agent_state::not_ready;
    CHECK(free);
  }
  b.check_invariants(true);
}

void standard_call::check_next_call() {
  for (const auto* account : {"8001", "8002"})
    REQUIRE_FALSE(b.order(account, domain::agent_verb::ready).refused);
  b.advance(3s);
  const auto before = b.sip.count("invite");
  const auto next = b.call_in();
  b.media.open_all();
  b.media.finish_all();
  b.run();
  REQUIRE(b.sip.count("invite") == before + 1);
  b.phone_answers(b.ringing_leg());
  b.advance(3s);
  CHECK(b.logged<domain::call_connected>().size() >= 1);
  const auto second = b.call_in();
  CHECK(b.sip.count("refuse", second) == 0); // both lines were given back
  b.hangs_up(second, sip::leg_end::remote_cancel);
  b.hangs_up(next);
  b.advance(15s);
  b.check_invariants(true);
}

} // namespace lifeline::testing
