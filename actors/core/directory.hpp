#pragma once
// Who is who right now: OTP's registry. Everybody enters itself before it does anything, so that no answer can come
// before whoever has asked can be found; supervisors enter it as well, and remove. Everybody else looks up at the
// moment of sending. Thread-safe. A lookup that finds nobody returns an empty handle.

#include "actors/protocol/agents.hpp"
#include "actors/protocol/calls.hpp"
#include "actors/protocol/rescue.hpp"
#include "actors/protocol/routing.hpp"

#include <cstddef>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lifeline::actors {

class directory {
public:
  void set_dispatcher(dispatcher_actor a, std::uint64_t epoch);
  void set_agent(const domain::agent_id& account, agent_actor a);
  void set_calls(calls_actor a);
  void add_call(const domain::call_id& id, call_actor a);
  /// Ids of all live calls with their actors.
  [[nodiscard]] std::vector<std::pair<domain::call_id, call_actor>> live_calls() const;
  void remove_call(const domain::call_id& id);
  /// Lifts' phones that identify themselves, before their call begins.
  void add_lift_call(const domain::call_id& id, caf::actor a);
  void remove_lift_call(const domain::call_id& id);
  [[nodiscard]] bool has_lift_call(const domain::call_id& id) const;
  [[nodiscard]] std::vector<std::pair<domain::call_id, caf::actor>> lift_calls() const;
  void set_rescue_lines(rescue_lines_actor a);
  void set_alarms(alarms_actor a);
  void set_order(const domain::order_id& id, alarm_actor a);
  void set_alert_desk(caf::actor a);
  void remove_order(const domain::order_id& id);
  /// Drops every handle, so that the actor system can end.
  void clear();

  [[nodiscard]] dispatcher_actor dispatcher() const;
  [[nodiscard]] std::uint64_t epoch() const;
  [[nodiscard]] agent_actor agent(const domain::agent_id& account) const;
  [[nodiscard]] calls_actor calls() const;
  [[nodiscard]] call_actor call(const domain::call_id& id) const;
  [[nodiscard]] rescue_lines_actor rescue_lines() const;
  [[nodiscard]] alarms_actor alarms() const;
  [[nodiscard]] alarm_actor order(const domain::order_id& id) const;
  [[nodiscard]] caf::actor alert_desk() const;
  /// Ids of all orders that have an actor.
  [[nodiscard]] std::vector<std::pair<domain::order_id, alarm_actor>> all_orders() const;
  /// Live calls, and lifts' phones that will be calls.
  [[nodiscard]] std::size_t call_count() const;
  [[nodiscard]] std::vector<call_actor> all_calls() const;
  [[nodiscard]] std::vector<agent_actor> all_agents() const;

private:
  mutable std::shared_mutex mutex_;
  dispatcher_actor dispatcher_;
  std::uint64_t epoch_ = 0;
  calls_actor calls_;
  std::unordered_map<domain::agent_id, agent_actor> agents_;
  std::unordered_map<domain::call_id, call_actor> live_;
  std::unordered_map<domain::call_id, caf::actor> lifts_;
  rescue_lines_actor rescue_lines_;
  alarms_actor alarms_;
  caf::actor alert_desk_;
  std::unordered_map<domain::order_id, alarm_actor> orders_;
};

} // namespace lifeline::actors
