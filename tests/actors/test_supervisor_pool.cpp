#include "domain/ids.hpp"
#include "tests/actors/supervised_plant.hpp"

using namespace lifeline::actors;
using namespace lifeline::testing;
using namespace std::chrono_literals;
using lifeline::domain::backoff;
using lifeline::domain::call_id;
using lifeline::domain::restart_type;
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

/// An actor that supervises calls and does something else besides.
using desk_actor = caf::typed_actor<caf::reacts_to<supervisor_timer>, caf::replies_to<start_child>::with<caf::actor>,
                                    caf::replies_to<caf::get_atom>::with<std::uint64_t>>;

struct desk_state {
  static inline const char* name = "desk";
  std::optional<child_pool<call_id>> calls;
  lifeline::domain::id_source ids{1};
};

desk_actor::behavior_type desk(desk_actor::stateful_pointer<desk_state> self, pool_spec spec, plant* in) {
  auto& calls = self->state.calls.emplace(
      self, std::move(spec), [self, in](const call_id& id) { return make_worker(self->system(), *in, to_string(id)); });
  const auto settle = [self, &calls](pool_event event) {
    if (event == pool_event::finished) self->quit(calls.exit_reason());
  };
  self->set_down_handler([&calls, settle](caf::down_msg& down) { settle(calls.down(down)); });
  self->set_exit_handler([&calls, settle](caf::exit_msg& exit) { settle(calls.shut_down(exit.reason)); });
  return {
      [&calls, settle](supervisor_timer timer) { settle(calls.timer(timer.generation)); },
      [self, &calls](const start_child&) -> caf::result<caf::actor> {
        auto call = calls.start(self->state.ids.next<call_id>(lifeline::domain::from_micros(1'000'000)));
        if (!call) return caf::make_error(call.error());
        return *call;
      },
      [&calls](caf::get_atom) { return calls.restarts(); },
  };
}

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
  CHECK(ask_error<caf::actor>(calls, child_named{"one"}) == supervision_errc::no_such_child);
  CHECK(ask_error<caf::actor>(calls, start_child{"one"}) == supervision_errc::child_exists);
  advance(299ms);
  CHECK(log() == names{"-one"});
  CHECK(ask<std::vector<child_status>>(calls, list_children{})[0].last_reason == "start failed: no room for one");
  advance(1ms);
  CHECK(log() == names{"+one"});
  CHECK(ask<std::vector<child_status>>(calls, list_children{})[0].restarts == 1);
}

TEST_CASE_METHOD(fixture, "a child that is stopped stays away, even one that waits for its restart") {
  auto its_spec = spec();
  its_spec.restart = restart_type::permanent;
  its_spec.backoff = backoff{100ms, 2.0, 1s};
  const auto calls = pool(its_spec);
  begin(calls, "one");
  begin(calls, "two");
  begin(calls, "three");
  tell("two", "crash");
  tell("three", "stubborn");
  for (const auto* key : {"one", "two", "three"})
    caf::anon_send(calls, stop_child{key});
  run();
  CHECK(size(calls) == 1);
  advance(5s);
  CHECK(size(calls) == 0);
  advance(60s);
  CHECK(log() == names{"+one", "+two", "+three", "-two", "-one", "-three"});
  CHECK(ask_error<caf::unit_t>(calls, stop_child{"one"}) == supervision_errc::no_such_child);
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
  calls.kind = child_kind::supervisor;
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

TEST_CASE_METHOD(fixture, "a typed actor owns a pool that is keyed by call") {
  auto its_spec = spec();
  its_spec.backoff = backoff{10ms, 2.0, 1s};
  const auto owner = end_with_test(sys.spawn(desk, its_spec, &in));
  const auto one = ask<caf::actor>(owner, start_child{});
  ask<caf::actor>(owner, start_child{});
  caf::anon_send(one, std::string{"crash"});
  run();
  CHECK_FALSE(is_alive(one));
  CHECK(ask<std::uint64_t>(owner, caf::get_atom_v) == 0);
  advance(10ms);
  CHECK(ask<std::uint64_t>(owner, caf::get_atom_v) == 1);
  log();
  caf::anon_send_exit(owner, caf::exit_reason::user_shutdown);
  run();
  CHECK(log().size() == 2);
  CHECK_FALSE(is_alive(owner));
}
