#pragma once
// The actor of one live call: owns the caller's and the agent's leg (a B2BUA). All rules are in
// domain/calls/call_machine.hpp; here events become values, commands become gateway calls and messages, and every step
// is written to the journal.

#include "actors/core/timer.hpp"
#include "domain/calls/call_machine.hpp"
#include "domain/lifts/p100.hpp"

namespace lifeline::actors {

struct call_actor_state {
  static constexpr const char* name = "call";
  surroundings_ptr around;
  domain::call_state call;
  domain::id_source ids{0};
  timer clock;
  domain::p100_collector tones; ///< of a lift's phone
  bool offers_unheard = false;  ///< restarted: the phones' legs are attached when it is known which offers stand
  bool muted = false;           ///< by fault injection
  bool order_told = false;      ///< that its call was answered
};

/// `continued`: the state is a checkpoint; the legs and endpoints exist already.
call_actor::behavior_type call(call_actor::stateful_pointer<call_actor_state> self, surroundings_ptr around,
                               domain::call_state state, bool continued);

} // namespace lifeline::actors
