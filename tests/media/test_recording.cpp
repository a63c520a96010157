// Recording real calls over real sockets, with clocks that really run.

#include "media/call_recording.hpp"
#include "tests/media/media_fixture.hpp"

#include <catch2/catch.hpp>

#include <csignal>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lifeline::media;
using namespace lifeline::media::testing;
using Catch::Matchers::Contains;
using clock_type = std::chrono::steady_clock;

namespace {

double seconds_of(clock_type::duration d) { return std::chrono::duration<double>(d).count(); }

std::vector<std::int16_t> part(const std::vector<std::int16_t>& v, double from, double to) {
  const auto at = [&](double s) { return v.begin() + static_cast<std::ptrdiff_t>(s * 8000); };
  return {at(from), at(to)};
}

bool wait_sealed(const collector& c, std::size_t count = 1) {
  return eventually([&] { return c.recordings().size() >= count; });
}

} // namespace

TEST_CASE("each side is in its own channel, and the length is the wall's, through a second of loss") {
  media_fixture f;
  write_file(f.folder.file("music.wav"), make_wav(make_tone(3000, 8000)));
  f.start();
  rtp_peer caller("PCMA");
  rtp_peer agent("PCMU");
  const auto a = f.open(caller);
  const auto b = f.open(agent);
  f.media->bridge(a.id, b.id);
  caller.talk(a.port, 440);
  agent.talk(b.port, 1000);
  REQUIRE(eventually([&] { return tone_share(caller.last_audio(10), 1000) > 0.8; }));
  REQUIRE(eventually([&] { return tone_share(agent.last_audio(10), 440) > 0.8; }));
  const recording_id call{7, 7};
  f.media->play(b.id, {{"music.wav"}, true}); // what a leg is played is not what anybody said
  f.media->start_recording({call, a.id, b.id, "2026/11/23/call.wav"});
  const auto began = clock_type::now();
  std::this_thread::sleep_for(1s);
  caller.silence(); // the line is dead for a second
  const double gap = seconds_of(clock_type::now() - began);
  std::this_thread::sleep_for(1s);
  caller.talk(a.port, 440);
  const double resumed = seconds_of(clock_type::now() - began);
  std::this_thread::sleep_for(1s);
  f.media->start_recording({call, a.id, b.id, "other.wav"}); // already recorded: the one file goes on
  const double length = seconds_of(clock_type::now() - began);
  f.media->stop_recording(call);
  REQUIRE(wait_sealed(*a.sink));
  const auto e = a.sink->recordings().front();
  INFO(e.error);
  REQUIRE(e.ok);
  CHECK(e.recording == call);
  CHECK(e.path == "2026/11/23/call.wav");
  CHECK(e.sha256.size() == 64);
  const auto content = read_recording(f.set.recordings + "/" + e.path);
  CHECK(content.bytes == e.bytes);
  const double recorded = static_cast<double>(content.left.size()) / 8000;
  CHECK(recorded == Approx(length).margin(0.25));
  CHECK(tone_share(part(content.left, 0.3, gap - 0.3), 440) > 0.8);
  CHECK(tone_share(part(content.right, 0.3, recorded - 0.3), 1000) > 0.8);
  CHECK(tone_share(part(content.right, 0.3, recorded - 0.3), 3000) < 0.05);
  CHECK(level(part(content.left, gap + 0.4, resumed - 0.1)) < 100);
  CHECK(tone_share(part(content.left, resumed + 0.4, recorded - 0.1), 440) > 0.8);
  CHECK_FALSE(std::filesystem::exists(f.set.recordings + "/other.wav"));
  CHECK(f.media->statistics().recordings_sealed == 1);
  CHECK(f.media->statistics().recordings_active == 0);
}

TEST_CASE("a recording outlives its endpoints, and its result finds the sink of the closed caller") {
  media_fixture f;
  f.start();
  rtp_peer caller("PCMA");
  rtp_peer agent("PCMA");
  rtp_peer second("PCMA");
  const auto a = f.open(caller);
  const auto b = f.open(agent);
  const auto c = f.open(second);
  f.media->start_recording({recording_id{1, 1}, a.id, b.id, "x.wav"});
  second.talk(c.port, 900);
  f.media->change_recording_right(recording_id{1, 1}, c.id);
  f.media->close(b.id);
  f.media->close(a.id);
  std::this_thread::sleep_for(1s);
  f.media->stop_recording(recording_id{1, 1});
  f.media->stop_recording(recording_id{1, 1}); // nothing more to say
  REQUIRE(wait_sealed(*a.sink));
  f.media->stop();
  REQUIRE(a.sink->recordings().size() == 1);
  CHECK(b.sink->recordings().empty());
  const auto e = a.sink->recordings().front();
  REQUIRE(e.ok);
  const auto content = read_recording(f.set.recordings + "/x.wav");
  CHECK(content.left.size() >= 7000);
  CHECK(level(content.left) == 0);
  CHECK(tone_share(part(content.right, 0.4, 0.8), 900) > 0.8);
}

TEST_CASE("stopping the gateway seals what is being recorded") {
  media_fixture f;
  f.start();
  const auto a = f.open();
  f.media->start_recording({recording_id{1, 1}, a.id, leg_id{}, "x.wav"});
  REQUIRE(eventually([&] { return f.media->statistics().recordings_active == 1; }));
  f.media->stop();
  REQUIRE(a.sink->recordings().size() == 1);
  CHECK(a.sink->recordings().front().ok);
  CHECK(read_recording(f.set.recordings + "/x.wav").bytes == a.sink->recordings().front().bytes);
}

TEST_CASE("a recording that cannot be written fails once and disturbs nothing else") {
  media_fixture f;
  f.start();
  const auto a = f.open();
  const auto b = f.open();
  write_file(f.set.recordings + "/taken.wav", {1});
  f.media->start_recording({recording_id{1, 1}, a.id, b.id, "taken.wav"});
  f.media->start_recording({recording_id{1, 2}, a.id, b.id, "../outside.wav"});
  f.media->start_recording({recording_id{1, 3}, b.id, a.id, "good.wav"});
  REQUIRE(eventually([&] { return f.media->statistics().recordings_failed == 2; }));
  for (std::uint64_t i = 1; i <= 3; ++i)
    f.media->stop_recording(recording_id{1, i});
  REQUIRE(wait_sealed(*a.sink, 2));
  REQUIRE(wait_sealed(*b.sink));
  const auto failed = a.sink->recordings();
  CHECK_FALSE(failed[0].ok);
  CHECK_THAT(failed[0].error, Contains("taken.wav: cannot be created: File exists"));
  CHECK_FALSE(failed[1].ok);
  CHECK_THAT(failed[1].error, Contains("must not leave"));
  CHECK(b.sink->recordings().front().ok);
  CHECK(read_file(f.set.recordings + "/taken.wav").size() == 1);
}

TEST_CASE("a full disk fails one recording once, keeps what was written, and the others go on") {
  temp_folder folder;
  const auto sink = std::make_shared<collector>();
  recorder disk(folder.path.string(), 10'000'000);
  call_recording large(disk, {recording_id{1, 1}, {}, {}, "large.wav"}, sink);
  call_recording small(disk, {recording_id{1, 2}, {}, {}, "small.wav"}, sink);
  // The kernel refuses to grow a file beyond the limit just as it does on a full disk.
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto old_handler = ::signal(SIGXFSZ, SIG_IGN);
  const rlimit low{50'001, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &low) == 0);
  frame f{};
  f.fill(3);
  for (int i = 0; i < 200; ++i)
    large.add(f, f); // 4 s: 128,000 bytes
  for (int i = 0; i < 50; ++i)
    small.add(f, f);
  large.finish();
  small.finish();
  disk.stop();
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  ::signal(SIGXFSZ, old_handler);
  REQUIRE(sink->recordings().size() == 2);
  const auto failed = sink->recordings()[0];
  CHECK_FALSE(failed.ok);
  CHECK_THAT(failed.error, Contains("large.wav: cannot be written: File too large"));
  CHECK(failed.bytes == 50'000);
  CHECK(read_recording(folder.file("large.wav")).bytes == 50'000);
  CHECK(sink->recordings()[1].ok);
  CHECK(sink->recordings()[1].duration == 1s);
  media_statistics s;
  disk.add_to(s);
  CHECK(s.recordings_failed == 1);
  CHECK(s.recordings_sealed == 1);
  CHECK(s.recordings_active == 0);
}

TEST_CASE("the recording of an engine that was killed is repaired") {
  media_fixture f;
  rtp_peer caller("PCMA");
  // Another program of its own: a forked child of a process with threads may do little else than exec.
  ::setenv("LIFELINE_MEDIA_DIES", f.set.recordings.c_str(), 1);
  ::setenv("LIFELINE_MEDIA_PORT", std::to_string(f.set.port_min).c_str(), 1);
  const auto child = ::fork();
  if (child == 0) {
    ::execl("/proc/self/exe", "test_media", "[.records-until-killed]", static_cast<char*>(nullptr));
    ::_exit(127);
  }
  REQUIRE(child > 0);
  caller.talk(f.set.port_min, 700);
  const auto path = f.set.recordings + "/killed.wav";
  const bool grew = eventually(
      [&] {
        std::error_code ec;
        return std::filesystem::exists(path, ec) && std::filesystem::file_size(path, ec) > 44 + 32000 * 3 / 2;
      },
      30s);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(grew);
  CHECK(WIFSIGNALED(status));
  CHECK_THROWS(read_recording(path)); // it was not sealed
  const auto repaired = repair_recording(f.set, recording_id{3, 3}, "killed.wav");
  REQUIRE(repaired);
  CHECK(repaired->ok);
  CHECK(repaired->recording == recording_id{3, 3});
  const auto content = read_recording(path);
  CHECK(content.bytes == repaired->bytes);
  CHECK(tone_share(part(content.left, 0.9, 1.4), 700) > 0.8);
  CHECK(repair_recording(f.set, recording_id{3, 3}, "killed.wav")->sha256 == repaired->sha256);
}

TEST_CASE("records until it is killed", "[.records-until-killed]") {
  const auto* folder = ::getenv("LIFELINE_MEDIA_DIES");
  REQUIRE(folder != nullptr);
  media_fixture f;
  std::filesystem::remove_all(f.folder.path); // its destructor will not run
  f.set.recordings = folder;
  f.set.port_min = static_cast<std::uint16_t>(std::stoi(::getenv("LIFELINE_MEDIA_PORT")));
  f.set.port_max = static_cast<std::uint16_t>(f.set.port_min + 1); // the one that the caller talks to
  f.start();
  const auto a = f.open();
  f.media->start_recording({recording_id{1, 1}, a.id, leg_id{}, "killed.wav"});
  std::this_thread::sleep_for(60s);
}
