// What all legs that are spoken to have in common, by the example of the report line; its own rules are elsewhere.

#include "tests/actors/rescue/rescue_bench.hpp"

using namespace lifeline;
using namespace lifeline::testing;

namespace {

struct voice_bench : rescue_bench {
  voice_bench() {
    actors::order_brief brief;
    brief.order = {1, 7};
    brief.party = "firm-1";
    brief.phase = domain::deployment_phase::accepted;
    brief.state = trapped_order();
    rescue.orders["13912345678"] = {brief};
  }
  void call(bool offers = true) {
    sip::incoming_call in;
    in.leg = caller = {76, 1};
    in.called = "96334";
    in.caller.number = "13912345678";
    in.caller.verified = true;
    if (offers) in.offer = phone_sdp();
    call_in(in);
    run();
  }
  void reoffers(const domain::session_description& sdp = {}) {
    sip.emit(caller, sip::leg_event_kind::reoffer, 0, sip::leg_end::none, sdp);
    run();
  }
  void press_caller(char digit) {
    media.emit(caller, media::endpoint_event_kind::digit, std::string(1, digit));
    run();
  }
  domain::leg_id caller;
};

} // namespace

TEST_CASE("voice: a re-INVITE is answered, with ours if it brings none, and refused if nothing of it is spoken here") {
  voice_bench b;
  b.call();
  b.reoffers(phone_sdp(43000, domain::direction::sendonly));
  CHECK(b.sip.last("answer_reoffer").sdp.dir == domain::direction::recvonly);
  CHECK(b.media.count("set_remote") == 2);
  b.reoffers();
  CHECK(b.sip.last("answer_reoffer").sdp.port == b.media.ports[b.caller]);
  auto strange = phone_sdp();
  strange.codecs = {{18, "G729", 8000}};
  b.reoffers(strange);
  CHECK(b.sip.last("refuse_reoffer").status == 488);
  CHECK(b.sip.count("answer_reoffer", b.caller) == 2);
  b.hangs_up(b.caller);
  b.check_nothing_left();
}

TEST_CASE("voice: an offer that comes before ours was answered has to wait") {
  voice_bench b;
  b.media.silent_open = true;
  b.call();
  b.reoffers(phone_sdp(43000));
  CHECK(b.sip.last("refuse_reoffer").status == 491);
  b.media.open_all();
  b.run();
  CHECK(b.sip.count("answer", b.caller) == 1);
  b.hangs_up(b.caller);
}

TEST_CASE("voice: the end of what was cut off does not cut off what is said last") {
  voice_bench b;
  b.call();
  b.advance(2s);
  b.speech.how = fake_speech::way::held; // the renderer is slow
  b.press_caller('4');
  b.media.emit(b.caller, media::endpoint_event_kind::play_finished); // was on its way when the key was pressed
  b.run();
  CHECK(b.sip.count("hang_up", b.caller) == 0);
  b.advance(2s);
  b.speech.render();
  b.run();
  CHECK(b.heard("rescue-arrived.wav"));
  b.advance(2s);
  b.prompt_ends();
  CHECK(b.sip.count("hang_up", b.caller) == 1);
  b.check_nothing_left();
}

TEST_CASE("voice: a word that nobody is left to store is said not to be stored") {
  voice_bench b;
  b.call();
  b.around->set_rescue(nullptr);
  b.advance(1s);
  b.press_caller('4');
  CHECK(b.heard().front() == "rescue-not-stored.wav");
  CHECK(b.rescue.said.empty());
  b.hangs_up(b.caller);
  b.check_nothing_left();
}

TEST_CASE("voice: a leg that ends in the moment of its answer leaves no endpoint") {
  voice_bench b;
  b.media.silent_open = true;
  b.call();
  b.sip.emit(b.caller, sip::leg_event_kind::ended, 0, sip::leg_end::remote_cancel);
  b.media.open_all();
  b.run();
  b.advance(200s);
  CHECK(b.sip.count("answer", b.caller) == 0);
  b.check_nothing_left();
}
