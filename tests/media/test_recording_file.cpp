#include "media/call_recording.hpp"
#include "media/recording_file.hpp"
#include "tests/media/media_fixture.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace lifeline::media;
using namespace lifeline::media::testing;
using Catch::Matchers::Contains;

TEST_CASE("a sealed recording has the right lengths and the hash of its bytes") {
  temp_folder folder;
  const auto path = folder.file("2026/11/23/call.wav");
  auto file = recording_file::create(path);
  REQUIRE(file);
  const std::array<std::int16_t, 4> samples{1, -1, 2, -2};
  REQUIRE(file->write(samples));
  REQUIRE(file->write_silence(7998));
  const auto sealed = file->finish();
  REQUIRE(sealed);
  CHECK(sealed->bytes == 44 + 8000 * 4);
  CHECK(sealed->duration == std::chrono::seconds(1));
  const auto content = read_recording(path);
  CHECK(content.bytes == sealed->bytes);
  CHECK(content.left[1] == 2);
  CHECK(content.right[1] == -2);
  CHECK(content.left[7999] == 0);
  // An intact file is confirmed, not changed.
  const auto time = std::filesystem::last_write_time(path);
  const auto again = mend_recording(path);
  REQUIRE(again);
  CHECK(again->sha256 == sealed->sha256);
  CHECK(std::filesystem::last_write_time(path) == time);
  CHECK_THAT(recording_file::create(path).error().text, Contains("cannot be created"));
}

TEST_CASE("the seal is SHA-256") {
  temp_folder folder;
  auto file = recording_file::create(folder.file("empty.wav"));
  REQUIRE(file);
  const auto sealed = file->finish();
  REQUIRE(sealed);
  CHECK(sealed->bytes == 44);
  // Computed once with sha256sum over the 44 bytes of the header.
  CHECK(sealed->sha256 == "ab502e0759361ed10546c1d7f4cdd606f89f51d2c9a4d5e093c9cc7d6ceb0684");
}

TEST_CASE("a torn recording is repaired, wherever it was torn, and repairing twice changes nothing") {
  temp_folder folder;
  const auto path = folder.file("call.wav");
  {
    auto file = recording_file::create(path);
    REQUIRE(file);
    const std::vector<std::int16_t> samples(64, 77);
    REQUIRE(file->write(samples));
  } // closed without a seal, as by a crash
  const auto torn = read_file(path);
  REQUIRE(torn.size() == 44 + 128);
  CHECK(torn[40] == 0xff); // the header says "unknown"
  for (std::size_t cut = 0; cut <= torn.size(); ++cut) {
    write_file(path, {torn.begin(), torn.begin() + static_cast<std::ptrdiff_t>(cut)});
    const auto mended = mend_recording(path);
    REQUIRE(mended);
    const auto content = read_recording(path); // strict about lengths
    CHECK(content.bytes == mended->bytes);
    CHECK(content.left.size() == (cut > 44 ? (cut - 44) / 4 : 0));
    const auto again = mend_recording(path);
    REQUIRE(again);
    CHECK(again->sha256 == mended->sha256);
  }
}

TEST_CASE("what is not our recording is not touched") {
  temp_folder folder;
  const auto foreign = make_wav({1, 2, 3}); // mono
  write_file(folder.file("foreign.wav"), foreign);
  CHECK_THAT(mend_recording(folder.file("foreign.wav")).error(), Contains("not one of our recordings"));
  CHECK(read_file(folder.file("foreign.wav")) == foreign);
  write_file(folder.file("text"), {'h', 'i'});
  CHECK_FALSE(mend_recording(folder.file("text")));
  CHECK_THAT(mend_recording(folder.file("none.wav")).error(), Contains("cannot be opened"));
  settings s;
  s.recordings = folder.path.string();
  CHECK_THAT(repair_recording(s, {}, "../x.wav").error(), Contains("must not leave"));
  CHECK_THAT(repair_recording(s, {}, "/etc/passwd").error(), Contains("must be relative"));
  CHECK_THAT(repair_recording(s, {}, "").error(), Contains("does not name a file"));
}

TEST_CASE("when the disk does not keep up, frames become silence of the same length and are counted") {
  temp_folder folder;
  const auto sink = std::make_shared<collector>();
  recorder disk(folder.path.string(), 0); // takes no block at all before the end
  recording_request request;
  request.recording = recording_id{1, 1};
  request.path = "a.wav";
  call_recording r(disk, request, sink);
  frame f{};
  f.fill(5);
  for (int i = 0; i < 60; ++i)
    r.add(f, f); // 1.2 s: two blocks refused, 0.2 s left
  CHECK(r.dropped_frames() == 8000);
  r.finish();
  disk.stop();
  REQUIRE(sink->recordings().size() == 1);
  const auto e = sink->recordings().front();
  CHECK(e.ok);
  CHECK(e.duration == std::chrono::milliseconds(1200));
  const auto content = read_recording(folder.file("a.wav"));
  CHECK(content.left[7999] == 0);
  CHECK(content.left[8000] == 5);
}
