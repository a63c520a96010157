#include "domain/lifts/p100.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

using namespace lifeline::domain;

namespace {

const instant start = instant{std::chrono::hours{24 * 365 * 50}};
const std::string golden = "18123456782D";

/// A lift phone's side and the clock, for one dialogue.
struct talk {
  talk() {
    s.patience = 6s;
    give(p100_begins{});
  }
  void give(const p100_event& e) {
    for (auto& c : step(s, e, now)) {
      if (const auto* tone = std::get_if<p100_command::send_tone>(&c)) sent += tone->tone;
      if (std::holds_alternative<p100_command::identified>(c)) ++identified;
      if (std::holds_alternative<p100_command::unstored>(c)) ++unstored;
      if (std::holds_alternative<p100_command::finished>(c)) ++finished;
      if (const auto* g = std::get_if<p100_command::gave_up>(&c)) {
        ++gave_up;
        why = g->why;
        heard = g->heard;
      }
    }
  }
  /// Time passes, with the clock's events at their moments.
  void pass(span d) {
    const auto until = now + d;
    for (auto next = next_deadline(s); next != never && next <= until; next = next_deadline(s)) {
      now = std::max(now, next);
      give(p100_clock{});
    }
    now = until;
  }
  void dial(const std::string& digits, span each = 200ms) {
    for (const char d : digits) {
      pass(each);
      give(p100_digit{d});
    }
  }
  [[nodiscard]] int ends() const { return unstored + finished + gave_up; }

  p100_state s;
  instant now = start;
  std::string sent;
  int identified = 0;
  int unstored = 0;
  int finished = 0;
  int gave_up = 0;
  std::string why;
  std::string heard;
};

} // namespace

TEST_CASE("P100: the alarm of lift 12345678 is 1 8 12345678 2D") {
  const auto packet = read_p100(golden);
  REQUIRE(packet);
  CHECK(packet->type == p100_type::alarm);
  CHECK(packet->lift == "12345678");
  CHECK(packet->code.empty());
  CHECK(write_p100(*packet) == golden);
  CHECK(p100_checksum("1812345678") == "2D");
}

TEST_CASE("P100: a failure carries its code, a self-test nothing more than the lift") {
  const p100_packet battery{p100_type::failure, "00000042", "100"};
  CHECK(write_p100(battery) == "2B0000004210014");
  CHECK(read_p100("2B0000004210014") == battery);
  const p100_packet test{p100_type::self_test, "99999999", {}};
  CHECK(write_p100(test) == "389999999953");
  CHECK(read_p100(write_p100(test)) == test);
}

TEST_CASE("P100: a checksum may need the keys beyond D") {
  const p100_packet packet{p100_type::alarm, "99999990", {}}; // the sum is 72 = 0x48
  CHECK(write_p100(packet).substr(10) == "48");
  const p100_packet star{p100_type::alarm, "99999932", {}}; // 68 = 0x44
  CHECK(write_p100(star).substr(10) == "44");
  const p100_packet stars{p100_type::alarm, "11111111", {}}; // 17 = 0x11
  CHECK(write_p100(stars).substr(10) == "11");
  const p100_packet key14{p100_type::alarm, "55000000", {}}; // 19 = 0x13
  CHECK(write_p100(key14).substr(10) == "13");
  CHECK(p100_checksum("14") == "05");
  CHECK(p100_checksum("9500") == "0*"); // 14
  CHECK(p100_checksum("960") == "0#");  // 15
}

TEST_CASE("P100: any single wrong digit of an alarm is noticed") {
  const std::string keys = "0123456789ABCD*#";
  for (std::size_t i = 0; i < golden.size(); ++i) {
    for (const char k : keys) {
      if (k == golden[i]) continue;
      auto wrong = golden;
      wrong[i] = k;
      CAPTURE(wrong);
      CHECK_FALSE(read_p100(wrong));
    }
  }
}

TEST_CASE("P100: what is no packet is refused for its reason") {
  CHECK(read_p100("").error() == p100_fault::too_short);
  CHECK(read_p100("18").error() == p100_fault::too_short);
  CHECK(read_p100("1812345678").error() == p100_fault::too_short);
  CHECK(read_p100(golden + "1").error() == p100_fault::wrong_checksum);
  CHECK(read_p100("18123456782E").error() == p100_fault::not_a_digit);
  CHECK(read_p100("18123456782d").error() == p100_fault::not_a_digit);
  CHECK(read_p100("78"
                  "12345678"
                  "33")
            .error() == p100_fault::unknown_type);
  CHECK(read_p100("17"
                  "1234567"
                  "24")
            .error() == p100_fault::wrong_form); // an id of 7 digits
  CHECK(read_p100("18"
                  "1234567A"
                  "2#")
            .error() == p100_fault::wrong_form);
  CHECK(read_p100("28"
                  "12345678"
                  "2*")
            .error() == p100_fault::wrong_form); // a failure without a code
}

TEST_CASE("P100: an alarm is asked for, stored and then acknowledged") {
  talk t;
  CHECK(t.sent == "D");
  t.pass(300ms);
  t.dial(golden);
  CHECK(t.identified == 1);
  REQUIRE(t.s.packet);
  CHECK(t.s.packet->lift == "12345678");
  CHECK(t.sent == "D"); // not before it is on disk
  t.pass(20ms);
  t.give(p100_stored{true});
  CHECK(t.sent == "DA");
  t.pass(p100_linger);
  CHECK(t.finished == 1);
  CHECK(t.ends() == 1);
  CHECK(next_deadline(t.s) == never);
}

TEST_CASE("P100: a packet that is repeated because our A was lost is acknowledged again and is no second report") {
  talk t;
  t.dial(golden);
  t.give(p100_stored{true});
  t.pass(1s);
  t.dial(golden);
  t.pass(1s);
  t.dial(golden);
  CHECK(t.sent == "DAAA");
  CHECK(t.identified == 1);
  t.pass(p100_linger);
  CHECK(t.finished == 1);
}

TEST_CASE("P100: a packet that is repeated while the first is being stored waits for its one A") {
  talk t;
  t.dial(golden, 50ms);
  t.dial(golden, 50ms);
  CHECK(t.identified == 1);
  t.give(p100_stored{true});
  CHECK(t.sent == "DA");
}

TEST_CASE("P100: another packet in the same dialogue is another report") {
  talk t;
  t.dial(write_p100({p100_type::self_test, "12345678", {}}));
  t.give(p100_stored{true});
  t.pass(1s);
  t.dial(golden);
  CHECK(t.identified == 2);
  CHECK(t.s.packet->type == p100_type::alarm);
  t.give(p100_stored{true});
  CHECK(t.sent == "DAA");
}

TEST_CASE("P100: bad checksums are answered by C, three times, and then the voice call goes on") {
  talk t;
  const std::string bad = "18123456792D";
  for (int i = 0; i < 3; ++i) {
    t.dial(bad);
    CHECK(t.s.phase == p100_phase::spoilt);
    t.pass(p100_digit_gap); // the device must have finished speaking
  }
  CHECK(t.sent == "DCCC");
  CHECK(t.gave_up == 0);
  t.dial(bad);
  t.pass(p100_digit_gap);
  CHECK(t.sent == "DCCC");
  CHECK(t.gave_up == 1);
  CHECK(t.why == "the checksum is wrong");
  CHECK(t.heard == bad + " " + bad + " " + bad + " " + bad);
  CHECK(t.ends() == 1);
}

TEST_CASE("P100: a good packet after a bad one is taken") {
  talk t;
  t.dial("18123456792D");
  t.pass(1s);
  t.dial(golden);
  CHECK(t.identified == 1);
  t.give(p100_stored{true});
  CHECK(t.sent == "DCA");
}

TEST_CASE("P100: a lost digit is noticed by the gap behind the packet") {
  talk t;
  t.dial("1812345682D");
  CHECK(t.s.phase == p100_phase::reading);
  t.pass(p100_digit_gap);
  CHECK(t.sent == "DC");
  t.dial(golden);
  CHECK(t.identified == 1);
}

TEST_CASE("P100: a digit too many, or a wrong length, makes no second half a packet of its own") {
  talk t;
  t.dial("188123456782D");
  CHECK(t.sent == "D"); // it still speaks
  t.pass(p100_digit_gap);
  CHECK(t.sent == "DC");
  t.dial("13123456782D"); // "too short" a length: the rest must not be read as a packet
  CHECK(t.sent == "DC");
  t.pass(p100_digit_gap);
  CHECK(t.sent == "DCC");
  t.dial(golden);
  CHECK(t.identified == 1);
}

TEST_CASE("P100: a packet that broke off is closed by the next digit, too, when the clock comes late") {
  talk t;
  t.dial("1812");
  t.now += 1s; // no clock
  t.give(p100_digit{'0'});
  CHECK(t.sent == "DC");
  CHECK(t.s.phase == p100_phase::calling);
  CHECK(next_deadline(t.s) > t.now);
}

TEST_CASE("P100: our own tones that come back as echoes, and a voice that sounds like a key, are passed over") {
  talk t;
  t.dial("DD*#0");
  CHECK(t.s.phase == p100_phase::calling);
  t.dial("7"); // a voice
  t.pass(p100_digit_gap);
  CHECK(t.sent == "DD"); // asked again, and no C for something that was no packet
  CHECK(t.s.retries == 0);
  t.dial(golden);
  CHECK(t.identified == 1);
}

TEST_CASE("P100: a start that nothing answers is sent again, and after the patience the voice call goes on") {
  talk t;
  t.pass(5999ms);
  CHECK(t.sent == "DDDD");
  CHECK(t.gave_up == 0);
  t.pass(1ms);
  CHECK(t.gave_up == 1);
  CHECK(t.why == "the lift's phone did not identify itself");
  CHECK(t.heard.empty());
}

TEST_CASE("P100: patience counts from the last digit, but not for ever") {
  talk t;
  t.pass(5s);
  t.dial(golden.substr(0, 6)); // beyond six seconds in all
  CHECK(t.gave_up == 0);
  t.dial(golden.substr(6));
  CHECK(t.identified == 1);

  talk noise;
  for (int i = 0; i < 1000 && noise.ends() == 0; ++i)
    noise.dial("5", 500ms);
  CHECK(noise.gave_up == 1);
  CHECK(noise.now <= start + p100_longest_search * 6s + 1s);
}

TEST_CASE("P100: a type of the future is not asked for again: the voice call goes on at once") {
  talk t;
  t.dial("781234567833");
  CHECK(t.gave_up == 1);
  CHECK(t.sent == "D");
  CHECK(t.heard == "781234567833");
}

TEST_CASE("P100: what is not stored is not acknowledged, but a late success is") {
  talk failed;
  failed.dial(golden);
  failed.give(p100_stored{false});
  CHECK(failed.unstored == 1);
  CHECK(failed.sent == "D");
  failed.give(p100_stored{true}); // it was tried again
  CHECK(failed.sent == "DA");
  CHECK(failed.ends() == 1);

  talk late;
  late.dial(golden);
  late.pass(p100_store_patience - 1ms);
  CHECK(late.unstored == 0);
  late.pass(1ms);
  CHECK(late.unstored == 1);
  late.pass(3s);
  late.give(p100_stored{true});
  late.give(p100_stored{true});
  CHECK(late.sent == "DA");
  CHECK(late.ends() == 1);
}

TEST_CASE("P100: whatever comes, every dialogue ends once, in time, and asks for at most three retransmissions") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const std::string keys = "0123456789ABCD*#x";
  const auto pick = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>{0, n - 1}(random); };
  for (int round = 0; round < 2000; ++round) {
    talk t;
    const auto talkative = pick(3);
    while (next_deadline(t.s) != never) {
      REQUIRE(t.now <= start + longest_p100_talk + p100_store_patience);
      switch (pick(8)) {
      case 0: t.pass(std::chrono::milliseconds{pick(2500)}); break;
      case 1: t.give(p100_stored{pick(3) > 0}); break;
      case 2: t.give(p100_clock{}); break;
      case 3: t.dial(talkative > 0 ? golden : "2B1234567810039"); break;
      case 4: t.give(p100_begins{}); break;
      default: t.dial(std::string(1, keys[pick(keys.size())]), std::chrono::milliseconds{pick(300)});
      }
    }
    REQUIRE(t.ends() == 1);
    REQUIRE(std::count(t.sent.begin(), t.sent.end(), p100_retransmit) <= 3);
    t.dial(golden);
    t.give(p100_clock{});
    REQUIRE(t.ends() == 1); // and nothing begins it anew
  }
}
