// Calls to rescuers that are given up, that crash, that have no speech, or whose supervisor or engine goes.

#include "tests/actors/rescue/rescue_bench.hpp"

using namespace lifeline;
using namespace lifeline::testing;
using domain::attempt_outcome;

TEST_CASE("rescue call given up: before and while it rings it is cancelled") {
  rescue_bench b;
  SECTION("while the port is opened") {
    b.media.silent_open = true;
    b.start(b.request()).give_up();
  }
  SECTION("while it rings") {
    const auto handle = b.start(b.request());
    b.phone_rings(b.leg());
    handle.give_up();
    b.run();
    CHECK(b.sip.last("hang_up").text.find("cause=200") != std::string::npos);
  }
  b.run();
  b.check_only(attempt_outcome::withdrawn);
}

TEST_CASE("rescue call given up: before anything has happened") {
  rescue_bench b;
  const auto handle = actors::start_rescue_call(b.sys, b.around, b.request(),
                                                [&](const domain::attempt_result& r) { b.results.push_back(r); });
  handle.give_up();
  b.run();
  b.check_only(attempt_outcome::withdrawn);
}

TEST_CASE("rescue call given up: who listens is told, and a key then is too late") {
  rescue_bench b;
  const auto handle = b.talking(b.request());
  handle.give_up();
  b.run();
  REQUIRE(b.results.size() == 1);
  CHECK(b.heard() == std::vector<std::string>{"rescue-withdrawn.wav"});
  b.press('1');
  handle.give_up();
  b.advance(3s);
  b.prompt_ends();
  b.check_only(attempt_outcome::withdrawn);
}

TEST_CASE("rescue call given up: after the decision, and after the end, nothing happens") {
  rescue_bench b;
  const auto handle = b.talking(b.request());
  b.press('1');
  handle.give_up();
  b.run();
  CHECK(b.heard("rescue-accepted.wav"));
  b.advance(10s);
  handle.give_up();
  b.run();
  b.check_only(attempt_outcome::accepted);
  actors::rescue_call_handle{}.give_up(); // nobody's
}

TEST_CASE("rescue call: a crash at any command to the gateways leaves one result and nothing else") {
  std::size_t commands = 0;
  for (std::size_t nth = 1; nth <= 40; ++nth) {
    rescue_bench b;
    command_fault bomb{nth, 0, {}};
    b.sip.bomb = b.media.bomb = &bomb;
    b.start(b.request());
    b.phone_rings(b.leg());
    b.phone_answers(b.leg());
    b.press('3');
    b.press('9');
    b.press('1');
    b.advance(9s);
    b.sip.bomb = b.media.bomb = nullptr;
    CAPTURE(nth, bomb.hit);
    REQUIRE(b.results.size() == 1);
    const auto outcome = b.results.front().outcome;
    CHECK((outcome == attempt_outcome::interrupted || outcome == attempt_outcome::accepted));
    CHECK(b.lines() == 0);
    if (bomb.hit != "hang_up" && bomb.hit != "seal" && bomb.hit != "close") { // those are done by then, or undoable
      CHECK(b.sip.alive.empty());
      CHECK(b.media.open_endpoints() == 0);
    }
    if (bomb.hit.empty()) break;
    ++commands;
  }
  CHECK(commands >= 10);
  CHECK(commands < 40);
}

TEST_CASE("rescue call: an event that is lost or comes twice does not change the number of results") {
  for (const int copies : {0, 2}) {
    for (std::size_t nth = 1; nth <= 20; ++nth) {
      rescue_bench b;
      event_fault fault{nth, copies, 0, {}};
      b.sip.fault = b.media.fault = &fault;
      b.start(b.request());
      b.phone_rings(b.leg());
      b.phone_answers(b.leg());
      b.advance(1s);
      b.press('1');
      b.advance(2s);
      b.prompt_ends();
      b.advance(91s);
      CAPTURE(copies, nth, fault.hit);
      CHECK(b.results.size() == 1);
      CHECK(b.lines() == 0);
      CHECK(b.media.open_endpoints() == 0);
      if (fault.hit.empty()) break;
    }
  }
}

TEST_CASE("rescue call: speech that is not ready when the phone is answered is no reason to wait") {
  rescue_bench b;
  b.speech.how = fake_speech::way::held;
  b.talking(b.request());
  REQUIRE(b.media.played.size() == 1); // what was shipped
  CHECK(b.heard().front() == "rescue-entrapment.wav");
  CHECK(b.heard("rescue-see-order.wav"));
  SECTION("and comes in a pause: it is said at once") {
    b.advance(5s);
    b.prompt_ends();
    b.speech.render();
    b.run();
    CHECK(b.media.played.size() == 2);
  }
  SECTION("and comes while that is heard: it is said next") {
    b.speech.render();
    b.run();
    CHECK(b.media.played.size() == 1);
    b.advance(5s);
    b.prompt_ends();
    b.advance(4s);
    CHECK(b.media.played.size() == 2);
  }
  CHECK(b.heard("speech/地点，淮海路一二号。.wav"));
  b.press('1');
  CHECK(b.results.front().outcome == attempt_outcome::accepted);
}

TEST_CASE("rescue call: speech that never comes leaves what was shipped, and the keys") {
  rescue_bench b;
  b.speech.how = fake_speech::way::held;
  b.talking(b.request());
  b.press('1');
  CHECK(b.results.front().outcome == attempt_outcome::accepted);
  b.advance(9s); // the confirmation never came either
  b.check_only(attempt_outcome::accepted);
}

TEST_CASE("rescue call: when addresses cannot be rendered the named phrases are heard") {
  rescue_bench b;
  b.speech.how = GENERATE(fake_speech::way::no_free_text, fake_speech::way::broken);
  b.talking(b.request());
  CHECK(b.heard().front() == "rescue-entrapment.wav");
  CHECK(b.heard("rescue-see-order.wav"));
  CHECK(b.heard("rescue-key-again.wav"));
  b.press('2');
  CHECK(b.heard() == std::vector<std::string>{"rescue-refused.wav"});
  b.advance(10s);
  b.check_only(attempt_outcome::refused);
}

TEST_CASE("rescue call: an engine without speech plays what was shipped - with nothing to play it takes keys") {
  rescue_bench b;
  b.around->speech = nullptr;
  b.media.finish_prompts = true; // as when none of the files is there
  b.talking(b.request());
  CHECK(b.heard("rescue-see-order.wav"));
  b.advance(20s);
  CHECK(b.media.played.size() == 3);
  CHECK(b.results.empty());
  b.press('1');
  b.advance(10s);
  b.check_only(attempt_outcome::accepted);
}

TEST_CASE("rescue call: a keeper of lines that crashes takes no call with it, and learns of its line") {
  rescue_bench b;
  b.talking(b.request());
  caf::anon_send(b.around->who_rescues.lines.get(), actors::crash_order{"test"});
  b.run();
  b.advance(2s);
  CHECK(b.results.empty());
  CHECK(b.lines() == 1);
  b.start(b.request());
  CHECK(b.results.empty());
  CHECK(b.sip.count("invite", b.leg()) == 0);
  SECTION("it crashes again: who waits is not forgotten") {
    caf::anon_send(b.around->who_rescues.lines.get(), actors::crash_order{"test"});
    b.run();
    for (int i = 0; i < 20; ++i) // it is back after its back-off, and asked again after that
      b.advance(1s);
    CHECK(b.sip.count("invite", b.leg()) == 0);
    CHECK(b.around->rescue_lines_used == 1);
    CHECK(bool(b.around->who_rescues.lines.get()));
    CHECK(b.around->rescue_calls_waiting == 1);
  }
  b.hangs_up({1, 99});
  REQUIRE(b.results.size() == 1);
  CHECK(b.results.back().outcome == attempt_outcome::heard);
  CHECK(b.sip.count("invite", b.leg()) == 1);
  CHECK(b.lines() == 1);
}

TEST_CASE("rescue call: one that begins right after a crash of the keeper of lines takes no line that is held") {
  auto plan = rescue_plan();
  plan.rescue.lines = 2;
  rescue_bench b(plan);
  b.talking(b.request());
  const auto first = b.leg();
  caf::anon_send(b.around->who_rescues.lines.get(), actors::crash_order{"test"});
  b.run();
  REQUIRE(bool(b.around->who_rescues.lines.get())); // it is back, and nobody has told it of a line
  CHECK(b.lines() == 1);
  b.start(b.request());
  CHECK(b.sip.count("invite", b.leg()) == 1); // one is free in any case
  CHECK(b.lines() == 2);
  b.start(b.request());
  CHECK(b.sip.count("invite", b.leg()) == 0);
  SECTION("the line stays in use") {
    for (int i = 0; i < 5; ++i) {
      b.advance(1s);
      CHECK(b.lines() == 2);
      CHECK(b.sip.count("invite", b.leg()) == 0);
    }
    b.hangs_up(first);
    CHECK(b.sip.count("invite", b.leg()) == 1);
  }
  SECTION("it crashes again before it was told") {
    caf::anon_send(b.around->who_rescues.lines.get(), actors::crash_order{"test"});
    b.run();
    for (int i = 0; i < 20; ++i)
      b.advance(1s);
    CHECK(b.lines() == 2);
    CHECK(b.sip.count("invite", b.leg()) == 0);
  }
}

TEST_CASE("rescue call: a line whose call ended while nobody kept the lines is free again") {
  rescue_bench b;
  b.talking(b.request());
  const auto first = b.leg();
  caf::anon_send(b.around->who_rescues.lines.get(), actors::crash_order{"test"});
  b.hangs_up(first);
  b.run();
  b.start(b.request());
  for (int i = 0; i < 4 && b.sip.count("invite", b.leg()) == 0; ++i)
    b.advance(1s);
  CHECK(b.sip.count("invite", b.leg()) == 1);
  CHECK(b.lines() == 1);
}

TEST_CASE("rescue call: while nobody keeps the lines it waits for whoever will") {
  rescue_bench b;
  const auto lines = b.around->who_rescues.lines.get();
  b.around->who_rescues.lines.enter({});
  b.start(b.request());
  CHECK(b.sip.count("invite") == 0);
  b.around->who_rescues.lines.enter(lines);
  b.advance(1s);
  CHECK(b.sip.count("invite") == 1);
  CHECK(b.results.empty());
}

TEST_CASE("rescue call: an engine that stops interrupts it") {
  rescue_bench b;
  SECTION("told in order") {
    b.talking(b.request());
    caf::anon_send(b.around->who_rescues.lines.get(), actors::drain_order{true});
    b.run();
    b.check_only(attempt_outcome::interrupted);
    b.start(b.request()); // and no other begins
    CHECK(b.results.back().outcome == attempt_outcome::no_line);
  }
  SECTION("the tree goes") {
    b.talking(b.request());
    caf::anon_send_exit(b.root, caf::exit_reason::user_shutdown);
    b.run();
    REQUIRE(b.results.size() == 1);
    CHECK(b.results.front().outcome == attempt_outcome::interrupted);
    CHECK(b.sip.alive.empty());
    CHECK(b.media.open_endpoints() == 0);
  }
}

TEST_CASE("rescue call: a drain that waits lets rescuers be called") {
  rescue_bench b;
  caf::anon_send(b.around->who_rescues.lines.get(), actors::drain_order{false});
  b.run();
  b.talking(b.request());
  b.press('1');
  CHECK(b.results.front().outcome == attempt_outcome::accepted);
}
