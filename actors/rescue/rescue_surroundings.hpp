#pragma once
// What the actors of the rescue side are given besides what all are: the lifts and parties, the orders that live, the
// attempts under way, and the ways out of the engine that only they use.

#include "actors/core/surroundings.hpp"
#include "actors/rescue/lift_registry.hpp"
#include "actors/rescue/live_orders.hpp"
#include "actors/rescue/rescue_directory.hpp"
#include "actors/rescue/rescue_port.hpp"
#include "webhook/gateway.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace lifeline::actors {

class rescue_call_handle;
struct rescue_call_request;
struct rescue_surroundings;
/// start_rescue_call (rescue_call.hpp), or a test's fake.
using rescue_call_starter =
    std::function<rescue_call_handle(caf::actor_system&, const std::shared_ptr<rescue_surroundings>&,
                                     rescue_call_request, std::function<void(const domain::attempt_result&)>)>;

struct rescue_surroundings : surroundings {
  /// The calls of hotlines know it, too. Null: no lifts, no alarms.
  void set_rescue(rescue_port* port) { alarms = rescue = port; }

  webhook::gateway* webhooks = nullptr; ///< null: nobody is told by HTTP
  rescue_port* rescue = nullptr;        ///< by set_rescue
  /// What messages to a party are signed with; empty = they are not. From any thread.
  std::function<std::string(const std::string& party)> webhook_secret;
  /// A party's link to say how an order stands with it; empty = none are made. From any thread.
  std::function<std::string(const domain::order_id&, const std::string& party)> rescuer_link;
  rescue_directory who_rescues;
  rescue_call_starter start_call; ///< empty: start_rescue_call
  lift_registry lifts;
  live_orders orders;
  open_attempts attempts;
  recent_reports reports;
  device_board devices;
  std::atomic<std::uint64_t> rescue_lines_used{0};    ///< of [rescue] lines
  std::atomic<std::uint64_t> rescue_calls_waiting{0}; ///< for one of them
  std::atomic<std::uint64_t> alarms_mailbox{0};
  bool alarms_apart = false; ///< their supervisor reads the disk, and calls shall not wait for that: its own thread
  std::atomic<bool> alarms_loaded{false};          ///< the open orders of the last run have their actors
  std::atomic<std::uint64_t> unreadable_orders{0}; ///< whose rows could not be read at start: they stay on disk
};
using rescue_surroundings_ptr = std::shared_ptr<rescue_surroundings>;

} // namespace lifeline::actors
