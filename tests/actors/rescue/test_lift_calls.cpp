// Lifts' own phones: identified, reported, acknowledged, and put through.

#include "actors/core/checkpoints.hpp"
#include "actors/rescue/lift_call.hpp"
#include "storage/tables.hpp"
#include "tests/actors/hotline_bench.hpp"
#include "tests/actors/rescue/fake_lift_alarms.hpp"

#include <algorithm>

using namespace lifeline;
using namespace lifeline::testing;
using domain::report_kind;

namespace {

const std::string alarm_packet = "18123456782D";

domain::plan lift_plan() {
  auto p = small_plan();
  domain::hotline_plan h;
  h.name = "96333-lift";
  h.numbers = {"9633399"};
  h.queue = "96333-lift";
  h.emergency = true;
  h.lines = 2;
  p.hotlines.push_back(h);
  domain::queue_plan q = p.queues.front();
  q.name = "96333-lift";
  q.priority = 20;
  p.queues.push_back(q);
  for (auto& a : p.agents)
    a.queues = {"12315", "96333-lift"};
  p.rescue.lift_phone_numbers = {"9633399"};
  return p;
}

struct lift_bench {
  explicit lift_bench(domain::plan plan = lift_plan()) : b(std::move(plan)) {
    b.around->set_rescue(&rescue);
    rescue.lifts["12345678"] = "320801";
  }
  ~lift_bench() {
    rescue.forget();
    for (const auto& [id, stage] : b.around->who.lift_calls.entries())
      b.end_with_test(stage);
  }

  /// The lift's phone calls, and its leg is acknowledged.
  domain::leg_id call(bool delayed_offer = false) {
    sip::incoming_call in;
    in.leg = leg = domain::leg_id{++b.next_leg, 1};
    in.trunk = "carrier";
    in.caller.number = "051788880000";
    in.called = "9633399";
    in.sip_call_id = "abc@192.0.2.9";
    if (!delayed_offer) in.offer = phone_sdp();
    b.call_in(in);
    b.run();
    return leg;
  }
  void ack(domain::session_description sdp = {}) {
    b.sip.emit(leg, sip::leg_event_kind::acked, 0, sip::leg_end::none, std::move(sdp));
    b.run();
  }
  void dial(const std::string& digits) {
    for (const char d : digits) {
      b.advance(200ms);
      b.media.emit(leg, media::endpoint_event_kind::digit, std::string(1, d));
      b.run();
    }
  }
  [[nodiscard]] std::string tones() { return b.media.tones[leg]; }
  [[nodiscard]] std::vector<domain::call_id> live() const {
    std::vector<domain::call_id> ids;
    for (const auto& [id, actor] : b.around->who.live_calls.entries())
      ids.push_back(id);
    return ids;
  }
  actors::call_status figures() {
    REQUIRE(live().size() == 1);
    return b.ask<actors::call_status>(b.around->who.live_calls.find(live().front()), actors::get_call{});
  }
  [[nodiscard]] std::uint64_t lines() const { return b.around->lines.all()["96333-lift"]; }
  /// An agent talks with the lift; then the lift hangs up.
  void talk_and_end() {
    b.sign_in("8001");
    REQUIRE(b.sip.count("invite") >= 1);
    const auto phone = b.ringing_leg();
    b.phone_answers(phone);
    CHECK(b.media.bridged[leg] == phone);
    CHECK(b.sip.count("answer", leg) >= 1);
    b.advance(5s);
    b.hangs_up(leg);
    CHECK(b.only_record().outcome == domain::call_outcome::answered);
    CHECK(b.only_record().hotline == "96333-lift");
    settle();
  }
  void settle() {
    b.advance(10s);
    CHECK(live().empty());
    CHECK(b.around->who.call_count() == 0);
    CHECK(lines() == 0);
    CHECK(b.media.open_endpoints() == 0);
    CHECK(b.sip.alive.empty());
    b.check_invariants(true);
  }
  void crash_stage() {
    const auto stages = b.around->who.lift_calls.entries();
    REQUIRE(stages.size() == 1);
    caf::anon_send(stages.front().second, actors::crash_order{"injected"});
    b.run();
    b.advance(10ms);
  }

  fake_lift_alarms rescue;
  hotline_bench b;
  domain::leg_id leg;
};

} // namespace

TEST_CASE("a lift's alarm is stored, acknowledged, queued first, and bridged to an agent who sees the lift") {
  lift_bench t;
  t.rescue.hold = true;
  t.call();
  CHECK(t.b.sip.count("answer", t.leg) == 1);
  CHECK(t.b.media.listening.contains(t.leg));
  CHECK(t.tones().empty()); // the voice path opens with the ACK
  t.ack();
  CHECK(t.tones() == "D");
  t.dial(alarm_packet);
  REQUIRE(t.rescue.reports.size() == 1);
  const auto r = t.rescue.reports.front();
  CHECK(r.channel == domain::report_channel::lift_phone);
  CHECK(r.source == "lift-phone");
  CHECK(r.message_id == "abc@192.0.2.9/" + alarm_packet);
  CHECK(r.kind == report_kind::entrapment);
  CHECK(r.lift_key == "12345678");
  CHECK(r.caller_phone == "051788880000");
  CHECK(r.raw == alarm_packet);
  CHECK(t.tones() == "D"); // not before it is on disk
  CHECK(t.live().empty());
  CHECK(t.lines() == 1);
  t.rescue.answer_all();
  t.b.run();
  CHECK(t.tones() == "DA");
  CHECK(t.figures().lift == "320801");
  CHECK(t.figures().order == t.rescue.order);
  CHECK(t.figures().queue == "96333-lift");
  CHECK(t.live().front() == r.call);
  CHECK(t.lines() == 1);
  CHECK(t.rescue.links.empty()); // the report has named the call
  t.b.sign_in("8001");
  CHECK(t.b.sip.last("invite").invite.headers.at("X-Lifeline-Lift") == "320801");
  t.talk_and_end();
  CHECK(t.b.sip.count("ring", t.leg) == 0);
  CHECK(t.rescue.reports.size() == 1);
}

TEST_CASE("the agent who answers a lift's phone has taken its alarm") {
  lift_bench t;
  t.call();
  t.ack();
  SECTION("the order is known before the answer") {
    t.dial(alarm_packet);
    t.b.sign_in("8001");
    CHECK(t.rescue.answered.empty());
    t.b.phone_rings(t.b.ringing_leg());
    CHECK(t.rescue.answered.empty()); // ringing is not taking
    t.b.phone_answers(t.b.ringing_leg());
  }
  SECTION("the order is known only while they talk already") {
    t.rescue.hold = true;
    t.dial(alarm_packet);
    t.b.advance(10s); // it has become a call without waiting for the disk
    t.b.sign_in("8001");
    t.b.phone_rings(t.b.ringing_leg());
    t.b.phone_answers(t.b.ringing_leg());
    CHECK(t.rescue.answered.empty());
    t.rescue.answer_all();
    t.b.run();
    t.b.advance(1s);
  }
  REQUIRE(t.rescue.answered.size() == 1);
  const auto& told = t.rescue.answered.front();
  CHECK(told.order == t.rescue.order);
  CHECK(told.answer.agent == "8001");
  CHECK(told.answer.at <= t.b.time());
  CHECK(told.call == t.rescue.reports.front().call);
  t.b.hangs_up(t.leg);
}

TEST_CASE("a lift's alarm comes before callers who have waited longer") {
  lift_bench t;
  t.b.call_in("12315");
  t.b.advance(30s);
  t.call();
  t.ack();
  t.dial(alarm_packet);
  t.b.sign_in("8001");
  CHECK(t.b.sip.last("invite").invite.headers.contains("X-Lifeline-Lift"));
}

TEST_CASE("a lift's self-test is stored and acknowledged, and is no call of the hotline") {
  lift_bench t;
  t.b.sign_in("8001");
  t.call();
  t.ack();
  t.dial(domain::write_p100({domain::p100_type::self_test, "12345678", {}}));
  REQUIRE(t.rescue.reports.size() == 1);
  CHECK(t.rescue.reports.front().kind == report_kind::test);
  CHECK(t.rescue.reports.front().lift_key == "12345678");
  CHECK(t.rescue.reports.front().call.is_nil());
  CHECK(t.tones() == "DA");
  CHECK(t.b.sip.count("hang_up", t.leg) == 0); // it may not have heard the A
  t.b.advance(domain::p100_linger);
  CHECK(t.b.sip.count("hang_up", t.leg) == 1);
  CHECK(t.b.sip.count("invite") == 0);
  CHECK(t.b.logged<domain::call_arrived>().empty());
  t.settle();
}

TEST_CASE("a lift's self-test ends as well when its phone hangs up") {
  lift_bench t;
  t.call();
  t.ack();
  t.dial(domain::write_p100({domain::p100_type::self_test, "12345678", {}}));
  t.b.hangs_up(t.leg);
  CHECK(t.b.logged<domain::call_arrived>().empty());
  CHECK(t.rescue.reports.size() == 1);
  t.settle();
}

TEST_CASE("a lift phone's failure is stored with its code, and rings nobody") {
  lift_bench t;
  t.b.sign_in("8001");
  t.call();
  t.ack();
  t.dial(domain::write_p100({domain::p100_type::failure, "12345678", "100"}));
  REQUIRE(t.rescue.reports.size() == 1);
  CHECK(t.rescue.reports.front().kind == report_kind::device_failure);
  CHECK(t.rescue.reports.front().code == "100");
  CHECK(t.tones() == "DA");
  t.b.advance(domain::p100_linger);
  CHECK(t.b.sip.count("invite") == 0);
  t.settle();
}

TEST_CASE("a self-test that is followed by an alarm is an alarm") {
  lift_bench t;
  t.call();
  t.ack();
  t.dial(domain::write_p100({domain::p100_type::self_test, "12345678", {}}));
  t.b.advance(1s);
  t.dial(alarm_packet);
  CHECK(t.rescue.reports.size() == 2);
  CHECK(t.tones() == "DAA");
  t.talk_and_end();
}

TEST_CASE("a lift that has not heard our A is acknowledged again, while it waits and while it talks") {
  lift_bench t;
  t.call();
  t.ack();
  t.dial(alarm_packet);
  CHECK(t.tones() == "DA");
  REQUIRE(t.live().size() == 1);
  t.dial(alarm_packet);
  CHECK(t.tones() == "DAA");
  t.b.sign_in("8001");
  t.b.phone_answers(t.b.ringing_leg());
  t.dial(alarm_packet);
  CHECK(t.tones() == "DAAA");
  t.dial("18123456792E");
  CHECK(t.tones() == "DAAA");
  CHECK(t.rescue.reports.size() == 1);
  caf::anon_send(t.b.around->who.live_calls.find(t.live().front()), actors::crash_order{"injected"});
  t.b.advance(10ms);
  t.dial(alarm_packet); // its actor is new, the packet is in the checkpoint
  CHECK(t.tones() == "DAAAA");
  t.b.hangs_up(t.leg);
  t.settle();
}

TEST_CASE("a lift whose packets are spoilt is asked three times, and is then heard by a person") {
  lift_bench t;
  const std::string bad = "18123456792D";
  t.call();
  t.ack();
  for (int i = 0; i < 4; ++i) {
    t.dial(bad);
    t.b.advance(1s);
  }
  CHECK(t.tones() == "DCCC");
  REQUIRE(t.rescue.reports.size() == 1);
  const auto& r = t.rescue.reports.front();
  CHECK(r.kind == report_kind::entrapment);
  CHECK(r.lift_key.empty());
  CHECK(r.call == t.live().front());
  CHECK(r.raw.find(bad) == 0);
  CHECK(r.doubts == std::vector<std::string>{"identification: the checksum is wrong"});
  CHECK(t.figures().lift.empty());
  CHECK(t.figures().order == t.rescue.order); // told when it was stored
  t.b.sign_in("8001");
  CHECK_FALSE(t.b.sip.last("invite").invite.headers.contains("X-Lifeline-Lift"));
  t.talk_and_end();
}

TEST_CASE("a lift's phone that says nothing is put through after the patience") {
  auto plan = lift_plan();
  plan.rescue.lift_phone_patience = 4s;
  lift_bench t{plan};
  t.call();
  t.ack();
  t.b.advance(3900ms);
  CHECK(t.live().empty());
  CHECK(t.tones() == "DDD");
  CHECK(t.b.media.tones_both_ways == "DD"); // perhaps it listens to events
  t.b.advance(200ms);
  CHECK(t.live().size() == 1);
  CHECK(t.rescue.reports.size() == 1);
  t.talk_and_end();
}

TEST_CASE("a lift's phone whose ACK is lost is spoken to nevertheless") {
  lift_bench t;
  t.call();
  t.b.advance(1s);
  CHECK(t.tones() == "D");
  t.dial(alarm_packet);
  t.talk_and_end();
}

TEST_CASE("a lift's phone that offers nothing is answered with our offer") {
  lift_bench t;
  t.call(true);
  CHECK(t.b.sip.last("answer").sdp.codecs.size() == 2);
  const auto before = t.b.media.count("set_remote");
  t.ack(phone_sdp());
  CHECK(t.b.media.count("set_remote") == before + 1);
  t.dial(alarm_packet);
  t.talk_and_end();
}

TEST_CASE("a lift's phone that does not answer our offer is reported and ended, for nobody would ever be heard") {
  auto unusable = phone_sdp();
  unusable.codecs = {{9, "G722", 8000}};
  const auto answer = GENERATE_COPY(domain::session_description{}, unusable);
  lift_bench t;
  t.call(true);
  t.ack(answer);
  CHECK(t.tones().empty());
  REQUIRE(t.rescue.reports.size() == 1);
  CHECK(t.rescue.reports.front().kind == report_kind::entrapment);
  CHECK(t.rescue.reports.front().doubts.front().find("where it listens") != std::string::npos);
  CHECK(t.b.sip.count("hang_up", t.leg) >= 1);
  t.settle();
  CHECK(t.b.logged<domain::call_ended>().size() == 1); // the call is known
}

TEST_CASE("a lift's phone that sends its digits by SIP INFO is understood, and their echoes are not") {
  lift_bench t;
  t.call();
  t.ack();
  t.b.media.emit(t.leg, media::endpoint_event_kind::digit, "1"); // the first came as a tone, too
  for (const char d : alarm_packet) {
    t.b.advance(200ms);
    t.b.sip.emit({t.leg, sip::leg_event_kind::digit, 0, sip::leg_end::none, std::string(1, d), {}});
    t.b.media.emit(t.leg, media::endpoint_event_kind::digit, std::string(1, d));
    t.b.run();
  }
  CHECK(t.tones() == "DA");
  t.talk_and_end();
}

TEST_CASE("a lift's phone that renegotiates while it identifies itself is obeyed") {
  lift_bench t;
  t.call();
  t.ack();
  t.b.sip.emit(t.leg, sip::leg_event_kind::reoffer, 0, sip::leg_end::none, phone_sdp(40100));
  t.b.run();
  CHECK(t.b.sip.count("answer_reoffer", t.leg) == 1);
  t.dial(alarm_packet);
  t.talk_and_end();
}

TEST_CASE("an alarm that the disk refuses is put through without A, and acknowledged when it is stored after all") {
  lift_bench t;
  t.rescue.fails = true;
  t.call();
  t.ack();
  t.dial(alarm_packet);
  CHECK(t.tones() == "D");
  CHECK(t.figures().lift == "320801");
  CHECK(t.figures().order.is_nil());
  t.b.advance(actors::lift_report_again + 1s);
  CHECK(t.rescue.reports.size() == 2);
  CHECK(t.rescue.reports[0].message_id == t.rescue.reports[1].message_id);
  CHECK(t.tones() == "D");
  t.rescue.fails = false;
  t.b.advance(actors::lift_report_again + 1s);
  CHECK(t.rescue.reports.size() == 3);
  CHECK(t.tones() == "DA");
  CHECK(t.figures().order == t.rescue.order);
  t.dial(alarm_packet);
  CHECK(t.tones() == "DAA");
  t.talk_and_end();
}

TEST_CASE("an alarm is put through after two seconds of a slow disk, and acknowledged late") {
  lift_bench t;
  t.rescue.hold = true;
  t.call();
  t.ack();
  t.dial(alarm_packet);
  t.b.advance(1900ms);
  CHECK(t.live().empty());
  t.b.advance(200ms);
  REQUIRE(t.live().size() == 1);
  CHECK(t.tones() == "D");
  t.b.advance(3s);
  t.rescue.answer_all();
  t.b.advance(2s);
  CHECK(t.tones() == "DA");
  CHECK(t.figures().order == t.rescue.order);
  CHECK(t.rescue.reports.size() == 1);
  t.talk_and_end();
}

TEST_CASE("a disk that never takes the report is not asked for ever") {
  lift_bench t;
  t.rescue.fails = true;
  t.call();
  t.ack();
  t.dial(alarm_packet);
  t.b.advance(90s);
  const auto asked = t.rescue.reports.size();
  CHECK(asked > 5);
  t.b.advance(120s);
  CHECK(t.rescue.reports.size() == asked);
  t.talk_and_end();
}

TEST_CASE("a test that is not stored is not acknowledged: the phone will call again") {
  lift_bench t;
  const bool absent = GENERATE(false, true);
  t.rescue.fails = true;
  if (absent) t.b.around->set_rescue(nullptr);
  t.call();
  t.ack();
  t.dial(domain::write_p100({domain::p100_type::self_test, "12345678", {}}));
  CHECK(t.tones() == "D");
  CHECK(t.b.sip.count("hang_up", t.leg) == 1);
  CHECK(t.b.logged<domain::call_arrived>().empty());
  t.settle();
}

TEST_CASE("without a rescue side a lift's alarm is a call, with the lift that its phone named") {
  lift_bench t;
  t.b.around->set_rescue(nullptr);
  t.call();
  t.ack();
  t.dial(alarm_packet);
  CHECK(t.tones() == "D");
  CHECK(t.figures().lift == "12345678");
  t.talk_and_end();
}

TEST_CASE("a lift's phone that hangs up before it is identified is reported, and recorded as abandoned") {
  lift_bench t;
  t.call();
  t.ack();
  t.dial("1812");
  t.b.hangs_up(t.leg);
  REQUIRE(t.rescue.reports.size() == 1);
  CHECK(t.rescue.reports.front().raw == "1812");
  t.b.advance(1s);
  CHECK(t.b.only_record().outcome == domain::call_outcome::abandoned);
  CHECK(t.b.only_record().call == t.rescue.reports.front().call);
  t.settle();
}

TEST_CASE("a lift's phone that hangs up while its alarm is being stored loses nothing") {
  lift_bench t;
  t.rescue.hold = true;
  t.call();
  t.ack();
  t.dial(alarm_packet);
  t.b.hangs_up(t.leg);
  t.rescue.answer_all();
  t.b.advance(1s);
  CHECK(t.rescue.reports.size() == 1);
  CHECK(t.b.only_record().outcome == domain::call_outcome::abandoned);
  t.settle();
}

TEST_CASE("without a media port a lift's phone waits ringing like any caller") {
  lift_bench t;
  t.b.media.refuse_ports = true;
  t.call();
  CHECK(t.b.sip.count("ring", t.leg) == 1);
  CHECK(t.rescue.reports.size() == 1);
  t.b.media.refuse_ports = false;
  t.talk_and_end();
}

TEST_CASE("a lift's phone whose voice path does not open in time waits ringing") {
  lift_bench t;
  t.b.media.silent_open = true;
  t.call();
  t.b.advance(7s);
  CHECK(t.b.sip.count("ring", t.leg) == 1);
  CHECK(t.live().size() == 1);
  t.b.media.silent_open = false;
  t.talk_and_end();
}

TEST_CASE("a lift's phone without a codec of ours is reported before it is refused") {
  lift_bench t;
  sip::incoming_call in;
  in.leg = t.leg = domain::leg_id{++t.b.next_leg, 1};
  in.called = "9633399";
  in.sip_call_id = "x";
  in.offer = phone_sdp();
  in.offer.codecs = {{18, "G729", 8000}};
  t.b.call_in(in);
  t.b.run();
  CHECK(t.rescue.reports.size() == 1);
  CHECK(t.b.sip.last("refuse").status == 488);
  t.settle();
}

TEST_CASE("a lift's phone whose first actor crashes is put through as it stands") {
  lift_bench t;
  SECTION("before it is answered") {
    t.b.media.silent_open = true;
    t.call();
    t.crash_stage();
    t.b.media.silent_open = false;
    CHECK(t.b.sip.count("ring", t.leg) == 1);
    CHECK(t.figures().lift.empty());
  }
  SECTION("while it identifies itself") {
    t.call();
    t.ack();
    t.dial("18123");
    t.crash_stage();
    CHECK(t.b.sip.count("ring", t.leg) == 0);
    CHECK(t.figures().lift.empty());
  }
  SECTION("while its alarm is being stored") {
    t.rescue.hold = true;
    t.call();
    t.ack();
    t.dial(alarm_packet);
    t.crash_stage();
    CHECK(t.figures().lift == "320801");
    CHECK(t.tones() == "D");
  }
  CHECK(t.lines() == 1);
  CHECK(t.b.logged<domain::actor_restarted>().front().actor == "lift call");
  t.talk_and_end();
}

TEST_CASE("a lift's phone outlives a crash of the supervisor, and is counted once") {
  lift_bench t;
  t.call();
  t.ack();
  t.dial("18123456");
  caf::anon_send(t.b.around->who.calls.get(), actors::crash_order{"injected"});
  t.b.advance(10ms);
  CHECK(t.lines() == 1);
  SECTION("it goes on") {
    t.dial("782D");
    CHECK(t.tones() == "DA");
    CHECK(t.figures().lift == "320801");
  }
  SECTION("and crashes itself") {
    t.crash_stage();
    CHECK(t.live().size() == 1);
  }
  t.talk_and_end();
}

TEST_CASE("a lift's phone that is handed to a supervisor in its crash becomes a call nevertheless") {
  lift_bench t;
  t.rescue.hold = true;
  t.call();
  t.ack();
  t.dial(alarm_packet);
  caf::anon_send(t.b.around->who.calls.get(), actors::crash_order{"injected"});
  t.rescue.answer_all();
  t.b.run();
  t.b.advance(3s);
  CHECK(t.tones() == "DA");
  CHECK(t.figures().lift == "320801");
  CHECK(t.b.logged<domain::call_arrived>().size() == 1);
  t.talk_and_end();
}

TEST_CASE("an alarm's call that crashes right after its birth begins once") {
  lift_bench t;
  t.call();
  t.ack();
  t.dial(alarm_packet);
  caf::anon_send(t.b.around->who.live_calls.find(t.live().front()), actors::crash_order{"injected"});
  t.b.advance(10ms);
  CHECK(t.figures().lift == "320801");
  CHECK(t.figures().order == t.rescue.order);
  CHECK(t.b.logged<domain::call_arrived>().size() == 1);
  t.talk_and_end();
}

TEST_CASE("lifts' phones use the hotline's lines like any caller, and an emergency is let in above their number") {
  lift_bench t;
  t.call();
  t.call();
  CHECK(t.lines() == 2);
  t.call();
  CHECK(t.b.sip.count("refuse") == 0);
  CHECK(t.lines() == 3);
}

TEST_CASE("a lift line that is no emergency has no more lines than it has") {
  auto plan = lift_plan();
  plan.hotlines.back().emergency = false;
  lift_bench t{plan};
  t.call();
  t.call();
  const auto third = t.call();
  CHECK(t.b.sip.last("refuse").leg == third);
  CHECK(t.b.sip.last("refuse").status == 486);
}

TEST_CASE("a lift's phone that was there before the drain is still put through - the engine's end ends it") {
  lift_bench t;
  t.call();
  t.ack();
  t.dial("18");
  const bool release = GENERATE(false, true);
  caf::anon_send(t.b.around->who.calls.get(), actors::drain_order{release});
  t.b.run();
  if (release) {
    CHECK(t.b.sip.count("hang_up", t.leg) == 1);
    CHECK(t.b.around->who.call_count() == 0);
    t.settle();
    return;
  }
  CHECK(t.b.around->who.call_count() == 1); // the engine waits for it
  t.dial("123456782D");
  CHECK(t.live().size() == 1);
  t.talk_and_end();
}

TEST_CASE("a reroute that comes while a lift's phone identifies itself is obeyed") {
  auto plan = lift_plan();
  plan.hotlines.back().backup_numbers = {"1001"};
  lift_bench t{plan};
  t.call();
  t.ack();
  t.dial("18");
  caf::anon_send(t.b.around->who.calls.get(), actors::reroute_request{"96333-lift", true, "fire in the hall"});
  t.b.run();
  t.dial("123456782D");
  t.b.advance(1s);
  CHECK(t.b.sip.last("invite").text == "1001");
}

TEST_CASE("a caller of the hotline who has called about a lift is linked to its order, once the call is on its way") {
  auto plan = lift_plan();
  plan.rescue.hotline = "12315";
  lift_bench t{plan};
  t.rescue.orders_of_callers["13800000001"] = domain::order_id{9, 9};
  t.b.call_in("12315", "13800000001");
  REQUIRE(t.rescue.links.size() == 1);
  CHECK(t.rescue.links.front() == std::pair{domain::order_id{9, 9}, t.live().front()});
  CHECK(t.figures().order == domain::order_id{9, 9});
  t.b.call_in("12315", "13800000002");
  CHECK(t.rescue.links.size() == 1);
  caf::anon_send(t.b.around->who.live_calls.find(t.rescue.links.front().second), actors::crash_order{"injected"});
  t.b.advance(10ms);
  CHECK(t.rescue.links.size() == 1); // asked once
}

TEST_CASE("a crashed lift call that knows its lift finds the order by it") {
  lift_bench t;
  t.rescue.hold = true;
  t.rescue.orders_of_lifts["320801"] = domain::order_id{5, 5};
  t.call();
  t.ack();
  t.dial(alarm_packet);
  t.crash_stage();
  CHECK(t.figures().order == domain::order_id{5, 5});
  CHECK(t.rescue.links.size() == 1);
  t.talk_and_end();
}

TEST_CASE("what is known of a lift survives in the call's checkpoint") {
  domain::call_state s;
  s.id = {1, 2};
  s.arrives_answered = true;
  s.lift = "320801";
  s.lift_packet = alarm_packet;
  s.order = {3, 4};
  const auto again = actors::decode_call(actors::encode_call(s));
  REQUIRE(again);
  CHECK(again->arrives_answered);
  CHECK(again->lift == "320801");
  CHECK(again->lift_packet == alarm_packet);
  CHECK(again->order == domain::order_id{3, 4});
}
