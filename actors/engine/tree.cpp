#include "actors/engine/tree.hpp"

#include "actors/agents/agent.hpp"
#include "actors/calls/calls.hpp"
#include "actors/rescue/alarms.hpp"
#include "actors/rescue/alert_desk.hpp"
#include "actors/rescue/lift_call.hpp"
#include "actors/rescue/report_call.hpp"
#include "actors/rescue/rescue_lines.hpp"
#include "actors/routing/dispatcher.hpp"
#include "actors/supervision/supervisor_pool.hpp"

#include <set>
#include <stdexcept>

namespace lifeline::actors {

namespace {

using namespace std::chrono_literals;

struct gateway_watch_state {
  static constexpr const char* name = "gateway watch";
  watched_part part;
  std::uint64_t last = 0;
  std::chrono::steady_clock::time_point moved;
};

caf::behavior gateway_watch(caf::stateful_actor<gateway_watch_state>* self, watched_part part,
                            surroundings_ptr around) {
  harden(self);
  auto& s = self->state;
  s.part = std::move(part);
  s.moved = self->clock().now();
  self->delayed_send(self, 1s, wake{});
  return {
      [self, pulse = around->pulse](const wake&) {
        if (pulse) ++*pulse;
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

supervision_hooks hooks_of(const surroundings_ptr& around, const std::string& kind = {}) {
  supervision_hooks hooks;
  const auto log = [around, kind](const std::string& actor, const std::string& reason) {
    storage::change c;
    c.events.push_back({0, around->now_steady(), {}, domain::actor_restarted{kind + actor, reason}});
    around->journal->append(std::move(c), storage::durability::lazy);
  };
  hooks.on_restart = [log](const restart_notice& n) { log(n.child, n.reason); };
  hooks.on_abandoned = [log](const abandon_notice& n) { log(n.child, "abandoned: it could not be ended"); };
  return hooks;
}

/// One permanent actor per account; a reload starts further ones (start_child with the account).
child_spec agents_spec(const surroundings_ptr& around, bool engine_restarted) {
  pool_spec spec;
  spec.name = "agents";
  spec.restart = domain::restart_type::permanent;
  spec.intensity = {20, 10s};
  spec.backoff = {0s, 2.0, 5s};
  spec.shutdown_grace = 1000ms;
  spec.hooks = hooks_of(around, "agent ");
  spec.initial = [around] {
    std::vector<std::string> accounts;
    for (const auto& plan : around->plan().agents)
      accounts.push_back(plan.account);
    return accounts;
  };
  // Only the first start after the engine's finds the calls gone; later ones are crashes of the agent alone. An account
  // that a reload has brought never had a call.
  auto fresh = std::make_shared<std::set<std::string>>();
  if (engine_restarted)
    for (const auto& plan : around->plan().agents)
      fresh->insert(plan.account);
  return pooled(std::move(spec), [around, fresh](const std::string& account) {
    const auto* plan = around->plan().find_agent(account);
    if (plan == nullptr) throw std::runtime_error("no such account in the plan");
    const bool first = fresh->erase(account) > 0;
    return caf::actor_cast<caf::actor>(spawn_agent(*around->system, around, *plan, first));
  });
}

/// They lie in the surroundings, which must not own themselves; whoever calls them has them.
other_entries entries_of(caf::actor_system& system, const std::weak_ptr<rescue_surroundings>& around) {
  other_entries entries;
  entries.lift_phone = [&system, around](domain::call_state call, const std::string& sip_call_id) {
    return spawn_lift_call(system, around.lock(), std::move(call), sip_call_id);
  };
  entries.report_line = [&system, around](const sip::incoming_call& call) {
    spawn_report_call(system, around.lock(), call);
  };
  return entries;
}

} // namespace

caf::actor spawn_tree(caf::actor_system& system, const rescue_surroundings_ptr& around, std::vector<watched_part> parts,
                      bool engine_restarted) {
  around->system = &system;
  around->entries = entries_of(system, around);
  supervisor_spec root;
  root.name = "root";
  root.intensity = {5, 30s};
  root.backoff = {0s, 2.0, 5s};
  root.hooks = hooks_of(around);
  for (auto& part : parts)
    root.children.push_back({part.name, domain::restart_type::permanent,
                             [part, around](caf::event_based_actor* parent) {
                               return caf::actor_cast<caf::actor>(parent->system().spawn(gateway_watch, part, around));
                             },
                             1000ms});
  root.children.push_back({"dispatcher", domain::restart_type::permanent,
                           [around](caf::event_based_actor* parent) {
                             return caf::actor_cast<caf::actor>(spawn_dispatcher(parent->system(), around));
                           },
                           1000ms});
  root.children.push_back(agents_spec(around, engine_restarted));
  root.children.push_back({"calls", domain::restart_type::permanent,
                           [around](caf::event_based_actor* parent) {
                             return caf::actor_cast<caf::actor>(spawn_calls(parent->system(), around));
                           },
                           2000ms});
  root.children.push_back({"rescue lines", domain::restart_type::permanent,
                           [around](caf::event_based_actor* parent) {
                             return caf::actor_cast<caf::actor>(spawn_rescue_lines(parent->system(), around));
                           },
                           1000ms});
  root.children.push_back({"alarms", domain::restart_type::permanent,
                           [around](caf::event_based_actor* parent) {
                             return caf::actor_cast<caf::actor>(spawn_alarms(parent->system(), around));
                           },
                           2000ms});
  root.children.push_back(
      {"alert desk", domain::restart_type::permanent,
       [around](caf::event_based_actor* parent) { return spawn_alert_desk(parent->system(), around); }, 1000ms});
  return spawn_supervisor(system, std::move(root));
}

} // namespace lifeline::actors
