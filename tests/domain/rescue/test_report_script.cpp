// The report line without a telephone: what is asked, said and stored, and in what time.

#include "domain/rescue/order_code.hpp"
#include "domain/rescue/report_script.hpp"
#include "tests/domain/voice/script_driver.hpp"

#include <random>

using namespace lifeline;
using namespace lifeline::domain;
using namespace lifeline::testing;
using report_reply::orders_found;
using report_reply::word_stored;
using report_request::store_word;

namespace {

order_brief brief(std::uint64_t number, deployment_phase phase = deployment_phase::accepted) {
  order_brief b;
  b.order = {number, 7};
  b.party = "firm-1";
  b.phase = phase;
  b.state.id = b.order;
  b.state.address = "淮海路" + std::to_string(number) + "号";
  return b;
}

struct report_line : script_driver<report_script> {
  explicit report_line(std::vector<order_brief> orders, bool proven = true)
      : script_driver(report_script{proven, 10s}) {
    begin();
    tell(orders_found{std::move(orders)});
  }
  [[nodiscard]] std::vector<store_word> stored() const { return asked<store_word>(); }
};

} // namespace

TEST_CASE("report script: a word is confirmed when it is stored, and then it ends") {
  report_line t{{brief(1)}};
  CHECK(t.count<voice::answer>() == 1);
  CHECK(t.heard().front() == "rescue-welcome.wav");
  t.press('4');
  REQUIRE(t.stored().size() == 1);
  CHECK(t.stored().front().report.word == rescuer_word::arrived);
  CHECK(t.stored().front().report.via == step_via::phone_key);
  CHECK(t.plays.size() == 1);
  t.tell(word_stored{1, true});
  CHECK(t.heard() == std::vector<std::string>{"rescue-arrived.wav"});
  t.advance(2s);
  t.prompt_ends();
  CHECK(t.over());
  CHECK(t.count<voice::end>() == 1);
}

TEST_CASE("report script: who hangs up is not talked to any more, in whatever phase") {
  report_line t{{brief(1)}};
  const bool storing = GENERATE(true, false);
  if (storing) t.press('4');
  t.tell(voice::gone{});
  CHECK(t.over());
  CHECK(t.stored().size() == (storing ? 1 : 0)); // it is stored all the same
  const auto commands = t.done.size();
  t.tell(word_stored{1, true});
  t.tell(voice::pressed{'4', false});
  t.tell(voice::clock{});
  CHECK(t.done.size() == commands);
}

TEST_CASE(
    "report script: a word that is not known to be stored can be pressed again, and the late answer is nobody's") {
  report_line t{{brief(1)}};
  t.press('5');
  t.advance(longest_word_storing);
  CHECK(t.heard().front() == "rescue-not-stored.wav");
  t.tell(word_stored{1, true});
  CHECK(t.heard().front() == "rescue-not-stored.wav");
  t.press('5');
  REQUIRE(t.stored().size() == 2);
  CHECK(t.stored().back().tag == 2);
  t.tell(word_stored{2, true});
  CHECK(t.heard() == std::vector<std::string>{"rescue-completed.wav"});
}

TEST_CASE("report script: a key that is pressed once and heard thrice stores once") {
  report_line t{{brief(1)}};
  t.advance(1s);
  for (const bool by_info : {true, false, false})
    t.tell(voice::pressed{'4', by_info});
  CHECK(t.stored().size() == 1);
}

TEST_CASE("report script: the end of what was cut off does not cut off the confirmation") {
  report_line t{{brief(1)}};
  t.renders = false;
  t.press('4');
  t.tell(word_stored{1, true});
  t.tell(voice::played{}); // of the order: it was on its way when the key was pressed
  CHECK_FALSE(t.over());
  t.advance(3s);
  t.render();
  CHECK(t.heard() == std::vector<std::string>{"rescue-arrived.wav"});
}

TEST_CASE("report script: a leg that cannot be spoken to is refused or ended") {
  script_driver<report_script> t{report_script{true, 10s}};
  SECTION("no codec in common") {
    t.tell(voice::begins{true, false});
    CHECK(std::get<voice::refuse>(t.done.front()).status == 488);
  }
  SECTION("no media port") {
    t.tell(voice::begins{true, true});
    t.tell(voice::no_port{"none left"});
    CHECK(t.count<voice::refuse>() == 1);
  }
  SECTION("the port is lost later") {
    t.begin();
    t.tell(orders_found{{brief(1)}});
    t.tell(voice::no_port{"socket error"});
    CHECK(t.count<voice::refuse>() == 0);
  }
  SECTION("no media port in time") {
    t.tell(voice::begins{true, true});
    t.advance(10s);
  }
  SECTION("our offer is not answered") {
    t.tell(voice::begins{false, false});
    t.tell(voice::opened{});
    t.tell(orders_found{{brief(1)}});
    t.tell(voice::deaf{});
  }
  SECTION("the engine stops") {
    t.begin();
    t.tell(voice::engine_stops{});
  }
  CHECK(t.over());
  CHECK(t.count<voice::end>() == 1);
}

TEST_CASE("report script: whatever is pressed and lost, it ends in time, and a press stores at most one word") {
  const auto seed = GENERATE(range(0u, 200u));
  CAPTURE(seed);
  std::mt19937 lot{seed};
  const auto draw = [&](int n) { return static_cast<int>(lot() % static_cast<unsigned>(n)); };
  std::vector<order_brief> orders;
  for (int n = draw(4); n > 0; --n)
    orders.push_back(
        brief(static_cast<std::uint64_t>(n), draw(2) != 0 ? deployment_phase::accepted : deployment_phase::dispatched));
  script_driver<report_script> t{report_script{draw(2) != 0, 10s}};
  const auto began = t.now;
  t.tell(voice::begins{true, true});
  bool found = false;
  std::size_t presses = 0;
  for (int i = 0; i < 400 && !t.over(); ++i) {
    t.renders = draw(4) != 0;
    switch (draw(8)) {
    case 0: t.tell(voice::opened{}); break;
    case 1: t.prompt_ends(); break;
    case 2: t.render(); break;
    case 3:
      if (!std::exchange(found, true)) t.tell(orders_found{orders});
      break;
    case 4: t.tell(word_stored{t.script.saving, draw(2) != 0}); break;
    case 5: t.advance(std::chrono::milliseconds{draw(20000)}); break;
    default: {
      const auto before = t.asked<store_word>().size();
      ++presses;
      t.press("0123456789*#"[draw(12)]);
      CHECK(t.asked<store_word>().size() <= before + 1);
    }
    }
  }
  if (!t.over()) t.advance(began + longest_report_call - t.now);
  CHECK(t.over());
  CHECK(t.asked<store_word>().size() <= presses);
  CHECK(t.count<voice::end>() == 1);
}
