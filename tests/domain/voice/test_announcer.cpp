#include "domain/voice/announcer.hpp"
#include "domain/voice/key_echo.hpp"
#include "domain/voice/phases.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using namespace lifeline::domain::voice;

namespace {

const instant start{std::chrono::hours{24 * 365 * 50}};

sentence say(const std::string& name, bool at_once = false) { return {{{"", name}}, {{name, name}}, at_once}; }

template <class Command> const Command* find(const sounds& all) {
  for (const auto& each : all)
    if (const auto* c = std::get_if<Command>(&each)) return c;
  return nullptr;
}

/// Says what is asked for as soon as the test has rendered it.
struct listener {
  announcer a{{.pause = 4s, .most_plays = 3}};
  instant now = start;
  std::vector<std::string> heard;
  std::vector<prepare> waiting;

  void take(const sounds& all) {
    if (const auto* p = find<prepare>(all)) waiting.push_back(*p);
    if (const auto* p = find<play>(all)) heard.push_back(p->files.empty() ? "" : p->files.front());
  }
  void render() {
    for (const auto& p : std::exchange(waiting, {}))
      take(a.on(prepared{p.tag, {p.full.front().text}}, now));
  }
  void ends(span after = 2s) {
    now += after;
    a.on(played{}, now);
  }
  void waits(span d) {
    now += d;
    take(a.on(voice::clock{}, now));
  }
};

} // namespace

TEST_CASE("a key that comes by three ways within 400 ms is one press, the next one is another") {
  key_echo keys;
  CHECK(keys.is_press('4', start));
  CHECK_FALSE(keys.is_press('4', start));
  CHECK_FALSE(keys.is_press('4', start + 399ms));
  CHECK_FALSE(keys.is_press('4', start + 700ms)); // an echo of the echo
  CHECK(keys.is_press('4', start + 1100ms));
  CHECK(keys.is_press('5', start + 1100ms));
  CHECK(keys.is_press('4', start + 1100ms));
}

TEST_CASE("a phase is over at its deadline, and not before") {
  enum class at { first, second };
  phases<at> p{at::first};
  CHECK(p.in(at::first));
  CHECK_FALSE(p.overdue(start));
  p.enter(at::second, start + 1s);
  CHECK_FALSE(p.overdue(start + 999ms));
  CHECK(p.overdue(start + 1s));
  p.prolong(start + 2s);
  CHECK_FALSE(p.overdue(start + 1s));
  CHECK(sooner(never, start) == start);
  CHECK(sooner(start + 1s, start) == start);
  CHECK(sooner(start, never) == start);
}

TEST_CASE("announcer: it is said three times with pauses, then there is quiet") {
  listener l;
  l.take(l.a.repeat(say("order")));
  CHECK(l.heard.empty()); // it is not ready
  l.render();
  for (std::size_t times = 1; times <= 3; ++times) {
    CHECK(l.heard.size() == times);
    l.ends();
    l.waits(3900ms);
    CHECK(l.heard.size() == times);
    l.waits(100ms);
  }
  CHECK(l.heard.size() == 3);
  CHECK(l.a.due() == never);
  CHECK_FALSE(l.a.has_ended());
}

TEST_CASE("announcer: what is overtaken is not heard, however late it gets ready") {
  listener l;
  l.take(l.a.repeat(say("first")));
  l.take(l.a.repeat(say("second")));
  l.render();
  CHECK(l.heard == std::vector<std::string>{"second"});
  l.take(l.a.repeat(say("third")));
  l.take(l.a.hush());
  l.render();
  CHECK(l.heard.size() == 1);
}

TEST_CASE("announcer: what is not ready when it is wanted at once is said in short, and in full as soon as it may be") {
  listener l;
  l.take(l.a.get_ready(say("order", true)));
  l.take(l.a.repeat(l.now));
  CHECK(l.heard == std::vector<std::string>{"order.wav"});
  SECTION("in a pause") {
    l.ends();
    l.render();
    CHECK(l.heard.back() == "order");
    l.ends();
    l.waits(4s);
    l.ends();
    l.waits(4s);
    CHECK(l.heard.size() == 4); // the short one does not count
    l.ends();
    l.waits(60s);
    CHECK(l.heard.size() == 4);
  }
  SECTION("while the short one is heard: next time") {
    l.render();
    CHECK(l.heard.size() == 1);
    l.ends();
    l.waits(4s);
    CHECK(l.heard.back() == "order");
  }
}

TEST_CASE("announcer: something said once is followed by what is repeated, from its beginning") {
  listener l;
  l.take(l.a.get_ready(say("order")));
  l.render();
  l.take(l.a.repeat(l.now));
  l.ends();
  l.waits(4s);
  l.take(l.a.once(say("wrong key")));
  l.render();
  CHECK(l.heard.back() == "wrong key");
  l.ends();
  for (int i = 0; i < 3; ++i) {
    l.waits(4s);
    CHECK(l.heard.back() == "order");
    l.ends();
  }
  l.waits(60s);
  CHECK(l.heard.size() == 6);
}

TEST_CASE("announcer: last words end when they were heard, or cannot be") {
  listener l;
  l.take(l.a.repeat(say("order")));
  l.render();
  SECTION("heard") {
    l.take(l.a.last_words(say("bye"), l.now + 10s));
    l.render();
    l.ends();
    CHECK(l.a.has_ended());
  }
  SECTION("never ready") {
    l.take(l.a.last_words(say("bye"), l.now + 10s));
    l.waits(9900ms);
    CHECK_FALSE(l.a.has_ended());
    l.waits(100ms);
    CHECK(l.a.has_ended());
  }
  SECTION("nothing to be heard: they are given the time that they may take") {
    l.take(l.a.last_words(say("bye"), l.now + 10s));
    l.render();
    l.ends(0ms);
    l.waits(3900ms);
    CHECK_FALSE(l.a.has_ended());
    l.waits(100ms);
    CHECK(l.a.has_ended());
  }
  SECTION("the end of what was cut off is not theirs") {
    l.now += 2s;
    l.take(l.a.last_words(say("bye"), l.now + 10s));
    l.a.on(played{}, l.now); // was on its way already
    CHECK_FALSE(l.a.has_ended());
    l.now += 3s; // the renderer is slow
    l.render();
    CHECK(l.heard.back() == "bye");
    l.ends();
    CHECK(l.a.has_ended());
  }
  SECTION("nor, if it comes when they have just begun, does it hide their own") {
    l.take(l.a.last_words(say("bye"), l.now + 10s));
    l.render();
    l.ends(10ms);
    CHECK_FALSE(l.a.has_ended());
    l.ends(1500ms);
    CHECK(l.a.has_ended());
  }
}
