// Offers of ours that the other side does not answer, or not so that anybody could be heard.

#include "tests/domain/calls/call_scene.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {

plan hotline(media_mode media, holding hold) {
  auto p = plan_of("96333");
  p.hotlines[0].media = media;
  p.queues[0].hold_mode = hold;
  return p;
}

/// As a phone writes it.
session_description written(std::uint16_t port = 4000, direction dir = direction::sendrecv) {
  auto d = sdp(port, dir);
  d.raw = "v=0 " + std::to_string(port) + " " + std::to_string(static_cast<int>(dir));
  return d;
}

session_description unknown_codec() {
  auto d = written();
  d.codecs = {{9, "G722", 8000}};
  return d;
}

session_description refused() { return written(0); }

struct machine : call_scene {
  explicit machine(media_mode media, bool delayed, holding hold = holding::ringing) : call_scene(hotline(media, hold)) {
    s.caller_offer = delayed ? session_description{} : written();
    give(call_begins{});
  }
  void give(const call_event& e) { last = call_scene::give(e); }
  /// Up to the conversation.
  void connect(const session_description& answer = written(4100)) {
    if (s.endpoint == endpoint_state::opening) give(endpoint_opened{s.caller_leg, {"127.0.0.1", 20002}});
    give(queue_accepted{"q"});
    offer();
    phone = s.offers.at(0).leg;
    if (s.media == media_mode::anchored) {
      give(endpoint_opened{phone, {"127.0.0.1", 20000}});
      give(endpoint_opened{s.caller_leg, {"127.0.0.1", 20002}});
    }
    give(peer_answered{phone, answer});
  }
  template <class Command> std::vector<Command> said() const { return of<Command>(last); }
  [[nodiscard]] bool hung_up(const leg_id& leg) const {
    const auto all_of = told<command::hang_up>();
    return std::any_of(all_of.begin(), all_of.end(), [&](const auto& h) { return h.leg == leg; });
  }
  leg_id phone;
  std::vector<call_command> last;
};

} // namespace

TEST_CASE("answers: an ACK without an answer to our offer ends the call, and the agent is told") {
  const auto answer = GENERATE(session_description{}, unknown_codec(), refused());
  machine m{media_mode::anchored, true};
  m.connect();
  REQUIRE(m.s.phase == call_phase::talking);
  m.give(leg_acked{m.s.caller_leg, answer});
  CHECK(m.s.phase == call_phase::closing); // only the recording is waited for
  CHECK(m.hung_up(m.s.caller_leg));
  CHECK(m.hung_up(m.phone));
  CHECK(m.s.cause == end_cause::rejected_media);
  CHECK(m.s.outcome == call_outcome::answered);
  CHECK(m.said<command::tell_released>().size() == 1);
}

TEST_CASE("answers: a caller who waits answered and has not said where it listens is not kept waiting") {
  machine m{media_mode::anchored, true, holding::answered};
  m.give(endpoint_opened{m.s.caller_leg, {"127.0.0.1", 20002}});
  REQUIRE(m.s.signal == caller_signal::answered);
  m.give(leg_acked{m.s.caller_leg, {}});
  CHECK(m.s.phase == call_phase::ended);
  CHECK(m.hung_up(m.s.caller_leg));
  CHECK(m.s.outcome == call_outcome::failed);
  CHECK(m.s.cause == end_cause::rejected_media);
}

TEST_CASE("answers: a late ACK with an answer opens the voice path, and one that comes again changes nothing") {
  machine m{media_mode::anchored, true};
  m.connect();
  m.now += 20s;
  m.give(leg_acked{m.s.caller_leg, written(4300)});
  REQUIRE(m.said<command::set_remote>().size() == 1);
  CHECK(m.said<command::set_remote>().front().remote.port == 4300);
  m.give(leg_acked{m.s.caller_leg, {}});
  CHECK(m.last.empty());
  CHECK(m.s.phase == call_phase::talking);
}

TEST_CASE("answers: the usual ACK, after an offer of theirs, ends nothing") {
  machine m{media_mode::anchored, false};
  m.connect();
  m.give(leg_acked{m.s.caller_leg, {}});
  CHECK(m.last.empty());
  CHECK(m.s.phase == call_phase::talking);
}

TEST_CASE("answers: a re-INVITE without an offer whose ACK brings no usable answer leaves everything as it was") {
  const auto answer = GENERATE(session_description{}, unknown_codec(), refused());
  const bool by_caller = GENERATE(true, false);
  machine m{media_mode::anchored, false};
  m.connect();
  const auto leg = by_caller ? m.s.caller_leg : m.phone;
  m.give(leg_reoffered{leg, {}});
  REQUIRE(m.said<command::answer_reoffer>().size() == 1);
  CHECK(m.said<command::answer_reoffer>().front().sdp.port != 0);
  m.give(leg_acked{leg, answer});
  CHECK(m.last.empty());
  CHECK(m.s.phase == call_phase::talking);
  CHECK(is_usable(by_caller ? m.s.caller_media : m.s.peer_media));
}

TEST_CASE("answers: a re-INVITE without an offer can hold and resume by the answer in its ACK") {
  machine m{media_mode::anchored, false};
  m.connect();
  m.give(leg_reoffered{m.phone, {}});
  m.give(leg_acked{m.phone, written(4100, direction::inactive)});
  CHECK(m.s.held_by_peer);
  m.give(leg_reoffered{m.phone, {}});
  m.give(leg_acked{m.phone, written(4100)});
  CHECK_FALSE(m.s.held_by_peer);
}

TEST_CASE("answers: a phone that answers without a description is no agent to talk to, with direct media as well") {
  const auto media = GENERATE(media_mode::anchored, media_mode::direct);
  const bool delayed = GENERATE(true, false);
  const auto answer = GENERATE(session_description{}, refused());
  machine m{media, delayed};
  m.connect(answer);
  CHECK(m.s.phase == call_phase::waiting);
  CHECK(m.hung_up(m.phone));
  CHECK(m.of<command::answer>(m.all).empty()); // the caller waits on
  CHECK(m.said<command::reservation_over>().size() == 1);
}

TEST_CASE("answers: direct media, delayed offer: the ACK's answer is handed on, without one both sides are ended") {
  machine m{media_mode::direct, true};
  m.connect();
  REQUIRE(m.s.phase == call_phase::talking);
  SECTION("with an answer") {
    m.give(leg_acked{m.s.caller_leg, written(4300)});
    REQUIRE(m.said<command::acknowledge>().size() == 1);
    CHECK(m.said<command::acknowledge>().front().leg == m.phone);
    CHECK(m.said<command::acknowledge>().front().sdp.port == 4300);
    m.give(leg_acked{m.s.caller_leg, {}}); // of a later request
    CHECK(m.last.empty());
  }
  SECTION("without") {
    m.give(leg_acked{m.s.caller_leg, {}});
    CHECK(m.hung_up(m.s.caller_leg));
    CHECK(m.hung_up(m.phone));
    CHECK(m.s.cause == end_cause::rejected_media);
  }
}

TEST_CASE("answers: direct media, a re-INVITE without an offer is answered with what the other side has described") {
  machine m{media_mode::direct, false};
  m.connect(written(4100));
  m.give(leg_reoffered{m.s.caller_leg, {}});
  CHECK(m.said<command::reoffer>().empty()); // nobody is asked with an offer of nothing
  REQUIRE(m.said<command::answer_reoffer>().size() == 1);
  CHECK(m.said<command::answer_reoffer>().front().sdp.port == 4100);
  m.give(leg_acked{m.s.caller_leg, written(4000)});
  CHECK(m.last.empty()); // as before
  m.give(leg_reoffered{m.s.caller_leg, {}});
  m.give(leg_acked{m.s.caller_leg, written(4444)});
  REQUIRE(m.said<command::reoffer>().size() == 1);
  CHECK(m.said<command::reoffer>().front().leg == m.phone);
  CHECK(m.said<command::reoffer>().front().sdp.port == 4444);
  m.give(leg_reoffer_answered{m.phone, 200, written(4100)});
  CHECK(m.last.empty());
  m.give(leg_reoffered{m.phone, {}});
  REQUIRE(m.said<command::answer_reoffer>().size() == 1);
  CHECK(m.said<command::answer_reoffer>().front().sdp.port == 4444);
}

TEST_CASE("answers: direct media, a re-INVITE that the other side answers without a description is refused") {
  machine m{media_mode::direct, false};
  m.connect();
  m.give(leg_reoffered{m.s.caller_leg, written(4000, direction::sendonly)});
  m.give(leg_reoffer_answered{m.phone, 200, {}});
  CHECK(m.said<command::refuse_reoffer>().size() == 1);
  CHECK_FALSE(m.s.held_by_caller);
}
