// What the last run has left when it died: dialogs to be ended, phones that are still in one, callers to be rung back.

#include "tests/actors/hotline_bench.hpp"

#include "actors/calls/calls.hpp"
#include "actors/calls/left_dialogs.hpp"
#include "actors/core/checkpoints.hpp"
#include "actors/core/cut_calls.hpp"
#include "actors/engine/sip_sink.hpp"
#include "storage/tables.hpp"

using namespace lifeline;
using namespace lifeline::testing;
using domain::agent_state;

namespace {

const std::string home = "host:/data/recordings";

sip::standing_dialog dialog_of(std::uint64_t leg, const std::string& account = {}) {
  return {{leg, 1},
          account,
          account.empty() ? "carrier" : "",
          "call" + std::to_string(leg),
          "<sip:96333@192.0.2.1>;tag=ours",
          "<sip:13912340000@192.0.2.9>;tag=theirs",
          "sip:13912340000@192.0.2.9:5060",
          "<sip:proxy.example;lr>",
          ""};
}

std::vector<std::string> rows(const hotline_bench& b, std::string_view first, std::string_view last) {
  std::vector<std::string> keys;
  (void)b.journal->scan(storage::table::meta, first, last, false, [&](std::string_view key, std::string_view) {
    keys.emplace_back(key);
    return true;
  });
  return keys;
}

std::size_t dialogs_kept(const hotline_bench& b) { return rows(b, actors::dialog_prefix, actors::dialog_end).size(); }

/// What the agent's actor was told before its start is what it begins with, here as after the engine's.
void start_again(hotline_bench& b, const std::string& account) {
  caf::anon_send(b.around->who.agents.find(account), actors::crash_order{"injected"});
  b.run();
  b.advance(10ms);
}

} // namespace

TEST_CASE("dialogs that came with a restored copy are another engine's and are left alone") {
  hotline_bench b;
  CHECK(actors::take_left_dialogs(*b.around, home).empty());
  actors::keep_dialog(*b.around, dialog_of(1, "8001"));
  CHECK(actors::take_left_dialogs(*b.around, "host:/restored/recordings").empty());
  CHECK(dialogs_kept(b) == 0);
  CHECK_FALSE(b.around->busy.contains("8001"));
  actors::keep_dialog(*b.around, dialog_of(2));
  CHECK(actors::take_left_dialogs(*b.around, "host:/restored/recordings").size() == 1); // its own by now
}

TEST_CASE("a dialog is kept as long as it stands, with its last target, whoever's it is") {
  hotline_bench b;
  (void)actors::take_left_dialogs(*b.around, home);
  actors::sip_sink sink{b.around};
  sink.on_dialog(dialog_of(1));
  sink.on_dialog(dialog_of(2, "8001"));
  auto moved = dialog_of(1);
  moved.target = "sip:elsewhere@192.0.2.10";
  sink.on_dialog(moved);
  CHECK(dialogs_kept(b) == 2);
  const auto left = actors::take_left_dialogs(*b.around, home);
  REQUIRE(left.size() == 2);
  CHECK(left[0] == moved);
  CHECK(left[1] == dialog_of(2, "8001"));
  sink.on_dialog_over({1, 1});
  sink.on_dialog_over({3, 1}); // nothing is known of it
  CHECK(dialogs_kept(b) == 1);
}

TEST_CASE("a row of a dialog that cannot be read is no reason not to start, and is removed") {
  hotline_bench b;
  (void)actors::take_left_dialogs(*b.around, home);
  actors::keep_dialog(*b.around, dialog_of(1));
  b.journal->append({{}, {{storage::table::meta, actors::dialog_key({2, 1}), "torn"}}}, storage::durability::lazy);
  CHECK(actors::take_left_dialogs(*b.around, home).size() == 1);
  CHECK(dialogs_kept(b) == 1);
}

TEST_CASE("an agent whose phone is still in a call of the last run is offered nothing before that has ended") {
  hotline_bench b;
  b.sign_in("8001");
  (void)actors::take_left_dialogs(*b.around, home);
  actors::keep_dialog(*b.around, dialog_of(1, "8001"));
  actors::keep_dialog(*b.around, dialog_of(2, "8001")); // two phones
  (void)actors::take_left_dialogs(*b.around, home);
  start_again(b, "8001");
  CHECK(b.state("8001") == agent_state::unreachable);
  const auto f = b.ask<actors::agent_status>(b.around->who.agents.find("8001"), actors::get_agent{});
  CHECK(f.reason == "its phone is still in a call of before the restart");
  b.register_phone("8001"); // a refresh says nothing about it
  CHECK(b.state("8001") == agent_state::unreachable);
  b.call_in();
  CHECK(b.sip.count("invite") == 0);
  actors::forget_dialog(*b.around, {1, 1});
  b.run();
  CHECK(b.state("8001") == agent_state::unreachable);
  actors::forget_dialog(*b.around, {2, 1});
  b.run();
  CHECK(b.sip.count("invite") == 1);
  CHECK(b.sip.last("invite").invite.account == "8001");
}

TEST_CASE("who signs in by registering is signed in when the phone is free, also if it registered before") {
  auto plan = small_plan();
  plan.agents[0].ready_on_register = true;
  hotline_bench b{plan};
  (void)actors::take_left_dialogs(*b.around, home);
  actors::keep_dialog(*b.around, dialog_of(1, "8001"));
  (void)actors::take_left_dialogs(*b.around, home);
  start_again(b, "8001");
  CHECK(b.state("8001") == agent_state::logged_out);
  b.register_phone("8001");
  CHECK(b.state("8001") == agent_state::logged_out);
  actors::forget_dialog(*b.around, {1, 1});
  b.run();
  CHECK(b.state("8001") == agent_state::ready);
}

TEST_CASE("callers whose calls were cut are listed until somebody has seen to them, over restarts") {
  hotline_bench b;
  b.sign_in("8001");
  b.call_in("12315", "13800000001");
  b.phone_answers(b.ringing_leg());
  b.call_in("12315", "anonymous");
  b.advance(10s);
  const auto died = b.time();
  b.advance(1h);
  CHECK(actors::close_calls_of_last_run(*b.around, died).size() == 2);
  const auto cut = b.logged<domain::call_cut>();
  REQUIRE(cut.size() == 2);
  CHECK(cut[0].caller == "13800000001");
  CHECK(cut[0].agent == "8001");
  CHECK(cut[0].talking);
  CHECK_FALSE(cut[1].talking);
  CHECK(rows(b, actors::cut_prefix, actors::cut_end).size() == 2);
  actors::cut_list list;
  list.load(*b.journal);
  const auto all = list.all();
  REQUIRE(all.size() == 2);
  CHECK(all[0].cut == died);
  CHECK(all[0].talking);
  CHECK(all[1].caller == "anonymous");
  CHECK(list.by_hotline() == std::map<std::string, std::uint64_t>{{"12315", 2}});
  CHECK(list.remove(all[0].call));
  CHECK_FALSE(list.remove(all[0].call));
  CHECK_FALSE(list.find(all[0].call));
  CHECK(actors::close_calls_of_last_run(*b.around, died).empty()); // nothing is listed twice
  CHECK(b.logged<domain::call_cut>().size() == 2);
  b.check_invariants(true);
}

TEST_CASE("a caller who had hung up when the engine died, while the recording was sealed, is not rung back") {
  hotline_bench b;
  b.sign_in("8001");
  const auto caller = b.call_in();
  b.phone_answers(b.ringing_leg());
  b.advance(5s);
  b.media.never_seal = true;
  b.hangs_up(caller);
  CHECK(actors::close_calls_of_last_run(*b.around, b.time()).size() == 1);
  CHECK(b.logged<domain::call_cut>().empty());
  CHECK(rows(b, actors::cut_prefix, actors::cut_end).empty());
}

TEST_CASE("a cut call from a lift names the lift and the order") {
  hotline_bench b;
  b.call_in();
  const auto id = b.around->who.live_calls.entries().front().first;
  const domain::order_id order{3, 4};
  caf::anon_send(b.around->who.live_calls.find(id), actors::lift_known{"320145", {}, order});
  b.run();
  CHECK(actors::close_calls_of_last_run(*b.around, b.time()).size() == 1);
  const auto cut = b.logged<domain::call_cut>();
  REQUIRE(cut.size() == 1);
  CHECK(cut[0].lift == "320145");
  CHECK(cut[0].order == order);
}

TEST_CASE("a phone that takes no call makes its agent not ready, and the log says what it answered") {
  auto plan = small_plan();
  plan.queues[0].max_misses = 2;
  hotline_bench b{plan};
  b.sign_in("8001");
  b.call_in();
  b.phone_refuses(b.ringing_leg(), 480);
  CHECK(b.state("8001") == agent_state::ready);
  b.advance(2s);
  REQUIRE(b.sip.count("invite") == 2);
  b.phone_refuses(b.ringing_leg(), 488);
  CHECK(b.state("8001") == agent_state::not_ready);
  b.advance(1h);
  CHECK(b.sip.count("invite") == 2);
  const auto ended = b.logged<domain::reservation_ended>();
  REQUIRE(ended.size() == 2);
  CHECK(ended[0].sip_status == 480);
  CHECK(ended[1].sip_status == 488);
  const auto f = b.ask<actors::agent_status>(b.around->who.agents.find("8001"), actors::get_agent{});
  CHECK(f.reason == "phone refuses calls: 488");
  b.check_invariants(false);
}

TEST_CASE("an agent's phone shows the hotline before the caller, a backup number does not") {
  auto plan = small_plan();
  plan.hotlines[0].short_name = "消费";
  plan.hotlines[0].backup_numbers = {"051780000001"};
  hotline_bench b{plan};
  b.sign_in("8001");
  b.call_in("12315", "13912340000");
  CHECK(b.sip.last("invite").invite.from_display == "消费 13912340000");
  CHECK(b.sip.last("invite").invite.from_number == "13912340000");
  b.phone_answers(b.ringing_leg());
  b.sign_in("8002");
  b.call_in("12315", "anonymous");
  CHECK(b.sip.last("invite").invite.from_display == "消费 Anonymous");
}
