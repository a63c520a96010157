#include "actors/supervisor_pool.hpp"

#include <optional>

namespace lifeline::actors {

namespace {

struct pool_state {
  static inline const char* name = "lifeline.pool";
  std::optional<child_pool<std::string>> children;
};

using pool_self = caf::stateful_actor<pool_state>;

void quit_when_finished(pool_self* self, pool_event event) {
  if (event == pool_event::finished) self->quit(self->state.children->exit_reason());
}

caf::result<caf::actor> found(const child_pool<std::string>& pool, const std::string& key) {
  if (auto handle = pool.find(key)) return handle;
  return caf::make_error(supervision_errc::no_such_child, key);
}

caf::behavior pool_behavior(pool_self* self, pool_spec spec, child_pool<std::string>::factory start) {
  const auto initial = spec.initial ? spec.initial() : std::vector<std::string>{};
  auto& pool = self->state.children.emplace(self, std::move(spec), std::move(start));
  self->set_down_handler([self, &pool](caf::down_msg& down) { quit_when_finished(self, pool.down(down)); });
  self->set_exit_handler([self, &pool](caf::exit_msg& exit) {
    if (!exit.reason || exit.reason == caf::exit_reason::normal) return;
    quit_when_finished(self, pool.shut_down(exit.reason));
  });
  self->set_error_handler([](caf::error&) {});
  self->set_default_handler(caf::drop);
  for (const auto& key : initial) {
    if (pool.start(key)) continue;
    quit_when_finished(self, pool.shut_down(supervision_errc::start_failed));
    break;
  }
  return {
      [self, &pool](supervisor_timer timer) { quit_when_finished(self, pool.timer(timer.generation)); },
      [&pool](const start_child& request) -> caf::result<caf::actor> {
        auto child = pool.start(request.key);
        if (!child) return caf::make_error(child.error(), request.key);
        return *child;
      },
      [&pool](const stop_child& request) -> caf::result<void> {
        if (!pool.stop(request.key)) return caf::make_error(supervision_errc::no_such_child, request.key);
        return caf::unit;
      },
      [&pool](list_children) { return pool.list(); },
      [&pool](const child_named& query) { return found(pool, query.name); },
  };
}

} // namespace

child_spec pooled(pool_spec spec, child_pool<std::string>::factory start, domain::restart_type restart) {
  child_spec child;
  child.name = spec.name;
  child.restart = restart;
  child.kind = child_kind::supervisor;
  child.shutdown_grace = spec.shutdown_grace + spec.kill_grace + std::chrono::milliseconds{500};
  child.start = [spec = std::move(spec), start = std::move(start)](caf::event_based_actor* parent) {
    return spawn_pool(parent->system(), spec, start);
  };
  return child;
}

caf::actor spawn_pool(caf::actor_system& system, pool_spec spec, child_pool<std::string>::factory start) {
  return system.spawn(pool_behavior, std::move(spec), std::move(start));
}

} // namespace lifeline::actors
