// Recording while the disk is full, read-only, broken, gone or slow: the calls go on, and so do the recordings.

#include "media/call_recording.hpp"
#include "tests/media/media_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>

#include <sys/stat.h>

using namespace lifeline::media;
using namespace lifeline::media::testing;
using Catch::Matchers::Contains;

namespace {

/// Fails or hangs as told.
class troubled_disk final : public disk_calls {
public:
  std::atomic<int> error{0};      ///< errno of every call; 0 = well
  std::atomic<bool> full{false};  ///< files cannot grow
  std::atomic<bool> hangs{false}; ///< writes do not return
  std::atomic<int> opened{0};

  int open(const char* path, int flags, unsigned mode) override {
    if (fails()) return -1;
    ++opened;
    return disk_calls::open(path, flags, mode);
  }
  std::int64_t write(int fd, const void* data, std::size_t size, std::int64_t at) override {
    while (hangs)
      std::this_thread::sleep_for(1ms);
    if (fails()) return -1;
    struct stat info {};
    if (full && (::fstat(fd, &info) != 0 || at + static_cast<std::int64_t>(size) > info.st_size)) {
      errno = ENOSPC;
      return -1;
    }
    return disk_calls::write(fd, data, size, at);
  }
  int sync(int fd) override { return fails() ? -1 : disk_calls::sync(fd); }
  int truncate(int fd, std::int64_t size) override { return fails() ? -1 : disk_calls::truncate(fd, size); }

private:
  bool fails() {
    errno = error;
    return error != 0;
  }
};

constexpr std::size_t half_second = 4000; // frames, a block

struct rig {
  temp_folder folder;
  troubled_disk disk;
  std::shared_ptr<collector> sink = std::make_shared<collector>();
  recorder writer;
  std::unique_ptr<call_recording> call;

  explicit rig(std::size_t queue = 10'000'000)
      : writer(folder.file("recordings"), queue, disk, std::chrono::milliseconds(5)) {}

  void begin() {
    recording_request request;
    request.recording = recording_id{1, 1};
    request.path = "2026/11/23/a.wav";
    call = std::make_unique<call_recording>(writer, request, sink);
  }
  /// So many half seconds of a level.
  void speak(int halves, std::int16_t level) {
    frame f{};
    f.fill(level);
    for (int i = 0; i < 25 * halves; ++i)
      call->add(f, f);
  }
  media_statistics statistics() {
    media_statistics s;
    writer.add_to(s);
    return s;
  }
  bool stored(std::size_t halves) {
    return eventually([&] { return statistics().recording_bytes >= halves * half_second * recording_frame_size; });
  }
  bool dropped(std::size_t halves) {
    return eventually([&] { return statistics().recorder_dropped_frames >= halves * half_second; });
  }
  recording_event finish() {
    call->finish();
    writer.stop();
    REQUIRE(sink->recordings().size() == 1);
    return sink->recordings().front();
  }
  std::string path() { return folder.file("recordings/2026/11/23/a.wav"); }
  /// The level of each half second of both channels; -1 where it is not one level throughout.
  std::vector<int> levels() {
    const auto content = read_recording(path());
    std::vector<int> all;
    for (std::size_t at = 0; at < content.left.size(); at += half_second) {
      int level = content.left[at];
      for (std::size_t i = at; i < std::min(at + half_second, content.left.size()); ++i)
        if (content.left[i] != level || content.right[i] != level) level = -1;
      all.push_back(level);
    }
    return all;
  }
};

} // namespace

TEST_CASE("a recording goes on when the disk is well again, with silence for the time between") {
  rig r;
  const auto error = GENERATE(ENOSPC, EROFS, EIO);
  CAPTURE(error);
  r.begin();
  r.speak(2, 7);
  REQUIRE(r.stored(2));
  CHECK(r.statistics().recording_possible);
  r.disk.error = error;
  r.speak(4, 8);
  REQUIRE(r.dropped(4));
  CHECK_FALSE(r.statistics().recording_possible);
  CHECK(r.statistics().recordings_cut == 1);
  CHECK(r.statistics().recordings_failed == 0);
  r.disk.error = 0;
  REQUIRE(eventually([&] { return r.statistics().recording_possible; }));
  r.speak(2, 9);
  const auto e = r.finish();
  INFO(e.error);
  CHECK(e.ok);
  CHECK(e.sha256.size() == 64);
  CHECK(e.duration == std::chrono::seconds(4));
  CHECK(r.levels() == std::vector<int>{7, 7, 0, 0, 0, 0, 9, 9});
  const auto s = r.statistics();
  CHECK(s.recordings_cut == 1);
  CHECK(s.recordings_sealed == 1);
  CHECK(s.recordings_failed == 0);
  CHECK(s.recorder_dropped_frames == 4 * half_second);
  CHECK_FALSE(std::filesystem::exists(r.folder.file("recordings/.probe")));
}

TEST_CASE("a recording that could not begin begins when the disk is well, and its length is the call's") {
  rig r;
  r.disk.error = ENOSPC;
  r.begin();
  r.speak(3, 7);
  REQUIRE(r.dropped(3));
  CHECK_FALSE(std::filesystem::exists(r.path()));
  r.disk.error = 0;
  REQUIRE(eventually([&] { return r.statistics().recording_possible; }));
  r.speak(2, 9);
  const auto e = r.finish();
  CHECK(e.ok);
  CHECK(r.levels() == std::vector<int>{0, 0, 0, 9, 9});
}

TEST_CASE("a recording of which nothing could be stored has failed, and says why") {
  rig r;
  const auto error = GENERATE(ENOSPC, EROFS, EIO, ENOENT);
  r.disk.error = error;
  r.begin();
  r.speak(3, 7);
  const auto e = r.finish();
  CHECK_FALSE(e.ok);
  CHECK_THAT(e.error, Contains("a.wav") && Contains(std::strerror(error)));
  CHECK(e.sha256.empty());
  const auto s = r.statistics();
  CHECK(s.recordings_failed == 1);
  CHECK(s.recordings_sealed == 0);
  CHECK(s.recordings_active == 0);
}

TEST_CASE("a disk that is full to the call's end: what was stored is sealed, at the call's length") {
  rig r;
  r.begin();
  r.speak(2, 7);
  REQUIRE(r.stored(2));
  r.disk.full = true;
  r.speak(2, 8);
  REQUIRE(r.dropped(2));
  const auto e = r.finish();
  INFO(e.error);
  CHECK(e.ok);
  CHECK(r.levels() == std::vector<int>{7, 7, 0, 0});
  CHECK(r.statistics().recordings_cut == 1);
}

TEST_CASE("a disk that takes nothing at the end: the recording has failed, and is mended later") {
  rig r;
  r.begin();
  r.speak(2, 7);
  REQUIRE(r.stored(2));
  r.disk.error = EROFS;
  const auto e = r.finish();
  CHECK_FALSE(e.ok);
  CHECK_THAT(e.error, Contains("Read-only file system"));
  CHECK(r.statistics().recordings_failed == 1);
  r.disk.error = 0;
  REQUIRE(mend_recording(r.path()));
  CHECK(r.levels() == std::vector<int>{7, 7});
}

TEST_CASE("a recording whose folder was removed goes on in a new file, with silence for what is lost") {
  rig r;
  r.begin();
  r.speak(2, 7);
  REQUIRE(r.stored(2));
  std::filesystem::remove_all(r.folder.file("recordings"));
  r.speak(1, 8);
  REQUIRE(r.dropped(1));
  REQUIRE(eventually([&] { return r.statistics().recording_possible; }));
  r.speak(1, 9);
  const auto e = r.finish();
  INFO(e.error);
  CHECK(e.ok);
  CHECK(r.levels() == std::vector<int>{0, 0, 0, 9});
  CHECK(r.statistics().recordings_cut == 1);
}

TEST_CASE("a recording whose file was taken away and never came back has failed") {
  rig r;
  r.begin();
  r.speak(2, 7);
  REQUIRE(r.stored(2));
  std::filesystem::remove(r.path());
  r.disk.full = true; // and nothing new can be written
  r.speak(1, 8);
  REQUIRE(r.dropped(1));
  const auto e = r.finish();
  CHECK_FALSE(e.ok);
  CHECK_THAT(e.error, Contains("has been removed") || Contains("cannot be written"));
}

TEST_CASE("a disk that hangs stalls no call: blocks are dropped and become silence") {
  rig r(4 * half_second * recording_frame_size);
  r.begin();
  r.speak(1, 7);
  REQUIRE(r.stored(1));
  r.disk.hangs = true;
  const auto start = std::chrono::steady_clock::now();
  r.speak(40, 8);
  CHECK(std::chrono::steady_clock::now() - start < 2s); // 20 s of speech
  CHECK(r.call->dropped_frames() >= 30 * half_second);
  CHECK(eventually([&] { return !r.statistics().recording_possible; }));
  r.disk.hangs = false;
  CHECK(eventually([&] { return r.statistics().recording_possible; }));
  REQUIRE(r.stored(5)); // what was queued
  r.speak(1, 9);
  const auto e = r.finish();
  CHECK(e.ok);
  CHECK(e.duration == std::chrono::seconds(21));
  const auto levels = r.levels();
  REQUIRE(levels.size() == 42);
  CHECK(levels[0] == 7);
  CHECK(levels[1] == 8);
  CHECK(levels[40] == 0);
  CHECK(levels[41] == 9);
  CHECK(r.statistics().recordings_cut == 1);
}

TEST_CASE("one probe in its time for all recordings, however many wait for the disk") {
  temp_folder folder;
  troubled_disk disk;
  const auto sink = std::make_shared<collector>();
  recorder writer(folder.path.string(), 10'000'000, disk, std::chrono::hours(1));
  disk.error = EIO;
  std::vector<std::unique_ptr<call_recording>> calls;
  for (std::uint64_t i = 1; i <= 20; ++i) {
    recording_request request;
    request.recording = recording_id{1, i};
    request.path = std::to_string(i) + ".wav";
    calls.push_back(std::make_unique<call_recording>(writer, request, sink));
  }
  frame f{};
  const auto speak = [&] {
    for (auto& c : calls)
      for (int i = 0; i < 25; ++i)
        c->add(f, f);
  };
  const auto dropped = [&] {
    media_statistics s;
    writer.add_to(s);
    return s.recorder_dropped_frames;
  };
  speak();
  REQUIRE(eventually([&] { return dropped() == 20 * half_second; }));
  disk.error = 0;
  speak(); // the next probe is an hour away: nothing is tried before
  REQUIRE(eventually([&] { return dropped() == 40 * half_second; }));
  CHECK(disk.opened == 0);
  for (auto& c : calls)
    c->finish();
  writer.stop();
  CHECK(sink->recordings().size() == 20);
}
