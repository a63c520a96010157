#include "actors/tree.hpp"

#include "actors/agent.hpp"
#include "actors/calls.hpp"
#include "actors/dispatcher.hpp"
#include "actors/supervisor.hpp"

namespace lifeline::actors {

namespace {

using namespace std::chrono_literals;

struct keeper_state {
  static constexpr const char* name = "keeper";
  watched_part part;
  std::uint64_t last = 0;
  std::chrono::steady_clock::time_point moved;
};

caf::behavior keeper(caf::stateful_actor<keeper_state>* self, watched_part part) {
  harden(self);
  auto& s = self->state;
  s.part = std::move(part);
  s.moved = self->clock().now();
  self->delayed_send(self, 1s, wake{});
  return {
      [self](const wake&) {
        auto& state = self->state;
        const auto now = self->clock().now();
        const auto beat = state.part.heartbeat();
        if (beat != state.last) state.moved = now;
        state.last = beat;
        *state.part.beating = now - state.moved < heartbeat_patience;
        self->delayed_send(self, 1s, wake{});
      },
  };
}

supervision_hooks hooks_of(const surroundings_ptr& around) {
  supervision_hooks hooks;
  const auto log = [around](const std::string& actor, const std::string& reason) {
    storage::change c;
    c.events.push_back({0, around->now_steady(), {}, domain::actor_restarted{actor, reason}});
    around->journal->append(std::move(c), storage::durability::lazy);
  };
  hooks.on_restart = [log](const restart_notice& n) { log(n.child, n.reason); };
  hooks.on_abandoned = [log](const abandon_notice& n) { log(n.child, "abandoned: it could not be ended"); };
  return hooks;
}

supervisor_spec agents_spec(const surroundings_ptr& around, bool engine_restarted) {
  supervisor_spec spec;
  spec.name = "agents";
  spec.intensity = {20, 10s};
  spec.backoff = {0s, 2.0, 5s};
  spec.hooks = hooks_of(around);
  // Only the first start after the engine's finds the calls gone; later ones are crashes of the agent alone.
  for (const auto& plan : around->plan().agents) {
    auto fresh = std::make_shared<bool>(engine_restarted);
    spec.children.push_back({"agent " + plan.account, domain::restart_type::permanent,
                             [around, plan, fresh](caf::event_based_actor* parent) {
                               const bool first = std::exchange(*fresh, false);
                               return caf::actor_cast<caf::actor>(spawn_agent(parent->system(), around, plan, first));
                             },
                             1000ms});
  }
  return spec;
}

} // namespace

caf::actor spawn_tree(caf::actor_system& system, const surroundings_ptr& around, std::vector<watched_part> parts,
                      bool engine_restarted) {
  supervisor_spec root;
  root.name = "root";
  root.intensity = {5, 30s};
  root.backoff = {0s, 2.0, 5s};
  root.hooks = hooks_of(around);
  for (auto& part : parts)
    root.children.push_back({part.name, domain::restart_type::permanent,
                             [part](caf::event_based_actor* parent) {
                               return caf::actor_cast<caf::actor>(parent->system().spawn(keeper, part));
                             },
                             1000ms});
  root.children.push_back({"dispatcher", domain::restart_type::permanent,
                           [around](caf::event_based_actor* parent) {
                             return caf::actor_cast<caf::actor>(spawn_dispatcher(parent->system(), around));
                           },
                           1000ms});
  root.children.push_back(supervised(agents_spec(around, engine_restarted)));
  root.children.push_back({"calls", domain::restart_type::permanent,
                           [around](caf::event_based_actor* parent) {
                             return caf::actor_cast<caf::actor>(spawn_calls(parent->system(), around));
                           },
                           2000ms});
  return spawn_supervisor(system, std::move(root));
}

} // namespace lifeline::actors
