#include "actors/supervision/supervisor_pool.hpp"

#include "actors/supervision/child_book.hpp"

#include <optional>
#include <utility>
#include <variant>

namespace lifeline::actors {

namespace {

using book = child_book<std::string>;

/// The generation of the pool's own timer; no child has it.
constexpr std::uint64_t shutdown_timer = 0;

enum class pool_phase : std::uint8_t { working, asked, killed };

struct pool_state {
  static inline const char* name = "lifeline.pool";
  pool_spec spec;
  pool_factory start;
  std::optional<book> children;
  pool_phase phase = pool_phase::working;
  caf::error exit_reason;

  pool_state() = default;
  pool_state(const pool_state&) = delete;
  pool_state& operator=(const pool_state&) = delete;
  ~pool_state() { kill_all(); }

  void kill_all() const {
    if (!children) return;
    for (const auto& [key, child] : children->children())
      if (child.actor) kill(child.actor);
  }
};

using pool_self = caf::stateful_actor<pool_state>;

void end_if_empty(pool_self* self) {
  auto& s = self->state;
  if (s.phase != pool_phase::working && s.children->children().empty()) self->quit(s.exit_reason);
}

void shut_down(pool_self* self, caf::error reason) {
  auto& s = self->state;
  if (s.phase != pool_phase::working) return;
  s.phase = pool_phase::asked;
  s.exit_reason = std::move(reason);
  s.children->close();
  for (const auto& [key, child] : s.children->children())
    ask_to_end(*self, child.actor);
  arm_timer(*self, s.spec.shutdown_grace, shutdown_timer);
  end_if_empty(self);
}

void go_on_shutting_down(pool_self* self) {
  auto& s = self->state;
  if (s.phase == pool_phase::asked) {
    s.phase = pool_phase::killed;
    s.kill_all();
    return arm_timer(*self, s.spec.kill_grace, shutdown_timer);
  }
  std::uint32_t abandoned = 0;
  for (const auto& [key, child] : s.children->children())
    if (s.spec.hooks.on_abandoned) s.spec.hooks.on_abandoned({s.spec.name, key, ++abandoned});
  self->quit(s.exit_reason);
}

void carry_out(pool_self* self, const child_news<std::string>& news);

void restart(pool_self* self, const std::string& key) {
  auto& s = self->state;
  auto outcome = try_start([&] { return s.start(key); });
  if (auto* failure = std::get_if<std::string>(&outcome))
    return carry_out(self, s.children->failed(key, std::move(*failure)));
  s.children->adopt(key, std::get<caf::actor>(outcome), s.spec.restart);
  const auto& record = *s.children->record(key);
  if (s.spec.hooks.on_restart) s.spec.hooks.on_restart({s.spec.name, key, record.last_reason, record.restarts});
}

void carry_out(pool_self* self, const child_news<std::string>& news) {
  switch (news.what) {
  case child_verdict::none:
  case child_verdict::waits: return;
  case child_verdict::over: return end_if_empty(self);
  case child_verdict::restart: return restart(self, news.key);
  case child_verdict::too_often:
    self->state.children->forget(news.key);
    return shut_down(self, supervision_errc::restart_intensity_exceeded);
  }
}

/// As in OTP a failure of the first start is the caller's to handle: nothing is kept and it does not count as a
/// restart.
caf::result<caf::actor> start_first(pool_self* self, const std::string& key) {
  auto& s = self->state;
  if (s.phase != pool_phase::working) return caf::make_error(supervision_errc::shutting_down, key);
  if (s.children->find(key) != nullptr) return caf::make_error(supervision_errc::child_exists, key);
  const auto outcome = try_start([&] { return s.start(key); });
  const auto* actor = std::get_if<caf::actor>(&outcome);
  if (actor == nullptr) return caf::make_error(supervision_errc::start_failed, key);
  s.children->adopt(key, *actor, s.spec.restart);
  return *actor;
}

std::vector<child_status> list(const book& children) {
  std::vector<child_status> result;
  for (const auto& [key, child] : children.children()) {
    const auto* record = child.record.get();
    result.push_back({key, child.actor != nullptr, record != nullptr ? record->restarts : 0,
                      record != nullptr ? record->last_reason : std::string{}});
  }
  return result;
}

caf::result<caf::actor> find(const book& children, const std::string& key) {
  const auto* child = children.find(key);
  if (child == nullptr) return caf::make_error(supervision_errc::no_such_child, key);
  if (!child->actor) return caf::make_error(supervision_errc::child_not_running, key);
  return caf::actor_cast<caf::actor>(child->actor);
}

caf::behavior pool_behavior(pool_self* self, pool_spec spec, pool_factory start) {
  auto& s = self->state;
  s.spec = std::move(spec);
  s.start = std::move(start);
  const auto& children = s.children.emplace(self, child_rules{{s.spec.intensity, s.spec.backoff}, crash_scope::all});
  self->set_down_handler([self](caf::down_msg& down) { carry_out(self, self->state.children->down(down)); });
  self->set_exit_handler([self](caf::exit_msg& exit) {
    if (exit.reason && exit.reason != caf::exit_reason::normal) shut_down(self, exit.reason);
  });
  self->set_error_handler([](caf::error&) {});
  self->set_default_handler(caf::drop);
  for (const auto& key : s.spec.initial ? s.spec.initial() : std::vector<std::string>{}) {
    if (start_first(self, key).flag == caf::rt_value) continue;
    shut_down(self, supervision_errc::start_failed);
    break;
  }
  return {
      [self](supervisor_timer timer) {
        if (timer.generation == shutdown_timer) return go_on_shutting_down(self);
        carry_out(self, self->state.children->timer(timer));
      },
      [self](const start_child& request) { return start_first(self, request.key); },
      [&children](list_children) { return list(children); },
      [&children](const child_named& query) { return find(children, query.name); },
  };
}

} // namespace

child_spec pooled(pool_spec spec, pool_factory start, domain::restart_type restart) {
  child_spec child;
  child.name = spec.name;
  child.restart = restart;
  child.shutdown_grace = spec.shutdown_grace + spec.kill_grace + std::chrono::milliseconds{500};
  child.start = [spec = std::move(spec), start = std::move(start)](caf::event_based_actor* parent) {
    return spawn_pool(parent->system(), spec, start);
  };
  return child;
}

caf::actor spawn_pool(caf::actor_system& system, pool_spec spec, pool_factory start) {
  return system.spawn(pool_behavior, std::move(spec), std::move(start));
}

} // namespace lifeline::actors
