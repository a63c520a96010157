#pragma once
// A call from a lift's own phone (EN 81-28) before it is a call of the hotline: answers it, speaks P100 with it
// (domain/lifts/p100.hpp), has the report stored, and only then acknowledges. Whoever is trapped does not wait for any
// of this: an alarm becomes a call of the hotline as soon as it is stored, or cannot be stored in time; a phone that
// does not identify itself becomes one after plan.rescue.lift_phone_patience. Tests and failures of the device are
// stored and acknowledged, and ring nobody.
//
// The call as it is to begin lies in the surroundings' last states from the start, so that the supervisor of calls can
// begin it when this actor crashes; else it begins at `lift_call_ready`.

#include "actors/core/timer.hpp"
#include "actors/rescue/rescue_surroundings.hpp"
#include "domain/calls/call_state.hpp"
#include "domain/lifts/p100.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <map>
#include <string>

namespace lifeline::actors {

struct lift_call_state {
  static constexpr const char* name = "lift call";
  rescue_surroundings_ptr around;
  domain::call_state call; ///< as it is to begin
  std::string sip_call_id;
  domain::p100_state talk;
  bool left = false;    ///< the caller's leg is gone
  bool by_info = false; ///< the phone sends its digits by SIP INFO: tones are only echoes of them
  bool handed_over = false;
  bool reported = false; ///< an alarm, with a lift or without
  domain::instant answered = domain::never;
  domain::instant arrived = domain::never;
  domain::instant handed = domain::never;
  bool news = false; ///< for the call's actor: its order, its lift
  timer clock;

  /// A report that is not known to be stored.
  struct open_report {
    domain::alarm_report report;
    bool of_packet = false;                ///< the dialogue waits for it
    domain::instant again = domain::never; ///< it was refused: to be tried again
  };
  std::map<std::uint64_t, open_report> reports;
  std::uint64_t last_report = 0;
};

/// `call`: as made from the INVITE. Its checkpoint must lie in the last states already.
caf::actor spawn_lift_call(caf::actor_system& system, const rescue_surroundings_ptr& around, domain::call_state call,
                           const std::string& sip_call_id);

/// A report that was refused is offered again after this time, for a minute.
inline constexpr domain::span lift_report_again = std::chrono::seconds{5};
inline constexpr domain::span lift_report_limit = std::chrono::seconds{60};

} // namespace lifeline::actors
