#pragma once
// Who is who right now: OTP's registry. Everybody enters itself before it does anything, so that no answer can come
// before whoever has asked can be found; supervisors enter it as well, and remove. Everybody else looks up at the
// moment of sending. Those of the rescue side are in actors/rescue/rescue_directory.hpp.

#include "actors/core/roll.hpp"
#include "actors/protocol/agents.hpp"
#include "actors/protocol/calls.hpp"
#include "actors/protocol/routing.hpp"

#include <cstdint>

namespace lifeline::actors {

class directory {
public:
  roll<domain::agent_id, agent_actor> agents;
  post<calls_actor> calls; ///< their supervisor
  roll<domain::call_id, call_actor> live_calls;
  roll<domain::call_id, caf::actor> lift_calls; ///< lifts' phones that identify themselves, before their call begins

  /// The one of the newest epoch, or nobody between two.
  void set_dispatcher(dispatcher_actor a, std::uint64_t epoch);
  [[nodiscard]] dispatcher_actor dispatcher() const;
  [[nodiscard]] std::uint64_t epoch() const;

  /// Live calls, and lifts' phones that will be calls.
  [[nodiscard]] std::size_t call_count() const { return live_calls.size() + lift_calls.size(); }
  /// Drops every handle, so that the actor system can end.
  void clear();

private:
  mutable std::shared_mutex mutex_;
  dispatcher_actor dispatcher_;
  std::uint64_t epoch_ = 0;
};

} // namespace lifeline::actors
