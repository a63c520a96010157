// An emergency's desk: missed rings, a greeting beside the ring, and every way of being told that it is busy.

#include "tests/actors/hotline_bench.hpp"

#include <algorithm>

using namespace lifeline;
using namespace lifeline::testing;
using domain::agent_state;
using domain::reservation_outcome;

namespace {

domain::plan emergency_plan() {
  auto p = small_plan();
  auto& h = p.hotlines[0];
  h.name = h.queue = "96333";
  h.numbers = {"96333"};
  h.emergency = true;
  h.lines = 3;
  h.reserved_for_callers = 2;
  h.greeting = "greeting.wav";
  h.backup_numbers = {"051780000001"};
  auto& q = p.queues[0];
  q.name = "96333";
  q.max_misses = 1;
  q.ring_timeout = 15s;
  q.join_empty = q.leave_empty = domain::empty_policy::overflow;
  q.leave_empty_after = 3s;
  for (auto& a : p.agents)
    a.queues = {"96333"};
  return p;
}

struct desk : hotline_bench {
  explicit desk(domain::plan p = emergency_plan()) : hotline_bench(std::move(p)) {}
  domain::leg_id calls(const std::string& caller = "13800000001") { return call_in("96333", caller); }
  std::string reason(const std::string& account) {
    return ask<actors::agent_status>(around->who.agents.find(account), actors::get_agent{}).reason;
  }
  void misses(const domain::leg_id& phone) {
    phone_rings(phone);
    phone_refuses(phone, 408);
  }
};

} // namespace

TEST_CASE("two missed rings do not empty an emergency's desk: the next caller rings at once, and an answer mends it") {
  desk d;
  d.sign_in("8001");
  d.sign_in("8002");
  const auto first = d.calls();
  d.misses(d.ringing_leg());
  d.misses(d.ringing_leg());
  CHECK(d.state("8001") == agent_state::not_ready);
  CHECK(d.state("8002") == agent_state::not_ready);
  CHECK(d.reason("8001") == "no answer"); // for everybody to see
  const auto told = d.logged<domain::agent_changed>();
  CHECK(std::count_if(told.begin(), told.end(), [](const auto& e) { return e.reason == "no answer"; }) == 2);
  d.hangs_up(first, sip::leg_end::remote_cancel);
  const auto before = d.sip.count("invite");
  const auto second = d.calls("13800000002");
  REQUIRE(d.sip.count("invite") == before + 1);
  const auto reserved = d.logged<domain::agent_reserved>();
  CHECK(reserved.back().why.note == "asked again after a missed call: nobody else is free");
  const auto phone = d.ringing_leg();
  d.phone_rings(phone);
  d.phone_answers(phone);
  d.hangs_up(second);
  const auto ended = d.logged<domain::call_ended>();
  CHECK(ended.back().record.outcome == domain::call_outcome::answered);
  d.advance(15s); // wrap-up
  CHECK((d.state("8001") == agent_state::ready) != (d.state("8002") == agent_state::ready));
  d.check_invariants(true);
}

TEST_CASE("the only caller is rung at the same agent again and again, with a rest between") {
  desk d;
  d.sign_in("8001");
  const auto caller = d.calls();
  for (int i = 0; i < 3; ++i) {
    d.misses(d.ringing_leg());
    const auto before = d.sip.count("invite");
    d.advance(1s);
    CHECK(d.sip.count("invite") == before);
    d.advance(2s);
    CHECK(d.sip.count("invite") == before + 1);
  }
  CHECK(d.logged<domain::agent_reserved>().size() == 4);
  d.phone_answers(d.ringing_leg());
  CHECK(d.state("8001") == agent_state::talking);
  d.hangs_up(caller);
  d.check_invariants(true);
}

TEST_CASE("agents on a break are nobody to wait for: the caller goes to the backup numbers at once") {
  desk d;
  d.sign_in("8001");
  REQUIRE_FALSE(d.order("8001", domain::agent_verb::not_ready, "break").refused);
  d.run();
  const auto caller = d.calls();
  CHECK(d.sip.last("invite").invite.target_uri == "051780000001");
  CHECK(d.sip.count("refuse") == 0);
  d.hangs_up(caller, sip::leg_end::remote_cancel);
  d.check_invariants(true);
}

TEST_CASE("a dispatcher that starts anew rings an agent that had missed") {
  desk d;
  d.sign_in("8001");
  const auto first = d.calls();
  d.misses(d.ringing_leg());
  d.hangs_up(first, sip::leg_end::remote_cancel);
  caf::anon_send(d.around->who.dispatcher(), actors::crash_order{"test"});
  d.run();
  d.advance(6s);
  const auto before = d.sip.count("invite");
  const auto second = d.calls("13800000002");
  CHECK(d.sip.count("invite") == before + 1);
  d.hangs_up(second, sip::leg_end::remote_cancel);
  d.check_invariants(true);
}

TEST_CASE("the phone rings while an emergency's caller hears the greeting") {
  auto p = emergency_plan();
  p.queues[0].hold_mode = domain::holding::answered;
  desk d(p);
  d.media.finish_prompts = false; // it plays on
  d.sign_in("8001");
  const auto caller = d.calls();
  CHECK(d.media.count("prompt") == 1);
  CHECK(d.sip.count("invite") == 1);
  d.phone_answers(d.ringing_leg());
  CHECK(d.media.count("stop_play") == 1);
  CHECK(d.media.count("bridge") == 1);
  d.hangs_up(caller);
  d.check_invariants(true);
}

TEST_CASE("the fourth caller to three lines waits like the others, and gets a line to a backup number") {
  desk d;
  d.sign_in("8001");
  std::vector<domain::leg_id> callers;
  for (int i = 0; i < 4; ++i)
    callers.push_back(d.calls("1380000000" + std::to_string(i)));
  CHECK(d.sip.count("refuse") == 0);
  CHECK(d.logged<domain::call_blocked>().empty());
  CHECK(d.around->who.call_count() == 4);
  CHECK(d.around->lines.all().at("96333") == 4);
  REQUIRE_FALSE(d.order("8001", domain::agent_verb::not_ready, "break").refused); // and the desk is left
  d.run();
  d.misses(d.ringing_leg());
  d.advance(4s);
  const auto dialled = d.logged<domain::call_overflowed>();
  CHECK(std::count_if(dialled.begin(), dialled.end(), [](const auto& e) { return e.to_number == "051780000001"; }) ==
        4);
  for (const auto& leg : callers)
    d.hangs_up(leg, sip::leg_end::remote_cancel);
  CHECK(d.around->lines.all().at("96333") == 0);
  d.check_invariants(true);
}

TEST_CASE("a full queue tells no emergency that it is busy") {
  auto p = emergency_plan();
  p.queues[0].max_length = 1;
  p.hotlines[0].backup_numbers.clear();
  p.queues[0].join_empty = p.queues[0].leave_empty = domain::empty_policy::wait;
  desk d(p);
  const auto first = d.calls();
  const auto second = d.calls("13800000002");
  CHECK(d.sip.count("refuse") == 0);
  d.sign_in("8001");
  d.hangs_up(first, sip::leg_end::remote_cancel);
  CHECK(d.around->who.call_count() == 1);
  d.hangs_up(second, sip::leg_end::remote_cancel);
  d.check_invariants(true);
}

TEST_CASE("a draining engine lets emergencies in, until it ends all calls") {
  desk d;
  d.sign_in("8001");
  caf::anon_send(d.around->who.calls.get(), actors::drain_order{false});
  d.run();
  const auto caller = d.calls();
  CHECK(d.sip.count("refuse") == 0);
  CHECK(d.sip.count("invite") == 1);
  d.phone_answers(d.ringing_leg());
  CHECK(d.state("8001") == agent_state::talking);
  caf::anon_send(d.around->who.calls.get(), actors::drain_order{true});
  d.run();
  CHECK(d.around->who.call_count() == 0);
  d.calls("13800000002");
  CHECK(d.sip.last("refuse").status == 503);
  (void)caller;
  d.check_invariants(false);
}
