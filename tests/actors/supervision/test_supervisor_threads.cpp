// Supervision on CAF's real scheduler: everything else about it is tested in virtual time.

#include "actors/supervision/supervisor.hpp"
#include "actors/supervision/supervisor_pool.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <thread>

using namespace lifeline::actors;
using namespace std::chrono_literals;
using lifeline::domain::restart_type;

namespace {

/// Waits for something that other threads bring about; false after ten seconds.
template <class Condition> bool eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

struct counted_state {
  static inline const char* name = "counted";
  std::atomic<int>* living = nullptr;
  counted_state() = default;
  counted_state(const counted_state&) = delete;
  counted_state& operator=(const counted_state&) = delete;
  ~counted_state() {
    if (living != nullptr) --*living;
  }
};

caf::behavior counted(caf::stateful_actor<counted_state>* self, std::atomic<int>* living) {
  self->state.living = living;
  ++*living;
  return {[self](caf::delete_atom) { self->quit(caf::sec::runtime_error); }};
}

struct system_of_two_threads {
  system_of_two_threads() : system(prepared(config)) {}
  static caf::actor_system_config& prepared(caf::actor_system_config& config) {
    add_supervision_errors(config);
    config.set("scheduler.max-threads", std::size_t{2});
    config.set("scheduler.policy", caf::atom("sharing"));
    return config;
  }
  caf::actor_system_config config;
  caf::actor_system system;
};

} // namespace

TEST_CASE("two thousand children that crash on real threads are all there again, and all end with the pool") {
  constexpr int count = 2000;
  std::atomic<int> living{0};
  std::atomic<int> restarts{0};
  {
    system_of_two_threads engine;
    pool_spec spec;
    spec.name = "pool";
    spec.restart = restart_type::permanent;
    spec.intensity = {count, 3600s};
    spec.backoff = {1ms, 2.0, 10ms};
    spec.hooks.on_restart = [&](const restart_notice&) { ++restarts; };
    supervisor_spec top;
    top.name = "top";
    child_spec pool;
    pool.name = "pool";
    pool.start = [&](caf::event_based_actor* parent) {
      auto& system = parent->system();
      return spawn_pool(system, spec,
                        [&system, &living](const std::string&) { return system.spawn(counted, &living); });
    };
    top.children.push_back(std::move(pool));
    const auto root = spawn_supervisor(engine.system, std::move(top));

    caf::scoped_actor self{engine.system};
    caf::actor children;
    self->request(root, 10s, child_named{"pool"})
        .receive([&](const caf::actor& found) { children = found; }, [&](const caf::error& e) { FAIL(to_string(e)); });
    for (int i = 0; i < count; ++i) {
      self->request(children, 10s, start_child{std::to_string(i)})
          .receive([&](const caf::actor& child) { caf::anon_send(child, caf::delete_atom_v); },
                   [&](const caf::error& e) { FAIL(to_string(e)); });
    }
    CHECK(eventually([&] { return restarts == count && living == count; }));
    self->send_exit(root, caf::exit_reason::user_shutdown);
    self->wait_for(root);
    CHECK(living == 0);
  }
  CHECK(restarts == count);
}
