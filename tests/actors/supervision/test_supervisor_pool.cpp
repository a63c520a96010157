#include "tests/actors/supervision/supervised_plant.hpp"

using namespace lifeline::actors;
using namespace lifeline::testing;
using namespace std::chrono_literals;
using lifeline::domain::backoff;
using names = std::vector<std::string>;

namespace {

class fixture : public supervision_fixture {
public:
  pool_spec spec() {
    pool_spec result;
    result.name = "calls";
    result.intensity = {3, 5s};
    return result;
  }
  caf::actor pool(pool_spec its_spec) {
    supervisors_.push_back(
        spawn_pool(sys, std::move(its_spec), [this](const std::string& key) { return make_worker(sys, in, key); }));
    return supervisors_.back();
  }
  caf::actor begin(const caf::actor& pool, const std::string& key) { return ask<caf::actor>(pool, start_child{key}); }
  std::size_t size(const caf::actor& pool) { return ask<std::vector<child_status>>(pool, list_children{}).size(); }
};

} // namespace

TEST_CASE_METHOD(fixture, "a pool's child is known by its key until it ends well, then it is forgotten") {
  const auto calls = pool(spec());
  const auto one = begin(calls, "one");
  CHECK(begin(calls, "two") != one);
  CHECK(ask<caf::actor>(calls, child_named{"one"}) == one);
  CHECK(ask_error<caf::actor>(calls, start_child{"one"}) == supervision_errc::child_exists);
  tell("one", "end");
  CHECK(ask_error<caf::actor>(calls, child_named{"one"}) == supervision_errc::no_such_child);
  CHECK(size(calls) == 1);
  CHECK(begin(calls, "one") != one);
  CHECK(log() == names{"+one", "+two", "-one", "+one"});
}

TEST_CASE_METHOD(fixture, "a thousand children crash at once and each is started again with its own key") {
  auto its_spec = spec();
  its_spec.intensity = {1000, 5s};
  std::size_t notices = 0;
  its_spec.hooks.on_restart = [&](const restart_notice& notice) {
    ++notices;
    CHECK(notice.restarts == 1);
  };
  const auto calls = pool(its_spec);
  for (int i = 0; i < 1000; ++i)
    begin(calls, std::to_string(i));
  const auto before = in.latest;
  for (const auto& [name, actor] : before)
    caf::anon_send(actor, std::string{"crash"});
  run();
  CHECK(notices == 1000);
  CHECK(size(calls) == 1000);
  CHECK_FALSE(in.doubled);
  for (const auto& [name, actor] : before) {
    REQUIRE(in.living[name] == 1);
    REQUIRE(ask<caf::actor>(calls, child_named{name}) == in.latest[name]);
    REQUIRE(in.latest[name] != actor);
  }
  // One more is too much: all end, and so does the pool.
  tell("7", "crash");
  CHECK_FALSE(is_alive(calls));
  CHECK(std::all_of(in.living.begin(), in.living.end(), [](const auto& each) { return each.second == 0; }));
}

TEST_CASE_METHOD(fixture, "a first start that fails is the caller's to handle, and keeps nothing") {
  const auto calls = pool(spec());
  in.failing["one"] = 1;
  CHECK(ask_error<caf::actor>(calls, start_child{"one"}) == supervision_errc::start_failed);
  CHECK(size(calls) == 0);
  advance(60s);
  CHECK(log().empty());
  begin(calls, "one");
  CHECK(log() == names{"+one"});
}

TEST_CASE_METHOD(fixture, "a restart that fails is tried again after the back-off, as a further crash") {
  auto its_spec = spec();
  its_spec.backoff = backoff{100ms, 2.0, 1s};
  const auto calls = pool(its_spec);
  begin(calls, "one");
  log();
  in.failing["one"] = 1;
  tell("one", "crash");
  CHECK(ask_error<caf::actor>(calls, child_named{"one"}) == supervision_errc::child_not_running);
  CHECK(ask_error<caf::actor>(calls, start_child{"one"}) == supervision_errc::child_exists);
  advance(299ms);
  CHECK(log() == names{"-one"});
  CHECK(ask<std::vector<child_status>>(calls, list_children{})[0].last_reason == "start failed: no room for one");
  advance(1ms);
  CHECK(log() == names{"+one"});
  CHECK(ask<std::vector<child_status>>(calls, list_children{})[0].restarts == 1);
}

TEST_CASE_METHOD(fixture, "a pool's shutdown asks all at once, kills after the grace and abandons who survives that") {
  caf::scoped_actor stuck{sys, true};
  std::vector<abandon_notice> notices;
  auto its_spec = spec();
  its_spec.hooks.on_abandoned = [&](const abandon_notice& notice) { notices.push_back(notice); };
  const auto calls = spawn_pool(sys, its_spec, [&](const std::string& key) {
    return key == "stuck" ? caf::actor_cast<caf::actor>(stuck) : make_worker(sys, in, key);
  });
  for (const auto* key : {"one", "stuck", "two", "three"})
    begin(calls, key);
  tell("two", "stubborn");
  log();
  stop(calls);
  CHECK(log().size() == 2);
  CHECK(ask_error<caf::actor>(calls, start_child{"late"}) == supervision_errc::shutting_down);
  advance(5s);
  CHECK(log() == names{"-two"});
  CHECK(notices.empty());
  advance(1s);
  REQUIRE(notices.size() == 1);
  CHECK(notices[0].child == "stuck");
  CHECK_FALSE(is_alive(calls));
}

TEST_CASE_METHOD(fixture, "a killed pool takes its children with it") {
  const auto calls = pool(spec());
  begin(calls, "one");
  begin(calls, "two");
  caf::anon_send_exit(calls, caf::exit_reason::kill);
  run();
  CHECK(in.living == std::map<std::string, int>{{"one", 0}, {"two", 0}});
}

TEST_CASE_METHOD(fixture, "a pool is supervised like any other child") {
  supervisor_spec top;
  top.name = "top";
  child_spec calls;
  calls.name = "calls";
  caf::actor current;
  calls.start = [&](caf::event_based_actor*) { return current = pool(spec()); };
  top.children = {calls};
  const auto root = supervise(top);
  begin(current, "one");
  const auto first = current;
  for (int i = 0; i < 4; ++i)
    tell("one", "crash");
  CHECK_FALSE(is_alive(first));
  CHECK(is_alive(current));
  CHECK(size(current) == 0);
  CHECK(ask<std::vector<child_status>>(root, list_children{})[0].last_reason == "supervision: too many restarts");
}
