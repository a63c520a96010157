// A call to a rescuer without a telephone: its line, its phases, its keys, and its one result.

#include "domain/rescue/rescuer_script.hpp"
#include "tests/domain/voice/script_driver.hpp"

#include <random>

using namespace lifeline;
using namespace lifeline::domain;
using namespace lifeline::testing;
namespace asks = domain::rescuer_request;
namespace replies = domain::rescuer_reply;

namespace {

rescuer_call plain_call() {
  rescuer_call c;
  c.about.lift = "320145";
  c.about.address = "淮海路12号";
  c.setup_timeout = 10s;
  c.ring_timeout = 30s;
  c.answer_patience = 45s;
  return c;
}

struct rescuer_line : script_driver<rescuer_script> {
  explicit rescuer_line(rescuer_call c = plain_call()) : script_driver(rescuer_script{std::move(c)}) {}
  void ring() {
    tell(voice::begins{});
    tell(replies::line_granted{});
    tell(voice::opened{});
  }
  void talk() {
    ring();
    tell(voice::picked_up{});
  }
  [[nodiscard]] std::vector<attempt_outcome> results() const {
    std::vector<attempt_outcome> all;
    for (const auto& t : asked<asks::tell>())
      all.push_back(t.outcome);
    return all;
  }
  void check_only(attempt_outcome outcome) const {
    CHECK(over());
    CHECK(results() == std::vector{outcome});
    CHECK(count<voice::end>() == 1);
  }
};

} // namespace

TEST_CASE("rescuer script: the result is told before it is confirmed") {
  rescuer_line t;
  t.talk();
  CHECK(t.asked<asks::dial>().front().ring_timeout == 30s);
  CHECK(t.heard().front() == "rescue-entrapment.wav");
  t.renders = false;
  t.press('1');
  CHECK(t.results() == std::vector{attempt_outcome::accepted});
  CHECK(t.plays.size() == 1);
  t.tell(voice::gone{});
  t.check_only(attempt_outcome::accepted);
}

TEST_CASE("rescuer script: a line is asked for until somebody keeps the lines") {
  rescuer_line t;
  t.tell(voice::begins{});
  CHECK_FALSE(t.asked<asks::request_line>().back().held);
  t.tell(replies::no_keeper{});
  t.advance(line_request_again - 1ms);
  CHECK(t.asked<asks::request_line>().size() == 1);
  t.advance(1ms);
  CHECK(t.asked<asks::request_line>().size() == 2);
  t.tell(replies::line_granted{});
  t.tell(voice::opened{});
  t.tell(voice::picked_up{});
  t.tell(replies::no_keeper{}); // crashed meanwhile: the next one learns of the line
  t.advance(line_request_again);
  CHECK(t.asked<asks::request_line>().size() == 3);
  CHECK(t.asked<asks::request_line>().back().held);
  t.tell(replies::line_granted{});
  t.press('2');
  t.advance(longest_rescuer_farewell);
  t.check_only(attempt_outcome::refused);
}

TEST_CASE("rescuer script: a phone of our own needs no line") {
  auto c = plain_call();
  c.own_phone = true;
  c.purpose = attempt_purpose::alert;
  rescuer_line t{c};
  t.tell(voice::begins{});
  CHECK(t.asked<asks::request_line>().empty());
  CHECK(t.count<voice::open_port>() == 1);
  t.tell(voice::opened{});
  t.tell(voice::picked_up{});
  t.press('1');
  CHECK(t.results() == std::vector{attempt_outcome::accepted});
  t.tell(replies::given_up{});
  CHECK_FALSE(t.over()); // whoever has it hears so
}

TEST_CASE("rescuer script: given up, who does not talk is cancelled, who does is told") {
  rescuer_line t;
  SECTION("while it rings") {
    t.ring();
    t.tell(replies::given_up{});
    CHECK(std::get<voice::end>(t.done.back()).reason.find("cause=200") != std::string::npos);
  }
  SECTION("while they listen") {
    t.talk();
    t.tell(replies::given_up{});
    CHECK(t.heard("rescue-withdrawn.wav"));
    t.press('1');
    t.advance(longest_rescuer_farewell);
  }
  t.check_only(attempt_outcome::withdrawn);
}

TEST_CASE("rescuer script: in every phase the result is there in time") {
  const auto [phase, outcome, longest] = GENERATE(table<int, attempt_outcome, span>({
      {0, attempt_outcome::no_line, 85s},
      {1, attempt_outcome::failed, 10s},
      {2, attempt_outcome::no_answer, 35s},
      {3, attempt_outcome::heard, 45s},
  }));
  rescuer_line t;
  t.tell(voice::begins{});
  if (phase > 0) t.tell(replies::line_granted{});
  if (phase > 1) t.tell(voice::opened{});
  if (phase > 2) t.tell(voice::picked_up{});
  t.advance(longest - 1ms);
  CHECK(t.results().empty());
  t.advance(1ms);
  t.check_only(outcome);
}

TEST_CASE("rescuer script: the talk ends when the attempt's time does, but its confirmation is heard") {
  rescuer_line t;
  t.talk();
  for (int i = 0; i < 20 && !t.over(); ++i) {
    t.advance(20s);
    if (!t.over()) t.tell(voice::pressed{'9', false});
  }
  t.check_only(attempt_outcome::heard);
}

TEST_CASE("rescuer script: what cannot be tried is told at once") {
  auto c = plain_call();
  SECTION("impossible") { c.impossible = "no number"; }
  SECTION("too late") { c.deadline = rescuer_line{}.now; }
  rescuer_line t{c};
  t.tell(voice::begins{});
  t.check_only(attempt_outcome::failed);
  CHECK(t.count<voice::open_port>() == 0);
}

TEST_CASE("rescuer script: whatever happens in whatever order, there is one result, and in time") {
  const auto seed = GENERATE(range(0u, 300u));
  CAPTURE(seed);
  std::mt19937 lot{seed};
  const auto draw = [&](int n) { return static_cast<int>(lot() % static_cast<unsigned>(n)); };
  auto c = plain_call();
  c.own_phone = draw(4) == 0;
  c.accepted = draw(2) != 0;
  if (c.own_phone) c.purpose = attempt_purpose::alert;
  rescuer_line t{c};
  t.tell(voice::begins{});
  for (int i = 0; i < 200 && !t.over(); ++i) {
    t.renders = draw(3) != 0;
    switch (draw(16)) {
    case 0: t.tell(replies::line_granted{}); break;
    case 1: t.tell(voice::opened{}); break;
    case 2: t.tell(voice::picked_up{}); break;
    case 3: t.tell(replies::no_keeper{}); break;
    case 4: t.render(); break;
    case 5: t.tell(voice::played{}); break;
    case 6: t.prompt_ends(); break;
    case 7:
      if (draw(10) == 0) t.tell(voice::gone{});
      break;
    case 8:
      if (draw(10) == 0) t.tell(replies::given_up{});
      break;
    case 9:
      if (draw(10) == 0) t.tell(voice::turned_down{486});
      break;
    case 10: t.advance(std::chrono::milliseconds{draw(15000)}); break;
    default: t.press("0123456789*#"[draw(12)]);
    }
    CHECK(t.results().size() <= 1);
  }
  // Line, set-up and the rest each have their own time.
  t.advance(10s + 30s + 45s + 10s + 30s + 45s + attempt_margin + longest_rescuer_farewell + 4s);
  CHECK(t.over());
  CHECK(t.results().size() == 1);
  CHECK(t.count<voice::end>() == 1);
}
