#include "media/codec.hpp"
#include "media/player.hpp"
#include "tests/media/media_fixture.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::media;
using namespace lifeline::media::testing;

namespace {

std::shared_ptr<const prompt> ready(std::vector<std::int16_t> audio) {
  auto p = std::make_shared<prompt>();
  p->audio = std::move(audio);
  p->now = prompt::state::ready;
  return p;
}

std::shared_ptr<const prompt> failed(const std::string& error) {
  auto p = std::make_shared<prompt>();
  p->error = error;
  p->now = prompt::state::failed;
  return p;
}

} // namespace

TEST_CASE("a play list runs over its files without a gap and ends once") {
  player p({ready(std::vector<std::int16_t>(200, 1)), ready(std::vector<std::int16_t>(200, 2))}, false);
  frame f{};
  REQUIRE(p.fill(f) == player::outcome::audio);
  CHECK(f[159] == 1);
  REQUIRE(p.fill(f) == player::outcome::audio);
  CHECK(f[39] == 1);
  CHECK(f[40] == 2);
  REQUIRE(p.fill(f) == player::outcome::audio);
  CHECK(f[79] == 2);
  CHECK(f[80] == 0);
  CHECK(p.fill(f) == player::outcome::finished);
}

TEST_CASE("files that cannot be played are passed over and named - a hopeless loop is silent") {
  player p({failed("one is broken"), ready(std::vector<std::int16_t>(160, 3)), failed("three too")}, false);
  frame f{};
  REQUIRE(p.fill(f) == player::outcome::audio);
  CHECK(f[0] == 3);
  CHECK(p.fill(f) == player::outcome::finished);
  CHECK(p.error() == "one is broken; three too");
  player hopeless({failed("x"), failed("y")}, true);
  for (int i = 0; i < 5; ++i) {
    f.fill(9);
    CHECK(hopeless.fill(f) == player::outcome::audio);
    CHECK(f[100] == 0);
  }
  player empty({}, false);
  CHECK(empty.fill(f) == player::outcome::finished);
  player empty_loop({}, true);
  CHECK(empty_loop.fill(f) == player::outcome::audio);
}

TEST_CASE("prompts play one after the other and play_finished comes exactly once") {
  media_fixture f;
  write_file(f.folder.file("one.wav"), make_wav(make_tone(500, 4000)));
  write_file(f.folder.file("two.wav"), make_wav(make_tone(1500, 8000, 16000), 16000));
  f.start();
  rtp_peer caller("PCMU");
  const auto a = f.open(caller);
  f.media->play(a.id, {{"one.wav", "two.wav"}, false});
  REQUIRE(a.sink->wait(endpoint_event_kind::play_finished));
  REQUIRE(eventually([&] { return caller.heard_count() >= 50; }));
  const auto audio = caller.last_audio(100);
  REQUIRE(audio.size() == 50 * 160);
  CHECK(tone_share({audio.begin(), audio.begin() + 3600}, 500) > 0.9);
  CHECK(tone_share({audio.begin() + 4400, audio.end()}, 1500) > 0.9);
  CHECK(a.sink->events(endpoint_event_kind::play_finished).front().text.empty());
  // A play that is replaced or stopped does not finish.
  f.media->play(a.id, {{"one.wav"}, false});
  f.media->play(a.id, {{"missing.wav"}, false});
  REQUIRE(a.sink->wait(endpoint_event_kind::play_finished, 2));
  CHECK(a.sink->events(endpoint_event_kind::play_finished)[1].text.find("missing.wav: there is no such file") !=
        std::string::npos);
  f.media->play(a.id, {{"one.wav"}, false});
  f.media->stop_play(a.id);
  f.media->play(a.id, {{"one.wav"}, false});
  REQUIRE(a.sink->wait(endpoint_event_kind::play_finished, 3));
  f.media->stop();
  CHECK(a.sink->count(endpoint_event_kind::play_finished) == 3);
}

TEST_CASE("music on hold loops and the play clock runs without a remote") {
  media_fixture f;
  write_file(f.folder.file("music.wav"), make_wav(make_tone(600, 1600)));
  f.start();
  rtp_peer caller("PCMA");
  const auto a = f.open(caller);
  const auto unknown = f.open();
  f.media->play(unknown.id, {{"music.wav"}, false});
  f.media->play(a.id, {{"music.wav"}, true});
  REQUIRE(eventually([&] { return caller.heard_count() > 60; })); // six times round
  CHECK(tone_share(caller.last_audio(50), 600) > 0.9);
  CHECK(a.sink->count(endpoint_event_kind::play_finished) == 0);
  CHECK(unknown.sink->wait(endpoint_event_kind::play_finished));
}
