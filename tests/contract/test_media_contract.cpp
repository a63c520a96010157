// What media/gateway.hpp promises, of the real gateway and of every fake that tests rely on.

#include "tests/contract/media_scene.hpp"
#include "tests/support/kept_events.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;
using namespace lifeline::contract;
using namespace std::chrono_literals;
using lifeline::testing::kept_endpoint_events;
using media::endpoint_event_kind;

namespace {

using maker = std::unique_ptr<media_scene> (*)();

std::unique_ptr<media_scene> each_gateway() {
  const maker make = GENERATE(&real_media, &fake_media_of_actors, &simulated_media);
  return make();
}

constexpr domain::leg_id caller{1, 1};
constexpr domain::leg_id agent{1, 2};
constexpr domain::recording_id the_call{3, 3};

std::shared_ptr<kept_endpoint_events> opened(media_scene& s, const domain::leg_id& leg) {
  auto sink = std::make_shared<kept_endpoint_events>();
  s.gate().open(leg, sink);
  REQUIRE(s.eventually([&] { return sink->count(endpoint_event_kind::opened) == 1; }));
  return sink;
}

} // namespace

TEST_CASE("media contract: an endpoint opens with an address of its own, and again at the same one") {
  const auto s = each_gateway();
  INFO(s->name());
  const auto first = opened(*s, caller)->all(endpoint_event_kind::opened).front();
  const auto second = opened(*s, agent)->all(endpoint_event_kind::opened).front();
  CHECK(first.leg == caller);
  CHECK_FALSE(first.address.empty());
  CHECK(first.port != 0);
  CHECK(first.port % 2 == 0);
  CHECK(second.port != first.port);
  const auto again = opened(*s, caller)->all(endpoint_event_kind::opened).front(); // a restarted call attaches
  CHECK(again.port == first.port);
}

TEST_CASE("media contract: a prompt comes to its end, music and a prompt that was stopped do not") {
  const auto s = each_gateway();
  INFO(s->name());
  const auto sink = opened(*s, caller);
  s->gate().play(caller, {{"tone.wav"}, true});
  s->pass();
  CHECK(sink->count(endpoint_event_kind::play_finished) == 0);
  s->gate().stop_play(caller);
  s->pass();
  CHECK(sink->count(endpoint_event_kind::play_finished) == 0);
  s->gate().play(caller, {{"tone.wav"}, false});
  CHECK(s->eventually([&] { return sink->count(endpoint_event_kind::play_finished) == 1; }));
}

TEST_CASE("media contract: commands for an endpoint that is closed or never was are ignored") {
  const auto s = each_gateway();
  INFO(s->name());
  const auto sink = opened(*s, caller);
  s->gate().close(caller);
  for (const auto& leg : {caller, agent}) {
    s->gate().play(leg, {{"tone.wav"}, false});
    s->gate().stop_play(leg);
    s->gate().note_alive(leg);
    s->gate().bridge(leg, domain::leg_id{8, 8});
    s->gate().unbridge(leg);
    s->gate().send_digit(leg, '1');
    s->gate().listen_tones(leg, true);
    s->gate().send_tones(leg, "12", media::tone_way::both);
    s->gate().close(leg);
  }
  s->pass();
  CHECK(sink->count(endpoint_event_kind::play_finished) == 0);
  CHECK(opened(*s, caller)->count(endpoint_event_kind::failed) == 0);
}

TEST_CASE("media contract: a recording is told to the left side when it is sealed, also after that has been closed") {
  const auto s = each_gateway();
  INFO(s->name());
  const auto sink = opened(*s, caller);
  (void)opened(*s, agent);
  s->gate().start_recording({the_call, caller, agent, "2026/11/30/one.wav"});
  s->gate().close(caller);
  s->gate().stop_recording(the_call);
  REQUIRE(s->eventually([&] { return sink->recordings().size() == 1; }));
  const auto told = sink->recordings().front();
  CHECK(told.recording == the_call);
  CHECK(told.ok);
  CHECK(told.path == "2026/11/30/one.wav");
  CHECK_FALSE(told.sha256.empty());
  CHECK(told.bytes > 0);
  s->gate().stop_recording(the_call); // it is over
  s->pass();
  CHECK(sink->recordings().size() == 1);
}

TEST_CASE("media contract: a recording that runs goes on in its one file when it is begun again") {
  const auto s = each_gateway();
  INFO(s->name());
  const auto sink = opened(*s, caller);
  (void)opened(*s, agent);
  s->gate().start_recording({the_call, caller, agent, "2026/11/30/one.wav"});
  s->gate().start_recording({the_call, caller, agent, "2026/11/30/two.wav"});
  s->gate().change_recording_right(the_call, agent);
  s->gate().stop_recording(the_call);
  REQUIRE(s->eventually([&] { return !sink->recordings().empty(); }));
  s->pass();
  REQUIRE(sink->recordings().size() == 1);
  CHECK(sink->recordings().front().path == "2026/11/30/one.wav");
}

TEST_CASE("media contract: a fault that is injected is counted") {
  const auto s = each_gateway();
  INFO(s->name());
  const auto sink = opened(*s, caller);
  s->gate().inject_fault(0ms);
  CHECK(s->eventually([&] { return s->gate().statistics().faults == 1; }));
  s->gate().play(caller, {{"tone.wav"}, false});
  CHECK(s->eventually([&] { return sink->count(endpoint_event_kind::play_finished) == 1; }));
}

TEST_CASE("media contract: stopping twice is stopping once") {
  const auto s = each_gateway();
  INFO(s->name());
  s->gate().stop();
  s->gate().stop();
}
