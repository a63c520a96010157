// The harness itself, without an engine: its ears, its child processes, and that the peers understand each other.

#include "tests/peers/harness/baresip.hpp"
#include "tests/peers/harness/http.hpp"
#include "tests/peers/harness/sipp.hpp"
#include "tests/peers/harness/tone.hpp"
#include "tests/peers/harness/wait.hpp"

#include <csignal>
#include <fstream>

#include <catch2/catch.hpp>

using namespace lifeline::peers;

TEST_CASE("a tone is told from others, from silence and from a mixture") {
  const workspace place("harness");
  write_tone(place.file("a.wav"), 440, 2);
  const auto a = read_wav(place.file("a.wav"));
  REQUIRE(a.seconds() == Approx(2));
  const auto found = dominant(a, 0, 0.5, 1.5, {300, 440, 1000});
  CHECK(found.frequency == 440);
  CHECK(found.share > 0.95);
  CHECK(dominant(a, 0, 0.5, 1.5, {300, 1000}).share < 0.05);
  CHECK(loudness(a, 0, 0, 2) == Approx(0.3535).margin(0.01));

  write_silence(place.file("s.wav"), 1);
  CHECK(dominant(read_wav(place.file("s.wav")), 0, 0, 1, {440}).frequency == 0);

  write_tone(place.file("b.wav"), 1000, 2);
  auto mixed = read_wav(place.file("b.wav"));
  for (std::size_t i = 8000; i < 16000; ++i)
    mixed.channels[0][i] = a.channels[0][i];
  const auto low = when_heard(mixed, 0, 440);
  CHECK(low.first == Approx(1.0).margin(0.11));
  CHECK(low.total == Approx(1.0).margin(0.11));
  CHECK(when_heard(mixed, 0, 300).first < 0);
}

TEST_CASE("a torn recording is refused") {
  const workspace place("harness");
  write_tone(place.file("a.wav"), 440, 1);
  auto bytes = read_text(place.file("a.wav"));
  write_text(place.file("cut.wav"), bytes.substr(0, bytes.size() - 100));
  CHECK_THROWS(read_wav(place.file("cut.wav")));
  write_text(place.file("longer.wav"), bytes + "xx");
  CHECK_THROWS(read_wav(place.file("longer.wav")));
  write_text(place.file("empty.wav"), "");
  CHECK_THROWS(read_wav(place.file("empty.wav")));
}

TEST_CASE("a file's checksum is that of sha256sum") {
  const workspace place("harness");
  write_text(place.file("abc"), "abc");
  CHECK(sha256_of(place.file("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("child processes are waited for, stopped and killed") {
  const workspace place("harness");
  CHECK(run({{"sh", "-c", "echo out; echo err >&2; exit 7"}, place.path(), place.file("a"), {}}, 5s).code == 7);
  CHECK(read_text(place.file("a.out")) == "out\n");
  CHECK(read_text(place.file("a.err")) == "err\n");
  CHECK_THROWS(run({{"sleep", "30"}, place.path(), place.file("b"), {}}, 100ms));
  pid_t grandchild = 0;
  {
    child c({{"sh", "-c", "sleep 30 & echo $!; wait"}, place.path(), place.file("c"), {}});
    wait_until("the shell has started its child", 5s, [&] { return !read_text(c.out()).empty(); });
    grandchild = std::stoi(read_text(c.out()));
    CHECK(c.running());
  }
  // Nobody waits for an orphan but the system, in its own time: a zombie is dead too.
  wait_until("the whole group is gone", 5s, [&] {
    const auto status = read_text("/proc/" + std::to_string(grandchild) + "/stat");
    return status.empty() || status.find(") Z ") != std::string::npos;
  });
  CHECK(run({{"no-such-program"}, place.path(), place.file("d"), {}}, 5s).code == 127);
}

TEST_CASE("samples of Prometheus's text format are found by name and labels") {
  const std::string text = "# HELP x_total X.\n# TYPE x_total counter\nx_total{q=\"a\"} 2\nx_total{q=\"b\"} 3.5\n"
                           "x_total_other 9\nplain 1e3\n";
  CHECK(sample_of(text, "x_total") == 5.5);
  CHECK(sample_of(text, "x_total{q=\"b\"}") == 3.5);
  CHECK(sample_of(text, "plain") == 1000);
  CHECK(sample_of(text, "x") == -1);
}

TEST_CASE("SIPp's caller and phones understand each other") {
  const workspace place("harness");
  const auto call = [&](const std::string& phone_scenario, const std::string& caller_scenario) {
    sipp phone(place, {.scenario = phone_scenario, .pause = 100ms});
    sipp caller(place, {.scenario = caller_scenario,
                        .remote = "127.0.0.1:" + std::to_string(phone.port()),
                        .pause = 200ms,
                        .timeout = std::chrono::seconds{10}});
    caller.finish();
    phone.finish();
  };
  call("phone_answers", "caller_answered");
  call("phone_hangs_up", "caller_stays");
  call("phone_rings_until_cancelled", "caller_cancels");
  call("phone_disappears", "caller_disappears");
}

TEST_CASE("a scenario that does not go as told is a failure with an account of it") {
  const workspace place("harness");
  sipp phone(place, {.scenario = "phone_refuses_with_486"});
  sipp caller(place, {.scenario = "caller_answered",
                      .remote = "127.0.0.1:" + std::to_string(phone.port()),
                      .timeout = std::chrono::seconds{10}});
  CHECK_THROWS_WITH(caller.finish(), Catch::Contains("caller_answered failed") && Catch::Contains("486 Busy Here"));
}

TEST_CASE("two telephones hear each other's tone") {
  const workspace place("harness");
  baresip a(place, {.name = "alice", .tone = 440});
  baresip b(place, {.name = "bob", .tone = 1000, .answers = true, .codecs = "PCMU,PCMA"});
  a.dial("sip:bob@127.0.0.1:" + std::to_string(b.port()));
  a.wait_for("CALL_RTPESTAB");
  b.wait_for("CALL_RTPESTAB");
  std::this_thread::sleep_for(1500ms); // the talk
  a.hang_up();
  b.wait_for("CALL_CLOSED");
  a.quit();
  b.quit();
  REQUIRE(a.heard().size() == 1);
  REQUIRE(b.heard().size() == 1);
  CHECK(when_heard(read_wav(a.heard()[0]), 0, 1000).total >= 1.0);
  CHECK(when_heard(read_wav(b.heard()[0]), 0, 440).total >= 1.0);
  CHECK(when_heard(read_wav(b.heard()[0]), 0, 1000).total == 0);
}
