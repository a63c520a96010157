#include "tests/actors/supervision/supervised_plant.hpp"

#include <algorithm>
#include <stdexcept>

using namespace lifeline::actors;
using namespace lifeline::testing;
using namespace std::chrono_literals;
using lifeline::domain::backoff;
using lifeline::domain::restart_type;
using lifeline::domain::supervision_strategy;
using names = std::vector<std::string>;

namespace {

class fixture : public supervision_fixture {
public:
  supervisor_spec three(supervision_strategy strategy) {
    supervisor_spec spec;
    spec.name = "top";
    spec.strategy = strategy;
    spec.children = {child(in, "a"), child(in, "b"), child(in, "c")};
    return spec;
  }

  /// How an actor ended; fails the test if it still lives.
  caf::error end_of(const caf::actor& actor) {
    self->monitor(actor);
    run();
    REQUIRE(self->has_next_message());
    caf::error result;
    self->receive([&](const caf::down_msg& down) { result = down.reason; });
    return result;
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "one_for_one restarts the one that crashed") {
  supervise(three(supervision_strategy::one_for_one));
  CHECK(log() == names{"+a", "+b", "+c"});
  tell("b", "crash");
  CHECK(log() == names{"-b", "+b"});
}

TEST_CASE_METHOD(fixture, "one_for_all stops the siblings in reverse order and starts all in order") {
  supervise(three(supervision_strategy::one_for_all));
  log();
  tell("b", "crash");
  CHECK(log() == names{"-b", "-c", "-a", "+a", "+b", "+c"});
}

TEST_CASE_METHOD(fixture, "rest_for_one restarts the one that crashed and those started after it") {
  supervise(three(supervision_strategy::rest_for_one));
  log();
  tell("b", "crash");
  CHECK(log() == names{"-b", "-c", "+b", "+c"});
  tell("c", "crash");
  CHECK(log() == names{"-c", "+c"});
}

TEST_CASE_METHOD(fixture, "restart types decide about a child that ended") {
  auto spec = three(supervision_strategy::one_for_one);
  const auto type = GENERATE(restart_type::permanent, restart_type::transient, restart_type::temporary);
  const auto order = GENERATE(as<std::string>{}, "crash", "fail", "end");
  spec.children = {child(in, "x", type)};
  const auto top = supervise(spec);
  log();
  tell("x", order);
  const auto again = type == restart_type::permanent || (type == restart_type::transient && order != "end");
  CAPTURE(static_cast<int>(type), order);
  CHECK(log() == (again ? names{"-x", "+x"} : names{"-x"}));
  const auto list = ask<std::vector<child_status>>(top, list_children{});
  REQUIRE(list.size() == 1);
  CHECK(list[0].name == "x");
  CHECK(list[0].alive == again);
  CHECK(list[0].restarts == (again ? 1u : 0u));
  CHECK((list[0].last_reason == "normal") == (order == "end"));
}

TEST_CASE_METHOD(fixture, "a transient child that somebody asked to end is not restarted, one that was killed is") {
  auto spec = three(supervision_strategy::one_for_one);
  for (auto& each : spec.children)
    each.restart = restart_type::transient;
  supervise(spec);
  log();
  caf::anon_send_exit(in.latest["a"], caf::exit_reason::user_shutdown);
  run();
  CHECK(log() == names{"-a"});
  caf::anon_send_exit(in.latest["b"], caf::exit_reason::kill);
  run();
  CHECK(log() == names{"-b", "+b"});
}

TEST_CASE_METHOD(fixture, "a temporary child that had to stop for a sibling is not started again") {
  auto spec = three(supervision_strategy::one_for_all);
  spec.children[2].restart = restart_type::temporary;
  supervise(spec);
  log();
  tell("a", "crash");
  CHECK(log() == names{"-a", "-c", "-b", "+a", "+b"});
}

TEST_CASE_METHOD(fixture, "restarts are delayed by a growing back-off") {
  auto spec = three(supervision_strategy::one_for_one);
  spec.intensity = {10, 60s};
  spec.backoff = backoff{100ms, 2.0, 1s};
  const auto top = supervise(spec);
  log();
  for (const auto delay : {100ms, 200ms, 400ms}) {
    tell("b", "crash");
    advance(delay - 1ms);
    CHECK(log() == names{"-b"});
    CHECK(ask_error<caf::actor>(top, child_named{"b"}) == supervision_errc::child_not_running);
    advance(1ms);
    CHECK(log() == names{"+b"});
    CHECK(ask<caf::actor>(top, child_named{"b"}) == in.latest["b"]);
  }
}

TEST_CASE_METHOD(fixture, "a whole group waits for the back-off, and a crash before it in the order joins in") {
  auto spec = three(supervision_strategy::rest_for_one);
  spec.backoff = backoff{100ms, 2.0, 1s};
  supervise(spec);
  log();
  tell("c", "crash");
  CHECK(log() == names{"-c"});
  advance(50ms);
  tell("a", "crash");
  CHECK(log() == names{"-a", "-b"});
  advance(99ms);
  CHECK(log().empty());
  advance(1ms);
  CHECK(log() == names{"+a", "+b", "+c"});
  advance(10s);
  CHECK(log().empty());
}

TEST_CASE_METHOD(fixture, "a group that grows waits no shorter than before") {
  auto spec = three(supervision_strategy::rest_for_one);
  spec.backoff = backoff{100ms, 2.0, 1s};
  supervise(spec);
  tell("c", "crash");
  advance(100ms);
  log();
  tell("c", "crash"); // 200 ms
  advance(50ms);
  tell("a", "crash"); // of its own 100 ms
  CHECK(log() == names{"-c", "-a", "-b"});
  advance(199ms);
  CHECK(log().empty());
  advance(1ms);
  CHECK(log() == names{"+a", "+b", "+c"});
}

TEST_CASE_METHOD(fixture, "a member that crashes while its group is being stopped is restarted once") {
  supervise(three(supervision_strategy::one_for_all));
  tell("c", "stubborn");
  log();
  tell("b", "crash");
  CHECK(log() == names{"-b"}); // c ignores the request
  tell("a", "crash");
  CHECK(log() == names{"-a"});
  advance(5s); // c's grace
  CHECK(log() == names{"-c", "+a", "+b", "+c"});
  CHECK_FALSE(in.doubled);
}

TEST_CASE_METHOD(fixture, "too many restarts end the children in order and then the supervisor, with its own error") {
  auto spec = three(supervision_strategy::one_for_one);
  spec.intensity = {2, 5s};
  const auto top = supervise(spec);
  tell("b", "crash");
  tell("a", "crash");
  log();
  tell("b", "crash");
  CHECK(log() == names{"-b", "-c", "-a"});
  CHECK_FALSE(is_alive(top));
  const auto reason = end_of(top);
  CHECK(reason == supervision_errc::restart_intensity_exceeded);
  CHECK(sys.render(reason) == "supervision: too many restarts");
}

TEST_CASE_METHOD(fixture, "an escalation climbs to the parent, which restarts the subtree after the back-off") {
  auto inner = three(supervision_strategy::one_for_one);
  inner.name = "inner";
  inner.intensity = {1, 5s};
  supervisor_spec outer;
  outer.name = "outer";
  outer.strategy = supervision_strategy::rest_for_one;
  outer.backoff = backoff{200ms, 2.0, 1s};
  outer.children = {child(in, "first"), nested(inner), child(in, "last")};
  const auto top = supervise(outer);
  CHECK(names{in.log.begin(), in.log.begin() + 2} == names{"+first", "+last"}); // a subtree starts on its own time
  log();
  tell("a", "crash");
  CHECK(log() == names{"-a", "+a"});
  tell("a", "crash");
  CHECK(log() == names{"-a", "-c", "-b", "-last"});
  advance(200ms);
  const auto starts = log();
  CHECK(starts.size() == 4);
  CHECK(std::find(starts.begin(), starts.end(), "+first") == starts.end());
  const auto list = ask<std::vector<child_status>>(top, list_children{});
  CHECK(list[1].alive);
  CHECK(list[1].restarts == 1);
  CHECK(list[1].last_reason == "supervision: too many restarts");
  // The restarted subtree starts with a clean history.
  tell("a", "crash");
  CHECK(log() == names{"-a", "+a"});
}

TEST_CASE_METHOD(fixture, "a shutdown asks in reverse order, kills after the grace, and passes the reason on") {
  const auto top = supervise(three(supervision_strategy::one_for_one));
  tell("b", "stubborn");
  log();
  stop(top);
  CHECK(log() == names{"-c"}); // a must not be asked before b has ended
  CHECK(is_alive(top));
  advance(4999ms);
  CHECK(log().empty());
  advance(1ms);
  CHECK(log() == names{"-b", "-a"});
  CHECK(end_of(top) == caf::exit_reason::user_shutdown);
}

TEST_CASE_METHOD(fixture, "a shutdown calls off the restarts that are waiting") {
  const auto strategy = GENERATE(supervision_strategy::one_for_one, supervision_strategy::rest_for_one);
  auto spec = three(strategy);
  spec.backoff = backoff{100ms, 2.0, 1s};
  const auto top = supervise(spec);
  tell("a", "stubborn");
  tell("c", "crash");
  stop(top);
  log();
  advance(4s);
  CHECK(log().empty());
  CHECK(is_alive(top));
  advance(1s);
  CHECK(log() == names{"-a"});
  CHECK_FALSE(is_alive(top));
}

TEST_CASE_METHOD(fixture, "a kill overtakes what waits in the child's mailbox") {
  auto spec = three(supervision_strategy::one_for_one);
  spec.children = {child(in, "x")};
  const auto top = supervise(spec);
  tell("x", "stubborn");
  stop(top);
  for (int i = 0; i < 100; ++i)
    caf::anon_send(in.latest["x"], std::string{"crash"});
  sched.clock().advance_time(5s);
  // Run the supervisor only, so that the kill is sent before the child sees any of its messages.
  while (sched.prioritize(top))
    sched.run_once();
  run();
  const auto reason = end_of(in.latest["x"]);
  CHECK(reason == caf::exit_reason::kill);
}

TEST_CASE_METHOD(fixture, "a child that survives a kill is abandoned with a notice, and the shutdown goes on") {
  // A blocking actor that never looks into its mailbox.
  caf::scoped_actor stuck{sys, true};
  std::vector<abandon_notice> notices;
  auto spec = three(supervision_strategy::one_for_one);
  spec.children[1].start = [&](auto*) { return caf::actor_cast<caf::actor>(stuck); };
  spec.hooks.on_abandoned = [&](const abandon_notice& notice) { notices.push_back(notice); };
  const auto top = supervise(spec);
  log();
  stop(top);
  advance(5999ms);
  CHECK(notices.empty());
  CHECK(log() == names{"-c"});
  advance(1ms);
  REQUIRE(notices.size() == 1);
  CHECK(notices[0].supervisor == "top");
  CHECK(notices[0].child == "b");
  CHECK(notices[0].abandoned == 1);
  CHECK(log() == names{"-a"});
  CHECK_FALSE(is_alive(top));
}

TEST_CASE_METHOD(fixture, "a factory that throws counts as a crash of its child") {
  in.failing["b"] = 2;
  auto spec = three(supervision_strategy::rest_for_one);
  spec.intensity = {2, 5s};
  spec.backoff = backoff{100ms, 2.0, 1s};
  const auto top = supervise(spec);
  CHECK(log() == names{"+a"}); // c needs b
  CHECK(ask<std::vector<child_status>>(top, list_children{})[1].last_reason == "start failed: no room for b");
  advance(100ms);
  CHECK(log().empty());
  advance(200ms);
  CHECK(log() == names{"+b", "+c"});
  in.failing["b"] = 1;
  tell("b", "crash"); // the third crash within the period
  CHECK(log() == names{"-b", "-c", "-a"});
  CHECK_FALSE(is_alive(top));
}

TEST_CASE_METHOD(fixture, "a factory that always throws escalates, without blocking the supervisor meanwhile") {
  in.failing["b"] = 1'000'000;
  auto spec = three(supervision_strategy::one_for_one);
  spec.intensity = {100'000, 3600s};
  const auto top = supervise(spec);
  CHECK(log() == names{"+a", "+c"}); // the others do not wait for it
  CHECK(ask<std::vector<child_status>>(top, list_children{}).size() == 3);
  stop(top);
  CHECK(log() == names{"-c", "-a"});
  CHECK_FALSE(is_alive(top));
}

TEST_CASE_METHOD(fixture, "a killed supervisor takes its whole subtree with it") {
  supervisor_spec outer;
  outer.name = "outer";
  outer.children = {nested(three(supervision_strategy::one_for_one))};
  const auto top = supervise(outer);
  log();
  caf::anon_send_exit(top, caf::exit_reason::kill);
  run();
  auto ends = log();
  std::sort(ends.begin(), ends.end());
  CHECK(ends == names{"-a", "-b", "-c"});
}

TEST_CASE_METHOD(fixture, "restarts are told to the hook") {
  std::vector<restart_notice> restarts;
  auto spec = three(supervision_strategy::rest_for_one);
  spec.hooks.on_restart = [&](const restart_notice& notice) { restarts.push_back(notice); };
  supervise(spec);
  CHECK(restarts.empty());
  tell("b", "fail");
  REQUIRE(restarts.size() == 2);
  CHECK(restarts[0].supervisor == "top");
  CHECK(restarts[0].child == "b");
  CHECK(restarts[0].reason == sys.render(caf::make_error(caf::sec::runtime_error)));
  CHECK(restarts[0].restarts == 1);
  CHECK(restarts[1].child == "c");
}

TEST_CASE_METHOD(fixture, "odd messages and unknown names are refused and change nothing") {
  const auto top = supervise(three(supervision_strategy::one_for_one));
  log();
  CHECK(ask_error<caf::actor>(top, child_named{"nobody"}) == supervision_errc::no_such_child);
  CHECK(ask_error<int>(top, std::string{"?"}) == caf::sec::unexpected_message);
  caf::anon_send(top, 42);
  caf::anon_send(top, supervisor_timer{0});
  caf::anon_send(top, supervisor_timer{99});
  caf::anon_send_exit(top, caf::exit_reason::normal);
  run();
  CHECK(is_alive(top));
}

TEST_CASE_METHOD(fixture, "a specification with an unnamed, factoryless or doubled child is refused") {
  auto spec = three(supervision_strategy::one_for_one);
  const auto broken = GENERATE(0, 1, 2);
  if (broken == 0) spec.children[1].name = "a";
  if (broken == 1) spec.children[1].name = "";
  if (broken == 2) spec.children[1].start = nullptr;
  CHECK_THROWS_AS(spawn_supervisor(sys, spec), std::invalid_argument);
  CHECK(log().empty());
}
