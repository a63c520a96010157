// The engine's disk fails beneath it: full, slow, read-only, gone. Calls are routed and answered all the same; what is
// lost is counted; when the disk is well again, so is everything.

#include "tests/peers/harness/faulty_disk.hpp"
#include "tests/peers/harness/http.hpp"
#include "tests/peers/harness/tone.hpp"
#include "tests/peers/stage.hpp"

#include <memory>

using namespace lifeline::peers;

namespace {

/// An engine whose data folder lies on a disk that can be switched.
class shaky {
public:
  shaky()
      : scene([this](const workspace& place) {
          disk = std::make_unique<faulty_disk>(place, place.file("data"));
          engine_config c;
          c.environment = disk->environment();
          c.hotline["backup_numbers"] = "[\"051780000001\"]";
          c.trunk["outbound"] = "\"127.0.0.1:9\""; // nobody is ever dialled
          return c;
        }),
        phone(scene.phone("8001", {.scenario = "phone_answers", .calls = 1000})) {}

  void call(int times = 1) {
    for (int i = 0; i < times; ++i) {
      scene.caller({.scenario = "caller_answered", .pause = 300ms}).finish();
      scene.wait_agent("8001", "ready");
    }
  }
  double metric(const std::string& name) { return scene.lifeline.metric(name); }
  int readiness() { return http_get("127.0.0.1", scene.lifeline.http_port(), "/readyz").status; }

  /// While the disk is away: calls are taken, the loss shows, a durable order is refused clearly.
  void endure() {
    call(3);
    CHECK(readiness() == 200);
    CHECK(disk->hits() > 0);
    scene.wait_metric("lifeline_journal_writable", 0);
    CHECK(metric("lifeline_journal_failures_total") > 0);
    CHECK(metric("lifeline_recordings_failed_total") + metric("lifeline_recordings_dropped_frames_total") > 0);
    const auto refused = scene.lifeline.try_control({"hotlines", "reroute", "12315", "on", "--reason", "drill"});
    CHECK(refused.code != 0);
    INFO(refused.err << refused.out);
    CHECK((refused.err + refused.out).find("disk") != std::string::npos);
    wait_until("the loss is counted", 60s, [&] {
      return metric("lifeline_journal_lost_events_total") + metric("lifeline_events_not_stored_total") > 0;
    });
  }

  /// After it is back: the next call is on record with a recording that matches its seal; the log has no gap; the
  /// engine stops, starts again, and still has all of it.
  void recover() {
    disk->heal();
    scene.wait_metric("lifeline_journal_writable", 1, 30s);
    const auto known = newest_record();
    call();
    std::string last;
    wait_until("the call is on record", 15s, [&] { return (last = newest_record()) != known; });
    const auto r = scene.lifeline.records().back();
    CHECK(r.at("outcome") == "answered");
    REQUIRE_FALSE(r.at("recording").is_null());
    const auto file = scene.lifeline.recordings() / r.at("recording").at("path").get<std::string>();
    CHECK(r.at("recording").at("sha256") == sha256_of(file));
    CHECK(read_wav(file).seconds() > 0.1);
    check_log(scene.lifeline.events());
    CHECK(metric("lifeline_actor_restarts_total") <= 0);
    const auto violations = metric("lifeline_invariant_violations_total");
    CHECK(violations <= 0);
    CHECK(scene.lifeline.stop() == 0);
    scene.lifeline.start();
    CHECK(newest_record() == last);
    check_log(scene.lifeline.events());
    CHECK(scene.lifeline.stop() == 0);
    phone.kill();
  }

  std::string newest_record() {
    const auto all = scene.lifeline.records();
    return all.empty() ? std::string{} : all.back().at("call").get<std::string>();
  }

  std::unique_ptr<faulty_disk> disk;
  stage scene;
  sipp phone;
};

} // namespace

TEST_CASE("with a full disk calls are answered, the loss is counted, and recording resumes when there is room") {
  shaky s;
  s.call();
  s.disk->fill_up();
  s.endure();
  s.recover();
}

TEST_CASE("with a read-only disk calls are answered, and everything is written again when it is writable") {
  shaky s;
  s.call();
  s.disk->make_read_only();
  s.endure();
  s.recover();
}

TEST_CASE("with its disk gone calls are answered, and everything is written again when it is back") {
  shaky s;
  s.call();
  s.disk->take_away();
  s.endure();
  s.recover();
}

TEST_CASE("a slow disk slows no call down, and nothing is lost on it") {
  shaky s;
  s.call();
  s.disk->slow_down(300ms);
  const auto before = std::chrono::steady_clock::now();
  s.call(3);
  const auto took = std::chrono::steady_clock::now() - before;
  // Three calls of 0.3 s with their set-up; a disk in the way would add seconds to each.
  CHECK(took < 8s);
  CHECK(s.readiness() == 200);
  CHECK(s.disk->hits() > 0);
  CHECK(s.metric("lifeline_journal_writable") == 1);
  s.disk->heal();
  s.scene.wait_metric("lifeline_recordings_active", 0, 30s);
  CHECK(s.scene.record(4).at("outcome") == "answered");
  CHECK(s.metric("lifeline_journal_lost_events_total") <= 0);
  CHECK(s.metric("lifeline_recordings_failed_total") == 0);
  s.recover();
}

TEST_CASE("a stalled disk holds up neither calls nor the readiness") {
  shaky s;
  s.call();
  s.disk->slow_down(5s);
  s.call(2);
  CHECK(s.readiness() == 200);
  s.disk->heal();
  s.scene.record(3); // what was held back is written now, and not mistaken for what comes
  s.recover();
}

TEST_CASE("what was acknowledged before the disk failed is there after a restart without it") {
  shaky s;
  s.call(2);
  s.scene.record(2);
  const auto known = s.newest_record();
  s.disk->take_away();
  s.call();
  s.scene.lifeline.kill9();
  s.disk->heal();
  s.scene.lifeline.start();
  bool found = false;
  for (const auto& r : s.scene.lifeline.records())
    found = found || r.at("call") == known;
  CHECK(found);
  check_log(s.scene.lifeline.events());
  CHECK(s.scene.lifeline.stop() == 0);
  s.phone.kill();
}

TEST_CASE("an engine whose disk takes nothing at its start says so and does not pretend") {
  stage s;
  CHECK(s.lifeline.stop() == 0);
  faulty_disk disk(s.place, s.lifeline.data());
  disk.make_read_only();
  auto environment = disk.environment();
  const auto result = run({{program("lifelined").string(), "--config", s.place.file("lifeline.toml").string(), "--data",
                            s.lifeline.data().string()},
                           s.place.path(),
                           s.place.file("refused"),
                           environment},
                          20s);
  CHECK(result.code != 0);
  CHECK((result.err + result.out).find(s.lifeline.data().string()) != std::string::npos);
  disk.heal();
  s.lifeline.start();
  s.close();
}
