#include "tests/actors/rescue/rescue_bench.hpp"

using namespace lifeline;
using namespace lifeline::testing;
using domain::attempt_outcome;

TEST_CASE("rescue call: the rescuer hears the order and accepts by key") {
  rescue_bench b;
  b.talking(b.request());
  const auto invite = b.sip.last("invite").invite;
  CHECK(invite.target_uri == "13912345678");
  CHECK(invite.from_number == "051796333");
  CHECK(invite.trunks == std::vector<std::string>{"carrier"});
  CHECK(invite.ring_timeout == 30s);
  CHECK(b.lines() == 1);
  CHECK(b.media.listening.contains(b.leg()));
  CHECK(b.heard().front() == "rescue-entrapment.wav");
  CHECK(b.heard("speech/地点，淮海路一二号。.wav"));
  CHECK(b.heard("rescue-key-accept.wav"));
  b.press('1');
  REQUIRE(b.results.size() == 1); // known at once, before the confirmation is heard
  CHECK(b.results.front().outcome == attempt_outcome::accepted);
  CHECK(b.heard() == std::vector<std::string>{"rescue-accepted.wav"});
  CHECK(b.sip.count("hang_up", b.leg()) == 0);
  b.advance(2s);
  b.prompt_ends();
  CHECK(b.sip.count("hang_up", b.leg()) == 1);
  b.check_only(attempt_outcome::accepted);
}

TEST_CASE("rescue call: the time that it rang is told, and it is recorded under a path of its own") {
  rescue_bench b;
  b.start(b.request());
  b.advance(7s);
  b.phone_answers(b.leg());
  REQUIRE(b.media.recording.size() == 1);
  const auto recording = b.media.recording.begin()->second;
  CHECK(recording.left == b.leg());
  CHECK(recording.right.is_nil()); // what the rescuer says and nothing else
  CHECK(recording.path.starts_with("rescue/20"));
  CHECK(recording.path.ends_with(domain::to_string(b.leg()) + ".wav"));
  b.press('2');
  CHECK(b.heard("rescue-refused.wav"));
  CHECK(b.results.front().rang == 7s);
  CHECK(b.results.front().recording.path == recording.path);
  b.advance(9s);
  b.check_only(attempt_outcome::refused);
  const auto sealed = b.logged<domain::recording_sealed>();
  REQUIRE(sealed.size() == 1);
  CHECK(sealed.front().recording.path == recording.path);
  CHECK(sealed.front().recording.sha256 == "5ea1");
}

TEST_CASE("rescue call: a recording that fails is in the log, and one that is not wanted is not begun") {
  SECTION("fails") {
    rescue_bench b;
    b.media.fail_seal = true;
    b.talking(b.request());
    b.hangs_up(b.leg());
    CHECK(b.logged<domain::recording_failed>().size() == 1);
  }
  SECTION("not wanted") {
    auto plan = rescue_plan();
    plan.hotlines.back().record = false;
    rescue_bench b(plan);
    b.talking(b.request());
    CHECK(b.media.recording.empty());
    b.hangs_up(b.leg());
    b.check_only(attempt_outcome::heard);
    CHECK(b.results.front().recording.path.empty());
  }
}

TEST_CASE("rescue call: a hang-up right after the key loses nothing") {
  rescue_bench b;
  b.talking(b.request());
  b.media.emit(b.leg(), media::endpoint_event_kind::digit, "1");
  b.sip.emit(b.leg(), sip::leg_event_kind::ended, 0, sip::leg_end::remote_bye);
  b.run();
  b.check_only(attempt_outcome::accepted);
}

TEST_CASE("rescue call: it is said three times with pauses, then there is quiet until the patience is over") {
  rescue_bench b;
  b.talking(b.request());
  const auto first = b.heard();
  for (std::size_t times = 1; times <= 3; ++times) {
    CHECK(b.media.played.size() == times);
    CHECK(b.heard() == first);
    b.advance(5s);
    b.prompt_ends();
    b.advance(3900ms);
    CHECK(b.media.played.size() == times);
    b.advance(200ms);
  }
  CHECK(b.media.played.size() == 3);
  CHECK(b.results.empty());
  b.advance(18s); // 45 s after the answer
  b.check_only(attempt_outcome::heard);
  CHECK(b.results.front().detail == "no key");
}

TEST_CASE("rescue call: key 3 says it once more and gives the time anew") {
  rescue_bench b;
  b.talking(b.request());
  b.advance(40s);
  b.press('3');
  CHECK(b.media.played.size() == 2);
  CHECK(b.media.played[0].second == b.media.played[1].second);
  b.advance(40s);
  CHECK(b.results.empty());
  b.press('1');
  CHECK(b.results.front().outcome == attempt_outcome::accepted);
  b.advance(10s);
  b.check_only(attempt_outcome::accepted);
}

TEST_CASE("rescue call: one press that comes twice counts once, two presses count twice") {
  rescue_bench b;
  b.talking(b.request());
  b.press('3');
  b.sip.emit({b.leg(), sip::leg_event_kind::digit, 0, sip::leg_end::none, "3", {}});
  b.run();
  CHECK(b.media.played.size() == 2);
  b.advance(1s);
  b.press('3');
  CHECK(b.media.played.size() == 3);
}

TEST_CASE("rescue call: keys come by SIP INFO as well") {
  rescue_bench b;
  b.talking(b.request());
  b.sip.emit({b.leg(), sip::leg_event_kind::digit, 0, sip::leg_end::none, "1", {}});
  b.run();
  CHECK(b.results.front().outcome == attempt_outcome::accepted);
}

TEST_CASE("rescue call: a wrong key is answered with the right ones, then it is all said again") {
  rescue_bench b;
  b.talking(b.request());
  for (const char wrong : {'0', '4', '5', '9', '*', '#'}) {
    CAPTURE(wrong);
    b.press(wrong);
    CHECK(b.heard().front() == "rescue-wrong-key.wav");
    CHECK(b.heard("rescue-key-accept.wav"));
  }
  CHECK(b.results.empty());
  b.advance(3s);
  b.prompt_ends();
  b.advance(4s);
  CHECK(b.heard().front() == "rescue-entrapment.wav");
  b.press('1');
  CHECK(b.results.size() == 1);
}

TEST_CASE("rescue call: urging takes the keys 4 and 5") {
  rescue_bench b;
  auto r = b.request();
  r.attempt.purpose = domain::attempt_purpose::urge;
  r.accepted = true;
  const bool arrived = GENERATE(false, true);
  r.arrived = arrived;
  b.talking(r);
  CHECK(b.heard().front() == "rescue-urge.wav");
  CHECK(b.heard("speech/距报警已经过去十二分钟。.wav"));
  CHECK(b.heard("rescue-key-arrived.wav") == !arrived);
  b.press('1');
  CHECK(b.heard().front() == "rescue-wrong-key.wav");
  if (arrived) {
    b.press('4');
    CHECK(b.results.empty());
  }
  b.press(arrived ? '5' : '4');
  CHECK(b.heard() == std::vector<std::string>{arrived ? "rescue-completed.wav" : "rescue-arrived.wav"});
  b.advance(10s);
  b.check_only(arrived ? attempt_outcome::completed : attempt_outcome::arrived);
}

TEST_CASE("rescue call: a second key after the decision changes nothing") {
  rescue_bench b;
  b.talking(b.request());
  b.press('1');
  b.press('2');
  b.advance(10s);
  b.check_only(attempt_outcome::accepted);
}

TEST_CASE("rescue call: a refusal of the network has its outcome") {
  const auto [status, outcome] = GENERATE(table<int, attempt_outcome>({{486, attempt_outcome::busy},
                                                                       {600, attempt_outcome::busy},
                                                                       {603, attempt_outcome::busy},
                                                                       {408, attempt_outcome::no_answer},
                                                                       {480, attempt_outcome::no_answer},
                                                                       {487, attempt_outcome::no_answer},
                                                                       {404, attempt_outcome::failed},
                                                                       {503, attempt_outcome::failed}}));
  rescue_bench b;
  b.start(b.request());
  b.advance(3s);
  b.phone_refuses(b.leg(), status);
  b.check_only(outcome);
  CHECK(b.results.front().detail == std::to_string(status));
  CHECK(b.results.front().rang == 3s);
}

TEST_CASE("rescue call: a gateway that forgets the ring timeout does not keep the attempt") {
  rescue_bench b;
  b.start(b.request());
  b.phone_rings(b.leg());
  b.advance(36s);
  b.check_only(attempt_outcome::no_answer);
}

TEST_CASE("rescue call: a hang-up without a key was heard, with or without a prompt at its end") {
  rescue_bench b;
  b.talking(b.request());
  b.advance(3s);
  b.hangs_up(b.leg());
  b.check_only(attempt_outcome::heard);
}

TEST_CASE("rescue call: early media is no answer, but its description counts when the answer brings none") {
  rescue_bench b;
  b.start(b.request());
  b.sip.emit(b.leg(), sip::leg_event_kind::progress, 183, sip::leg_end::none, phone_sdp(42000));
  b.run();
  CHECK(b.media.played.empty());
  b.sip.emit(b.leg(), sip::leg_event_kind::answered, 200);
  b.run();
  CHECK(b.media.played.size() == 1);
  CHECK(b.media.count("set_remote") == 1);
}

TEST_CASE("rescue call: a phone that speaks no codec of ours has not been called") {
  rescue_bench b;
  b.start(b.request());
  auto sdp = phone_sdp();
  sdp.codecs = {{18, "G729", 8000}};
  b.sip.emit(b.leg(), sip::leg_event_kind::answered, 200, sip::leg_end::none, sdp);
  b.run();
  b.check_only(attempt_outcome::failed);
  CHECK(b.results.front().detail == "no codec in common");
}

TEST_CASE("rescue call: a re-INVITE is answered, and held or not the keys count") {
  rescue_bench b;
  b.talking(b.request());
  b.sip.emit(b.leg(), sip::leg_event_kind::reoffer, 0, sip::leg_end::none,
             phone_sdp(43000, domain::direction::sendonly));
  b.run();
  CHECK(b.sip.last("answer_reoffer").sdp.dir == domain::direction::recvonly);
  b.sip.emit(b.leg(), sip::leg_event_kind::reoffer);
  b.run();
  CHECK(b.sip.count("answer_reoffer", b.leg()) == 2);
  CHECK(b.sip.last("answer_reoffer").sdp.port == b.media.ports[b.leg()]);
  auto strange = phone_sdp();
  strange.codecs = {{18, "G729", 8000}};
  b.sip.emit(b.leg(), sip::leg_event_kind::reoffer, 0, sip::leg_end::none, strange);
  b.run();
  CHECK(b.sip.last("refuse_reoffer").status == 488);
  b.press('1');
  CHECK(b.results.front().outcome == attempt_outcome::accepted);
}

TEST_CASE("rescue call: a call waits for a line, is dialled as soon as one is free, and takes none from callers") {
  rescue_bench b;
  b.start(b.request());
  CHECK(b.lines() == 1);
  std::vector<domain::instant> dialled;
  auto r = b.request();
  r.dialled = [&](domain::instant at) { dialled.push_back(at); };
  b.start(r);
  CHECK(b.results.empty());
  CHECK(b.sip.count("invite") == 1);
  CHECK(b.around->rescue_calls_waiting == 1);
  // All three lines of the hotline are free for callers meanwhile.
  for (int i = 0; i < 3; ++i)
    b.call_in("96333");
  CHECK(b.around->lines.all()["96333"] == 3);
  CHECK(b.lines() == 1);
  b.advance(25s);
  CHECK(dialled.empty());
  b.phone_refuses({1, 99}, 486); // the first call ends: its line goes to who waits
  CHECK(b.sip.count("invite", b.leg()) == 1);
  CHECK(dialled == std::vector{b.time()});
  CHECK(b.sip.last("invite").invite.ring_timeout == 30s); // the whole of it
  CHECK(b.lines() == 1);
  b.phone_refuses(b.leg(), 486);
  CHECK(b.lines() == 0);
}

TEST_CASE("rescue call: the most dangerous order has the next line") {
  rescue_bench b;
  b.start(b.request());
  const auto waits = [&](std::uint64_t order, std::uint32_t injured, std::uint8_t level) {
    auto r = b.request();
    r.order = r.about.id = {1, order};
    r.about.injured = injured;
    r.level = level;
    b.start(r);
    return domain::leg_of(r.attempt.id);
  };
  const auto plain = waits(11, 0, 1);
  const auto high = waits(12, 0, 2);
  const auto injured = waits(13, 1, 1);
  std::vector<domain::leg_id> order;
  for (auto leg : {domain::leg_id{1, 99}, injured, high}) {
    b.phone_refuses(leg, 486);
    order.push_back(b.sip.last("invite").leg);
  }
  CHECK(order == std::vector{injured, high, plain});
}

TEST_CASE("rescue call: without a line until its time is over it says so, and was never dialled") {
  rescue_bench b;
  b.start(b.request());
  auto r = b.request();
  r.attempt.deadline = b.time() + 20s;
  b.start(r);
  b.advance(20s);
  REQUIRE(b.results.size() == 1);
  CHECK(b.results.front().outcome == attempt_outcome::no_line);
  CHECK(b.sip.count("invite", b.leg()) == 0);
  CHECK(b.around->rescue_calls_waiting == 0);
}

TEST_CASE("rescue call: what cannot be dialled is told at once") {
  auto plan = rescue_plan();
  std::string detail;
  SECTION("no hotline") {
    plan.rescue.hotline = "nobody's";
    detail = "no hotline \"nobody's\"";
  }
  SECTION("no trunk") {
    plan.trunks.front().outbound.clear();
    detail = "no trunk of the hotline can dial out";
  }
  SECTION("no number") { detail = "no number"; }
  SECTION("too late") { detail = "the attempt's time was over at its beginning"; }
  rescue_bench b(plan);
  auto r = b.request();
  if (detail == "no number") r.attempt.target.clear();
  if (detail.find("time") != std::string::npos) r.attempt.deadline = b.time();
  b.start(r);
  b.check_only(attempt_outcome::failed);
  CHECK(b.results.front().detail == detail);
  CHECK(b.sip.count("invite") == 0);
}

TEST_CASE("rescue call: without a media port there is no call") {
  rescue_bench b;
  SECTION("refused") { b.media.refuse_ports = true; }
  SECTION("no answer from the media thread") { b.media.silent_open = true; }
  b.start(b.request());
  b.advance(11s);
  b.check_only(attempt_outcome::failed);
  CHECK(b.sip.count("invite") == 0);
}

TEST_CASE("rescue call: in every phase the result is there in time") {
  rescue_bench b;
  auto r = b.request();
  attempt_outcome expected{};
  domain::span longest{};
  SECTION("while the port is opened") {
    b.media.silent_open = true;
    b.start(r);
    expected = attempt_outcome::failed;
    longest = 10s;
  }
  SECTION("while it rings, and the gateway forgets it") {
    b.start(r);
    expected = attempt_outcome::no_answer;
    longest = 35s;
  }
  SECTION("while it is spoken") {
    b.talking(r);
    expected = attempt_outcome::heard;
    longest = 45s;
  }
  SECTION("while wrong keys are explained") {
    b.talking(r);
    for (int i = 0; i < 2; ++i) {
      b.advance(40s);
      b.press('9');
    }
    CHECK(b.results.empty());
    expected = attempt_outcome::heard;
    longest = 5s;
  }
  b.advance(longest);
  b.check_only(expected);
}

TEST_CASE("rescue call: a deadline does not cut the confirmation") {
  rescue_bench b;
  b.talking(b.request());
  for (int i = 0; i < 2; ++i) {
    b.advance(40s);
    b.press('9');
  }
  b.advance(4900ms);
  b.press('1');
  b.advance(1s);
  CHECK(b.sip.count("hang_up", b.leg()) == 0);
  b.prompt_ends();
  b.check_only(attempt_outcome::accepted);
}
