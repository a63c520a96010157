#include "tests/actors/rescue/rescue_bench.hpp"

#include "actors/rescue/report_call.hpp"
#include "domain/rescue/order_code.hpp"

using namespace lifeline;
using namespace lifeline::testing;
using domain::deployment_phase;
using domain::rescuer_word;

namespace {

constexpr const char* rescuer = "13912345678";

class report_bench : public rescue_bench {
public:
  using rescue_bench::rescue_bench;
  void has_order(std::uint64_t number, deployment_phase phase, const std::string& address) {
    actors::order_brief brief;
    brief.order = {number, 7};
    brief.party = "firm-1";
    brief.phase = phase;
    brief.state = trapped_order();
    brief.state.address = address;
    rescue.orders[rescuer].push_back(brief);
  }
  /// A trunk vouches for the number, unless the test says otherwise.
  void call(const std::string& from = rescuer, bool verified = true) {
    sip::incoming_call in;
    in.leg = caller = {76, ++calls};
    in.called = "96334";
    in.caller.number = from;
    in.caller.withheld = from == "anonymous";
    in.caller.verified = verified;
    in.offer = phone_sdp();
    call_in(in);
    run();
  }
  void type(const std::string& digits) {
    for (const char digit : digits)
      press(digit);
  }
  void press(char digit) {
    advance(1s);
    media.emit(caller, media::endpoint_event_kind::digit, std::string(1, digit));
    run();
  }
  void hangs_up_itself() {
    advance(2s);
    prompt_ends();
    CHECK(sip.count("hang_up", caller) == 1);
    check_nothing_left();
  }
  domain::leg_id caller;
  std::uint64_t calls = 0;
};

} // namespace

TEST_CASE("report line: a rescuer reports arrival and completion, each stored before it is confirmed") {
  const auto [key, word, prompt] = GENERATE(table<char, rescuer_word, std::string>(
      {{'4', rescuer_word::arrived, "rescue-arrived.wav"}, {'5', rescuer_word::completed, "rescue-completed.wav"}}));
  report_bench b;
  b.has_order(1, deployment_phase::accepted, "淮海路12号");
  b.rescue.held = true;
  b.call();
  CHECK(b.sip.count("answer", b.caller) == 1);
  CHECK(b.lines() == 0); // the trunk only
  CHECK(b.heard().front() == "rescue-welcome.wav");
  CHECK(b.heard("speech/地点，淮海路一二号。.wav"));
  CHECK_FALSE(b.heard("rescue-key-accept.wav"));
  b.press(key);
  REQUIRE(b.rescue.said.size() == 1);
  CHECK(b.rescue.said.front().first == domain::order_id{1, 7});
  CHECK(b.rescue.said.front().second.word == word);
  CHECK(b.rescue.said.front().second.party == "firm-1");
  CHECK(b.rescue.said.front().second.via == domain::step_via::phone_key);
  CHECK(b.media.played.size() == 1); // nothing is confirmed yet
  b.rescue.waiting.front()(true, "");
  b.run();
  CHECK(b.heard() == std::vector<std::string>{prompt});
  b.hangs_up_itself();
}

TEST_CASE("report line: an order that is not accepted yet can be answered") {
  const auto phase = GENERATE(deployment_phase::dispatched, deployment_phase::unanswered);
  report_bench b;
  b.has_order(1, phase, "淮海路12号");
  b.call();
  CHECK(b.heard("rescue-key-accept.wav"));
  b.press('1');
  REQUIRE(b.rescue.said.size() == 1);
  CHECK(b.rescue.said.front().second.word == rescuer_word::accept);
  CHECK(b.heard("rescue-accepted.wav"));
  b.hangs_up_itself();
}

TEST_CASE("report line: a key that the order does not take is explained") {
  report_bench b;
  b.has_order(1, deployment_phase::arrived, "淮海路12号");
  b.call();
  for (const char wrong : {'1', '2', '4', '9', '*', '#'}) {
    b.press(wrong);
    CHECK(b.heard().front() == "rescue-wrong-key.wav");
  }
  b.press('3');
  CHECK(b.heard("speech/地点，淮海路一二号。.wav"));
  CHECK(b.rescue.said.empty());
  b.press('5');
  CHECK(b.rescue.said.size() == 1);
}

TEST_CASE("report line: what was not stored is said to be so, and can be pressed again") {
  report_bench b;
  b.has_order(1, deployment_phase::accepted, "淮海路12号");
  b.rescue.stores = false;
  b.call();
  b.press('4');
  CHECK(b.heard().front() == "rescue-not-stored.wav");
  b.rescue.stores = true;
  b.press('4');
  CHECK(b.heard("rescue-arrived.wav"));
  CHECK(b.rescue.said.size() == 2);
  b.hangs_up_itself();
}

TEST_CASE("report line: an answer that does not come in time is no confirmation, nor is it one later") {
  report_bench b;
  b.has_order(1, deployment_phase::accepted, "淮海路12号");
  b.rescue.held = true;
  b.call();
  b.press('4');
  b.press('5'); // while it is being stored: nothing
  CHECK(b.rescue.said.size() == 1);
  b.advance(10s);
  CHECK(b.heard().front() == "rescue-not-stored.wav");
  b.rescue.waiting.front()(true, "");
  b.run();
  CHECK(b.heard().front() == "rescue-not-stored.wav");
  b.press('4');
  REQUIRE(b.rescue.waiting.size() == 2);
  b.rescue.waiting.back()(true, "");
  b.run();
  CHECK(b.heard("rescue-arrived.wav"));
}

TEST_CASE("report line: several orders are chosen from by key") {
  report_bench b;
  b.has_order(1, deployment_phase::accepted, "甲路1号");
  b.has_order(2, deployment_phase::dispatched, "乙路2号");
  b.call();
  CHECK(b.heard().front() == "rescue-choose.wav");
  CHECK(b.heard("speech/乙路二号，请按二。.wav"));
  b.press('3'); // there is no third one
  CHECK(b.heard().front() == "rescue-choose.wav");
  b.press('2');
  CHECK(b.heard("speech/地点，乙路二号。.wav"));
  CHECK(b.heard("rescue-key-accept.wav"));
  b.press('*'); // back
  CHECK(b.heard().front() == "rescue-choose.wav");
  b.press('1');
  b.press('5');
  REQUIRE(b.rescue.said.size() == 1);
  CHECK(b.rescue.said.front().first == domain::order_id{1, 7});
  b.hangs_up_itself();
}

TEST_CASE("report line: a caller with more than nine orders can reach the nine oldest") {
  report_bench b;
  for (std::uint64_t n = 1; n <= 12; ++n)
    b.has_order(n, deployment_phase::accepted, "淮海路" + std::to_string(n) + "号");
  b.call();
  CHECK(b.heard().size() == 10);
  b.press('9');
  b.press('4');
  REQUIRE(b.rescue.said.size() == 1);
  CHECK(b.rescue.said.front().first == domain::order_id{9, 7});
}

TEST_CASE("report line: whoever has no order is told where to call") {
  report_bench b;
  SECTION("unknown") { b.call("13800000000"); }
  SECTION("withheld") {
    b.has_order(1, deployment_phase::accepted, "淮海路12号");
    b.call("anonymous");
  }
  SECTION("an engine without lifts") {
    b.around->set_rescue(nullptr);
    b.call();
  }
  CHECK(b.heard() == std::vector<std::string>{"rescue-no-order.wav"});
  b.press('4');
  CHECK(b.rescue.said.empty());
  b.hangs_up_itself();
}

TEST_CASE("report line: a rescuer is known in whatever form the carrier writes the number") {
  report_bench b;
  b.has_order(1, deployment_phase::accepted, "淮海路12号");
  b.call(GENERATE("+8613912345678", "013912345678", "8613912345678"));
  CHECK(b.heard().front() == "rescue-welcome.wav");
}

TEST_CASE("report line: a number that no trunk vouches for has to know the order's short code") {
  report_bench b;
  b.has_order(1, deployment_phase::accepted, "淮海路12号");
  b.has_order(2, deployment_phase::accepted, "淮海路34号");
  const domain::order_id other{2, 4321}; // codes come from the id's last part
  b.rescue.orders[rescuer].back().order = other;
  b.call(rescuer, false);
  CHECK(b.heard() == std::vector<std::string>{"rescue-welcome.wav", "rescue-ask-code.wav"});
  CHECK_FALSE(b.heard("speech/地点，淮海路一二号。.wav")); // nothing of any order yet
  SECTION("the code of one of its orders chooses it") {
    b.type(domain::short_code(other));
    CHECK(b.heard("speech/地点，淮海路三四号。.wav"));
    b.press('4');
    REQUIRE(b.rescue.said.size() == 1);
    CHECK(b.rescue.said.front().first == other);
    b.hangs_up_itself();
  }
  SECTION("a press that comes twice counts once, and * begins again") {
    const auto code = domain::short_code({1, 7});
    b.type(code.substr(0, 2));
    b.press(code[1]);
    b.press('*');
    CHECK(b.heard("rescue-ask-code.wav"));
    for (const char digit : code) {
      b.press(digit);
      b.press(digit);
    }
    CHECK(b.heard("speech/地点，淮海路一二号。.wav"));
  }
  SECTION("three wrong ones are all that are heard") {
    for (int i = 0; i < 2; ++i) {
      b.type("0101");
      CHECK(b.heard().front() == "rescue-wrong-code.wav");
    }
    b.type("0101");
    CHECK(b.heard() == std::vector<std::string>{"rescue-no-order.wav"});
    b.type(domain::short_code({1, 7}));
    b.press('4');
    CHECK(b.rescue.said.empty());
    b.hangs_up_itself();
  }
  SECTION("another's code opens nothing: the number counts as well") {
    b.rescue.orders["13800000000"] = {b.rescue.orders[rescuer].front()};
    b.rescue.orders[rescuer].erase(b.rescue.orders[rescuer].begin());
    b.hangs_up(b.caller);
    b.call(rescuer, false);
    b.type(domain::short_code({1, 7}));
    CHECK(b.heard().front() == "rescue-wrong-code.wav");
  }
  SECTION("who presses nothing is let go") {
    b.advance(61s);
    CHECK(b.sip.count("hang_up", b.caller) == 1);
    b.check_nothing_left();
  }
}

TEST_CASE("report line: a phone of ours has proved who it is by its password") {
  report_bench b;
  b.has_order(1, deployment_phase::accepted, "淮海路12号");
  sip::incoming_call in;
  in.leg = b.caller = {75, 1};
  in.called = "96334";
  in.agent = "8001";
  in.caller.number = rescuer;
  in.offer = phone_sdp();
  b.call_in(in);
  b.run();
  CHECK(b.heard("speech/地点，淮海路一二号。.wav"));
  b.hangs_up(b.caller);
}

TEST_CASE("report line: it is said three times, and a caller who presses nothing is let go") {
  report_bench b;
  b.has_order(1, deployment_phase::accepted, "淮海路12号");
  b.call();
  for (std::size_t times = 1; times <= 3; ++times) {
    CHECK(b.media.played.size() == times);
    b.advance(5s);
    b.prompt_ends();
    b.advance(5100ms);
  }
  CHECK(b.media.played.size() == 3);
  CHECK(b.sip.count("hang_up", b.caller) == 0);
  b.advance(30s);
  CHECK(b.sip.count("hang_up", b.caller) == 1);
  b.check_nothing_left();
}

TEST_CASE("report line: no call lasts longer than three minutes") {
  report_bench b;
  b.has_order(1, deployment_phase::accepted, "淮海路12号");
  b.call();
  for (int i = 0; i < 9; ++i) {
    b.advance(19s);
    b.press('3');
  }
  b.advance(10s);
  b.check_nothing_left();
}

TEST_CASE("report line: a hang-up while it is stored stores it all the same") {
  report_bench b;
  b.has_order(1, deployment_phase::accepted, "淮海路12号");
  b.rescue.held = true;
  b.call();
  b.press('4');
  b.hangs_up(b.caller);
  b.check_nothing_left();
  REQUIRE(b.rescue.waiting.size() == 1);
  b.rescue.waiting.front()(true, ""); // to nobody
  b.run();
}

TEST_CASE("report line: calls that cannot be taken are refused") {
  report_bench b;
  b.has_order(1, deployment_phase::accepted, "淮海路12号");
  SECTION("no codec in common") {
    sip::incoming_call in;
    in.leg = b.caller = {77, 1};
    in.called = "96334";
    in.caller.number = rescuer;
    in.offer = phone_sdp();
    in.offer.codecs = {{18, "G729", 8000}};
    b.call_in(in);
    b.run();
    CHECK(b.sip.last("refuse").status == 488);
  }
  SECTION("no media port") {
    b.media.refuse_ports = true;
    b.call();
    CHECK(b.sip.last("refuse").status == 500);
  }
  SECTION("no media port in time") {
    b.media.silent_open = true;
    b.call();
    b.advance(11s);
    CHECK(b.sip.count("hang_up", b.caller) == 1);
  }
  SECTION("the engine ends its last calls") { // while it drains, rescuers are let in
    b.around->draining = b.around->releasing = true;
    b.call();
    CHECK(b.sip.last("refuse").status == 503);
  }
  b.check_nothing_left();
  CHECK(b.logged<domain::call_ended>().empty()); // a call of no hotline
}

TEST_CASE("report line: an INVITE without an offer is answered with ours") {
  report_bench b;
  b.has_order(1, deployment_phase::accepted, "淮海路12号");
  sip::incoming_call in;
  in.leg = b.caller = {77, 1};
  in.called = "96334";
  in.caller.number = rescuer;
  in.caller.verified = true;
  b.call_in(in);
  b.run();
  CHECK(b.sip.last("answer").sdp.codecs.size() == 2);
  b.sip.emit(b.caller, sip::leg_event_kind::acked, 0, sip::leg_end::none, phone_sdp());
  b.run();
  CHECK(b.media.count("set_remote") == 1);
  b.press('4');
  CHECK(b.rescue.said.size() == 1);
}

TEST_CASE("report line: a crash at any command leaves nothing behind and says nothing twice") {
  std::size_t commands = 0;
  for (std::size_t nth = 1; nth <= 40; ++nth) {
    report_bench b;
    b.has_order(1, deployment_phase::accepted, "淮海路12号");
    command_fault bomb{nth, 0, {}};
    b.sip.bomb = b.media.bomb = &bomb;
    b.call();
    b.press('9');
    b.press('4');
    b.advance(2s);
    b.prompt_ends();
    b.sip.bomb = b.media.bomb = nullptr;
    CAPTURE(nth, bomb.hit);
    CHECK(b.rescue.said.size() <= 1);
    CHECK(b.sip.alive.empty());
    CHECK(b.media.open_endpoints() == 0);
    if (bomb.hit.empty()) break;
    ++commands;
  }
  CHECK(commands >= 8);
  CHECK(commands < 40);
}

TEST_CASE("report line: it ends with the engine, not with a crash of the supervisor of calls") {
  report_bench b;
  b.has_order(1, deployment_phase::accepted, "淮海路12号");
  b.call();
  caf::anon_send(b.around->who.calls.get(), actors::crash_order{"test"});
  b.run();
  CHECK(b.sip.count("hang_up", b.caller) == 0);
  b.press('9');
  CHECK(b.heard().front() == "rescue-wrong-key.wav");
  b.hangs_up(b.caller); // before its gateways end with the bench
}

TEST_CASE("report line: a caller who does not answer our offer is not talked to") {
  report_bench b;
  b.has_order(1, deployment_phase::accepted, "淮海路12号");
  sip::incoming_call in;
  in.leg = b.caller = domain::leg_id{77, 1};
  in.trunk = "carrier";
  in.caller.number = rescuer;
  in.called = "96334";
  b.hotline_bench::call_in(in);
  b.run();
  REQUIRE(b.sip.count("answer", b.caller) == 1);
  const bool answers = GENERATE(true, false);
  b.sip.emit(b.caller, sip::leg_event_kind::acked, 0, sip::leg_end::none,
             answers ? phone_sdp() : domain::session_description{});
  b.run();
  CHECK(b.sip.count("hang_up", b.caller) == (answers ? 0 : 1));
  if (answers) b.hangs_up(b.caller);
  b.check_nothing_left();
}
