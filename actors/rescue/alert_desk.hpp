#pragma once
// Rings our own people for orders that need a person now (domain/rescue/order_alert.cpp says which, and since when):
// idle agents of the rescue hotline, then the supervisors' phones, then the hotline's backup numbers in their order. A
// ring is a call of the engine that says what has happened (rescue_call.hpp); key 1 takes the alarm. Phones ring again
// and again until somebody has.
//
// It looks at the orders as they are and does what is missing, so that a message, or the desk itself, may be lost. The
// rings that go on lie in the surroundings (open_attempts), where a new desk finds them.
//
// An agent is reserved by its own actor while it is rung, as for a caller: only one of the two can have it. A caller
// comes first: while one waits, no idle agent is rung, and those that ring and have not answered are let go.

#include "actors/rescue/rescue_surroundings.hpp"
#include "domain/rescue/alert_share.hpp"

#include <caf/all.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace lifeline::actors {

struct alert_desk_state {
  static constexpr const char* name = "alert desk";
  rescue_surroundings_ptr around;
  domain::id_source ids{0};
  struct ring {
    domain::order_id order;
    open_attempts::alerted_one whom;
    bool answered = false;
  };
  std::map<domain::attempt_id, ring> rings;
  std::map<std::string, domain::attempt_id> held; ///< agents that are reserved, and by which name
  std::set<std::string> asked;                    ///< agents that have not answered yet whether they can be rung
  std::map<std::string, domain::instant> rest;    ///< who was rung, and is not to be rung again before
  std::map<domain::order_id, std::size_t> backup; ///< how many backup numbers were rung
  std::uint64_t timer = 0;
  bool soon = false; ///< a look is due because something has changed
};

/// Spawns it and enters the directory.
caf::actor spawn_alert_desk(caf::actor_system& system, const rescue_surroundings_ptr& around);

} // namespace lifeline::actors
