// A lift's phone without a telephone: what is reported, stored, acknowledged and handed on, in what order and time.

#include "domain/rescue/lift_phone_script.hpp"
#include "tests/domain/voice/script_driver.hpp"

#include <random>

using namespace lifeline;
using namespace lifeline::domain;
using namespace lifeline::testing;
namespace asks = domain::lift_request;
namespace replies = domain::lift_reply;

namespace {

const std::string alarm_packet = "18123456782D";

struct lift_line : script_driver<lift_phone_script> {
  lift_line() : script_driver(lift_phone_script{facts()}) {}
  static lift_call_facts facts() {
    lift_call_facts f;
    f.call = {9, 9};
    f.caller = "051788880000";
    f.source_id = "abc@192.0.2.9";
    f.arrived = instant{std::chrono::hours{24 * 365 * 50}};
    return f;
  }
  void answer() {
    begin();
    tell(voice::acknowledged{});
  }
  void dial(const std::string& digits) {
    for (const char d : digits) {
      advance(200ms);
      tell(voice::pressed{d, false});
    }
  }
  void stored(bool ok = true) {
    tell(replies::report_stored{script.last_report, ok, ok ? order_id{7, 7} : order_id{}});
  }
  void call_begins(bool lives = true) { tell(replies::call_seen{true, lives}); }
  [[nodiscard]] std::string tones() const {
    std::string all;
    for (const auto& t : asked<asks::send_tone>())
      all += t.tone;
    return all;
  }
  [[nodiscard]] std::vector<asks::store_report> reports() const { return asked<asks::store_report>(); }
  [[nodiscard]] bool handed() const { return asked<asks::hand_over>().size() == 1; }
};

} // namespace

TEST_CASE("lift script: an alarm is acknowledged when it is stored, and is a call then") {
  lift_line t;
  t.answer();
  CHECK(t.tones() == "D");
  t.dial(alarm_packet);
  REQUIRE(t.reports().size() == 1);
  CHECK(t.reports().front().report.message_id == "abc@192.0.2.9/" + alarm_packet);
  CHECK(t.reports().front().report.call == call_id{9, 9});
  CHECK(t.asked<asks::name_lift>().front().lift == "12345678");
  CHECK_FALSE(t.handed());
  t.stored();
  CHECK(t.tones() == "DA");
  CHECK(t.handed());
  CHECK(t.asked<asks::learn>().front().order == order_id{7, 7});
  CHECK(t.asked<asks::learn>().front().packet == alarm_packet);
  CHECK_FALSE(t.over());
  t.call_begins();
  CHECK(t.over());
  CHECK(t.asked<asks::tell_call>().empty()); // its checkpoint has all of it
}

TEST_CASE("lift script: an alarm waits two seconds for the disk, and the late result is told to the call") {
  lift_line t;
  t.answer();
  t.dial(alarm_packet);
  t.advance(p100_store_patience - 1ms);
  CHECK_FALSE(t.handed());
  t.advance(1ms);
  CHECK(t.handed());
  t.call_begins();
  CHECK_FALSE(t.over()); // the result is still to come
  t.advance(3s);
  t.stored();
  CHECK(t.tones() == "DA");
  t.call_begins();
  CHECK(t.asked<asks::tell_call>().size() == 1);
  CHECK(t.over());
}

TEST_CASE("lift script: a supervisor that does not take the call over is asked again") {
  lift_line t;
  t.answer();
  t.dial(alarm_packet);
  t.stored();
  t.advance(1s);
  std::size_t asked = 0;
  for (const auto& l : t.asked<asks::look_for_call>())
    asked += l.ask ? 1 : 0;
  CHECK(asked == 4);
}

TEST_CASE("lift script: a refused report is offered again for a minute, and never for ever") {
  lift_line t;
  t.answer();
  t.dial(alarm_packet);
  t.stored(false);
  CHECK(t.handed());
  for (int i = 0; i < 30; ++i) {
    t.advance(lift_report_again);
    t.stored(false);
  }
  const auto offered = t.reports().size();
  CHECK(offered > 10);
  CHECK(offered < 15);
  t.call_begins();
  CHECK(t.over());
}

TEST_CASE("lift script: a self-test is acknowledged and forgotten, and without a store it is not believed") {
  lift_line t;
  t.answer();
  t.dial(write_p100({p100_type::self_test, "12345678", {}}));
  const bool stored = GENERATE(true, false);
  if (stored) {
    t.stored();
    CHECK(t.tones() == "DA");
    t.advance(p100_linger);
  } else {
    t.tell(replies::cannot_store{1});
    CHECK(t.tones() == "D");
  }
  CHECK(t.over());
  CHECK(t.asked<asks::dismiss>().size() == 1);
  CHECK_FALSE(t.handed());
}

TEST_CASE("lift script: who has not identified itself is reported all the same, and heard by a person") {
  lift_line t;
  std::string doubt;
  SECTION("says nothing") {
    t.answer();
    t.advance(6s);
    doubt = "did not identify itself";
  }
  SECTION("hangs up") {
    t.answer();
    t.dial("1812");
    t.tell(voice::gone{});
    CHECK(t.reports().front().report.raw == "1812");
    CHECK(t.asked<asks::remember_left>().size() == 1);
    doubt = "hung up";
  }
  SECTION("speaks no codec of ours") {
    t.tell(voice::begins{true, false});
    doubt = "no codec";
  }
  SECTION("there is no port for it") {
    t.tell(voice::begins{true, true});
    t.tell(voice::no_port{"none left"});
    doubt = "no media port";
  }
  SECTION("its voice path does not open") {
    t.tell(voice::begins{true, true});
    t.advance(6s);
    doubt = "did not open in time";
  }
  REQUIRE(t.reports().size() == 1);
  CHECK(t.reports().front().report.kind == report_kind::entrapment);
  CHECK(t.reports().front().report.doubts.front().find(doubt) != std::string::npos);
  CHECK(t.handed());
}

TEST_CASE("lift script: digits by SIP INFO are believed, their echoes are not") {
  lift_line t;
  t.answer();
  t.tell(voice::pressed{'1', false}); // the first came as a tone, too
  for (const char d : alarm_packet) {
    t.advance(200ms);
    t.tell(voice::pressed{d, true});
    t.tell(voice::pressed{d, false});
  }
  CHECK(t.reports().size() == 1);
  CHECK(t.reports().front().report.raw == alarm_packet);
}

TEST_CASE("lift script: whatever comes, it ends in time, and is either handed over or dismissed, once") {
  const auto seed = GENERATE(range(0u, 300u));
  CAPTURE(seed);
  std::mt19937 lot{seed};
  const auto draw = [&](int n) { return static_cast<int>(lot() % static_cast<unsigned>(n)); };
  lift_line t;
  t.tell(voice::begins{draw(4) != 0, draw(8) != 0});
  for (int i = 0; i < 60 && !t.over(); ++i) {
    switch (draw(12)) {
    case 0: t.tell(voice::opened{}); break;
    case 1: t.tell(voice::acknowledged{}); break;
    case 2: t.tell(voice::deaf{}); break;
    case 3:
      if (draw(4) == 0) t.tell(voice::gone{});
      break;
    case 4: t.stored(draw(3) != 0); break;
    case 5: t.tell(replies::cannot_store{t.script.last_report}); break;
    case 6: t.dial(alarm_packet); break;
    case 7: t.dial(write_p100({p100_type::self_test, "12345678", {}})); break;
    case 8: t.tell(replies::call_seen{false, false}); break;
    case 9:
      if (draw(20) == 0) t.tell(voice::engine_stops{});
      break;
    default: t.advance(std::chrono::milliseconds{draw(3000)});
    }
    CHECK(t.asked<asks::hand_over>().size() + t.asked<asks::dismiss>().size() <= 1);
  }
  t.advance(longest_p100_talk + p100_linger);
  CHECK(t.asked<asks::hand_over>().size() + t.asked<asks::dismiss>().size() == 1);
  if (!t.over()) t.advance(2 * lift_report_limit);
  if (!t.over()) t.call_begins();
  CHECK(t.over());
}
