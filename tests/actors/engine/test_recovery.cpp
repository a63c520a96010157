// Crashed actors continue where they were.

#include "tests/actors/hotline_bench.hpp"

#include "actors/calls/calls.hpp"
#include "actors/core/checkpoints.hpp"
#include "storage/event_codec.hpp"
#include "storage/tables.hpp"

using namespace lifeline;
using namespace lifeline::testing;
using domain::agent_state;

namespace {

template <class Handle> void crash(hotline_bench& b, const Handle& who) {
  caf::anon_send(who, actors::crash_order{"injected"});
  b.run();
  b.advance(10ms);
}

domain::call_id only_call(const hotline_bench& b) {
  const auto all = b.around->who.live_calls.entries();
  REQUIRE(all.size() == 1);
  return all.front().first;
}

} // namespace

TEST_CASE("a crashed dispatcher raises its epoch, waiting callers keep their place") {
  hotline_bench b;
  const auto first = b.call_in();
  b.advance(5s);
  b.call_in();
  const auto epoch = b.around->who.epoch();
  crash(b, b.around->who.dispatcher());
  CHECK(b.around->who.epoch() == epoch + 1);
  b.advance(5s);
  b.sign_in("8001");
  b.phone_answers(b.ringing_leg());
  CHECK(b.sip.last("answer").leg == first);
  CHECK(b.logged<domain::queue_entered>().size() == 2);
  b.check_invariants(false);
}

TEST_CASE("a dispatcher that crashes while a phone rings closes the reservation and offers again") {
  hotline_bench b;
  b.sign_in("8001");
  const auto caller = b.call_in();
  b.phone_rings(b.ringing_leg());
  const auto before = b.ringing_leg();
  crash(b, b.around->who.dispatcher());
  CHECK(b.sip.count("hang_up", before) == 1);
  CHECK(b.logged<domain::reservation_ended>().front().outcome == domain::reservation_outcome::superseded);
  REQUIRE(b.sip.count("invite") == 2);
  b.phone_answers(b.ringing_leg());
  b.hangs_up(caller);
  CHECK(b.only_record().outcome == domain::call_outcome::answered);
  b.check_invariants(true);
}

TEST_CASE("a dispatcher that crashes during a conversation disturbs nobody") {
  hotline_bench b;
  b.sign_in("8001");
  const auto caller = b.call_in();
  b.phone_answers(b.ringing_leg());
  crash(b, b.around->who.dispatcher());
  b.call_in();
  CHECK(b.sip.count("invite") == 1); // the only agent talks
  CHECK(b.state("8001") == agent_state::talking);
  b.hangs_up(caller);
  b.advance(10s);
  CHECK(b.sip.count("invite") == 2);
  b.check_invariants(false);
}

TEST_CASE("a crashed call continues in every phase") {
  hotline_bench b;
  SECTION("waiting") {
    const auto caller = b.call_in();
    crash(b, b.around->who.live_calls.find(only_call(b)));
    b.sign_in("8001");
    b.phone_answers(b.ringing_leg());
    b.hangs_up(caller);
    CHECK(b.logged<domain::queue_entered>().size() == 1);
  }
  SECTION("offering") {
    b.sign_in("8001");
    const auto caller = b.call_in();
    b.phone_rings(b.ringing_leg());
    crash(b, b.around->who.live_calls.find(only_call(b)));
    b.phone_answers(b.ringing_leg());
    CHECK(b.state("8001") == agent_state::talking);
    b.hangs_up(caller);
  }
  SECTION("talking") {
    b.sign_in("8001");
    const auto caller = b.call_in();
    b.phone_answers(b.ringing_leg());
    b.advance(30s);
    crash(b, b.around->who.live_calls.find(only_call(b)));
    b.advance(30s);
    CHECK(b.state("8001") == agent_state::talking);
    b.hangs_up(caller);
    CHECK(b.only_record().talk >= 60s);
  }
  b.run();
  CHECK(b.only_record().outcome == domain::call_outcome::answered);
  CHECK(b.only_record().recording.sha256 == "5ea1");
  CHECK(b.logged<domain::actor_restarted>().size() == 1);
  CHECK(b.media.open_endpoints() == 0);
  b.check_invariants(true);
}

TEST_CASE("a call that crashes again and again is wound up with one end, others go on") {
  hotline_bench b;
  b.sign_in("8001");
  const auto bad = b.call_in();
  b.phone_answers(b.ringing_leg());
  const auto phone = b.ringing_leg();
  const auto id = only_call(b);
  const auto other = b.call_in();
  for (int i = 0; i < 10 && b.around->who.live_calls.find(id); ++i)
    crash(b, b.around->who.live_calls.find(id));
  b.advance(5s);
  CHECK_FALSE(b.around->who.live_calls.find(id));
  CHECK(b.sip.count("hang_up", bad) == 1);
  CHECK(b.sip.count("hang_up", phone) == 1);
  CHECK(b.only_record().cause == domain::end_cause::internal_error);
  CHECK(b.around->who.call_count() == 1);
  b.advance(10s); // wrap-up
  CHECK(b.sip.count("invite") == 2);
  b.hangs_up(other);
  b.check_invariants(true);
}

TEST_CASE("a crashed agent keeps its state: not ready with its reason, talking, wrap-up with its end") {
  hotline_bench b;
  SECTION("not ready") {
    b.register_phone("8001");
    REQUIRE_FALSE(b.order("8001", domain::agent_verb::not_ready, "meal").refused);
    crash(b, b.around->who.agents.find("8001"));
    const auto f = b.ask<actors::agent_status>(b.around->who.agents.find("8001"), actors::get_agent{});
    CHECK(f.state == agent_state::not_ready);
    CHECK(f.reason == "meal");
    CHECK(f.contacts.size() == 1);
  }
  SECTION("talking") {
    b.sign_in("8001");
    const auto caller = b.call_in();
    b.phone_answers(b.ringing_leg());
    crash(b, b.around->who.agents.find("8001"));
    CHECK(b.state("8001") == agent_state::talking);
    b.hangs_up(caller);
    CHECK(b.state("8001") == agent_state::wrap_up);
  }
  SECTION("wrap-up") {
    b.sign_in("8001");
    const auto caller = b.call_in();
    b.phone_answers(b.ringing_leg());
    b.hangs_up(caller);
    b.advance(4s);
    crash(b, b.around->who.agents.find("8001"));
    CHECK(b.state("8001") == agent_state::wrap_up);
    b.advance(5900ms);
    CHECK(b.state("8001") == agent_state::wrap_up);
    b.advance(200ms);
    CHECK(b.state("8001") == agent_state::ready);
  }
}

TEST_CASE("an agent whose call ended while the agent's actor was down is not left talking") {
  hotline_bench b;
  b.sign_in("8001");
  const auto caller = b.call_in();
  b.phone_answers(b.ringing_leg());
  // Both in the same moment: the end of the talk reaches nobody.
  caf::anon_send(b.around->who.agents.find("8001"), actors::crash_order{"injected"});
  b.sip.emit(caller, sip::leg_event_kind::ended, 0, sip::leg_end::remote_bye);
  b.run();
  b.advance(2s);
  CHECK(b.state("8001") == agent_state::wrap_up);
  b.advance(30s);
  CHECK(b.state("8001") == agent_state::ready);
  b.check_invariants(true);
}

TEST_CASE("a crashed supervisor of calls adopts the living calls and still counts lines") {
  auto plan = small_plan();
  plan.hotlines[0].lines = 2;
  hotline_bench b{plan};
  const auto first = b.call_in();
  crash(b, b.around->who.calls.get());
  b.call_in();
  const auto third = b.call_in();
  CHECK(b.sip.last("refuse").leg == third);
  b.hangs_up(first, sip::leg_end::remote_cancel);
  CHECK(b.around->who.call_count() == 1);
  b.call_in();
  CHECK(b.sip.count("refuse") == 1);
  b.check_invariants(false);
}

TEST_CASE("a registration that lapses makes the agent unreachable, and its return ready again") {
  hotline_bench b;
  b.sign_in("8001");
  b.unregister_phone("8001");
  CHECK(b.state("8001") == agent_state::unreachable);
  b.call_in();
  CHECK(b.sip.count("invite") == 0);
  b.register_phone("8001");
  CHECK(b.sip.count("invite") == 1);
}

TEST_CASE("after kill -9 every open call gets exactly one end and its recording is mended") {
  hotline_bench b;
  b.sign_in("8001");
  b.call_in();
  b.phone_answers(b.ringing_leg());
  const auto waiting = b.call_in();
  (void)waiting;
  const auto repair = [](const domain::recording_id& id,
                         const std::string& path) -> tl::expected<media::recording_event, std::string> {
    media::recording_event e;
    e.recording = id;
    e.ok = true;
    e.path = path;
    e.sha256 = "mended";
    return e;
  };
  b.advance(10s);
  const auto died = b.time();
  b.advance(1h);
  const auto records = actors::close_calls_of_last_run(*b.around, died);
  REQUIRE(records.size() == 2);
  const std::atomic<bool> stop{false};
  actors::mend_recordings(*b.around, records, repair, stop);
  const auto ended = b.logged<domain::call_ended>();
  REQUIRE(ended.size() == 2);
  CHECK(ended[0].record.cause == domain::end_cause::engine_restart);
  CHECK(ended[0].record.outcome == domain::call_outcome::answered);
  CHECK(ended[0].record.talk == 10s); // the hour without an engine is nobody's talk time
  CHECK(ended[1].record.outcome == domain::call_outcome::failed);
  REQUIRE(b.logged<domain::recording_sealed>().size() == 1);
  const auto row = b.journal->get(storage::table::records, storage::call_key{ended[0].record.call}.encode());
  REQUIRE((row && *row));
  const auto kept = storage::decode_record(**row);
  REQUIRE(kept);
  CHECK(kept->recording.sha256 == "mended");
  CHECK(kept->recording.repaired);
  CHECK(actors::close_calls_of_last_run(*b.around, died).empty());
}

TEST_CASE("a dispatcher that restarts with a full queue turns no waiting caller away") {
  auto plan = small_plan();
  plan.queues[0].max_length = 1;
  hotline_bench b{plan};
  b.call_in();
  crash(b, b.around->who.dispatcher());
  CHECK(b.sip.count("refuse") == 0);
  CHECK(b.around->who.call_count() == 1);
  b.sign_in("8001");
  CHECK(b.sip.count("invite") == 1);
}

TEST_CASE("a call that crashes while the disk takes nothing continues from memory, without waiting for the disk") {
  hotline_bench b;
  auto* journal = dynamic_cast<storage::memory_journal*>(b.journal.get());
  REQUIRE(journal != nullptr);
  b.sign_in("8001");
  journal->set_stalled(true);
  const auto caller = b.call_in();
  const auto id = only_call(b);
  crash(b, b.around->who.live_calls.find(id));
  b.phone_answers(b.ringing_leg());
  crash(b, b.around->who.agents.find("8001"));
  CHECK(b.state("8001") == agent_state::talking);
  journal->set_stalled(false);
  b.hangs_up(caller);
  CHECK(b.only_record().outcome == domain::call_outcome::answered);
  b.advance(11s);
  CHECK(b.state("8001") == agent_state::ready);
  b.check_invariants(true);
}

TEST_CASE("a checkpoint of the last run that cannot be read is closed from what the log tells") {
  hotline_bench b;
  b.sign_in("8001");
  b.call_in();
  b.phone_answers(b.ringing_leg());
  b.call_in(); // waits
  b.advance(10s);
  std::vector<std::string> keys;
  (void)b.journal->scan(storage::table::live_calls, {}, {}, false, [&](std::string_view key, std::string_view) {
    keys.emplace_back(key);
    return true;
  });
  REQUIRE(keys.size() == 2);
  for (const auto& key : keys)
    b.journal->append({{}, {{storage::table::live_calls, key, "torn"}}}, storage::durability::durable);
  b.journal->append({{}, {{storage::table::live_calls, "no call's key", "torn"}}}, storage::durability::durable);
  const auto died = b.time();
  const auto records = actors::close_calls_of_last_run(*b.around, died);
  REQUIRE(records.size() == 2);
  CHECK(records[0].outcome == domain::call_outcome::answered);
  CHECK(records[0].agent == "8001");
  CHECK(records[0].talk == 10s);
  CHECK_FALSE(records[0].recording.path.empty()); // to be mended as any other
  CHECK(records[1].outcome == domain::call_outcome::failed);
  CHECK(records[1].cause == domain::end_cause::engine_restart);
  CHECK(records[1].waited == 10s);
  CHECK(b.logged<domain::call_ended>().size() == 2);
  CHECK(actors::close_calls_of_last_run(*b.around, died).empty());
}

TEST_CASE("an agent whose phone was lost is ready again when it registers") {
  hotline_bench b;
  b.sign_in("8001");
  b.call_in();
  b.phone_refuses(b.ringing_leg(), 503);
  CHECK(b.state("8001") == agent_state::not_ready);
  b.register_phone("8001"); // a mere refresh
  b.advance(2s);
  CHECK(b.state("8001") != agent_state::not_ready);
  CHECK(b.sip.count("invite") == 2);
}
