// Every kind of actor crashes in every state of a call, alone and together with others; the call goes on to a normal
// end as if nothing had happened.

#include "tests/actors/calls/crash_scene.hpp"

using namespace lifeline;
using namespace lifeline::testing;

namespace {

struct victims {
  const char* name;
  std::vector<part> parts;
};

const std::vector<victims>& single() {
  static const std::vector<victims> all{
      {"the call", {part::call}},
      {"the agent", {part::agent}},
      {"the dispatcher", {part::dispatcher}},
      {"the supervisor of calls", {part::calls}},
      {"the supervisor of agents", {part::agents}},
      {"a gateway's keeper", {part::keeper}},
  };
  return all;
}

const std::vector<victims>& together() {
  static const std::vector<victims> all{
      {"call and agent", {part::call, part::agent}},
      {"call and dispatcher", {part::call, part::dispatcher}},
      {"agent and dispatcher", {part::agent, part::dispatcher}},
      {"call and its supervisor", {part::call, part::calls}},
      {"the supervisor of calls, then the call", {part::calls, part::call}},
      {"dispatcher and supervisor of calls", {part::dispatcher, part::calls}},
      {"supervisor of agents and dispatcher", {part::agents, part::dispatcher}},
      {"all children of the root", {part::keeper, part::dispatcher, part::agents, part::calls}},
      {"everybody", {part::call, part::agent, part::dispatcher, part::agents, part::calls, part::keeper}},
  };
  return all;
}

void crash_in_every_state(const std::vector<victims>& who, crash_moment when) {
  for (const auto& stage : all_stages()) {
    for (const auto& v : who) {
      DYNAMIC_SECTION(stage.name << ": " << v.name << " crashes") {
        scene s{stage};
        s.crash(v.parts, when);
        REQUIRE(s.play_on());
        s.check_end(v.parts);
      }
    }
  }
}

} // namespace

TEST_CASE("without a crash every state of a call leads to the normal end", "[crash]") {
  for (const auto& stage : all_stages()) {
    DYNAMIC_SECTION(stage.name) {
      scene s{stage};
      s.crashed_at = s.b.time();
      s.b.run();
      REQUIRE(s.play_on());
      s.check_end({});
    }
  }
}

TEST_CASE("any one actor may crash in any state of a call", "[crash]") {
  crash_in_every_state(single(), crash_moment::in_turn);
}

TEST_CASE("any one actor may crash in any state of a call and lose its mailbox", "[crash]") {
  crash_in_every_state(single(), crash_moment::at_once);
}

TEST_CASE("several actors may crash together in any state of a call", "[crash]") {
  crash_in_every_state(together(), crash_moment::in_turn);
}

TEST_CASE("several actors may crash together in any state of a call and lose their mailboxes", "[crash]") {
  crash_in_every_state(together(), crash_moment::at_once);
}
