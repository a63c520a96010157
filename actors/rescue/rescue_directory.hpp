#pragma once
// Who is who on the rescue side; see actors/core/directory.hpp.

#include "actors/core/roll.hpp"
#include "actors/protocol/rescue.hpp"

namespace lifeline::actors {

struct rescue_directory {
  post<alarms_actor> alarms; ///< their supervisor
  roll<domain::order_id, alarm_actor> orders;
  post<rescue_lines_actor> lines;
  post<caf::actor> alert_desk;

  /// Drops every handle, so that the actor system can end.
  void clear() {
    alarms.clear();
    orders.clear();
    lines.clear();
    alert_desk.clear();
  }
};

} // namespace lifeline::actors
